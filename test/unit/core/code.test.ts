import { describe, expect, it } from "vitest";

import { formatCode, readCode, UNREADABLE } from "../../../src/core/code.ts";
import { compactTyped } from "../../../src/core/typed.ts";

describe("a number as digits", () => {
  it("keeps its last digits, with leading zeros", () => {
    expect(formatCode(1284755224, 6)).toBe("755224");
    expect(formatCode(1284755224, 7)).toBe("4755224");
    expect(formatCode(1284755224, 8)).toBe("84755224");
    expect(formatCode(92555, 6)).toBe("092555");
    expect(formatCode(0, 8)).toBe("00000000");
    expect(formatCode(2 ** 31 - 1, 8)).toBe("47483647");
  });
});

describe("a code that was typed", () => {
  it("is read with white space, hyphens and dashes of Unicode anywhere, and nothing else", () => {
    const separators = /^[\p{White_Space}\p{Dash}\u00ad\u200b\u2060\ufeff]$/u;
    const wrong: number[] = [];
    for (let unit = 0; unit < 65_536; unit++) {
      const char = String.fromCharCode(unit);
      const expected = separators.test(char) ? 5924 : UNREADABLE;
      // In the place of a digit, only a digit is one.
      const digit = /^[0-9０-９]$/.test(char) ? char.normalize("NFKC") : undefined;
      const inPlace = digit ? 5920 + Number(digit) : UNREADABLE;
      if (readCode(`00${char}5924`, 6) !== expected || readCode(`00592${char}`, 6) !== inPlace) wrong.push(unit);
    }
    expect(wrong).toEqual([]);
  });

  it("is read as keyboards, mail programs and files leave it", () => {
    for (const typed of [
      "742275\n",
      "\t742 275\r\n",
      "742\u00a0275",
      "742–275",
      "７４２２７５",
      "７４２－２７５",
      "\ufeff742275",
    ])
      expect(readCode(typed, 6)).toBe(742275);

    expect(readCode("005924", 6)).toBe(5924);
    expect(readCode(" 0 0-5 9-2 4 ", 6)).toBe(5924);
    expect(readCode("00000000", 8)).toBe(0);
  });

  it.each(["", "00592", "0059244", "00592a", "5.9e10", "+05924", "٠٠٥٩٢٤", "𝟎𝟎𝟓𝟗𝟐𝟒", "００５９２ａ", "0x1724"])(
    "is unreadable: %j",
    (typed) => {
      expect(readCode(typed, 6)).toBe(UNREADABLE);
    },
  );

  it("is not looked at if it is long or not a string", () => {
    const looked = (): never => expect.unreachable("it was looked at");
    const endless = { length: 6, replace: looked, toString: looked };
    expect(readCode(endless, 6)).toBe(UNREADABLE);
    expect(readCode(`005924${" ".repeat(26)}`, 6)).toBe(5924);
    expect(readCode(`005924${" ".repeat(27)}`, 6)).toBe(UNREADABLE);
    for (const value of [5924, null, undefined]) expect(readCode(value, 6)).toBe(UNREADABLE);
    for (const value of ["005924", 5924, null]) expect(compactTyped(value, 5)).toBe("");
  });
});
