// The test behind `npm run bench:timing` finds a difference where there is one, and none where
// there is none; its page has the table of the committed results.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";

interface Results {
  node: string;
  rows: { face: string; expects?: boolean; differs: boolean; samples: number; t: number }[];
}

/** What is tested of the programs in bench/timing, which are plain JavaScript. */
interface Programs {
  readonly THRESHOLD: number;
  readonly compare: (times: Float64Array, classes: Uint8Array) => { t: number; difference: number; kept: number };
  readonly withTiming: (page: string, results: Results) => Promise<string>;
}

const folder = path.join(ROOT, "bench/timing");
const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
let programs: Programs;

beforeAll(async () => {
  const urls = ["welch.mjs", "publish.mjs"].map((name) => pathToFileURL(path.join(folder, name)).href);
  const modules = (await Promise.all(urls.map((url) => import(url)))) as Programs[];
  programs = Object.assign({}, ...modules) as Programs;
});

/** Times from 100 to 199 ns in a fixed order, the same for both classes. */
function equalTimes(count: number): { times: Float64Array; classes: Uint8Array } {
  const times = Float64Array.from({ length: count }, (_, index) => 100 + ((index >> 1) % 100));
  return { times, classes: Uint8Array.from({ length: count }, (_, index) => index % 2) };
}

describe("the t-test", () => {
  it("finds nothing in equal times", () => {
    const { times, classes } = equalTimes(40_000);
    expect(programs.compare(times, classes).t).toBeCloseTo(0, 9);
  });

  it("finds three nanoseconds more in one class, and says so", () => {
    const { times, classes } = equalTimes(40_000);
    const slower = times.map((time, index) => time + 3 * (classes[index] ?? 0));
    const { t, difference } = programs.compare(slower, classes);
    expect(t).toBeGreaterThan(programs.THRESHOLD);
    expect(difference).toBeGreaterThan(0);
  });

  it("finds it among interruptions too, without the slowest times", () => {
    const { times, classes } = equalTimes(40_000);
    const disturbed = times.map((time, index) => {
      return index % 97 === 0 ? 1e6 * (1 + (index % 7)) : time + 3 * (classes[index] ?? 0);
    });
    const { t, kept } = programs.compare(disturbed, classes);
    expect(Math.abs(t)).toBeGreaterThan(programs.THRESHOLD);
    expect(kept).toBeLessThan(1);
  });

  it("has the t of Welch's formula", () => {
    // 1998 times of each class, of which half are 100 ns longer. Without the slowest, too few of a
    // class are left for a test of their own.
    const classes = Uint8Array.from({ length: 3996 }, (_, index) => index % 2);
    const times = Float64Array.from(classes, (kind, index) => (index % 4 < 2 ? 100 : 200) + kind);
    expect(programs.compare(times, classes).t).toBeCloseTo(1 / Math.sqrt((2 * 2500) / 1997), 9);
  });
});

describe("the page", () => {
  let results: Results;

  beforeAll(() => {
    results = JSON.parse(read("results.json")) as Results;
  });

  it("has the table of the committed results", async () => {
    expect(await programs.withTiming(read("README.md"), results)).toBe(read("README.md"));
  });

  it("would have another table for other results, and needs the marks around it", async () => {
    expect(await programs.withTiming(read("README.md"), { ...results, node: "v0.0.0" })).not.toBe(read("README.md"));
    await expect(programs.withTiming("# A page without them", results)).rejects.toThrow("no place");
  });

  it("has both controls of each part, and differences where t says so", () => {
    const controls = results.rows.filter(({ expects }) => expects !== undefined);
    expect(controls.map(({ expects }) => expects)).toEqual([false, true, false, true]);
    for (const { expects, differs } of controls) expect(differs).toBe(expects);
    for (const { t, differs } of results.rows) expect(differs).toBe(Math.abs(t) >= programs.THRESHOLD);
  });
});
