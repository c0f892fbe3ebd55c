// Steam Guard codes by Python's standard library, on random secrets and moments that are new in
// every run.
import { execFileSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { generateSteamCode, verifySteamCode } from "../../src/steam/index.ts";
import { isThere } from "../helpers/there.ts";

const PYTHON = "/usr/bin/python3";
const CASES = 1000;
const STEAM = `
import base64, hashlib, hmac, json, struct, sys
alphabet = "23456789BCDFGHJKMNPQRTVWXY"
def code(secret, seconds):
    mac = hmac.new(base64.b64decode(secret), struct.pack(">Q", seconds // 30), hashlib.sha1).digest()
    number = struct.unpack(">I", mac[mac[19] & 15:][:4])[0] & 0x7FFFFFFF
    letters = []
    for _ in range(5):
        number, place = divmod(number, 26)
        letters.append(alphabet[place])
    return "".join(letters)
json.dump([code(**case) for case in json.load(sys.stdin)], sys.stdout)
`;

describe.runIf(isThere("python3", () => execFileSync(PYTHON, ["--version"])))("python3", () => {
  it(`makes and accepts the same Steam Guard codes in ${CASES} cases`, () => {
    const secret = fc
      .uint8Array({ minLength: 10, maxLength: 140 })
      .map((bytes) => Buffer.from(bytes).toString("base64"));
    const cases = fc.sample(fc.record({ secret, seconds: fc.integer({ min: 0, max: 20_000_000_000 }) }), CASES);
    const codes = JSON.parse(
      execFileSync(PYTHON, ["-c", STEAM], { input: JSON.stringify(cases), encoding: "utf8" }),
    ) as string[];
    expect(codes.length).toBe(CASES);
    for (const [index, { secret: base64, seconds }] of cases.entries()) {
      const code = codes[index] ?? "";
      const at = new Date(seconds * 1000);
      expect(generateSteamCode({ base64 }, { at }), `${base64} at ${seconds}`).toBe(code);
      const match = verifySteamCode({ base64 }, code.toLowerCase(), { at, lookBehind: 0, lookAhead: 0 });
      expect(match, `${base64} at ${seconds}`).toEqual({ counter: Math.floor(seconds / 30), delta: 0 });
    }
  });
});
