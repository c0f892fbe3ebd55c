// The user id: an opaque name that the app chooses, and the key under which the store keeps a record.
import { encodeUtf8 } from "../core/utf8.ts";
import { TwoFactorError } from "./two-factor-error.ts";

const MOST_USER_ID_BYTES = 1024;

export function requireUserId(userId: unknown): void {
  // The length first: a user id of megabytes is not encoded to find that out.
  const isText = typeof userId === "string" && userId.length <= MOST_USER_ID_BYTES && !userId.includes("\0");
  const bytes = isText ? encodeUtf8(userId) : undefined;
  if (!bytes || bytes.length < 1 || bytes.length > MOST_USER_ID_BYTES) throw new TwoFactorError("invalid-user-id");
}
