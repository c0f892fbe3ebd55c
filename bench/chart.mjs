// The results as a picture: a panel of bars for each column of the main table, as plain SVG. It
// brings its own background and follows the colors that the reader's system asks for; its texts are
// texts, in whatever sans-serif there is.
import { mainColumns, withRightCode } from "./columns.mjs";
import { isOurs } from "./ours.mjs";
import { peers } from "./peers.mjs";
import { figure } from "./report.mjs";

const WIDTH = 860;
const MARGIN = 20;
const GAP = 24;
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - GAP) / 2;
const LABEL_WIDTH = 156;
const VALUE_WIDTH = 44;
const BAR_WIDTH = PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH;
const ROW = 18;
const BAR = 11;
const HEAD = 64;
const PANEL_HEAD = 26;

const TITLES = {
  codeFromBase32: "A code from base32",
  codeWithKey: "A code, key prepared",
  verifyFromBase32: "A wrong code checked, ±1 step, from base32",
  resynchronize: "A long search, each of 1001 steps",
};

const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 }
.panel { font-weight: 600 }
.note, .peer-label { fill: #59636e }
.ours-label { font-weight: 600 }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.back { fill: #ffffff; stroke: #d1d9e0 }
.ours { fill: #0969da } .peer { fill: #a5b0bb } .bare { fill: #57606a } .native { fill: #bf8700 }
.one { stroke: #57606a; stroke-dasharray: 2 2 } .spread { stroke: #1f2328 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note, .peer-label { fill: #9ea7b1 }
  .value { stroke: #0d1117 }
  .back { fill: #0d1117; stroke: #3d444d }
  .ours { fill: #4493f8 } .peer { fill: #57606a } .bare { fill: #9ea7b1 } .native { fill: #d29922 }
  .one { stroke: #9ea7b1 } .spread { stroke: #e6edf3 }
}`;

/** The picture of some results, as the text of an SVG file. */
export function chart(results) {
  const panels = mainColumns.map(({ id }) => ({ title: TITLES[id], bars: barsOf(results.columns[id]) }));
  const heights = [0, 1].map((row) => PANEL_HEAD + ROW * mostBars(panels.slice(2 * row, 2 * row + 2)));
  const height = HEAD + heights[0] + GAP + heights[1] + MARGIN;
  const drawn = panels.map((panel, index) => {
    const x = MARGIN + (index % 2) * (PANEL_WIDTH + GAP);
    const y = HEAD + (index < 2 ? 0 : heights[0] + GAP);
    return drawPanel(panel, x, y);
  });
  const title = "Speed as a multiple of one createHmac of node:crypto";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">${title}</title>
<style>${STYLE}
</style>
<rect class="back" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
${text("title", MARGIN, 28, title)}
${text("note", MARGIN, 47, note(results))}
${drawn.join("\n")}
</svg>
`;
}

const note = ({ node, processor }) =>
  `Longer is faster; the dashed line is 1, thin lines are p10 to p90. Node ${node.slice(1)}, ${processor.split(",")[0]}, one processor.`;

const mostBars = (panels) => Math.max(...panels.map(({ bars }) => bars.length));

/** The rows of a column, the fastest first. */
function barsOf({ rows, unit }) {
  return Object.entries(rows)
    .filter(([row]) => !row.endsWith(withRightCode("")))
    .map(([row, { speed }]) => ({ row, ...speed, kind: kindOf(row), isUnit: row === unit }))
    .toSorted((one, other) => other.median - one.median);
}

function kindOf(row) {
  if (isOurs(row)) return "ours";
  if (peers.some(({ name }) => name === row)) return "peer";
  return /^createHmac|^bare/.test(row) ? "bare" : "native";
}

function drawPanel({ title, bars }, x, y) {
  const most = Math.max(...bars.map(({ p90 }) => p90));
  const start = x + LABEL_WIDTH;
  const place = (speed) => round(start + (speed / most) * BAR_WIDTH);
  const bottom = y + PANEL_HEAD + ROW * bars.length;
  const one = `<line class="one" x1="${place(1)}" x2="${place(1)}" y1="${y + PANEL_HEAD - 8}" y2="${bottom - 4}"/>`;
  const rows = bars.map((bar, index) => drawBar(bar, start, y + PANEL_HEAD + ROW * index, place));
  return `<g>\n${[text("panel", x, y + 10, title), one, ...rows].join("\n")}\n</g>`;
}

function drawBar({ row, median, p10, p90, kind }, start, y, place) {
  const middle = y + BAR / 2;
  return [
    text(kind === "ours" ? "ours-label" : "peer-label", start - 8, y + 10, row, "end"),
    `<rect class="${kind}" x="${start}" y="${y}" width="${round(Math.max(place(median) - start, 1))}" height="${BAR}"/>`,
    `<line class="spread" x1="${place(p10)}" x2="${place(p90)}" y1="${middle}" y2="${middle}"/>`,
    text("value", round(Math.max(place(p90), place(median)) + 6), y + 10, figure(median)),
  ].join("\n");
}

const round = (length) => Number(length.toFixed(1));

function text(kind, x, y, content, anchor = "start") {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped}</text>`;
}
