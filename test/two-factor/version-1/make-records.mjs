// Makes records.json: two-factor records as version 0.1.0 wrote them, which every later version
// must read.
//
// They were made by the build of commit bb9f334f4d4c09a7003dad15c6e1bc22a7537680.
// To make them again, build that commit in a folder of its own and give that folder:
//
//   cd test/two-factor/version-1
//   node make-records.mjs ../../../../halfminute-0.1.0 > records.json
//
// Only the public interface of that build is used. The clock is set by hand and random bytes follow
// from the name of the record, so the output is always the same. What each field means is in
// records.ts.
import { createHash } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { longSealer } from "./long-sealer.mjs";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node make-records.mjs <folder of a built halfminute 0.1.0>");
const fileOf = (name) => pathToFileURL(path.resolve(folder, "dist", name)).href;
const { createTwoFactor } = await import(fileOf("two-factor/index.js"));
const { encodeBase32, generateHotp } = await import(fileOf("sync.js"));

const START = Date.UTC(2026, 5, 1, 12, 0, 10);
const PLAIN = { algorithm: "SHA-1", digits: 6, period: 30 };
const LONG_KEY_ID = "kms:eu/tenant-7_two.factor:2026-06-01:v0";
const LONG_SEALER =
  "long-sealer.mjs: base64url of the plaintext, a dot, base64url of SHA-256 of key id, 0, context, 0, plaintext; " +
  "dots up to 280 characters";

const KEYS = Object.fromEntries(
  ["2024", "2025", "2026", LONG_KEY_ID].map((id) => [id, createHash("sha256").update(`key ${id}`).digest()]),
);

/** Random bytes that follow from a text. */
function seedRandom(text) {
  let count = 0;
  let left = [];
  crypto.getRandomValues = (array) => {
    while (left.length < array.length) left.push(...createHash("sha256").update(`${text} ${count++}`).digest());
    array.set(left.splice(0, array.length));
    return array;
  };
}

/** The code that a call was refused with. */
async function refusalOf(call) {
  return call.then(
    () => "none",
    ({ code }) => code,
  );
}

function expectThat(holds, what) {
  if (!holds) throw new Error(`${what}, but it is not so`);
}

/** Somebody with a phone, and all that they know. */
class Person {
  now = START;
  records = new Map();
  active = null;
  pending = null;
  recoveryCodes = [];
  spentRecoveryCodes = [];
  lastCode = null;
  lastCounter = -1;

  constructor(name, options) {
    this.name = name;
    this.options = { userId: "alice", keyIds: ["2026"], ...options };
    this.userId = this.options.userId;
    this.open();
    seedRandom(name);
  }

  /** Goes on with other options, as after a new deployment. */
  open(options) {
    Object.assign(this.options, options);
    const { keyIds, sealer, policy, parameters } = this.options;
    const records = this.records;
    this.twoFactor = createTwoFactor({
      issuer: "Acme",
      store: {
        read: async (userId) => records.get(userId),
        async compareAndSet(userId, expected, next) {
          if (records.get(userId)?.revision !== expected) return false;
          if (next) records.set(userId, next);
          else records.delete(userId);
          return true;
        },
      },
      clock: () => new Date(this.now),
      ...(sealer ? { sealer: longSealer(keyIds) } : { sealingKeys: keyIds.map((id) => ({ id, key: KEYS[id] })) }),
      policy,
      parameters,
    });
  }

  pass(seconds) {
    this.now += seconds * 1000;
  }

  counterOf({ parameters }) {
    return Math.floor(this.now / 1000 / parameters.period);
  }

  codeOf({ secret, parameters: { algorithm, digits } }, counter) {
    return generateHotp(secret, counter, { algorithm, digits });
  }

  /** A code that is neither right nor shows that a clock is off. */
  wrongCodeOf(device) {
    const counter = this.counterOf(device);
    const { digits } = device.parameters;
    const first = Math.max(counter - 102, 0);
    const near = new Set(
      Array.from({ length: counter + 102 - first }, (_, index) => this.codeOf(device, first + index)),
    );
    let wrong = 10 ** (digits - 1);
    while (near.has(String(wrong))) wrong++;
    return String(wrong);
  }

  async enroll(options = {}) {
    const { secret } = await this.twoFactor.enroll(this.userId, { accountName: "alice@example.com", ...options });
    this.pending = { secret, parameters: { ...PLAIN, ...this.options.parameters } };
  }

