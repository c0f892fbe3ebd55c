import { describe, expect, it } from "vitest";

import { decodeUtf8, encodeUtf8 } from "../../../src/core/utf8.ts";

const TEXTS = ["", "a", "\0", "\x7f", "Acme: 100 %", "\u0080", "é", "東京", "😀", "aé東😀\r\n", "%41", "\uffff"];

describe("UTF-8", () => {
  it.each(TEXTS)("of %j is that of Node, and is read as written", (text) => {
    expect(encodeUtf8(text)).toEqual(new Uint8Array(Buffer.from(text)));
    expect(decodeUtf8(Buffer.from(text))).toBe(text);
  });

  it.each(["\ud800", "a\udc00", "\ud800\ud800", "\udc00\ud800"])(
    "is not there for the lone surrogate in %j",
    (text) => {
      expect(encodeUtf8(text)).toBeUndefined();
    },
  );

  it.each([[0x80], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x61, 0xff]])(
    "is not what the bytes %j… are",
    (...bytes) => {
      expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined();
    },
  );
});
