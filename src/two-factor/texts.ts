// Texts that the app chooses: ids, names, and what codes and browsers are bound to.
import { OtpError } from "../core/errors.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { isStoredName } from "./state/format.ts";
import { TwoFactorError } from "./two-factor-error.ts";

const MOST_USER_ID_BYTES = 1024;

/** An opaque name that the app chooses, and the key under which the store keeps a record. */
export function requireUserId(userId: unknown): void {
  if (!isText(userId, MOST_USER_ID_BYTES) || userId.includes("\0")) throw new TwoFactorError("invalid-user-id");
}

function isText(value: unknown, mostBytes: number): value is string {
  // The length first: a text of megabytes is not encoded to find that out.
  if (typeof value !== "string" || value === "" || value.length > mostBytes) return false;
  const bytes = encodeUtf8(value);
  return bytes !== undefined && bytes.length <= mostBytes;
}

export function requireText(value: unknown, name: string, mostBytes: number): string {
  if (isText(value, mostBytes)) return value;
  throw new OtpError("invalid-option", `${name} must be text of 1 to ${mostBytes} UTF-8 bytes`);
}

export function requireName(name: unknown): string {
  if (isStoredName(name)) return name;
  throw new OtpError(
    "invalid-option",
    "name must be text of 1 to 128 UTF-8 bytes, not blank, without control characters",
  );
}

/** The same where it may be left out. */
export function readName(name: unknown): string | null {
  return name === undefined ? null : requireName(name);
}

export function requireId(id: unknown, name: string): string {
  if (typeof id === "string") return id;
  throw new OtpError("invalid-option", `${name} must be text`);
}
