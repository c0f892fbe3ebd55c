// The whole speakeasy API as one object, as `require("speakeasy")` returns it, and its former
// names.
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

/** The whole API, as `require` and the default import return it. */
export interface Speakeasy {
  /** Computes the whole MAC of a counter. */
  digest: typeof digest;
  /** Generates and verifies HOTP codes. */
  hotp: Hotp;
  /** The same as `hotp`. */
  counter: Hotp;
  /** Computes the counter for a moment. */
  _counter: typeof _counter;
  /** Generates and verifies TOTP codes. */
  totp: Totp;
  /** The same as `totp`. */
  time: Totp;
  /** Generates a random secret and its URL. */
  generateSecret: typeof generateSecret;
  /** The former name of `generateSecret`. */
  generate_key: typeof generateSecret;
  /** Generates random text. */
  generateSecretASCII: typeof generateSecretASCII;
  /** The former name of `generateSecretASCII`. */
  generate_key_ascii: typeof generateSecretASCII;
  /** Builds the URL that authenticator apps read. */
  otpauthURL: typeof otpauthURL;
}

/** The whole API in one object. Not frozen, because tests replace its functions. */
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
