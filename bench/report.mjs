// The results as text: one table, then the targets.

const PINNED = "Pinned to one processor. All times are processor times.";
const NOT_PINNED =
  "NOT PINNED to one processor, because there is no usable taskset: the figures of WebCrypto may be far off.";

export function report(results) {
  const rounds = Math.min(...Object.values(results.columns).map((column) => column.rounds));
  return `
Node ${results.node}, ${results.processor}
${results.pinned ? PINNED : NOT_PINNED}
Speed, as a multiple of the row that counts as 1.00: more is better. Median (p10–p90) of ${rounds} rounds or more.

${table(results)}

N: the bundle needs Node's own modules.

${targetList(results.targets)}`;
}

/** A row for each contestant, a column for each measurement. */
function table(results) {
  const { columns, importMilliseconds, bundle } = results;
  const timed = Object.values(columns);
  const names = [...new Set([...timed.flatMap(({ rows }) => Object.keys(rows)), ...Object.keys(importMilliseconds)])];
  const heads = [["", ""], ...timed.map(({ title }) => title), ["import", "adds, ms"], ["bundle,", "bytes gzip"]];
  const lines = names.map((name) => [
    name,
    ...timed.map(({ rows }) => spread(rows[name]?.speed, 2)),
    spread(importMilliseconds[name], 1),
    bundle[name] ? `${bundle[name].gzipBytes}${bundle[name].platform === "node" ? " N" : "  "}` : "",
  ]);
  const unit = [
    "1.00 is",
    ...timed.map(({ rows, reference }) => `${rows[reference].microseconds.toFixed(1)} µs`),
    "",
    "",
  ];
  return align([heads.map(([upper]) => upper), heads.map(([, lower]) => lower), ...lines, unit]);
}

/** The targets, each with what was measured. */
function targetList(judged) {
  const lines = judged.map(({ text, wanted, unit, median, p10, p90, met }) => [
    text,
    wanted,
    `${median.toFixed(3)}${unit}`,
    `(${p10.toFixed(3)}–${p90.toFixed(3)})`,
    met ? "met" : "NOT MET",
  ]);
  return align([["target", "wanted", "measured", "(p10–p90)", ""], ...lines]);
}

function spread(figures, decimals) {
  if (figures === undefined) return "";
  const [median, p10, p90] = [figures.median, figures.p10, figures.p90].map((figure) => figure.toFixed(decimals));
  return `${median} ${`(${p10}–${p90})`.padStart(11)}`;
}

/** The first column to the left, the others to the right. */
function align(lines) {
  const widths = lines[0].map((_, place) => Math.max(...lines.map((line) => line[place].length)));
  const pad = (text, place) => (place === 0 ? text.padEnd(widths[place]) : text.padStart(widths[place]));
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n");
}
