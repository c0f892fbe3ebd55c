// For engines with nothing but the language, and a function `print`: what is left without `crypto`,
// then the suite.
/* global print */
import * as sync from "halfminute/sync";

import { collect } from "./adapter.mjs";
import { results } from "./results.mjs";

// Only this engine says its version.
const version = globalThis.HermesInternal?.getRuntimeProperties()["OSS Release Version"];

run().then(
  (all) => print(JSON.stringify(all)),
  (error) => print(`${String(error)}\n${error.stack}`),
);

async function run() {
  const without = await collect(withoutCrypto, { "halfminute/sync": sync });
  globalThis.crypto = { getRandomValues }; // found by generateSecret, though it comes after the import
  const { passed, failures } = await results();
  return { version, passed: without.passed + passed, failures: [...without.failures, ...failures] };
}

function withoutCrypto({ test, expect, library }) {
  test("without crypto generateSecret asks for it, and the rest works", () => {
    expect([typeof crypto, typeof TextEncoder, typeof URL]).toEqual(["undefined", "undefined", "undefined"]);
    expect(codeOf(() => library.generateSecret())).toBe("no-random");
    const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const at = new Date(1234567890 * 1000);
    expect(library.generateTotp(secret, { at })).toBe("005924");
    expect(library.verifyTotp(secret, "005924", { at })).toEqual({ counter: 41152263, delta: 0 });
    expect(library.verifyTotp(secret, "005925", { at })).toBe(null);
    expect(library.parseOtpauthUri("otpauth://totp/a?secret=MY").secret).toBe("MY");
  });
}

function codeOf(call) {
  try {
    return call();
  } catch (error) {
    return error.code;
  }
}

let calls = 0;

/** Not random at all, but different at each of the suite's calls: fewer than 256. */
function getRandomValues(bytes) {
  return bytes.fill(++calls);
}
