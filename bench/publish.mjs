// What a full run leaves behind for readers: the chart, and the figures in bench/README.md between
// two marks. A test compares both with results.json, so neither can be out of date.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { betweenMarks } from "../tools/between-marks.mjs";
import { chart } from "./chart.mjs";
import { figure, ONE_HMAC } from "./report.mjs";

const root = path.resolve(import.meta.dirname, "..");
const RESULTS = path.join(root, "bench/results.json");
const CHART = path.join(root, "docs/images/bench.svg");
const PAGE = path.join(root, "bench/README.md");

const MARKS = ["<!-- bench: written by `npm run bench` -->", "<!-- end of bench -->"];

export async function publish() {
  const results = JSON.parse(readFileSync(RESULTS, "utf8"));
  writeFileSync(CHART, chart(results));
  writeFileSync(PAGE, await withFigures(readFileSync(PAGE, "utf8"), results));
}

/** The page with the figures of some results between the marks. */
export function withFigures(page, results) {
  return betweenMarks(PAGE, page, MARKS, figures(results));
}

function figures({ node, processor, targets }) {
  const lines = targets.map(({ row, text, wanted, unit, median, met }) => {
    return `| \`${row}\` | ${text} | ${wanted}${met ? "" : ", missed"} | ${figure(median)}${unit} |`;
  });
  return `![Bars: how fast each library is, if one createHmac counts as 1](../docs/images/bench.svg)

Measured on Node ${node.slice(1)}, ${processor}, pinned to one processor, as medians of interleaved rounds.
${ONE_HMAC}

| | what | target | measured |
| --- | --- | --- | --- |
${lines.join("\n")}`;
}
