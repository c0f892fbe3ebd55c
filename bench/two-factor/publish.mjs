// The table of the results, and the page that shows it. A test compares the page with results.json.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { betweenMarks } from "../../tools/between-marks.mjs";
import { AT_ONCE } from "./work.mjs";

export const MOST = 1.2;
const PAGE = path.join(import.meta.dirname, "README.md");
const MARKS = ["<!-- written by `npm run bench:two-factor` -->", "<!-- end of figures -->"];

export async function publish(results) {
  writeFileSync(PAGE, await withTable(readFileSync(PAGE, "utf8"), results));
}

/** The page with the table of some results between the marks. */
export function withTable(page, results) {
  return betweenMarks(PAGE, page, MARKS, table(results));
}

export function table({ node, processor, rows }) {
  const timed = Object.keys(rows[0].microseconds);
  const head = [
    "store",
    "at once",
    ...timed.map((what) => `${what} µs`),
    "ratio",
    "",
    "ratios of the rounds",
    "a second",
    `p99 of ${AT_ONCE}`,
  ];
  const lines = rows.map(({ name, concurrent, microseconds, ratio, met, ofRounds, perSecond, p99 }) => [
    name,
    concurrent,
    ...timed.map((what) => microseconds[what].toFixed(1)),
    ratio.toFixed(2),
    met ? "MET" : "NOT MET",
    `${ofRounds.median.toFixed(2)} (${ofRounds.p10.toFixed(2)}–${ofRounds.p90.toFixed(2)})`,
    `${Math.round(perSecond.best)}, median ${Math.round(perSecond.median)}`,
    `${(p99 / 1000).toFixed(1)} ms`,
  ]);
  const leastRounds = Math.min(...rows.map(({ rounds }) => rounds));
  const cells = [head, head.map(() => "---"), ...lines].map((row) => `| ${row.join(" | ")} |`);
  return `Node ${node.slice(1)}, ${processor}, ${leastRounds} rounds or more. Target: a ratio of at most ${MOST}.

${cells.join("\n")}`;
}
