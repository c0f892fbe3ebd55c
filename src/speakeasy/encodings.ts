// The secret of a call as bytes. speakeasy guesses the meaning of text that breaks its encoding's
// rules; here it is refused.
import { readLetters } from "../core/base64.ts";
import { OtpError } from "../core/errors.ts";
import { secretBytes } from "../core/secret.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import type { Given } from "./given.ts";

/** The deprecated `key` wins, as in speakeasy. */
export function secretOf({ secret, key, encoding }: Given): Uint8Array {
  const value = key ?? secret;
  return secretBytes(typeof value === "string" ? decoded(value, encoding ?? "ascii") : value, 1);
}

/** Base32 stays text: secretBytes decodes it. */
function decoded(text: string, encoding: unknown): string | Uint8Array {
  switch (typeof encoding === "string" ? encoding.toLowerCase() : encoding) {
    case "base32":
      return text;
    case "ascii":
    case "latin1":
    case "binary":
      return latin1Bytes(text);
    case "utf8":
    case "utf-8":
      return utf8Bytes(text);
    case "hex":
      return hexBytes(text);
    case "base64":
    case "base64url":
      return base64Bytes(text);
    default:
      throw new OtpError("invalid-option", "encoding must be ascii, hex, base32, base64, utf8 or latin1");
  }
}

function requireText(text: string, rule: RegExp, what: string): string {
  if (!rule.test(text)) throw new OtpError("invalid-secret", `secret must be ${what} in this encoding`);
  return text;
}

/** What Node calls ascii is Latin-1: one byte per character. */
function latin1Bytes(text: string): Uint8Array {
  const characters = requireText(text, /^[\0-\xff]*$/, "one-byte characters");
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

function utf8Bytes(text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  if (!bytes) throw new OtpError("invalid-secret", "secret must be well-formed Unicode in this encoding");
  return bytes;
}

function hexBytes(text: string): Uint8Array {
  const digits = requireText(text, /^(?:[0-9a-f]{2})*$/i, "pairs of hex digits");
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/**
 * Both alphabets of RFC 4648 §4 and §5, dropping left-over bits, because Node decodes existing keys
 * that way.
 */
function base64Bytes(text: string): Uint8Array {
  const letters = text
    .replace(/[\t\n\r ]|={1,2}\s*$/g, "")
    .replace(/-/g, "+")
    .replace(/_/g, "/");
  return readLetters(requireText(letters, /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2,3})?$/i, "base64")) as Uint8Array;
}
