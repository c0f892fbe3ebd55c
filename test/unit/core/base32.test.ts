import { describe, expect, it } from "vitest";

import { decode, decodeBase32, encodeBase32 } from "../../../src/core/base32.ts";
import { thrownCode } from "../../helpers/thrown.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

describe("letters of base32", () => {
  it("are those of the standard, in its order", () => {
    for (let value = 0; value < 32; value++) {
      expect(encodeBase32(Uint8Array.of(value << 3))[0]).toBe(ALPHABET[value]);
    }
  });

  it("are read in either case; no other of the 65536 character codes is", () => {
    const wrong: number[] = [];
    for (let charCode = 0; charCode < 65_536; charCode++) {
      const char = String.fromCharCode(charCode);
      const isLetter = /^[A-Za-z2-7]$/.test(char);
      // Followed by six A, which leave 35 bits: four bytes and three bits that are zero.
      const bytes = decode(`${char}AAAAAA`);
      const isRight = isLetter ? bytes[0] === ALPHABET.indexOf(char.toUpperCase()) << 3 : typeof bytes === "string";
      if (!isRight) wrong.push(charCode);
    }
    expect(wrong).toEqual([]);
  });
});

describe("strict base32 decoding", () => {
  it.each([
    ["", ""],
    ["MY", "f"],
    ["MY======", "f"],
    ["MZXQ====", "fo"],
    ["MZXW6===", "foo"],
    ["MZXW6YQ=", "foob"],
    ["MZXW6YTB", "fooba"],
    ["MZXW6YTBOI======", "foobar"],
  ])("reads %j", (text, meant) => {
    expect(new TextDecoder().decode(decodeBase32(text))).toBe(meant);
  });

  it.each([
    ["lower case", "my"],
    ["one letter", "M"],
    ["three letters", "MZX"],
    ["six letters", "MZXW6Y"],
    ["left-over bits after two", "MZ"],
    ["left-over bits after four", "MZXR"],
    ["left-over bits after five", "MZXW7"],
    ["left-over bits after seven", "MZXW6YR"],
    ["too little padding", "MY====="],
    ["too much padding", "MY======="],
    ["a whole group of padding", "MZXW6YTB========"],
    ["padding alone", "========"],
    ["padding for the wrong length", "MZX====="],
    ["padding inside", "MY======MY======"],
    ["a space", "MZXW 6YTB"],
    ["a hyphen", "MZXW-6YTB"],
    ["a line end", "MZXW6YTB\n"],
    ["a digit that looks like a letter", "MZXW6YT0"],
    ["a dotless i", "MZXW6YTı"],
    ["a Kelvin sign", "MZXW6YT\u212a"],
  ])("refuses %s", (_, text) => {
    expect(thrownCode(() => decodeBase32(text))).toBe("invalid-base32");
  });

  it.each([
    ["MZXW6YTB0", "letter 9 is not base32"],
    ["MZX", "3 letters leave 7 bits"],
    ["MZ", "letters must be upper-case, and left-over bits zero"],
    ["my", "letters must be upper-case, and left-over bits zero"],
    ["MY=====", "padding must fill the last group of 8, or be absent"],
  ])("says which rule %j breaks", (text, rule) => {
    expect(() => decodeBase32(text)).toThrow(`text must be base32: ${rule}`);
  });

  it("refuses what is not a string", () => {
    for (const value of [undefined, null, 1, {}, ["MY"], new Uint8Array(2)]) {
      expect(thrownCode(() => decodeBase32(value as string))).toBe("invalid-base32");
    }
  });

  it("takes no longer than its length for hostile padding", () => {
    expect(thrownCode(() => decodeBase32("=".repeat(1_000_000) + "A"))).toBe("invalid-base32");
  });
});

describe("base32 encoding", () => {
  it("pads only when asked to", () => {
    expect(encodeBase32(new Uint8Array(1))).toBe("AA");
    expect(encodeBase32(new Uint8Array(1), {})).toBe("AA");
    expect(encodeBase32(new Uint8Array(1), { padding: undefined })).toBe("AA");
    expect(encodeBase32(new Uint8Array(1), { padding: false })).toBe("AA");
    expect(encodeBase32(new Uint8Array(1), { padding: true })).toBe("AA======");
    expect(encodeBase32(new Uint8Array(5), { padding: true })).toBe("AAAAAAAA");
    expect(encodeBase32(new Uint8Array(11), { padding: true })).toBe(`${"A".repeat(18)}======`);
    expect(encodeBase32(new Uint8Array(0), { padding: true })).toBe("");
  });

  it("refuses wrong options and what is not bytes", () => {
    for (const padding of [null, 1, "true"]) {
      expect(thrownCode(() => encodeBase32(new Uint8Array(1), { padding: padding as unknown as boolean }))).toBe(
        "invalid-option",
      );
    }
    expect(thrownCode(() => encodeBase32(new Uint8Array(1), { pad: true } as object))).toBe("unknown-option");
    for (const value of ["text", [1, 2], new ArrayBuffer(2), new DataView(new ArrayBuffer(2)), null, undefined]) {
      expect(thrownCode(() => encodeBase32(value as unknown as Uint8Array))).toBe("invalid-bytes");
    }
  });
});
