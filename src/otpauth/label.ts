// The label of an otpauth URI: `issuer:account`, or the account alone.
import { OtpError } from "../errors.ts";

/** Percent-encodes; a space is `%20` and never `+`, which apps would show. */
export function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new OtpError("invalid-account", "issuer and accountName must be well-formed Unicode");
  }
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OtpError("invalid-uri", "URI has malformed percent-encoding");
  }
}

export function buildLabel(issuer: unknown, accountName: unknown): string {
  const account = encode(requireName(accountName, "accountName"));
  return issuer === undefined ? account : `${encode(requireName(issuer, "issuer"))}:${account}`;
}

function requireName(name: unknown, field: string): string {
  if (typeof name !== "string" || name.trim() === "" || name.includes(":")) {
    throw new OtpError("invalid-account", `${field} must be text, not blank, without a colon`);
  }
  return name;
}

export function parseLabel(label: string): { issuer: string; accountName: string } {
  // The separator is found before decoding: a colon that was encoded twice belongs to a name.
  const [, issuer = "", account = ""] = /^(?:(.*?)(?::|%3A))?(?: |%20)*(.*)$/is.exec(label) ?? [];
  const accountName = decode(account);
  if (accountName.trim() === "") throw new OtpError("invalid-uri", "URI has no account name");
  return { issuer: decode(issuer), accountName };
}
