// The table of docs/runtimes.md: what CI notices of it, and that every runtime is there.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { driftOf, type Row, withTable } from "./table.ts";

const page = readFileSync(path.join(ROOT, "docs/runtimes.md"), "utf8");
const counts = { halfminute: { cases: 21, rows: 749 }, command: { cases: 0, rows: 839 } };
const rows: readonly Row[] = [
  { name: "One", version: "1.2.3", counts },
  { name: "Chromium", version: "156.0.1", moves: 1, counts },
];

it("every runtime has a line, in the order of runtimes.mjs", async () => {
  const url = pathToFileURL(path.join(ROOT, "test/runtimes/runtimes.mjs")).href;
  const { runtimes } = (await import(url)) as { runtimes: readonly { name: string }[] };
  const shown = Array.from(page.matchAll(/^\| (\S.*?) +\| \d/gm), ([, name]) => name);
  expect(runtimes.length).toBeGreaterThan(20);
  expect(shown).toEqual(runtimes.map(({ name }) => name));
});

it("a line has the version, and what passed in each face", async () => {
  const lines = (await withTable(page, rows)).split("\n").map((line) => line.replaceAll(/ +/g, " "));
  expect(lines).toContain("| One | 1.2.3 | 749 rows, 21 cases | | | | | | 839 rows |");
  expect(lines).toContain("| Chromium | 156 | 749 rows, 21 cases | | | | | | 839 rows |");
});

it.each<[string, readonly Row[], number]>([
  ["nothing", rows, 0],
  ["another version of what the system brings", [rows[0] as Row, { ...(rows[1] as Row), version: "1000" }], 0],
  ["another version", [{ ...(rows[0] as Row), version: "1.2.4" }, rows[1] as Row], 2],
  ["another count", [{ ...(rows[0] as Row), counts: { halfminute: { cases: 20, rows: 749 } } }, rows[1] as Row], 2],
  ["a missing line", [rows[0] as Row], 1],
  ["one more line", [...rows, { name: "Two", version: "1", counts }], 1],
])("notices %s", async (_, other, lines) => {
  const [committed, measured] = await Promise.all([withTable(page, other), withTable(page, rows)]);
  expect(driftOf(committed, measured, rows)).toHaveLength(lines);
});

it("a face without a column is an error", () => {
  const row = { name: "One", version: "1", counts: { "halfminute/new": { cases: 1, rows: 0 } } };
  expect(() => withTable(page, [row])).toThrow("no column for halfminute/new");
});
