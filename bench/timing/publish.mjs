// The table of README.md, between two marks. A test compares it with results.json.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { betweenMarks } from "../../tools/between-marks.mjs";

const PAGE = path.join(import.meta.dirname, "README.md");
const RESULTS = path.join(import.meta.dirname, "results.json");
const MARKS = ["<!-- timing: written by `npm run bench:timing` -->", "<!-- end of timing -->"];

export async function publishTiming(results) {
  const rounded = (_, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
  writeFileSync(RESULTS, `${JSON.stringify(results, rounded, 2)}\n`);
  const kept = JSON.parse(readFileSync(RESULTS, "utf8"));
  writeFileSync(PAGE, await withTiming(readFileSync(PAGE, "utf8"), kept));
}

/** The page with the table of some results between the marks. */
export function withTiming(page, results) {
  return betweenMarks(PAGE, page, MARKS, timingTable(results));
}

export function timingTable({ node, processor, pinned, rows }) {
  const lines = rows.map(({ face, what, samples, median, t, difference, resolution, ...row }) =>
    [
      face,
      what,
      samples,
      nanoseconds(median),
      t.toFixed(1),
      nanoseconds(difference),
      nanoseconds(resolution),
      verdict(row),
    ].join(" | "),
  );
  return `Node ${node.slice(1)}, ${processor}, ${pinned ? "pinned to one processor" : "NOT pinned"}.

| what | compared | samples | median | t | difference | findable | result |
| --- | --- | --- | --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join("\n")}`;
}

/** Three digits, and a unit that fits. */
function nanoseconds(time) {
  const isLong = Math.abs(time) >= 1000;
  return `${Number((isLong ? time / 1000 : time).toPrecision(3))} ${isLong ? "µs" : "ns"}`;
}

function verdict({ differs, expects, isSecret }) {
  if (expects !== undefined)
    return differs === expects ? (expects ? "found, as it must" : "none, as it must") : "FAILED";
  if (!differs) return "no difference found";
  return isSecret ? "DIFFERS" : "differs, as it may";
}
