// All of speakeasy in one object, as `require("speakeasy")` gives it, and its former names.
import { _counter, digest, hotp, totp } from "./codes.ts";
import { generateSecret, generateSecretASCII } from "./generate.ts";
import type { Hotp, Totp } from "./types.ts";
import { otpauthURL } from "./url.ts";

/** The same as `hotp`. */
export const counter: Hotp = hotp;

/** The same as `totp`. */
export const time: Totp = totp;

/** The former name of `generateSecret`. */
export const generate_key: typeof generateSecret = generateSecret;

/** The former name of `generateSecretASCII`. */
export const generate_key_ascii: typeof generateSecretASCII = generateSecretASCII;

/** All of it, as `require` and the default import give it. */
export interface Speakeasy {
  /** Computes the whole MAC of a counter. */
  digest: typeof digest;
  /** Makes and verifies HOTP codes. */
  hotp: Hotp;
  /** The same as `hotp`. */
  counter: Hotp;
  /** Tells the counter of a moment. */
  _counter: typeof _counter;
  /** Makes and verifies TOTP codes. */
  totp: Totp;
  /** The same as `totp`. */
  time: Totp;
  /** Makes a random secret and its URL. */
  generateSecret: typeof generateSecret;
  /** The former name of `generateSecret`. */
  generate_key: typeof generateSecret;
  /** Makes random text. */
  generateSecretASCII: typeof generateSecretASCII;
  /** The former name of `generateSecretASCII`. */
  generate_key_ascii: typeof generateSecretASCII;
  /** Writes the URL that authenticator apps read. */
  otpauthURL: typeof otpauthURL;
}

/** All of it in one object. Tests replace its functions, so it is not frozen. */
export const speakeasy: Speakeasy = {
  digest,
  hotp,
  counter,
  _counter,
  totp,
  time,
  generateSecret,
  generate_key,
  generateSecretASCII,
  generate_key_ascii,
  otpauthURL,
};
