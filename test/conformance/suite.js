// What every face of the package promises beside the test vectors (`halfminute/vectors`), as
// functions of a test runner and a library. Plain JavaScript without imports, so that any runtime
// can run it: see the runners beside this file.
//
// conformance({ test, expect, library }):   test(name, async function)     registers a test
// expect(actual).toBe(expected)  and .toEqual(expected): identity, and deep equality   library
// the module under test; its functions may return values or promises

const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const RFC_TIME = 1234567890; // its code is 005924, at counter 41152263
const RFC_COUNTER = 41152263;

export function conformance({ test, expect, library }) {
  const at = new Date(RFC_TIME * 1000);

  test("a right code has a match, a wrong one null", async () => {
    expect(await library.verifyTotp(RFC_SECRET, "005924", { at })).toEqual({ counter: RFC_COUNTER, delta: 0 });
    expect(await library.verifyTotp(RFC_SECRET, "005925", { at })).toBe(null);
    expect(await library.verifyHotp(RFC_SECRET, "755224", 0)).toEqual({ counter: 0, delta: 0 });
    expect(await library.verifyHotp(RFC_SECRET, "755225", 0)).toBe(null);
  });

  test("user input never throws, and only digits match", async () => {
    const plain = ["005924", "005 924", "005-924", " 005924 ", "0-0 5-9 2-4", "-005924"];
    const pasted = [
      "００５９２４",
      "005924\n",
      "\t005924\r\n",
      "005\u00a0924",
      "005–924",
      "\ufeff005924",
      "００５－９２４",
    ];
    const right = [...plain, ...pasted];
    for (const code of right) {
      expect((await library.verifyTotp(RFC_SECRET, code, { at }))?.counter).toBe(RFC_COUNTER);
    }
    const wrong = [
      "",
      " ",
      "5924",
      "05924",
      "0005924",
      "00592",
      "005924a",
      "5924ab",
      "5924.9",
      "+05924",
      "0x1724",
      "5924e0",
      "٠٠٥٩٢٤",
      "𝟎𝟎𝟓𝟗𝟐𝟒",
      "００５９２ａ",
      "۰۰۵۹۲۴",
      "005924\0",
      "005_924",
      "005.924",
      "005·924",
      "00592４４",
      "0".repeat(1_000_000),
      " ".repeat(1_000_000) + "005924",
      `005924${" ".repeat(1_000_000)}`,
      null,
      undefined,
      5924,
      5924n,
      NaN,
      true,
      Symbol("005924"),
      {},
      [],
      ["005924"],
      [48, 48, 53, 57, 50, 52],
      new String("005924"),
      { length: 6, toString: () => "005924" },
      () => "005924",
      new Date(0),
      /005924/,
    ];
    for (const code of wrong) {
      expect(await library.verifyTotp(RFC_SECRET, code, { at })).toBe(null);
      expect(await library.verifyHotp(RFC_SECRET, code, RFC_COUNTER)).toBe(null);
      expect(await library.resynchronizeTotp(RFC_SECRET, [code, code], { at })).toBe(null);
      expect(await library.resynchronizeHotp(RFC_SECRET, ["005924", code], RFC_COUNTER)).toBe(null);
    }
  });

  test("digits must be as many as asked for", async () => {
    expect(await library.verifyTotp(RFC_SECRET, "89005924", { at })).toBe(null);
    expect((await library.verifyTotp(RFC_SECRET, "89005924", { at, digits: 8 }))?.delta).toBe(0);
    expect(await library.verifyTotp(RFC_SECRET, "005924", { at, digits: 8 })).toBe(null);
    expect((await library.verifyTotp(RFC_SECRET, "9005924", { at, digits: 7 }))?.delta).toBe(0);
  });

  test("the TOTP window is one step each way by default, and as asked for", async () => {
    const codeAt = (delta) => library.generateHotp(RFC_SECRET, RFC_COUNTER + delta);
    const deltas = async (options) => {
      const accepted = [];
      for (let delta = -12; delta <= 12; delta++) {
        const match = await library.verifyTotp(RFC_SECRET, await codeAt(delta), { at, ...options });
        if (match) accepted.push(match.delta);
        if (match) expect(match.counter).toBe(RFC_COUNTER + delta);
      }
      return accepted;
    };
    expect(await deltas({})).toEqual([-1, 0, 1]);
    expect(await deltas({ lookBehind: undefined, lookAhead: undefined })).toEqual([-1, 0, 1]);
    expect(await deltas({ lookBehind: 0, lookAhead: 0 })).toEqual([0]);
    expect(await deltas({ lookBehind: 2, lookAhead: 0 })).toEqual([-2, -1, 0]);
    expect(await deltas({ lookBehind: 0, lookAhead: 3 })).toEqual([0, 1, 2, 3]);
    expect((await deltas({ lookBehind: 10, lookAhead: 10 })).length).toBe(21);
  });

  test("the window ends at counter 0", async () => {
    const match = await library.verifyTotp(RFC_SECRET, "755224", { at: new Date(0), lookBehind: 10 });
    expect(match).toEqual({ counter: 0, delta: 0 });
  });

  test("HOTP looks ahead only, as far as asked for", async () => {
    const code = await library.generateHotp(RFC_SECRET, 100);
    const found = async (counter, options) => (await library.verifyHotp(RFC_SECRET, code, counter, options))?.delta;
    expect(await found(100)).toBe(0);
    expect(await found(99)).toBe(undefined);
    expect(await found(101, { lookAhead: 1000 })).toBe(undefined);
    expect(await found(98, { lookAhead: 1 })).toBe(undefined);
    expect(await found(98, { lookAhead: 2 })).toBe(2);
    expect(await found(0, { lookAhead: 100 })).toBe(100);
    expect(await found(0, { lookAhead: 99 })).toBe(undefined);
  });

  test("HOTP goes on to the last counter there is", async () => {
    const last = Number.MAX_SAFE_INTEGER;
    const code = await library.generateHotp(RFC_SECRET, last);
    expect(code).toBe("891307");
    expect(await library.verifyHotp(RFC_SECRET, code, last, { lookAhead: 1000 })).toEqual({ counter: last, delta: 0 });
    expect(await library.verifyHotp(RFC_SECRET, code, last - 2, { lookAhead: 9 })).toEqual({ counter: last, delta: 2 });
    const codes = [await library.generateHotp(RFC_SECRET, last - 1), code];
    expect(await library.resynchronizeHotp(RFC_SECRET, codes, last - 50)).toEqual({ counter: last, delta: 50 });
  });

  test("after a match, its counter as `after` refuses the same code and the ones before it", async () => {
    const [before, now, next] = await Promise.all(
      [-1, 0, 1].map((delta) => library.generateHotp(RFC_SECRET, RFC_COUNTER + delta)),
    );
    for (const after of [null, undefined, 0, RFC_COUNTER - 1]) {
      const options = after === undefined ? { at } : { at, after };
      expect((await library.verifyTotp(RFC_SECRET, now, options))?.counter).toBe(RFC_COUNTER);
    }
    expect(await library.verifyTotp(RFC_SECRET, now, { at, after: RFC_COUNTER })).toBe(null);
    expect(await library.verifyTotp(RFC_SECRET, before, { at, after: RFC_COUNTER })).toBe(null);
    expect(await library.verifyTotp(RFC_SECRET, before, { at, after: RFC_COUNTER - 1 })).toBe(null);
    expect((await library.verifyTotp(RFC_SECRET, next, { at, after: RFC_COUNTER }))?.delta).toBe(1);
    expect(await library.verifyTotp(RFC_SECRET, next, { at, after: RFC_COUNTER + 1 })).toBe(null);
    // As far ahead as a resynchronization may reach, nothing matches; farther ahead it counts
    // seconds, and nothing ever would.
    expect(await library.verifyTotp(RFC_SECRET, now, { at, after: RFC_COUNTER + 10_000 })).toBe(null);
    expect(await library.resynchronizeTotp(RFC_SECRET, [before, now], { at, after: RFC_COUNTER + 10_000 })).toBe(null);
    for (const after of [RFC_COUNTER + 10_001, at.getTime() / 1000, Number.MAX_SAFE_INTEGER]) {
      for (const call of [
        () => library.verifyTotp(RFC_SECRET, now, { at, after }),
        () => library.resynchronizeTotp(RFC_SECRET, [before, now], { at, after }),
      ]) {
        const error = await caught(library, call);
        expect(error?.code).toBe("invalid-option");
        expect(error.message).toBe("after must be a counter, such as match.counter, not Unix seconds");
      }
    }
    expect(await library.verifyTotp(RFC_SECRET, "755224", { at: new Date(0), after: 0 })).toBe(null);
  });

  test("an `after` that is present but undefined throws", async () => {
    const code = await rejected(library, () => library.verifyTotp(RFC_SECRET, "005924", { at, after: undefined }));
    expect(code).toBe("invalid-option");
    const codes = ["005924", "005924"];
    expect(await rejected(library, () => library.resynchronizeTotp(RFC_SECRET, codes, { at, after: undefined }))).toBe(
      "invalid-option",
    );
  });

  test("t0 moves the first step", async () => {
    const options = { t0: 90, period: 60 };
    expect(library.timeStep({ ...options, at: new Date(90_000) }).counter).toBe(0);
    expect(library.timeStep({ ...options, at: new Date(149_999) }).counter).toBe(0);
    expect(library.timeStep({ ...options, at: new Date(150_000) }).counter).toBe(1);
    expect(await library.generateTotp(RFC_SECRET, { ...options, at: new Date(150_000) })).toBe("287082");
    expect((await library.verifyTotp(RFC_SECRET, "287082", { ...options, at: new Date(90_000) }))?.delta).toBe(1);
  });

  test("timeStep tells the interval", () => {
    const step = library.timeStep({ at: new Date(59_001) });
    expect(step.counter).toBe(1);
    expect(step.startsAt.getTime()).toBe(30_000);
    expect(step.endsAt.getTime()).toBe(60_000);
    expect(step.secondsRemaining).toBe(1);
    expect(library.timeStep({ at: new Date(60_000) }).secondsRemaining).toBe(30);
  });

  test("without `at` it is now", async () => {
    const before = Math.floor(Date.now() / 30_000);
    const { counter, endsAt } = library.timeStep();
    expect(counter === before || counter === before + 1).toBe(true);
    expect(endsAt.getTime() > Date.now() - 1000).toBe(true);
    const code = await library.generateTotp(RFC_SECRET);
    expect((await library.verifyTotp(RFC_SECRET, code)) !== null).toBe(true);
  });

  test("TOTP is found again by consecutive codes", async () => {
    const codesAt = (delta, count) => {
      const counters = Array.from({ length: count }, (_, index) => RFC_COUNTER + delta - count + 1 + index);
      return Promise.all(counters.map((counter) => library.generateHotp(RFC_SECRET, counter)));
    };
    for (const count of [2, 3, 4, 5]) {
      for (const delta of [-100, -57, 0, 1, 100]) {
        const match = await library.resynchronizeTotp(RFC_SECRET, await codesAt(delta, count), { at });
        expect(match).toEqual({ counter: RFC_COUNTER + delta, delta });
      }
      for (const delta of [-101, 101]) {
        expect(await library.resynchronizeTotp(RFC_SECRET, await codesAt(delta, count), { at })).toBe(null);
      }
    }
    const [first, second, third] = await codesAt(0, 3);
    expect(await library.resynchronizeTotp(RFC_SECRET, [second, first], { at })).toBe(null);
    expect(await library.resynchronizeTotp(RFC_SECRET, [first, third], { at })).toBe(null);
    expect(await library.resynchronizeTotp(RFC_SECRET, [first, second, "000000"], { at })).toBe(null);
    const codes = [first, second, third];
    expect((await library.resynchronizeTotp(RFC_SECRET, codes, { at, after: RFC_COUNTER - 3 }))?.delta).toBe(0);
    expect(await library.resynchronizeTotp(RFC_SECRET, codes, { at, after: RFC_COUNTER - 2 })).toBe(null);
    const narrow = { at, lookBehind: 0, lookAhead: 0 };
    expect((await library.resynchronizeTotp(RFC_SECRET, codes, narrow))?.delta).toBe(0);
    expect(await library.resynchronizeTotp(RFC_SECRET, await codesAt(1, 3), narrow)).toBe(null);
    const far = { at, lookBehind: 0, lookAhead: 3000 };
    expect((await library.resynchronizeTotp(RFC_SECRET, await codesAt(2999, 3), far))?.delta).toBe(2999);
  });

  test("HOTP is found again by consecutive codes", async () => {
    const codes = await Promise.all([140, 141, 142].map((counter) => library.generateHotp(RFC_SECRET, counter)));
    const found = async (counter, options) =>
      (await library.resynchronizeHotp(RFC_SECRET, codes, counter, options))?.counter;
    expect(await found(42)).toBe(142);
    expect(await found(41)).toBe(undefined);
    expect(await found(140)).toBe(142);
    expect(await found(141)).toBe(undefined);
    expect(await found(140, { lookAhead: 2 })).toBe(142);
    expect(await found(0, { lookAhead: 142 })).toBe(142);
    expect(await found(0, { lookAhead: 141 })).toBe(undefined);
  });

  test("a mistake in the program always throws, by a stable code, without secret or code in the message", async () => {
    const codes = ["755224", "287082"];
    const f = library;
    const key = await f.importKey(RFC_SECRET, "SHA-256");
    const wrongSecrets = [
      ["invalid-secret", undefined],
      ["invalid-secret", null],
      ["invalid-secret", 12345678],
      ["invalid-secret", {}],
      ["invalid-secret", []],
      ["invalid-secret", new ArrayBuffer(20)],
      ["invalid-secret", new Uint16Array(20)],
      ["invalid-secret", new DataView(new ArrayBuffer(20))],
      ["invalid-secret", "0189"],
      ["invalid-secret", "A"],
      ["invalid-secret", `${RFC_SECRET}A`],
      ["invalid-secret", `${RFC_SECRET.slice(0, -2)}`.slice(0, -1) + "\u00a0R"],
      ["invalid-secret", RFC_SECRET.replace("G", "Ｇ")],
      ["secret-too-short", ""],
      ["secret-too-short", " - "],
      ["secret-too-short", new Uint8Array(0)],
    ];
    for (const [code, secret] of wrongSecrets) {
      expect(await rejected(f, () => f.importKey(secret))).toBe(code);
      expect(await rejected(f, () => f.generateHotp(secret, 0))).toBe(code);
      expect(await rejected(f, () => f.generateTotp(secret))).toBe(code);
      expect(await rejected(f, () => f.verifyHotp(secret, "755224", 0))).toBe(code);
      expect(await rejected(f, () => f.verifyTotp(secret, "755224"))).toBe(code);
      expect(await rejected(f, () => f.resynchronizeHotp(secret, codes, 0))).toBe(code);
      expect(await rejected(f, () => f.resynchronizeTotp(secret, codes))).toBe(code);
      // Before the code is looked at, so that a mistake does not hide behind wrong codes.
      expect(await rejected(f, () => f.verifyTotp(secret, "not a code"))).toBe(code);
    }

    for (const counter of [undefined, null, "0", "755224", -1, 0.5, NaN, Infinity, 2 ** 53, 0n, {}, [0], true]) {
      expect(await rejected(f, () => f.generateHotp(RFC_SECRET, counter))).toBe("invalid-counter");
      expect(await rejected(f, () => f.verifyHotp(RFC_SECRET, "755224", counter))).toBe("invalid-counter");
      expect(await rejected(f, () => f.resynchronizeHotp(RFC_SECRET, codes, counter))).toBe("invalid-counter");
    }

    for (const wrong of [
      undefined,
      null,
      "755224",
      [],
      ["755224"],
      Array(6).fill("755224"),
      { 0: "1", 1: "2", length: 2 },
    ]) {
      expect(await rejected(f, () => f.resynchronizeHotp(RFC_SECRET, wrong, 0))).toBe("invalid-codes");
      expect(await rejected(f, () => f.resynchronizeTotp(RFC_SECRET, wrong))).toBe("invalid-codes");
    }

    const calls = {
      generateHotp: (options) => f.generateHotp(RFC_SECRET, 0, options),
      verifyHotp: (options) => f.verifyHotp(RFC_SECRET, "755224", 0, options),
      resynchronizeHotp: (options) => f.resynchronizeHotp(RFC_SECRET, codes, 0, options),
      generateTotp: (options) => f.generateTotp(RFC_SECRET, options),
      verifyTotp: (options) => f.verifyTotp(RFC_SECRET, "755224", options),
      resynchronizeTotp: (options) => f.resynchronizeTotp(RFC_SECRET, codes, options),
    };
    const time = ["generateTotp", "verifyTotp", "resynchronizeTotp"];
    const wrongNumbers = [null, "1", "6", "30", NaN, Infinity, 0.5, 6.5, -1, 1n, true, [], {}];
    const wrongOptions = [
      ["digits", [...wrongNumbers, 0, 5, 9, 10], Object.keys(calls)],
      [
        "algorithm",
        [null, "", "sha1", "SHA1", "sha-1", "MD5", "SHA-384", ["SHA-1"], {}, 1, "__proto__"],
        Object.keys(calls),
      ],
      ["period", [...wrongNumbers, 0, 86_401], time],
      ["t0", [...wrongNumbers, 2 ** 53], time],
      ["at", [null, 0, 1234567890, 1234567890000, "2009-02-13", NaN, new Date(NaN), {}, Date.now, new Date(-1)], time],
      ["lookAhead", [...wrongNumbers, 1001], ["verifyHotp"]],
      ["lookAhead", [...wrongNumbers, 11], ["verifyTotp"]],
      ["lookBehind", [...wrongNumbers, 11], ["verifyTotp"]],
      ["lookAhead", [...wrongNumbers, 0, 10_001], ["resynchronizeHotp"]],
      ["lookAhead", [...wrongNumbers, 9901], ["resynchronizeTotp"]],
      ["lookBehind", [...wrongNumbers, 10_001], ["resynchronizeTotp"]],
      [
        "after",
        ["41152263", NaN, 0.5, -1, 2 ** 53, 1n, true, [], {}, new Date(0)],
        ["verifyTotp", "resynchronizeTotp"],
      ],
    ];
    for (const [name, values, functions] of wrongOptions) {
      for (const value of values) {
        for (const call of functions) {
          const error = await caught(f, () => calls[call]({ [name]: value }));
          expect([call, name, String(error?.code)]).toEqual([call, name, "invalid-option"]);
          expect(error.message.includes(name)).toBe(true);
        }
      }
    }

    for (const call of Object.values(calls)) {
      for (const options of [null, 30, "SHA-1", true, [], new Date(), new Map(), () => ({}), Promise.resolve({}), 1n]) {
        expect(await rejected(f, () => call(options))).toBe("invalid-options");
      }
      for (const name of ["window", "step", "epoch", "time", "timestamp", "Digits", "toString", "constructor", ""]) {
        const error = await caught(f, () => call({ [name]: 1 }));
        expect(error?.code).toBe("unknown-option");
      }
    }
    const meant = { window: "lookBehind, lookAhead", step: "period", epoch: "at", time: "at", timestamp: "at" };
    for (const [name, words] of Object.entries(meant)) {
      const error = await caught(f, () => calls.verifyTotp({ [name]: 1 }));
      expect(error.message).toBe(`unknown option "${name}", use ${words}`);
    }
    expect(await rejected(f, () => calls.generateHotp({ period: 30 }))).toBe("unknown-option");
    expect(await rejected(f, () => calls.generateTotp({ after: 1 }))).toBe("unknown-option");
    expect(await rejected(f, () => calls.verifyHotp({ lookBehind: 1 }))).toBe("unknown-option");

    // Secret and code the wrong way round.
    for (const code of ["755224", "234567", "2345672", "22222222", "23456723"]) {
      expect((await caught(f, () => f.verifyTotp(code, RFC_SECRET, { at }))) instanceof f.OtpError).toBe(true);
      expect((await caught(f, () => f.verifyHotp(code, RFC_SECRET, 0))) instanceof f.OtpError).toBe(true);
      expect((await caught(f, () => f.verifyHotp(RFC_SECRET, 0, code))) instanceof f.OtpError).toBe(true);
    }
    expect(await rejected(f, () => f.verifyTotp(key, "755224", { algorithm: "SHA-1" }))).toBe("invalid-key");
    expect(await rejected(f, () => f.generateTotp(key, { algorithm: "SHA-512" }))).toBe("invalid-key");
    expect(await rejected(f, () => f.importKey(key))).toBe("invalid-secret");
    expect(await rejected(f, () => f.importKey(RFC_SECRET, "MD5"))).toBe("invalid-option");
  });

  test("a short secret makes codes but does not verify", async () => {
    const short = new Uint8Array(9).fill(65);
    const long = new Uint8Array(10).fill(65);
    for (const form of [
      (bytes) => bytes,
      (bytes) => library.encodeBase32(bytes),
      (bytes) => library.importKey(bytes),
    ]) {
      const code = await library.generateHotp(await form(short), 0);
      expect(code.length).toBe(6);
      const key = await form(short);
      expect(await rejected(library, () => library.verifyHotp(key, code, 0))).toBe("secret-too-short");
      expect(await rejected(library, () => library.verifyTotp(key, code))).toBe("secret-too-short");
      expect(await rejected(library, () => library.resynchronizeHotp(key, [code, code], 0))).toBe("secret-too-short");
      const longCode = await library.generateHotp(await form(long), 0);
      expect((await library.verifyHotp(await form(long), longCode, 0))?.counter).toBe(0);
    }
    expect(await library.generateHotp(new Uint8Array(1), 0)).toBe("328482");
  });

  test("a key brings its algorithm", async () => {
    for (const algorithm of ["SHA-1", "SHA-256", "SHA-512"]) {
      const key = await library.importKey(RFC_SECRET, algorithm);
      const code = await library.generateHotp(RFC_SECRET, 7, { algorithm });
      expect(await library.generateHotp(key, 7)).toBe(code);
      expect(await library.generateHotp(key, 7, { algorithm })).toBe(code);
      expect((await library.verifyHotp(key, code, 7))?.counter).toBe(7);
      expect((await library.verifyHotp(key, code, 7, { algorithm, digits: undefined }))?.counter).toBe(7);
    }
  });

  test("secrets are read as people type them", async () => {
    for (const typed of [
      RFC_SECRET.toLowerCase(),
      "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
      "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq\r\n",
      "\tGEZDGNBVGY3TQOJQ\nGEZDGNBVGY3TQOJQ",
    ]) {
      expect(await library.generateHotp(typed, 1)).toBe("287082");
      expect(toHex(library.decodeSecret(typed))).toBe(toHex(library.decodeBase32(RFC_SECRET)));
    }
    expect(toHex(library.decodeSecret("mzxw 6yq="))).toBe("666f6f62");
    expect(thrown(() => library.decodeSecret(""))).toBe("secret-too-short");
    expect(thrown(() => library.decodeSecret(new Uint8Array(20)))).toBe("invalid-secret");
    expect(thrown(() => library.decodeSecret(undefined))).toBe("invalid-secret");
  });

  test("a view is read as that view, and the caller's bytes are left alone", async () => {
    const pool = new Uint8Array(64).fill(7);
    const bytes = library.decodeBase32(RFC_SECRET);
    pool.set(bytes, 13);
    const view = pool.subarray(13, 33);
    expect(await library.generateHotp(view, 1)).toBe("287082");
    expect(library.encodeBase32(view)).toBe(RFC_SECRET);
    expect((await library.verifyHotp(view, "287082", 1))?.counter).toBe(1);
    expect(pool[12] === 7 && pool[33] === 7 && toHex(view) === toHex(bytes)).toBe(true);
  });

  test("generated secrets fit their algorithm and differ", () => {
    expect(library.decodeBase32(library.generateSecret()).length).toBe(20);
    expect(library.decodeBase32(library.generateSecret({ algorithm: "SHA-1" })).length).toBe(20);
    expect(library.decodeBase32(library.generateSecret({ algorithm: "SHA-256" })).length).toBe(32);
    expect(library.decodeBase32(library.generateSecret({ algorithm: "SHA-512" })).length).toBe(64);
    expect(library.decodeBase32(library.generateSecret({ byteLength: 16 })).length).toBe(16);
    expect(library.decodeBase32(library.generateSecret({ byteLength: 1024 })).length).toBe(1024);
    expect(new Set(Array.from({ length: 100 }, () => library.generateSecret())).size).toBe(100);
    for (const byteLength of [null, "20", NaN, 15, 1025, 20.5, 0, -1]) {
      expect(thrown(() => library.generateSecret({ byteLength }))).toBe("invalid-option");
    }
    expect(thrown(() => library.generateSecret({ algorithm: "MD5" }))).toBe("invalid-option");
    expect(thrown(() => library.generateSecret({ length: 20 }))).toBe("unknown-option");
    expect(thrown(() => library.generateSecret(20))).toBe("invalid-options");
  });

  test("an account goes into a URI and comes back", async () => {
    const secret = RFC_SECRET;
    const uri = library.buildOtpauthUri({ secret, issuer: "Acme Co", accountName: "alice@example.com" });
    expect(uri).toBe(`otpauth://totp/Acme%20Co:alice%40example.com?secret=${secret}&issuer=Acme%20Co`);
    const account = library.parseOtpauthUri(uri);
    expect(account).toEqual({
      type: "totp",
      secret,
      issuer: "Acme Co",
      accountName: "alice@example.com",
      parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
    });
    expect(await library.generateTotp(account.secret, { ...account.parameters, at })).toBe("005924");
    const hotp = {
      type: "hotp",
      secret,
      issuer: "A",
      accountName: "b",
      parameters: { algorithm: "SHA-512", digits: 8 },
      counter: 0,
    };
    const hotpUri = library.buildOtpauthUri(hotp);
    expect(hotpUri).toBe(`otpauth://hotp/A:b?secret=${secret}&issuer=A&algorithm=SHA512&digits=8&counter=0`);
    expect(library.parseOtpauthUri(hotpUri)).toEqual(hotp);
  });
}

/**
 * The error of a call that may throw or reject. A face whose functions return promises must reject,
 * never throw.
 */
async function caught(library, call) {
  let result;
  try {
    result = call();
    await result;
  } catch (error) {
    const isAsynchronous = library.generateHotp("GEZDGNBVGY3TQOJQ", 0) instanceof Promise;
    if (isAsynchronous && !(result instanceof Promise)) return new Error("thrown instead of rejected");
    return error;
  }
  return undefined;
}

/** The code of that error, checked for what every error must be. */
async function rejected(library, call) {
  const error = await caught(library, call);
  if (!(error instanceof library.OtpError) || error.name !== "OtpError") return `no OtpError but ${String(error)}`;
  const leaks = [RFC_SECRET, RFC_SECRET.slice(0, 12), "755224", "287082", "005924", "3132333435"];
  const text = `${error.message} ${JSON.stringify(error)}`;
  return leaks.some((leak) => text.includes(leak)) ? "leak in the message" : error.code;
}

function thrown(call) {
  try {
    call();
  } catch (error) {
    return error.code;
  }
  return undefined;
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