  async confirm() {
    const counter = this.counterOf(this.pending);
    const code = this.codeOf(this.pending, counter);
    const { recoveryCodes } = await this.twoFactor.confirm(this.userId, code);
    Object.assign(this, { active: this.pending, pending: null, lastCode: code, lastCounter: counter });
    this.replaceRecoveryCodes(recoveryCodes);
  }

  async enrolled() {
    await this.enroll();
    this.pass(20);
    await this.confirm();
  }

  replaceRecoveryCodes(codes) {
    this.spentRecoveryCodes.push(...this.recoveryCodes);
    this.recoveryCodes = [...codes];
  }

  async import(bytes, options = {}) {
    const secret = encodeBase32(bytes);
    await this.twoFactor.importDevice(this.userId, { secret, ...options });
    this.active = { secret, parameters: { ...PLAIN, ...this.options.parameters, ...options.parameters } };
    if (options.after === undefined) return;
    this.lastCounter = options.after;
    this.lastCode = this.codeOf(this.active, options.after);
  }

  /** Waits until a code is looked at, and until there is one that is not spent. */
  async waitForCode() {
    const { retryAfterSeconds } = await this.twoFactor.status(this.userId);
    this.pass(retryAfterSeconds);
    const { period } = this.active.parameters;
    this.now = Math.max(this.now, (this.lastCounter + 1) * period * 1000);
  }

  async login(steps = 0) {
    await this.waitForCode();
    const counter = this.counterOf(this.active) + steps;
    const code = this.codeOf(this.active, counter);
    await this.twoFactor.verify(this.userId, code);
    Object.assign(this, { lastCode: code, lastCounter: counter });
  }

  async loginByRecoveryCode(which = 0) {
    const [code] = this.recoveryCodes.splice(which, 1);
    await this.twoFactor.verify(this.userId, code);
    this.spentRecoveryCodes.push(code);
  }

  async loginByThree() {
    const first = Math.max(this.counterOf(this.active), this.lastCounter + 1);
    this.now = Math.max(this.now, (first + 2) * this.active.parameters.period * 1000);
    const codes = [0, 1, 2].map((index) => this.codeOf(this.active, first + index));
    await this.twoFactor.verifyConsecutive(this.userId, codes);
    Object.assign(this, { lastCode: codes[2], lastCounter: first + 2 });
  }

  /** Two right codes are spent by the wrong one after them. */
  async failByTwoOfThree() {
    const first = Math.max(this.counterOf(this.active), this.lastCounter + 1);
    this.now = Math.max(this.now, (first + 2) * this.active.parameters.period * 1000);
    const codes = [this.codeOf(this.active, first), this.codeOf(this.active, first + 1), this.wrongCodeOf(this.active)];
    const refusal = await refusalOf(this.twoFactor.verifyConsecutive(this.userId, codes));
    expectThat(refusal === "code-rejected", "two of three are refused");
    Object.assign(this, { lastCode: codes[1], lastCounter: first + 1 });
  }

  async fail(times) {
    for (let count = 0; count < times; count++) {
      const { retryAfterSeconds } = await this.twoFactor.status(this.userId);
      this.pass(retryAfterSeconds + 1);
      const refusal = await refusalOf(this.twoFactor.verify(this.userId, this.wrongCodeOf(this.active)));
      expectThat(refusal === "code-rejected", `failure ${count} is counted, not ${refusal}`);
    }
  }

  /** So many outstanding failures, of which so many are in a row at the end. */
  async failUntil(outstanding, inRow) {
    let done = 0;
    while (done < outstanding - inRow) {
      const times = Math.min(60, outstanding - inRow - done + 1);
      await this.fail(times);
      await this.login();
      done += times - 1;
    }
    await this.fail(inRow);
  }

  async failToConfirm(times) {
    for (let count = 0; count < times; count++) {
      this.pass(1);
      const refusal = await refusalOf(this.twoFactor.confirm(this.userId, this.wrongCodeOf(this.pending)));
      expectThat(refusal === "code-rejected", `wrong code ${count} is counted, not ${refusal}`);
    }
  }

  async renew() {
    const { recoveryCodes } = await this.twoFactor.renewRecoveryCodes(this.userId);
    this.replaceRecoveryCodes(recoveryCodes);
  }

