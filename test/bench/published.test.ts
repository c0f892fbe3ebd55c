// The chart and README's figures are those of the committed results, not of another run and not by hand.
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

/** What is tested of the programs in bench/, which are plain JavaScript. */
interface Programs {
  readonly chart: (results: Results) => string;
  readonly withFigures: (page: string, results: Results) => Promise<string>;
}

const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const results = JSON.parse(read("bench/results.json")) as Results;
let programs: Programs;

beforeAll(async () => {
  const names = ["chart.mjs", "publish.mjs"];
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

describe("README.md", () => {
  it("has the figures of the results", async () => {
    expect(await programs.withFigures(read("README.md"), results)).toBe(read("README.md"));
  });

  it("shows the chart, and a line for each target", () => {
    const page = read("README.md");
    expect(page).toContain("](docs/images/bench.svg)");
    expect(page.match(/^\| `halfminute(\/sync)?` +\|.*\|$/gm)?.length).toBe(results.targets.length);
  });

  it("has the limits of the sizes that `npm run size` keeps to, and they are kept", () => {
    const { "size-limit": kept } = JSON.parse(read("package.json")) as { "size-limit": { limit: string }[] };
    const rows = Array.from(read("README.md").matchAll(/\| +(\d+ B) +\| (\d+) B +\|$/gm));
    expect(rows.length).toBeGreaterThanOrEqual(6);
    for (const [, limit = "", measured] of rows) {
      expect(kept.map((each) => each.limit)).toContain(limit);
      expect(Number(measured)).toBeLessThanOrEqual(parseInt(limit, 10));
    }
  });

  it("would say something else of other results, and needs its marks", async () => {
    const other = changed((copy) => Object.assign(copy, { node: "v0.0.0" }));
    expect(await programs.withFigures(read("README.md"), other)).not.toBe(read("README.md"));
    await expect(programs.withFigures("# A page without them", results)).rejects.toThrow("no place");
  });
});
