// For engines with nothing but the language, and a function `print`: what is left without `crypto`,
// then the suites.
/* global print */
import { faces } from "./bare-faces.mjs";
import { collect, suitesOf } from "./suites.mjs";

const SYNC = "halfminute/sync";

// Only this engine says its version.
const version = globalThis.HermesInternal?.getRuntimeProperties()["OSS Release Version"];

const suites = suitesOf(faces);
const withoutAndWith = (parts) => {
  withoutCrypto(parts);
  suites[SYNC](parts);
};

collect({ ...suites, [SYNC]: withoutAndWith }).then(
  (results) => print(JSON.stringify({ version, ...results })),
  (error) => print(`${String(error)}\n${error.stack}`),
);

function withoutCrypto({ test, expect }) {
  const library = faces[SYNC];
  test("without crypto generateSecret asks for it, and the rest works", () => {
    expect([typeof crypto, typeof TextEncoder, typeof URL]).toEqual(["undefined", "undefined", "undefined"]);
    expect(codeOf(() => library.generateSecret())).toBe("no-random");
    const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    const at = new Date(1234567890 * 1000);
    expect(library.generateTotp(secret, { at })).toBe("005924");
    expect(library.verifyTotp(secret, "005924", { at })).toEqual({ counter: 41152263, delta: 0 });
    expect(library.verifyTotp(secret, "005925", { at })).toBe(null);
    expect(library.parseOtpauthUri("otpauth://totp/a?secret=MY").secret).toBe("MY");
    globalThis.crypto = { getRandomValues }; // for the suite; found though it comes after the import
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
