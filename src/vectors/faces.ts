// This package's two APIs as libraries, plus two inner layers that they do not export: HMAC and
// truncation.
import { decodeBase32, encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import type { Algorithm } from "../core/parameters.ts";
import { subtle } from "../core/platform.ts";
import { decodeSecret } from "../core/secret.ts";
import { timeStep } from "../core/time-step.ts";
import { truncate, truncateWords } from "../core/truncation.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { wholeHash } from "../portable/hmac.ts";
import { generateHotp as generateHotpSync, verifyHotp as verifyHotpSync } from "../portable/hotp.ts";
import { generateTotp as generateTotpSync, verifyTotp as verifyTotpSync } from "../portable/totp.ts";
import { generateSteamCode, verifySteamCode } from "../steam/steam-code.ts";
import { generateHotp, verifyHotp } from "../webcrypto/hotp.ts";
import { importKey } from "../webcrypto/keys.ts";
import { generateTotp, verifyTotp } from "../webcrypto/totp.ts";
import type { VectorLibrary } from "./library.ts";

/** `halfminute`, on WebCrypto. */
export function webCryptoFace(): VectorLibrary {
  return {
    ...shared(),
    generateHotp,
    verifyHotp,
    generateTotp,
    verifyTotp,
    hmac: async (key, algorithm, message) =>
      new Uint8Array(await subtle().sign("HMAC", await importKey(key, algorithm), message)),
    truncate: (mac) => truncate(new DataView(mac.buffer, mac.byteOffset, mac.byteLength)),
  };
}

/** `halfminute/sync`, on its own hash functions. */
export function synchronousFace(): VectorLibrary {
  return {
    ...shared(),
    generateHotp: generateHotpSync,
    verifyHotp: verifyHotpSync,
    generateTotp: generateTotpSync,
    verifyTotp: verifyTotpSync,
    hmac: hmacSync,
    truncate: (mac) => truncateWords(wordsOf(mac)),
  };
}

function shared(): VectorLibrary {
  return {
    encodeBase32,
    decodeBase32,
    decodeSecret,
    timeStep,
    buildOtpauthUri,
    parseOtpauthUri,
    generateSteamCode,
    verifySteamCode,
    OtpError,
  };
}

/** RFC 2104 §2, on the hash functions of the codes, whose own HMAC only takes counters. */
function hmacSync(key: Uint8Array, algorithm: Algorithm, message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(algorithm === "SHA-512" ? 128 : 64);
  padded.set(key.length > padded.length ? hashOf(algorithm, key) : key);
  const hashBehind = (pad: number, text: Uint8Array): Uint8Array =>
    hashOf(algorithm, Uint8Array.of(...padded.map((byte) => byte ^ pad), ...text));
  return hashBehind(0x5c, hashBehind(0x36, message));
}

/** High-order bytes first. */
function hashOf(algorithm: Algorithm, message: Uint8Array): Uint8Array {
  const words = wholeHash(algorithm, message);
  return Uint8Array.from({ length: words.length * 4 }, (_, index) => (words[index >> 2] as number) >>> (~index << 3));
}

/** High-order bytes first, like the MACs of the synchronous API. */
function wordsOf(mac: Uint8Array): Int32Array {
  const view = new DataView(mac.buffer, mac.byteOffset, mac.byteLength);
  return Int32Array.from({ length: Math.floor(mac.length / 4) }, (_, index) => view.getInt32(index * 4));
}
