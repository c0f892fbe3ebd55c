import { randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import { decodeBase64, encodeBase64 } from "../../../src/core/base64.ts";

it("base64 is that of node:buffer at every length up to 100, padded or not", () => {
  for (let length = 0; length <= 100; length++) {
    const bytes = new Uint8Array(randomBytes(length));
    const text = Buffer.from(bytes).toString("base64");
    expect(encodeBase64(bytes)).toBe(text);
    expect(decodeBase64(text)).toEqual(bytes);
    expect(decodeBase64(text.replace(/=+$/, ""))).toEqual(bytes);
  }
});

it("base64 has every letter for its value, and no other character", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const wrong: number[] = [];
  for (let code = 0; code < 0x10000; code++) {
    const character = String.fromCharCode(code);
    const value = alphabet.indexOf(character);
    const bytes = decodeBase64(`AAA${character}`);
    const isRight = character === "=" ? bytes?.length === 2 : bytes?.[2] === (value < 0 ? undefined : value);
    if (!isRight) wrong.push(code);
  }
  expect(wrong).toEqual([]);
});

it("base64 drops left-over bits", () => {
  for (const text of ["AB==", "AB", "AP"]) expect(decodeBase64(text)).toEqual(Uint8Array.of(0));
  for (const text of ["AAB=", "AAB", "AAD"]) expect(decodeBase64(text)).toEqual(Uint8Array.of(0, 0));
});

describe("base64 text that breaks a rule", () => {
  it.each([
    "A",
    "AAAAA",
    "=",
    "==",
    "====",
    "A=",
    "A==",
    "A===",
    "AA=",
    "AAA==",
    "AAAA=",
    "AAAA==",
    "AAAA====",
    "AA====",
    "AA=A",
    "=AAA",
    "A-AA",
    "A_AA",
    "AA A",
    "AAAA\n",
    " AAAA",
    "ÄAAA",
    "AA%3D%3D",
  ])("decodes to nothing: %j", (text) => {
    expect(decodeBase64(text)).toBe(undefined);
  });
});
