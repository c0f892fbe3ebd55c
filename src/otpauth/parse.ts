// An `otpauth://` URI becomes an account. Read by hand: the standards leave it to no URL parser, and some runtimes have none.
import { encodeBase32 } from "../base32.ts";
import { OtpError } from "../errors.ts";
import {
  type Algorithm,
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  type Digits,
  MAX_COUNTER,
  MAX_PERIOD,
} from "../parameters.ts";
import { decodeSecret } from "../secret.ts";
import { type OtpauthAccount, STEAM_PARAMETERS } from "./account.ts";
import { decode, parseLabel } from "./label.ts";

/**
 * Reads the URI that an authenticator's QR code holds. Case, padding and spaces in the secret, and unknown parameters
 * do not matter; a known parameter that is repeated or out of range is refused.
 *
 * @param uri - An `otpauth://` or `apple-otpauth://` URI.
 * @returns The account, every field filled in.
 * @throws {@link OtpError} `invalid-uri` with the rule that was broken; `invalid-secret`, `secret-too-short` for its
 * secret.
 * @example
 * ```ts
 * import { generateTotp, parseOtpauthUri } from "halfminute";
 *
 * const account = parseOtpauthUri("otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP&digits=8");
 * console.log(account.issuer, account.accountName, account.parameters.digits); // Acme alice 8
 * if (account.type === "totp") {
 *   const at = new Date("2009-02-13T23:31:30Z");
 *   console.log(await generateTotp(account.secret, { ...account.parameters, at })); // 94742275
 * }
 * ```
 * @see Key URI Format (Google Authenticator wiki); draft-linuxgemini-otpauth-uri
 */
export function parseOtpauthUri(uri: string): OtpauthAccount {
  const parts = typeof uri === "string" && URI.exec(uri);
  if (!parts) throw new OtpError("invalid-uri", "URI must be otpauth://TYPE/LABEL?PARAMETERS");
  const [, host = "", label = "", query = ""] = parts;
  const values = parseQuery(query);
  const type = typeOf(host.toLowerCase(), values.get("encoder")?.toLowerCase());
  const names = parseLabel(label);
  const issuer = values.get("issuer") || names.issuer; // an empty one is none
  const secret = encodeBase32(decodeSecret(requireValue("secret", values.get("secret"))));
  const account = { secret, ...(issuer && { issuer }), accountName: names.accountName };

  if (type === "steam") return { type, ...account, parameters: { ...STEAM_PARAMETERS } };
  const algorithm = parseAlgorithm(values.get("algorithm") ?? DEFAULT_ALGORITHM);
  const digits = parseInteger("digits", values.get("digits") ?? DEFAULT_DIGITS, 6, 8) as Digits;
  if (type === "hotp") {
    const counter = parseInteger("counter", requireValue("counter", values.get("counter")), 0, MAX_COUNTER);
    return { type, ...account, parameters: { algorithm, digits }, counter };
  }
  const period = parseInteger("period", values.get("period") ?? DEFAULT_PERIOD, 1, MAX_PERIOD);
  return { type, ...account, parameters: { algorithm, digits, period } };
}

const URI = /^(?:apple-)?otpauth:\/\/(totp|hotp|steam)\/([^?#]*)\?([^#]*)/i;

const KNOWN = ["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder"];

/** Known parameters by their lower-case names. Others are passed over: the wild ones are not always well-formed. */
function parseQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const pair of query.split("&")) {
    const [name = "", ...value] = pair.split("=");
    // Letters are decoded, so that an encoded one does not hide a repetition. All known names are letters.
    const known = name.replace(/%[4-7][0-9a-f]/gi, decodeURIComponent).toLowerCase();
    if (!KNOWN.includes(known)) continue;
    if (values.has(known)) throw new OtpError("invalid-uri", `URI has ${known} twice`);
    values.set(known, decode(value.join("=")));
  }
  return values;
}

function requireValue(name: string, value: string | undefined): string {
  if (value === undefined) throw new OtpError("invalid-uri", `URI has no ${name}`);
  return value;
}

function typeOf(host: string, encoder: string | undefined): OtpauthAccount["type"] {
  if (encoder !== undefined && (encoder !== "steam" || host === "hotp")) {
    throw new OtpError("invalid-uri", "URI has an unknown encoder");
  }
  return (encoder ?? host) as OtpauthAccount["type"];
}

function parseAlgorithm(value: string): Algorithm {
  const size = /^(?:hmac-?)?sha-?(1|256|512)$/i.exec(value)?.[1];
  if (size === undefined) throw new OtpError("invalid-uri", "URI algorithm must be SHA1, SHA256 or SHA512");
  return `SHA-${size}` as Algorithm;
}

function parseInteger(name: string, value: string | number, least: number, most: number): number {
  const number = /^[0-9]+$/.test(String(value)) ? Number(value) : NaN;
  if (!(number >= least && number <= most)) {
    throw new OtpError("invalid-uri", `URI ${name} must be an integer from ${least} to ${most}`);
  }
  return number;
}
