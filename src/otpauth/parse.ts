// Parses an `otpauth://` URI into an account. Parsed by hand: no standard defines how URL parsers
// treat it, and some runtimes lack one.
import { encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import {
  type Algorithm,
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  type Digits,
  MAX_COUNTER,
  MAX_PERIOD,
} from "../core/parameters.ts";
import { decodeSecret } from "../core/secret.ts";
import { type OtpauthAccount, STEAM_PARAMETERS, type SteamAccount } from "./account.ts";
import { decodeName, isImage, type Names, readNames } from "./label.ts";

/**
 * Parses the URI of an authenticator's QR code, as real programs write it. Case, padding and spaces
 * in the secret, unknown parameters and defects in the label are tolerated; a known parameter that
 * is repeated or out of range is refused.
 *
 * @param uri - An `otpauth://` or `apple-otpauth://` URI, or `steam://SECRET`.
 * @returns The account, with every field filled in. `accountName` is empty if the URI has none; a
 * name may contain a colon.
 * @throws {@link OtpError} `invalid-uri`, naming the broken rule; `invalid-secret`,
 * `secret-too-short` for its secret.
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
  return parseLabeled(uri).account;
}

/** An account, and its label's text before the colon if it differs from the issuer. */
export function parseLabeled(uri: string): {
  readonly account: OtpauthAccount;
  readonly prefix: string | undefined;
} {
  const text = typeof uri === "string" && uri.length <= MOST_CHARACTERS ? uri.trim() : "";
  const steamSecret = STEAM_URI.exec(text)?.[1];
  if (steamSecret !== undefined)
    return { account: steamAccount({ secret: readSecret(steamSecret), accountName: "" }), prefix: undefined };
  const [, host, label = "", query = ""] = URI.exec(text) ?? [];
  if (host === undefined) throw new OtpError("invalid-uri", "URI must be otpauth://TYPE/LABEL?PARAMETERS");
  const values = parseQuery(query);
  const type = typeOf(host.toLowerCase(), decodeValue(values.get("encoder"))?.toLowerCase());
  const { prefix, ...names } = parseNames(label, values.get("issuer") ?? "");
  const secret = readSecret(requireValue("secret", values.get("secret")));
  const image = readImage(values.get("image"));
  const account = { secret, ...names, ...(image !== undefined && { image }) };
  return { account: accountOf(type, account, values), prefix };
}

function accountOf(
  type: OtpauthAccount["type"],
  account: Omit<SteamAccount, "type" | "parameters">,
  values: ReadonlyMap<string, string>,
): OtpauthAccount {
  if (type === "steam") return steamAccount(account);
  const value = (name: string): string | undefined => decodeValue(values.get(name));
  const algorithm = parseAlgorithm(value("algorithm") ?? DEFAULT_ALGORITHM);
  if (value("digits") === "5" && account.issuer?.toLowerCase() === "steam") {
    throw new OtpError("invalid-uri", "URI has 5 digits and the issuer Steam: a Steam account needs encoder=steam");
  }
  const digits = parseInteger("digits", value("digits") ?? DEFAULT_DIGITS, 6, 8) as Digits;
  if (type === "hotp") {
    const counter = parseInteger("counter", requireValue("counter", value("counter")), 0, MAX_COUNTER);
    return { type, ...account, parameters: { algorithm, digits }, counter };
  }
  const period = parseInteger("period", value("period") ?? DEFAULT_PERIOD, 1, MAX_PERIOD);
  return { type, ...account, parameters: { algorithm, digits, period } };
}

function steamAccount(account: Omit<SteamAccount, "type" | "parameters">): SteamAccount {
  return { type: "steam", ...account, parameters: { ...STEAM_PARAMETERS } };
}

/** Far more than a QR code can hold. Checked first, so that longer text costs nothing. */
const MOST_CHARACTERS = 65_536;

/**
 * The label ends at the first question mark: some programs leave a `#` in it, and some write no
 * label.
 */
const URI = /^(?:apple-)?otpauth:\/\/(totp|hotp|steam)(?:\/([^?]*))?\?(.*)$/is;

/** As Bitwarden stores a Steam account. */
const STEAM_URI = /^steam:\/\/([^/?#]+)\/?$/i;

const KNOWN = ["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder", "image"];

/**
 * The known parameters by lower-case name, not decoded. Others are skipped: they are not always
 * well-formed. A `#` before a known parameter is unencoded text of the value; the one after the
 * last begins a fragment.
 */
function parseQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let last: string | undefined;
  for (const pair of query.split("&")) {
    const [name, ...value] = pair.split("=") as [string, ...string[]];
    // Letters are decoded, so that an encoded one cannot hide a repetition; known names are all
    // letters. Text copied from HTML has `&amp;` as a separator.
    const known = name
      .replace(/%[4-7][0-9a-f]/gi, decodeURIComponent)
      .trim()
      .toLowerCase()
      .replace(/^amp;/, "");
    if (!KNOWN.includes(known)) continue;
    if (values.has(known) && known !== "image") throw new OtpError("invalid-uri", `URI has ${known} twice`);
    values.set(known, values.has(known) ? "" : value.join("=")); // which of two images is right is unknown
    last = known;
  }
  if (last !== undefined) values.set(last, (values.get(last) as string).replace(/#.*/s, ""));
  return values;
}

/**
 * Decodes percent-encoded names. A plus in the issuer is also read as a space, as in form encoding:
 * the label shows which reading is right.
 */
function parseNames(label: string, issuer: string): Names {
  return readNames(decodeName(label.replace(/%3a/gi, ":")), [
    decodeName(issuer),
    decodeName(issuer.replace(/\+/g, " ")),
  ]);
}

function decodeValue(encoded: string | undefined): string | undefined {
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded).trim();
  } catch {
    throw new OtpError("invalid-uri", "URI has malformed percent-encoding");
  }
}

function readSecret(encoded: string): string {
  return encodeBase32(decodeSecret(decodeValue(encoded) as string));
}

/** `undefined` if it could not be written again: a bad logo is no reason to refuse an account. */
function readImage(encoded: string | undefined): string | undefined {
  const image = encoded && decodeName(encoded);
  return isImage(image) ? image : undefined;
}

function requireValue(name: string, value: string | undefined): string {
  if (value === undefined) throw new OtpError("invalid-uri", `URI has no ${name}`);
  return value;
}

function typeOf(host: string, encoder: string | undefined): OtpauthAccount["type"] {
  if (encoder !== undefined && (encoder !== "steam" || host === "hotp")) {
    throw new OtpError("invalid-uri", "URI encoder must be steam, for totp");
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
