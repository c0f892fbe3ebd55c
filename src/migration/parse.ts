// One URI of a Google Authenticator export, as its QR code holds it: base64 of a protocol-buffers message. There is no
// specification; the message is known from the app itself.
import { decodeBase64 } from "../core/base64.ts";
import { OtpError } from "../core/errors.ts";
import { isRefusal, type MigrationAccount, readEntry, type Refusal } from "./entry.ts";
import { type Message, MOST, readMessage } from "./wire.ts";

/** Which part of which export a URI is. Several QR codes are one batch. */
export interface MigrationBatch {
  /** The same number in all parts. Google Authenticator chooses it at random; it may be negative. */
  readonly id: number;
  /** Which part this is, from 0. */
  readonly index: number;
  /** How many parts there are: from 1 to 1000. */
  readonly size: number;
}

/** An account of an export that cannot be used. It does not hold the secret. */
export interface RefusedAccount extends Refusal {
  /** The index of the part that it is in, from 0. */
  readonly part: number;
  /** Its place among all accounts of that part, from 0. */
  readonly index: number;
}

/** What one URI of an export says. */
export interface Migration {
  /** The accounts, every field filled in. */
  readonly accounts: readonly MigrationAccount[];
  /** What else was in it. */
  readonly refused: readonly RefusedAccount[];
  /** Which part of the export it is. */
  readonly batch: MigrationBatch;
}

/** The 2953 bytes that a QR code can hold, each percent-encoded. Looked at first, so that a longer text costs nothing. */
const MOST_CHARACTERS = 8859;

/**
 * Reads a URI of a Google Authenticator export (“Transfer accounts”). It holds the secrets: treat it like them.
 * An account that cannot be used is told apart, without its secret; the others do not suffer.
 *
 * @param uri - An `otpauth-migration://offline?data=…` URI, at most 8859 characters and 1000 accounts. Its data is
 * standard base64, padded or not; a space in it is read as the plus that it was.
 * @returns The accounts, what was refused, and which part of the export it is. The format has no period; 30 seconds are meant.
 * @throws {@link OtpError} `invalid-uri` if it is no such URI, or broken.
 * @example
 * ```ts
 * import { parseMigrationUri } from "halfminute/migration";
 *
 * const uri = "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
 * const { accounts, refused, batch } = parseMigrationUri(uri);
 * console.log(accounts[0]?.issuer, accounts[0]?.accountName); // Example alice@google.com
 * console.log(refused.length, batch.size); // 0 1
 * ```
 * @see Google Authenticator, “Transfer accounts”; RFC 4648 §4
 */
export function parseMigrationUri(uri: string): Migration {
  const { numbers, bytes } = readMessage(payloadOf(uri));
  const batch = readBatch(numbers);
  const accounts: MigrationAccount[] = [];
  const refused: RefusedAccount[] = [];
  for (const [index, entry] of (bytes[1] ?? []).entries()) {
    const read = readEntry(entry);
    if (isRefusal(read)) refused.push({ part: batch.index, index, ...read });
    else accounts.push(read);
  }
  return { accounts, refused, batch };
}

function payloadOf(uri: unknown): Uint8Array {
  const given = typeof uri === "string" ? uri.trim() : "";
  const short = given.length <= MOST_CHARACTERS ? given : "";
  const query = /^otpauth-migration:\/\/offline\/?\?([^#]*)/i.exec(short)?.[1] ?? "";
  const [value, ...more] = query.split("&").filter((pair) => /^data=./i.test(pair));
  if (value === undefined || more.length > 0) {
    throw new OtpError(
      "invalid-uri",
      `URI must be otpauth-migration://offline?data=DATA, at most ${MOST_CHARACTERS} characters`,
    );
  }
  const text = value
    .slice("data=".length)
    .replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)))
    .replace(/ /g, "+"); // a raw plus that a query-string parser has turned into a space
  const payload = decodeBase64(text);
  if (!payload) throw new OtpError("invalid-uri", "URI data must be standard base64");
  return payload;
}

/** An export of one QR code may leave it all out. */
function readBatch(numbers: Message["numbers"]): MigrationBatch {
  const size = numbers[3]?.int32 || 1;
  const index = numbers[4]?.int32 ?? 0;
  // A size is a promise of so many parts, and a list of all that are missing.
  if (size < 1 || size > MOST || index < 0 || index >= size) {
    throw new OtpError("invalid-uri", `URI must be one of 1 to ${MOST} parts`);
  }
  return { id: numbers[5]?.int32 ?? 0, index, size };
}
