import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Wait } from "../../src/cli/io.ts";
import { CODE, expectWrongUse, halfminute, HOTP_URI, type Outcome, SECRET, TOTP_URI, type World } from "./world.ts";

/** One second before the step of 2009-02-13T23:31:30Z. */
const START = 1234567889_000;

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

/**
 * Watches until so many waits are over. Each wait takes as long as asked for, and a little more or
 * less.
 */
async function watched(
  words: readonly string[],
  waits: number,
  world: World = {},
  lateness = 0,
): Promise<Outcome & { asked: number[] }> {
  const asked: number[] = [];
  const wait: Wait = (milliseconds) => {
    asked.push(milliseconds);
    vi.setSystemTime(Date.now() + milliseconds + lateness);
    return Promise.resolve(asked.length < waits ? "elapsed" : "interrupted");
  };
  const outcome = await halfminute(["code", "--watch", ...words], {
    stdin: SECRET,
    ...world,
    io: { startWaiting: () => wait, ...world.io },
  });
  return { ...outcome, asked };
}

describe("code --watch into a pipe", () => {
  it("prints one line for each step, and nothing else", async () => {
    const { exitCode, out, error } = await watched([], 60);
    expect(out.split("\n")).toEqual([expect.stringMatching(/^\d{6}$/), CODE, expect.stringMatching(/^\d{6}$/), ""]);
    expect([exitCode, error]).toEqual([130, ""]);
  });

  it("prints one line of JSON for each step", async () => {
    const { out } = await watched(["--json"], 31);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([
      { type: "totp", counter: 41152262, secondsRemaining: 1 },
      { type: "totp", counter: 41152263, code: CODE, startsAt: "2009-02-13T23:31:30.000Z", secondsRemaining: 30 },
    ]);
  });

  it("prints codes of Steam Guard too", async () => {
    expect((await watched(["--steam"], 2)).out).toMatch(/^[2-9B-Y]{5}\nVHHQY\n$/);
  });

  it("repeats no line if a timer is early, and leaves none out if it is late", async () => {
    const early = await watched([], 40, {}, -1);
    expect(early.out.split("\n").filter((line) => line === CODE).length).toBeLessThanOrEqual(1);
    expect(early.asked.every((milliseconds) => milliseconds >= 1 && milliseconds <= 1000)).toBe(true);
    const late = await watched([], 31, {}, 900);
    expect(late.out.split("\n")).toContain(CODE);
  });

  it("prints what is true after the clock was set", async () => {
    let waits = 0;
    const wait: Wait = () => {
      vi.setSystemTime(START + (waits === 0 ? 3_600_000 : 1000));
      return Promise.resolve(++waits < 3 ? "elapsed" : "interrupted");
    };
    const { out } = await watched([], 0, { io: { startWaiting: () => wait } });
    expect(out.trim().split("\n").length).toBe(3);
    expect(out).toMatch(new RegExp(`${CODE}\n$`));
  });

  it("ends on SIGTERM with another exit code than on Ctrl-C", async () => {
    const io = { startWaiting: (): Wait => () => Promise.resolve("terminated") };
    expect((await watched([], 0, { io })).exitCode).toBe(143);
  });

  it("ends well when nobody reads any more", async () => {
    const { exitCode, out } = await watched([], 0, { io: { startWaiting: () => () => Promise.resolve("unread") } });
    expect([exitCode, out.split("\n").length]).toEqual([0, 2]);
  });
});

describe("code --watch on a terminal", () => {
  it("draws one line again each second with the time that is left, and ends it at last", async () => {
    const { exitCode, out } = await watched([], 3, { isShown: true });
    const [before, first, second, end] = out
      .split("\r")
      .slice(1)
      .flatMap((line) => line.split(/(?=\n)/));
    expect(before).toMatch(/^\d{6} {2}\[#-{19}\] {2}1 s\u001b\[K$/); // eslint-disable-line no-control-regex -- it clears the line
    expect(first).toBe(`${CODE}  [${"#".repeat(20)}] 30 s\u001b[K`);
    expect(second).toBe(`${CODE}  [${"#".repeat(20)}] 29 s\u001b[K`);
    expect([end, exitCode]).toEqual(["\n", 130]);
  });

  it("draws the line of a period of a day", async () => {
    const { out } = await watched(["--period", "86400"], 1, { isShown: true });
    expect(out).toMatch(/\[#-{19}\] {2}1711 s|\[#+-*\] +\d+ s/);
  });

  it("draws a bar from full to one cell", async () => {
    vi.setSystemTime(START + 1000);
    const { out } = await watched([], 30, { isShown: true });
    const cells = out
      .split("\r")
      .slice(1)
      .map((line) => (line.match(/#/g) ?? []).length);
    expect(cells).toEqual(Array.from({ length: 30 }, (_, index) => Math.ceil(((30 - index) * 2) / 3)));
  });

  it("prints one line of JSON for each step there too", async () => {
    expect((await watched(["--json"], 5, { isShown: true })).out).toMatch(/^\{.*\}\n\{.*\}\n$/);
  });
});

describe("code --watch is wrong use", () => {
  it.each([
    [["--at", "@1"], /--at: --watch shows the present code/],
    [["--counter", "1"], /--counter: --watch shows the present code/],
    [["--digits", "5"], /--digits must be/],
  ])("with %j", async (words, message) => {
    expectWrongUse(await watched(words, 1), message);
  });

  it("with an HOTP URI", async () => {
    expectWrongUse(await watched([], 1, { stdin: HOTP_URI }), /--watch: the URI is of type hotp/);
    expect((await watched([], 1, { stdin: TOTP_URI })).exitCode).toBe(130);
  });
});