  async entry() {
    const { name, userId, now, active, pending, recoveryCodes, spentRecoveryCodes, lastCode } = this;
    const { keyIds, policy, sealer } = this.options;
    const record = this.records.get(userId);
    const status = await this.twoFactor.status(userId);
    expectThat(status.recoveryCodesLeft === recoveryCodes.length, "all recovery codes are known");
    return {
      name,
      userId,
      now,
      keyIds,
      ...(policy && { policy }),
      ...(sealer && { sealer }),
      record,
      active,
      pending,
      recoveryCodes,
      spentRecoveryCodes,
      lastCode,
      status,
    };
  }
}

const entries = [];

/** One record: what somebody did, by what the flow was made with. */
async function record(name, options, live) {
  const person = new Person(name, options);
  await live(person);
  entries.push(await person.entry());
}

/** The counts that a name promises, looked up in what was written. */
function expectCounts(person, failures, outstandingFailures) {
  const { device } = JSON.parse(person.records.get(person.userId).body);
  expectThat(device.failures === failures, `${person.name}: ${device.failures} failures in a row`);
  expectThat(
    device.outstandingFailures === outstandingFailures,
    `${person.name}: ${device.outstandingFailures} outstanding failures`,
  );
}

function bytesOf(length) {
  return Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
}

// Active devices, by how their codes are computed.

await record("active, just confirmed", {}, (person) => person.enrolled());

await record("active, after a login", {}, async (person) => {
  await person.enrolled();
  person.pass(86_400);
  await person.login();
});

await record("active, after a login by the code of the next time step", {}, async (person) => {
  await person.enrolled();
  person.pass(3600);
  await person.login(1);
});

for (const [algorithm, digits, period] of [
  ["SHA-256", 6, 30],
  ["SHA-512", 6, 30],
  ["SHA-1", 7, 30],
  ["SHA-1", 8, 60],
  ["SHA-256", 8, 1],
  ["SHA-512", 7, 86_400],
]) {
  const title = `active, ${algorithm}, ${digits} digits, period ${period}`;
  await record(title, { parameters: { algorithm, digits, period } }, async (person) => {
    await person.enrolled();
    await person.login();
  });
}

await record("active, by a clock at the beginning of time", {}, async (person) => {
  person.now = 0;
  await person.enroll();
  await person.confirm();
});

await record("active, by a clock near the end of time", { parameters: { period: 1 } }, async (person) => {
  person.now = 8.64e15 - 1_000_000;
  await person.enrolled();
});

// Pending devices.

await record("pending", {}, (person) => person.enroll());

await record(
  "pending, SHA-512, 8 digits, period 60",
  { parameters: { algorithm: "SHA-512", digits: 8, period: 60 } },
  (person) => person.enroll(),
);

for (const times of [1, 9, 10]) {
  await record(`pending, ${times} wrong${times === 10 ? ": given up" : ""}`, {}, async (person) => {
    await person.enroll();
    await person.failToConfirm(times);
  });
}

await record(
  "pending, 99 wrong, policy pendingAttempts 100, pendingLifetime 86400",
  { policy: { pendingAttempts: 100, pendingLifetime: 86_400 } },
  async (person) => {
    await person.enroll();
    await person.failToConfirm(99);
  },
);

await record("pending, after another pending one", {}, async (person) => {
  await person.enroll();
  await person.failToConfirm(3);
  await person.enroll();
});

await record("active and pending", {}, async (person) => {
  await person.enrolled();
  person.pass(60);
  await person.enroll({ replace: true });
});

await record("active with failures, and pending with wrong codes", {}, async (person) => {
  await person.enrolled();
  person.pass(60);
  await person.fail(3);
  await person.enroll({ replace: true });
  await person.failToConfirm(4);
  expectCounts(person, 3, 3);
});

await record("active and pending with other parameters", {}, async (person) => {
  await person.enrolled();
  person.open({ parameters: { algorithm: "SHA-256", digits: 8, period: 60 } });
  await person.enroll({ replace: true });
});

await record("active in place of another device", {}, async (person) => {
  await person.enrolled();
  await person.loginByRecoveryCode();
  await person.fail(2);
  await person.enroll({ replace: true });
  person.pass(60);
  await person.confirm();
  expectCounts(person, 0, 0);
});

await record("active, enrolled again after it was disabled", {}, async (person) => {
  await person.enrolled();
  await person.twoFactor.disable(person.userId);
  person.pass(60);
  await person.enrolled();
});

// Imported devices.

