// The chart and the figures of bench/README.md are those of the committed results, not of another
// run and not by hand; so are the tables of sizes and of the two-factor flow. Sizes are measured
// again. Those in README.md and the guides are the limits that `npm run size` keeps to.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";

interface Results {
  readonly node: string;
  readonly columns: Record<string, { unit: string; rows: Record<string, { speed: { median: number } }> }>;
  readonly targets: readonly { met: boolean }[];
}

interface SizeLimit {
  readonly name: string;
  readonly limit: string;
}

interface Size {
  readonly name: string;
  readonly bytes: number;
}

/** What is tested of the programs in bench/, which are plain JavaScript. */
interface Programs {
  readonly chart: (results: Results) => string;
  readonly withFigures: (page: string, results: Results) => Promise<string>;
  readonly withTable: (page: string, results: object) => Promise<string>;
  readonly measured: () => readonly Size[];
  readonly withSizes: (page: string, sizes: readonly Size[], limits: readonly SizeLimit[]) => Promise<string>;
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const results = JSON.parse(read("bench/results.json")) as Results;
let programs: Programs;

beforeAll(async () => {
  const names = ["chart.mjs", "publish.mjs", "sizes.mjs", "two-factor/publish.mjs"];
  const urls = names.map((name) => pathToFileURL(path.join(ROOT, "bench", name)).href);
  const modules = (await Promise.all(urls.map((url) => import(url)))) as Programs[];
  programs = Object.assign({}, ...modules) as Programs;
});

function changed(edit: (copy: Results) => void): Results {
  const copy = structuredClone(results);
  edit(copy);
  return copy;
}

describe("the results", () => {
  it("have a row that counts as 1 in every column", () => {
    const columns = Object.values(results.columns);
    expect(columns.length).toBeGreaterThanOrEqual(7);
    for (const { unit, rows } of columns) expect(rows[unit]?.speed.median).toBe(1);
  });
});

describe("the chart", () => {
  it("is made of the results", () => {
    expect(read("docs/images/bench.svg")).toBe(programs.chart(results));
  });

  it("has a bar for every row of the four columns that all rows share", () => {
    const shared = ["codeFromBase32", "codeWithKey", "verifyFromBase32", "resynchronize"];
    const rows = shared.flatMap((id) => Object.keys(results.columns[id]?.rows ?? {}));
    const drawn = rows.filter((row) => !row.endsWith(", right code"));
    expect(drawn.length).toBeGreaterThan(40);
    expect(programs.chart(results).match(/<rect class="(ours|peer|bare|native)"/g)).toHaveLength(drawn.length);
    for (const row of drawn) expect(programs.chart(results)).toContain(`>${row}</text>`);
  });

  it("shows another figure as another picture", () => {
    const other = changed(({ columns }) => {
      const row = columns["codeWithKey"]?.rows["halfminute/sync"];
      if (row) row.speed.median *= 0.9;
    });
    expect(programs.chart(other)).not.toBe(programs.chart(results));
  });
});

const PAGE = "bench/README.md";

const sizes = JSON.parse(read("bench/sizes.json")) as readonly Size[];
const { "size-limit": kept } = JSON.parse(read("package.json")) as { "size-limit": SizeLimit[] };

describe("the page of the benchmarks", () => {
  it("has the figures of the committed results", async () => {
    expect(await programs.withFigures(read(PAGE), results)).toBe(read(PAGE));
  });

  it("shows the chart, and a line for each target of the benchmarks", () => {
    const page = read(PAGE);
    expect(page).toContain("](../docs/images/bench.svg)");
    expect(page.match(/^\| `halfminute(\/[\w-]+)?` +\|.*\|$/gm)?.length).toBe(results.targets.length);
  });

  it("has the sizes of sizes.json, which are those of the build, and within their limits", async () => {
    expect(programs.measured()).toEqual(sizes);
    expect(sizes.map(({ name }) => name)).toEqual(kept.map(({ name }) => name));
    for (const [index, { bytes }] of sizes.entries()) {
      expect(bytes).toBeLessThanOrEqual(parseInt(kept[index]?.limit ?? "", 10));
    }
    expect(await programs.withSizes(read(PAGE), sizes, kept)).toBe(read(PAGE));
    const others = sizes.map(({ name, bytes }) => ({ name, bytes: bytes + 1 }));
    expect(await programs.withSizes(read(PAGE), others, kept)).not.toBe(read(PAGE));
  });

  it("would have other figures for other results of the benchmarks, and needs the marks around them", async () => {
    const other = changed((copy) => Object.assign(copy, { node: "v0.0.0" }));
    expect(await programs.withFigures(read(PAGE), other)).not.toBe(read(PAGE));
    await expect(programs.withFigures("# A page without them", results)).rejects.toThrow("no place");
  });
});

describe("the page of the two-factor flow", () => {
  const page = "bench/two-factor/README.md";
  const flow = JSON.parse(read("bench/two-factor/results.json")) as { node: string };

  it("has the table of the committed results", async () => {
    expect(await programs.withTable(read(page), flow)).toBe(read(page));
    expect(await programs.withTable(read(page), { ...flow, node: "v0.0.0" })).not.toBe(read(page));
  });
});

describe("the sizes in the main README, the guides and the comparison", () => {
  const rows = Array.from(read("README.md").matchAll(/^\| `(halfminute[\w/*-]*)` .*\| ([\d.]+) kB +\|$/gm));

  /**
   * The largest limit of an import; of `halfminute/stores/*`, that of one store, which the suite
   * for stores is not.
   */
  function limitOf(subpath: string): number {
    const start = subpath.replace("*", "");
    const imports = kept.map(({ name, limit }) => {
      return { subpath: /\bhalfminute[\w/-]*/.exec(name)?.[0] ?? "halfminute", bytes: parseInt(limit, 10) };
    });
    const own = imports.filter((each) =>
      start === subpath ? each.subpath === subpath : each.subpath.startsWith(start),
    );
    return Math.max(...own.filter((each) => !each.subpath.endsWith("/conformance")).map(({ bytes }) => bytes));
  }

  const rounded = (bytes: number): string => `${(Math.ceil(bytes / 100) / 10).toFixed(1)} kB`;
  const core = (): string => rounded(parseInt(kept[0]?.limit ?? "", 10));

  it("are shown for the two faces, the QR codes, the two-factor flow and the stores", () => {
    const shown = rows.map(([, subpath]) => subpath);
    expect(shown).toEqual(["", "/sync", "/qr", "/two-factor", "/stores/*"].map((end) => `halfminute${end}`));
  });

  it("are in the guides for the subpath that each is about, and in the comparison for the core", () => {
    const shown = ["docs/guide/browser-authenticator.md", "docs/guide/qr-codes.md", "docs/comparison.md"].map(
      (page) => {
        return /^.*\b(\d+\.\d kB).*gzip|gzip +\| (\d+\.\d kB)/m.exec(read(page))?.slice(1).join("");
      },
    );
    expect(shown).toEqual([rounded(limitOf("halfminute/sync")), rounded(limitOf("halfminute/qr")), core()]);
  });

  it.each(rows.map(([, subpath = "", size = ""]) => ({ subpath, size })))(
    "say of $subpath what `npm run size` keeps to, rounded up: $size kB",
    ({ subpath, size }) => {
      expect(`${size} kB`).toBe(rounded(limitOf(subpath)));
    },
  );
});
