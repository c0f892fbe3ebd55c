// The two names of an account, issuer and account name: writing them as a label, and reading the
// labels of real programs.
import { OtpError } from "../core/errors.ts";

/** Percent-encoded: a space is `%20` and never `+`, which apps would show. */
export function buildLabel(issuer: unknown, accountName: unknown): string {
  const account = encodeURIComponent(requireName(accountName, "accountName"));
  return issuer === undefined ? account : `${encodeURIComponent(requireName(issuer, "issuer"))}:${account}`;
}

/**
 * Control characters, line separators, lone surrogates, and characters that change the text
 * direction, which can make one name look like another.
 */
// eslint-disable-next-line no-control-regex -- they are what it matches
const NEVER_IN_NAMES = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/**
 * Whether a name may be written: text that reading does not change, except for outer white space.
 */
export function isName(name: unknown): name is string {
  return typeof name === "string" && name.trim() !== "" && name.search(NEVER_IN_NAMES) < 0;
}

function requireName(name: unknown, field: string): string {
  if (!isName(name) || name.includes(":")) {
    throw new OtpError("invalid-account", `${field} must be non-blank text without colons and control characters`);
  }
  return name;
}

/** Whether apps may fetch a logo from this URL. */
export function isImage(image: unknown): image is string {
  return typeof image === "string" && /^https:\/\/[^/?#\s][^\s]*$/i.test(image) && image.search(NEVER_IN_NAMES) < 0;
}

/** Removes from a name what is never part of one, and outer white space. */
export function cleanName(name: string): string {
  return name.replace(NEVER_IN_NAMES, "").trim();
}

/**
 * Decodes a name from a URI. Malformed percent-encoding is kept: it is text that was not encoded.
 */
export function decodeName(encoded: string): string {
  return cleanName(
    encoded.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    }),
  );
}

/** The meaning of a label and the issuer parameter. */
export interface Names {
  readonly issuer?: string;
  /** Empty if there is none: the secret is still usable. */
  readonly accountName: string;
  /**
   * The label's text before the colon, if it differs from the issuer. Always an own field, because
   * Object.prototype may be polluted.
   */
  readonly prefix: string | undefined;
}

/**
 * Reads a decoded, clean label with the issuer parameter in one or two readings (blank if there is
 * none). If the text before a colon equals the issuer in any case, it is the issuer, and may itself
 * contain colons. Otherwise the label is split at its first colon, and the issuer parameter wins.
 */
export function readNames(label: string, issuers: readonly [string, string?]): Names {
  const [given] = issuers;
  for (const issuer of issuers) {
    if (!issuer || label.slice(0, issuer.length).toLowerCase() !== issuer.toLowerCase()) continue;
    const accountName = /^\s*:\s*(.*)/s.exec(label.slice(issuer.length))?.[1];
    if (accountName !== undefined) return { issuer, accountName, prefix: undefined };
  }
  const colon = label.indexOf(":");
  const prefix = label.slice(0, Math.max(colon, 0)).trim();
  const accountName = label.slice(colon + 1).trim();
  if (given === "") return { ...(prefix && { issuer: prefix }), accountName, prefix: undefined };
  return { issuer: given, accountName, prefix: prefix || undefined };
}
