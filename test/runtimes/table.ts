// docs/runtimes.md: its table is what was just measured.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { betweenMarks } from "../../tools/between-marks.mjs";
import { ROOT } from "../helpers/packed.ts";

/** What one runtime did. */
export interface Row {
  readonly name: string;
  readonly version: string;
  /** How many numbers of the version are shown, and none compared: the system brings it. */
  readonly moves?: number;
  readonly counts: Readonly<Record<string, { readonly cases: number; readonly rows: number }>>;
}

const PAGE = path.join(ROOT, "docs/runtimes.md");
const MARKS = ["<!-- runtimes: written by `npm run test:runtimes` -->", "<!-- end of runtimes -->"] as const;
const COLUMNS: Readonly<Record<string, string>> = {
  halfminute: "`halfminute`",
  "halfminute/sync": "`/sync`",
  "halfminute/steam": "`/steam`",
  "halfminute/qr": "`/qr`",
  "halfminute/stores/memory": "memory",
  "halfminute/stores/sqlite": "SQLite",
  command: "command",
};

/** Writes the table into the page; under CI the page must have it already. */
export async function publish(rows: readonly Row[]): Promise<void> {
  const page = readFileSync(PAGE, "utf8");
  const measured = await withTable(page, rows);
  if (!process.env["CI"]) {
    writeFileSync(PAGE, measured);
    return;
  }
  const drift = driftOf(page, measured, rows);
  if (drift.length > 0) throw new Error(["docs/runtimes.md: run `npm run test:runtimes`", ...drift].join("\n"));
}

export function withTable(page: string, rows: readonly Row[]): Promise<string> {
  const head = ["runtime", "version", ...Object.values(COLUMNS)];
  const lines = [head, head.map(() => "---"), ...rows.map(cells)];
  return betweenMarks(PAGE, page, MARKS, lines.map((line) => `| ${line.join(" | ")} |`).join("\n"));
}

function cells({ name, version, moves, counts }: Row): string[] {
  const unknown = Object.keys(counts).filter((face) => !(face in COLUMNS));
  if (unknown.length > 0) throw new Error(`the table has no column for ${unknown.join(", ")}`);
  const shown = version.split(".").slice(0, moves).join(".");
  return [name, shown, ...Object.keys(COLUMNS).map((face) => cell(counts[face]))];
}

function cell({ rows, cases }: Row["counts"][string] = { rows: 0, cases: 0 }): string {
  return [rows > 0 ? `${rows} rows` : [], cases > 0 ? `${cases} cases` : []].flat().join(", ");
}

/** The lines that are in one page only, but for the versions that this checkout does not choose. */
export function driftOf(committed: string, measured: string, rows: readonly Row[]): string[] {
  const moving = rows.filter(({ moves }) => moves !== undefined).map(({ name }) => name);
  const [before, after] = [committed, measured].map((page) => page.split("\n").map((line) => comparable(line, moving)));
  const only = (lines: string[] = [], others: string[] = []): string[] =>
    lines.filter((line) => !others.includes(line));
  return [...only(before, after).map((line) => `- ${line}`), ...only(after, before).map((line) => `+ ${line}`)];
}

/** Without the padding of cells. */
function comparable(line: string, moving: readonly string[]): string {
  if (!line.startsWith("|")) return line;
  const [start = "", name = "", version = "", ...others] = line.split("|").map((each) => each.trim());
  return [start, name, moving.includes(name) ? "" : version, ...others].join("|").replaceAll(/-+/g, "-");
}