await record("imported", {}, (person) => person.import(bytesOf(20)));

await record("imported, with the last counter", {}, (person) =>
  person.import(bytesOf(20), { after: Math.floor(START / 30_000) }),
);

await record("imported, with counter 0 as the last", {}, (person) => person.import(bytesOf(20), { after: 0 }));

await record("imported, 10 bytes", {}, async (person) => {
  await person.import(bytesOf(10));
  await person.login();
});

await record("imported, 128 bytes, SHA-512, 8 digits, period 60", {}, async (person) => {
  await person.import(bytesOf(128), { parameters: { algorithm: "SHA-512", digits: 8, period: 60 } });
  await person.login();
});

await record("imported, 128 bytes, then recovery codes and a pending device", {}, async (person) => {
  await person.import(bytesOf(128));
  await person.renew();
  await person.enroll({ replace: true });
});

// Failures.

for (const times of [1, 3, 4, 50, 99]) {
  await record(`${times} ${times === 1 ? "failure" : "failures"} in a row`, {}, async (person) => {
    await person.enrolled();
    person.pass(60);
    await person.fail(times);
    expectCounts(person, times, times);
  });
}

await record("locked: 100 failures in a row", {}, async (person) => {
  await person.enrolled();
  await person.fail(100);
  expectCounts(person, 100, 100);
});

await record("locked, policy lockAfter 5", { policy: { lockAfter: 5 } }, async (person) => {
  await person.enrolled();
  await person.fail(5);
  expectCounts(person, 5, 5);
});

await record("locked by a stricter policy that came later, lockAfter 5", {}, async (person) => {
  await person.enrolled();
  await person.fail(20);
  person.open({ policy: { lockAfter: 5 } });
  expectCounts(person, 20, 20);
});

await record("delayed by an hour: 16 failures in a row", {}, async (person) => {
  await person.enrolled();
  await person.fail(16);
  expectCounts(person, 16, 16);
});

await record(
  "delayed by a day, policy delayAfter 1, maxDelay 86400",
  { policy: { delayAfter: 1, maxDelay: 86_400 } },
  async (person) => {
    await person.enrolled();
    await person.fail(20);
    expectCounts(person, 20, 20);
  },
);

await record("1 outstanding failure", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(1, 0);
  expectCounts(person, 0, 1);
});

await record("150 outstanding failures", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(150, 0);
  expectCounts(person, 0, 150);
});

await record("299 outstanding failures, 1 in a row", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(299, 1);
  expectCounts(person, 1, 299);
});

await record("restricted: 300 outstanding failures", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(300, 2);
  expectCounts(person, 2, 300);
});

await record("no longer restricted: three codes in a row passed", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(300, 2);
  await person.loginByThree();
  expectCounts(person, 0, 299);
});

await record("restricted, and one more failure by two codes of three", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(300, 2);
  await person.failByTwoOfThree();
  expectCounts(person, 3, 301);
});

await record("locked and restricted", {}, async (person) => {
  await person.enrolled();
  await person.failUntil(300, 100);
  expectCounts(person, 100, 300);
});

await record("restricted, policy restrictAfter 10", { policy: { restrictAfter: 10 } }, async (person) => {
  await person.enrolled();
  await person.fail(10);
  expectCounts(person, 10, 10);
});

await record(
  "999 outstanding failures, policy restrictAfter 1000",
  { policy: { restrictAfter: 1000 } },
  async (person) => {
    await person.enrolled();
    await person.failUntil(999, 1);
    expectCounts(person, 1, 999);
  },
);

await record("after three codes in a row", {}, async (person) => {
  await person.enrolled();
  await person.fail(5);
  await person.loginByThree();
  expectCounts(person, 0, 4);
});

await record("two of three codes in a row are spent", {}, async (person) => {
  await person.enrolled();
  await person.failByTwoOfThree();
  expectCounts(person, 1, 1);
});

// Recovery codes.

await record("some recovery codes spent", {}, async (person) => {
  await person.enrolled();
  for (const which of [9, 0, 4]) await person.loginByRecoveryCode(which);
});

await record("all recovery codes spent", {}, async (person) => {
  await person.enrolled();
  for (let count = 0; count < 10; count++) await person.loginByRecoveryCode();
});

await record("recovery codes renewed", {}, async (person) => {
  await person.enrolled();
  await person.loginByRecoveryCode();
  await person.renew();
});

