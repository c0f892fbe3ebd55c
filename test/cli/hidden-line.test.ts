import { EventEmitter } from "node:events";

import { describe, expect, it } from "vitest";

import { readHiddenLine } from "../../src/cli/hidden-line.ts";

class FakeTerminal extends EventEmitter {
  readonly calls: unknown[] = [];
  setRawMode = (isRaw: boolean): unknown => this.calls.push(isRaw ? "raw" : "cooked");
  setEncoding = (encoding: string): unknown => this.calls.push(encoding);
  resume = (): unknown => this.calls.push("resume");
  pause = (): unknown => this.calls.push("pause");
}

async function typed(pieces: readonly string[], last: "end" | "error" | "nothing" = "nothing"): Promise<unknown> {
  const terminal = new FakeTerminal();
  const line = readHiddenLine(terminal, 100);
  for (const piece of pieces) terminal.emit("data", piece);
  if (last !== "nothing") terminal.emit(last, new Error("gone"));
  const result = await line;
  expect(terminal.calls).toEqual(["utf8", "raw", "resume", "cooked", "pause"]);
  expect(terminal.eventNames()).toEqual([]);
  return result;
}

describe("a line that is typed and not shown", () => {
  it.each<[string, string[], string | undefined]>([
    ["ends with Enter", ["ab", "c\r"], "abc"],
    ["ends with a line feed", ["abc\n"], "abc"],
    ["ends with Ctrl-D", ["abc\u0004"], "abc"],
    ["may be empty", ["\r"], ""],
    ["ends at the first Enter of what was pasted", ["abc\rdef\r"], "abc"],
    ["is undefined after Ctrl-C", ["abc\u0003"], undefined],
    ["is undefined after Ctrl-C, whatever comes after it", ["abc\u0003def\r"], undefined],
    ["can be corrected", ["abx\u007fc\r"], "abc"],
    ["can be corrected with Ctrl-H", ["abx\bc\r"], "abc"],
    ["loses a whole letter, however it is encoded", ["ab😀\u007fc\r"], "abc"],
    ["cannot be corrected beyond its start", ["\u007f\u007fabc\r"], "abc"],
    ["can be begun again with Ctrl-U", ["xyz\u0015abc\r"], "abc"],
    ["does not have other control keys", ["a\tb\u001bc\u0001\r"], "abc"],
    ["is cut off a little after its limit", ["x".repeat(500)], "x".repeat(101)],
  ])("%s", async (_, pieces, line) => {
    expect(await typed(pieces)).toBe(line);
  });

  it("ends with the terminal", async () => {
    expect(await typed(["abc"], "end")).toBe("abc");
    expect(await typed(["abc"], "error")).toBe("abc");
  });
});
