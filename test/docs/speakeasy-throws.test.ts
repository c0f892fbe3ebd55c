// The same for halfminute/speakeasy, whose functions are members of interfaces too. And no message
// holds what was given.
import { inspect } from "node:util";

import { afterEach, describe, expect, it, vi } from "vitest";

import speakeasy, { OtpError, type OtpErrorCode } from "../../src/speakeasy/index.ts";
import { read } from "./fences.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const TOKEN = "755224";

type Provocations = Readonly<Partial<Record<OtpErrorCode, () => unknown>>>;

const COMPLETE = { secret: SECRET, token: TOKEN, label: "Acme:alice" };

/** What every call does that takes options; `more` is laid over complete ones. */
function options(call: (options: never) => unknown, wrong: object): Provocations {
  return {
    "invalid-options": () => call(SECRET as never),
    "unknown-option": () => call({ ...COMPLETE, lookAhead: 1 } as never),
    "invalid-option": () => call({ ...COMPLETE, ...wrong } as never),
  };
}

function secrets(call: (options: never) => unknown): Provocations {
  return {
    "invalid-secret": () => call({ ...COMPLETE, secret: `${SECRET}0`, encoding: "base32" } as never),
    "secret-too-short": () => call({ ...COMPLETE, secret: "" } as never),
    "invalid-counter": () => call({ ...COMPLETE, type: "hotp", counter: -1 } as never),
  };
}

function verification(call: (options: never) => unknown): Provocations {
  return { ...options(call, { window: TOKEN }), ...secrets(call) };
}

function making(call: (options: never) => unknown): Provocations {
  const digest = { "invalid-bytes": () => call({ ...COMPLETE, digest: SECRET } as never) };
  return { ...options(call, { digits: 11 }), ...secrets(call), ...digest };
}

function noRandom(call: () => unknown): Provocations {
  return {
    "no-random": () => {
      vi.stubGlobal("crypto", undefined);
      return call();
    },
  };
}

const { digest, hotp, totp, otpauthURL, generateSecret, generateSecretASCII, _counter } = speakeasy;

/** By the beginning of what stands below the doc block. */
const PROVOCATIONS: Readonly<Record<string, Provocations>> = {
  "(options: HotpOptions)": making(hotp),
  "verify: (options: HotpVerifyOptions)": verification(hotp.verify),
  "verifyDelta: (options: HotpVerifyOptions)": verification(hotp.verifyDelta),
  "(options: TotpOptions)": making(totp),
  "verify: (options: TotpVerifyOptions)": verification(totp.verify),
  "verifyDelta: (options: TotpVerifyOptions)": verification(totp.verifyDelta),
  "function digest": { ...options(digest, { algorithm: SECRET }), ...secrets(digest) },
  "function _counter": options(_counter, { time: SECRET }),
  "function otpauthURL": {
    ...options(otpauthURL, { period: SECRET }),
    ...secrets(otpauthURL),
    "invalid-account": () => otpauthURL({ ...COMPLETE, type: SECRET } as never),
  },
  "function generateSecret": {
    ...options(generateSecret, { qr_codes: true }),
    "invalid-account": () => generateSecret({ name: 5 } as never),
    ...noRandom(() => generateSecret()),
  },
  "function generateSecretASCII": {
    "invalid-option": () => generateSecretASCII(0),
    ...noRandom(() => generateSecretASCII()),
  },
};

const CODES = Array.from(read("src/core/errors.ts").matchAll(/^ {2}\| "([\w-]+)"/gm), ([, code]) => code ?? "");

/** The error codes of each doc block that has @throws. */
function promised(): Record<string, string[]> {
  const text = ["types", "codes", "generate", "url"].map((file) => read(`src/speakeasy/${file}.ts`)).join("\n");
  const blocks = text.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*@throws(?:(?!\*\/)[\s\S])*)\*\/\n *(?:export |readonly )?([\w: ]*(?:\(options: \w+\))?)/g,
  );
  return Object.fromEntries(
    Array.from(blocks, ([, block = "", name = ""]) => {
      const [, throws = ""] = /@throws([\s\S]*?)\n *\* @/.exec(block) ?? [];
      const key = name.startsWith("function") ? name.replace(/\(.*/, "") : name;
      return [key, CODES.filter((code) => throws.includes(`\`${code}\``)).toSorted()];
    }),
  );
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it("every function has its provocations, for just the codes that it promises", () => {
  const codes = Object.entries(PROVOCATIONS).map(([name, provocations]) => [
    name,
    Object.keys(provocations).toSorted(),
  ]);
  expect(promised()).toEqual(Object.fromEntries(codes));
});

describe("throws, without a secret or code in the error", () => {
  const cases = Object.entries(PROVOCATIONS).flatMap(([name, codes]) =>
    Object.entries(codes).map(([code, provoke]) => ({ name, code, provoke })),
  );
  it.each(cases)("$name: $code", ({ code, provoke }) => {
    let error: unknown;
    try {
      provoke();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OtpError);
    expect((error as OtpError).code).toBe(code);
    const { message } = error as OtpError;
    for (const text of [
      message,
      String(error),
      JSON.stringify(error),
      inspect(error, { showHidden: true, depth: 9 }),
    ]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(TOKEN);
    }
  });
});

it("no option value is repeated in a message, in whatever option it stands", () => {
  const names = ["secret", "key", "encoding", "counter", "algorithm", "digits", "length", "digest", "token", "window"];
  const more = [
    "time",
    "step",
    "epoch",
    "initial_time",
    "label",
    "issuer",
    "type",
    "period",
    "name",
    "qr_codes",
    "after",
  ];
  const canary = `${SECRET}!`;
  let thrown = 0;
  for (const name of [...names, ...more]) {
    for (const value of [canary, [canary], { canary }, Symbol(canary)]) {
      for (const call of [digest, hotp, hotp.verify, totp, totp.verifyDelta, otpauthURL, generateSecret, _counter]) {
        try {
          call({ ...COMPLETE, [name]: value });
        } catch (error) {
          thrown += 1;
          expect(error).toBeInstanceOf(OtpError);
          expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(SECRET);
        }
      }
    }
  }
  expect(thrown).toBeGreaterThan(250);
});
