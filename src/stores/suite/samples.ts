// Sample users, records and bodies for the cases.
import { type TwoFactorRecord } from "../../two-factor/store.ts";

/** Unique for each call and process; not secret. */
export function freshId(): string {
  return `conformance-${freshRevision()}`;
}

let revisions = 0;

export function freshRevision(): string {
  const random = Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${random}-${revisions++}`;
}

export function recordOf(content: unknown): TwoFactorRecord {
  return { revision: freshRevision(), body: JSON.stringify(content) };
}

/**
 * Ids that some stores, column types, collations or languages confuse with each other or with
 * something else.
 */
export function oddIds(): string[] {
  const numbers = [
    "9007199254740992",
    "9007199254740993",
    "0",
    "-0",
    "00",
    "1",
    "01",
    " 1",
    "1 ",
    "1.0",
    "+1",
    "1e0",
    "0x1",
    "１",
    "true",
    "null",
    "undefined",
    "NaN",
  ];
  const letters = ["A", "a", "Å", "å", "A\u030a", "\u212b", "ß", "SS", "ss", "ı", "I", "i", "İ", "ﬁ", "fi", "あ", "ア"];
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "length"];
  const marks = [
    "%",
    "_",
    "*",
    "?",
    "'",
    '"',
    "\\",
    "';--",
    "{a}",
    "a:b",
    "a b",
    "a\tb",
    "a\nb",
    "a\u00a0b",
    "a\u200bb",
    "ab",
    "a\n",
    "a\t",
    "\na",
    "/",
    ".",
    "..",
    "a/b",
    "a//b",
    "a/./b",
    "a/../a/b",
  ];
  const emoji = ["😀", "😁", "👍", "👍🏽", "👨‍👩‍👧", "\ufeff", "\u2028"];
  // 1024 bytes, the maximum for an id; the two of a pair differ at the end.
  const long = ["x".repeat(1024), `${"x".repeat(1023)}y`, "😀".repeat(256), `${"😀".repeat(255)}😁`];
  return [...numbers, ...letters, ...names, ...marks, ...emoji, ...long];
}

/** In bytes of UTF-8. The two-factor flow never writes more. */
export const LARGEST_BODY = 8192;

/**
 * JSON of that many bytes, with every one of the first two thousand characters that JSON does not
 * escape, and others.
 */
export function oddBody(): string {
  const characters = Array.from({ length: 2048 }, (_, code) => String.fromCharCode(code)).join("");
  const start = JSON.stringify(`${characters}\u2028\u2029\ufeff\ufffd\uffff😀\ud800`).slice(0, -1);
  return `${start}${"x".repeat(LARGEST_BODY - utf8Length(start) - 1)}"`;
}

function utf8Length(text: string): number {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }).reduce<number>((sum, bytes) => sum + bytes, 0);
}
