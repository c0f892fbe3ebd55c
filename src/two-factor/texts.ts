// Guards for strings from the app: ids, names, bindings and requests.
import { OtpError } from "../core/errors.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { isStoredName } from "./state/format.ts";
import { TwoFactorError } from "./two-factor-error.ts";

const MOST_USER_ID_BYTES = 1024;

/** The user id, chosen by the app; the store's key of a record. */
export function requireUserId(userId: unknown): void {
  if (!isText(userId, MOST_USER_ID_BYTES) || userId.includes("\0")) throw new TwoFactorError("invalid-user-id");
}

function isText(value: unknown, mostBytes: number): value is string {
  // The length is checked first, so that megabytes of text are not encoded.
  if (typeof value !== "string" || value === "" || value.length > mostBytes) return false;
  const bytes = encodeUtf8(value);
  return bytes !== undefined && bytes.length <= mostBytes;
}

export function requireText(value: unknown, name: string, mostBytes: number): string {
  if (isText(value, mostBytes)) return value;
  throw new OtpError("invalid-option", `${name} must be a string of 1 to ${mostBytes} UTF-8 bytes`);
}

export function requireName(name: unknown): string {
  if (isStoredName(name)) return name;
  throw new OtpError(
    "invalid-option",
    "name must be a non-blank string of 1 to 128 UTF-8 bytes without control characters",
  );
}

/** The same for an optional name. */
export function readName(name: unknown): string | null {
  return name === undefined ? null : requireName(name);
}

export function requireId(id: unknown, name: string): string {
  if (typeof id === "string") return id;
  throw new OtpError("invalid-option", `${name} must be a string`);
}