await record("recovery codes renewed, one of them spent, locked", {}, async (person) => {
  await person.enrolled();
  await person.renew();
  await person.fail(100);
  await person.loginByRecoveryCode(5);
  expectCounts(person, 100, 100);
});

await record("policy recoveryCodes 1", { policy: { recoveryCodes: 1 } }, (person) => person.enrolled());

await record("policy recoveryCodes 1, spent", { policy: { recoveryCodes: 1 } }, async (person) => {
  await person.enrolled();
  await person.loginByRecoveryCode();
});

// Sealing keys.

await record("sealed by an older key", { keyIds: ["2025"] }, async (person) => {
  await person.enrolled();
  person.open({ keyIds: ["2026", "2025"] });
});

await record("sealed by an older key, failures since", { keyIds: ["2025"] }, async (person) => {
  await person.enrolled();
  person.open({ keyIds: ["2026", "2025"] });
  await person.fail(2);
});

await record(
  "the secret under the new key, recovery codes under an older one",
  { keyIds: ["2025"] },
  async (person) => {
    await person.enrolled();
    person.open({ keyIds: ["2026", "2025"] });
    await person.login();
  },
);

await record(
  "recovery codes under the new key, the secret under an older one",
  { keyIds: ["2025"] },
  async (person) => {
    await person.enrolled();
    person.open({ keyIds: ["2026", "2025"] });
    await person.renew();
  },
);

await record("pending under an older key", { keyIds: ["2025"] }, async (person) => {
  await person.enroll();
  person.open({ keyIds: ["2026", "2025"] });
});

await record("secret, pending and recovery codes under three keys", { keyIds: ["2024"] }, async (person) => {
  await person.enrolled();
  person.open({ keyIds: ["2025", "2024"] });
  await person.enroll({ replace: true });
  person.open({ keyIds: ["2026", "2025", "2024"] });
  await person.login();
});

await record("resealed", { keyIds: ["2025"] }, async (person) => {
  await person.enrolled();
  await person.enroll({ replace: true });
  person.open({ keyIds: ["2026", "2025"] });
  const { resealed } = await person.twoFactor.reseal(person.userId);
  expectThat(resealed, "everything is sealed again");
  person.open({ keyIds: ["2026"] });
});

await record("resealed after the pending device expired", { keyIds: ["2025"] }, async (person) => {
  await person.enrolled();
  await person.enroll({ replace: true });
  person.pass(601);
  person.open({ keyIds: ["2026", "2025"] });
  await person.twoFactor.reseal(person.userId);
  person.open({ keyIds: ["2026"] });
  person.pending = null;
});

await record("a key id of 40 characters", { keyIds: [LONG_KEY_ID] }, (person) => person.enrolled());

await record("sealed elsewhere", { keyIds: ["kms"], sealer: LONG_SEALER }, async (person) => {
  await person.enrolled();
  await person.loginByRecoveryCode();
});

await record(
  "sealed elsewhere, two devices, a key id of 40 characters",
  { keyIds: [LONG_KEY_ID], sealer: LONG_SEALER },
  async (person) => {
    person.open({ parameters: { algorithm: "SHA-512", digits: 8, period: 86_400 } });
    await person.import(bytesOf(128));
    await person.renew();
    await person.fail(16);
    await person.enroll({ replace: true });
    await person.failToConfirm(10);
  },
);

// User ids. Nothing of them is in the record but for what is sealed, which opens for that user
// only.

for (const [what, userId] of [
  ["with quotes, a backslash and a line break", 'O\'Brien "Bob" \\ <bob@example.com>\r\n\t'],
  ["beyond ASCII", "Zo\u00eb/\u7530\u4e2d/\u0622\u0644\u06cc\u0633/\ud83e\udd77\u200d\u2642\ufe0f/\u2028"],
  ["not normalized", "e\u0301\u00e9\u212b \ufb01"],
  ["of 1024 bytes", "\u20ac".repeat(341) + "x"],
  ["that is a member of Object.prototype", "__proto__"],
  ["of one space", " "],
]) {
  await record(`user id ${what}`, { userId }, async (person) => {
    await person.enrolled();
    person.pass(60);
    await person.enroll({ replace: true });
  });
}

const keys = Object.fromEntries(Object.entries(KEYS).map(([id, key]) => [id, key.toString("hex")]));
console.log(`{
  "keys": ${JSON.stringify(keys)},
  "records": [
${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n")}
  ]
}`);
