// The two names of an account, issuer and account name: how they are written in a label, and what the labels of real programs mean.
import { OtpError } from "../core/errors.ts";

/** Percent-encoded: a space is `%20` and never `+`, which apps would show. */
export function buildLabel(issuer: unknown, accountName: unknown): string {
  const account = encodeURIComponent(requireName(accountName, "accountName"));
  return issuer === undefined ? account : `${encodeURIComponent(requireName(issuer, "issuer"))}:${account}`;
}

/**
 * Control characters, line separators, those that turn the direction of the text behind them, so that one name looks like another,
 * and lone surrogates.
 */
// eslint-disable-next-line no-control-regex -- it is about them
const NEVER_IN_NAMES = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/** Whether a name may be written: text that reading leaves as it is, but for outer white space. */
export function isName(name: unknown): name is string {
  return typeof name === "string" && name.trim() !== "" && name.search(NEVER_IN_NAMES) < 0;
}

function requireName(name: unknown, field: string): string {
  if (!isName(name) || name.includes(":")) {
    throw new OtpError("invalid-account", `${field} must be text, not blank, without colons and control characters`);
  }
  return name;
}

/** Whether apps may be asked to fetch a picture from there. */
export function isImage(image: unknown): image is string {
  return typeof image === "string" && /^https:\/\/[^/?#\s][^\s]*$/i.test(image) && image.search(NEVER_IN_NAMES) < 0;
}

/** A name as it was meant: without what is never in one, and without outer white space. */
export function cleanName(name: string): string {
  return name.replace(NEVER_IN_NAMES, "").trim();
}

/** A name out of a URI. Malformed percent-encoding is text that was not encoded, and stays. */
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

/** What a label and the issuer beside it mean. */
export interface Names {
  readonly issuer?: string;
  /** Empty if there is none: that must not cost the secret. */
  readonly accountName: string;
  /** What the label has in front of its colon, if that is another than the issuer. Always an own field: see Object.prototype. */
  readonly prefix: string | undefined;
}

/**
 * Reads a label, decoded and clean, with the issuer that is given beside it, in one or two readings; blank if there is none. The part in
 * front of a colon that equals the issuer, in whatever case, is the issuer, and may have colons itself. Otherwise the label is split at
 * its first colon, and the issuer beside it wins.
 */
export function readNames(label: string, issuers: readonly [string, string?]): Names {
  const [given] = issuers;
  for (const issuer of issuers) {
    if (!issuer || label.slice(0, issuer.length).toLowerCase() !== issuer.toLowerCase()) continue;
    const [, accountName] = /^\s*:\s*(.*)$/s.exec(label.slice(issuer.length)) ?? [];
    if (accountName !== undefined) return { issuer, accountName, prefix: undefined };
  }
  const colon = label.indexOf(":");
  const prefix = label.slice(0, Math.max(colon, 0)).trim();
  const accountName = label.slice(colon + 1).trim();
  if (given === "") return { ...(prefix && { issuer: prefix }), accountName, prefix: undefined };
  return { issuer: given, accountName, prefix: prefix || undefined };
}
