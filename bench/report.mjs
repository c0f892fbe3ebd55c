// The results as text: the table, what else is known of this package, then the targets.
import { extraColumns, mainColumns, withRightCode } from "./columns.mjs";
import { withFirstVerification } from "./import-time.mjs";
import { isOurs } from "./ours.mjs";

const PINNED = "Pinned to one processor. All times are processor times.";
const NOT_PINNED =
  "NOT PINNED to one processor, because there is no usable taskset: the figures of WebCrypto may be far off.";

/** What 1.00 is, wherever figures are shown. */
export const ONE_HMAC =
  "1.00 is H, one `createHmac` of `node:crypto` with the kind of key that is faster in the run. With a Buffer key it takes 13 µs on Node 24.21, 1.9 µs on 20 and 26.";

export function report(results) {
  const main = mainColumns.map(({ id }) => results.columns[id]);
  const rounds = Math.min(...main.map((column) => column.rounds));
  return `
Node ${results.node}, ${results.processor}
${results.pinned ? PINNED : NOT_PINNED}
Speed as a multiple of H: more is better. Median (p10–p90) of ${rounds} rounds or more.
${ONE_HMAC.replaceAll("`", "")}

${mainTable(results, main)}

N: the bundle needs Node's own modules.

${ownTable(results)}

${targetList(results.targets)}`;
}

const isRightCodeRow = (row) => row.endsWith(withRightCode(""));

/** A row for each contestant, a column for each measurement. */
function mainTable({ importMilliseconds, bundle }, columns) {
  const rows = columns.flatMap((column) => Object.keys(column.rows)).filter((row) => !isRightCodeRow(row));
  const heads = [["", ""], ...columns.map(({ title }) => title), ["import", "adds, ms"], ["bundle,", "bytes gzip"]];
  const lines = [...new Set(rows)].map((row) => [
    row,
    ...columns.map((column) => spread(column.rows[row]?.speed)),
    spread(importMilliseconds[row]),
    bundle[row] ? `${bundle[row].gzipBytes}${bundle[row].platform === "node" ? " N" : "  "}` : "",
  ]);
  return align([heads.map(([upper]) => upper), heads.map(([, lower]) => lower), ...lines, unitLine(columns, ["", ""])]);
}

/** The columns that are about this package alone. */
function ownTable({ columns: all, importMilliseconds }) {
  const columns = extraColumns.map(({ id }) => all[id]);
  const rows = [...new Set(columns.flatMap((column) => Object.keys(column.rows)))];
  const heads = [["", ""], ...columns.map(({ title }) => title), ["import and first", "verification, ms"]];
  const lines = rows.map((row) => [
    row,
    ...columns.map((column) => spread(column.rows[row]?.speed)),
    isOurs(row) ? spread(importMilliseconds[withFirstVerification(row)]) : "",
  ]);
  return align([heads.map(([upper]) => upper), heads.map(([, lower]) => lower), ...lines, unitLine(columns, [""])]);
}

function unitLine(columns, rest) {
  return ["H", ...columns.map(({ rows, unit }) => `${rows[unit].microseconds.toFixed(2)} µs`), ...rest];
}

/** The targets, each with what was measured. */
function targetList(judged) {
  const lines = judged.map(({ row, text, wanted, unit, median, p10, p90, met }) => [
    `${row}: ${text}`,
    wanted,
    `${figure(median)}${unit}`,
    `(${figure(p10)}–${figure(p90)})`,
    met ? "MET" : "NOT MET",
  ]);
  return align([["target", "wanted", "measured", "(p10–p90)", ""], ...lines]);
}

/** Three digits that mean something. */
export function figure(number) {
  const size = Math.abs(number);
  if (size >= 9.995) return number.toFixed(1);
  return number.toFixed(size >= 0.0995 ? 2 : 3);
}

function spread(figures) {
  if (figures === undefined) return "";
  const [median, p10, p90] = [figures.median, figures.p10, figures.p90].map(figure);
  return `${median} ${`(${p10}–${p90})`.padStart(13)}`;
}

/** The first column to the left, the others to the right. */
function align(lines) {
  const widths = lines[0].map((_, place) => Math.max(...lines.map((line) => line[place].length)));
  const pad = (text, place) => (place === 0 ? text.padEnd(widths[place]) : text.padStart(widths[place]));
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
