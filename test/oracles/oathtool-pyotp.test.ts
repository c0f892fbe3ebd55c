// Independent programs as oracles: oathtool (C) and pyotp (Python), on random cases that are new in
// every run.
import { execFile, execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { encodeBase32, generateHotp, generateTotp, verifyHotp, verifyTotp } from "../../src/index.ts";
import { algorithm, digits, secretBytes } from "../properties/arbitraries.ts";
import { toHex } from "../helpers/hex.ts";
import { isThere } from "../helpers/there.ts";

const CASES = 500;
const run = promisify(execFile);

const hotpCase = fc.record({ secret: secretBytes, digits, counter: fc.oneof(fc.nat(), fc.nat({ max: 2 ** 40 })) });
const totpCase = fc.record({
  secret: secretBytes,
  algorithm,
  digits,
  period: fc.integer({ min: 1, max: 300 }),
  t0: fc.nat({ max: 1_000_000_000 }),
  seconds: fc.integer({ min: 1_000_000_000, max: 20_000_000_000 }),
});

async function inParallel<Case>(cases: readonly Case[], check: (one: Case) => Promise<void>): Promise<void> {
  const queue = cases.values();
  const workers = Array.from({ length: 2 * availableParallelism() }, async () => {
    for (const one of queue) await check(one);
  });
  await Promise.all(workers);
}

describe.runIf(isThere("oathtool", () => execFileSync("oathtool", ["--version"])))("oathtool", () => {
  // Its HOTP is SHA-1 only.
  it(`makes and accepts the same HOTP codes in ${CASES} cases`, async () => {
    await inParallel(fc.sample(hotpCase, CASES), async ({ secret, digits, counter }) => {
      const { stdout } = await run("oathtool", ["--hotp", "-d", `${digits}`, "-c", `${counter}`, toHex(secret)]);
      const label = `key ${toHex(secret)}, counter ${counter}, digits ${digits}`;
      expect(await generateHotp(secret, counter, { digits }), label).toBe(stdout.trim());
      expect((await verifyHotp(secret, stdout.trim(), counter, { digits }))?.counter, label).toBe(counter);
    });
  });

  it(`makes and accepts the same TOTP codes in ${CASES} cases`, async () => {
    await inParallel(fc.sample(totpCase, CASES), async ({ secret, seconds, t0, ...parameters }) => {
      const { algorithm, digits, period } = parameters;
      const words = [`--totp=${algorithm.replace("-", "").toLowerCase()}`, "-d", `${digits}`, "-s", `${period}s`];
      const { stdout } = await run("oathtool", [
        ...words,
        "-S",
        `@${t0}`,
        "-N",
        `@${seconds}`,
        "-b",
        encodeBase32(secret),
      ]);
      const label = `key ${toHex(secret)}, time ${seconds}, t0 ${t0}, ${JSON.stringify(parameters)}`;
      const options = { ...parameters, t0, at: new Date(seconds * 1000) };
      expect(await generateTotp(encodeBase32(secret), options), label).toBe(stdout.trim());
      const exactly = { ...options, lookBehind: 0, lookAhead: 0 };
      expect((await verifyTotp(secret, stdout.trim(), exactly))?.delta, label).toBe(0);
    });
  });
});

const PYTHON = "/usr/bin/python3";
const PYOTP = `
import hashlib, json, sys, pyotp
hashes = {"SHA-1": hashlib.sha1, "SHA-256": hashlib.sha256, "SHA-512": hashlib.sha512}
for case in json.load(sys.stdin):
    print(pyotp.HOTP(case["secret"], digits=case["digits"], digest=hashes[case["algorithm"]]).at(case["counter"]) if "counter" in case
          else pyotp.TOTP(case["secret"], digits=case["digits"], digest=hashes[case["algorithm"]], interval=case["period"]).at(case["seconds"]))
`;

/** The codes of all cases, by one run of Python. */
function pyotpCodes(cases: readonly object[]): string[] {
  const output = execFileSync(PYTHON, ["-c", PYOTP], {
    input: JSON.stringify(cases),
    env: { ...process.env, TZ: "UTC" },
    encoding: "utf8" as const,
  });
  return output.trim().split("\n");
}

describe.runIf(isThere("pyotp", () => execFileSync(PYTHON, ["-c", "import pyotp"], { stdio: "ignore" })))(
  "pyotp",
  () => {
    it(`makes and accepts the same HOTP codes in ${CASES} cases`, async () => {
      const cases = fc.sample(fc.tuple(hotpCase, algorithm), CASES);
      const codes = pyotpCodes(
        cases.map(([one, hash]) => ({ ...one, secret: encodeBase32(one.secret), algorithm: hash })),
      );
      expect(codes.length).toBe(CASES);
      for (const [index, [{ secret, counter, digits }, hash]] of cases.entries()) {
        const options = { digits, algorithm: hash };
        const label = `key ${toHex(secret)}, counter ${counter}, ${JSON.stringify(options)}`;
        expect(await generateHotp(secret, counter, options), label).toBe(codes[index]);
        expect((await verifyHotp(secret, codes[index] ?? "", counter, options))?.counter, label).toBe(counter);
      }
    });

    it(`makes and accepts the same TOTP codes in ${CASES} cases`, async () => {
      const cases = fc.sample(totpCase, CASES);
      const codes = pyotpCodes(cases.map((one) => ({ ...one, secret: encodeBase32(one.secret) })));
      expect(codes.length).toBe(CASES);
      for (const [index, { secret, seconds, algorithm, digits, period }] of cases.entries()) {
        const options = { algorithm, digits, period, at: new Date(seconds * 1000) };
        const label = `key ${toHex(secret)}, time ${seconds}, ${JSON.stringify(options)}`;
        expect(await generateTotp(secret, options), label).toBe(codes[index]);
        const exactly = { ...options, lookBehind: 0, lookAhead: 0 };
        expect((await verifyTotp(secret, codes[index] ?? "", exactly))?.delta, label).toBe(0);
      }
    });
  },
);
