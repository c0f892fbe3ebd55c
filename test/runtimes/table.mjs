// docs/runtimes.md: its table is what was just measured.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { ROOT } from "../helpers/packed.ts";

import { betweenMarks } from "../../tools/between-marks.mjs";

const PAGE = path.join(ROOT, "docs/runtimes.md");
const MARKS = ["<!-- runtimes: written by `npm run test:runtimes` -->", "<!-- end of runtimes -->"];
const COLUMNS = {
  halfminute: "`halfminute`",
  "halfminute/sync": "`/sync`",
  "halfminute/steam": "`/steam`",
  "halfminute/qr": "`/qr`",
  "halfminute/stores/memory": "memory",
  "halfminute/stores/sqlite": "SQLite",
  command: "command",
};

/** Writes the table into the page; under CI the page must have it already. */
export async function publish(rows) {
  const before = readFileSync(PAGE, "utf8");
  const after = await betweenMarks(PAGE, before, MARKS, table(rows));
  if (!process.env.CI) return writeFileSync(PAGE, after);
  const [committed, measured] = [before, after].map((page) => comparable(page, rows));
  const drifted = measured.filter((line) => !committed.includes(line));
  const gone = committed.filter((line) => !measured.includes(line));
  if (drifted.length + gone.length > 0) {
    throw new Error(`docs/runtimes.md is out of date: run \`npm run test:runtimes\`
${gone.map((line) => `- ${line}`).join("\n")}
${drifted.map((line) => `+ ${line}`).join("\n")}`);
  }
}

function table(rows) {
  const unknown = rows.flatMap(({ counts }) => Object.keys(counts)).filter((face) => !(face in COLUMNS));
  if (unknown.length > 0) throw new Error(`the table has no column for ${unknown.join(", ")}`);
  const lines = rows.map(({ name, version, moves, counts }) => {
    const shown = moves ? version.split(".")[0] : version;
    return [name, shown, ...Object.keys(COLUMNS).map((face) => cell(counts[face]))];
  });
  const head = ["runtime", "version", ...Object.values(COLUMNS)];
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(count) {
  if (count === undefined) return "";
  return [count.rows > 0 && `${count.rows} rows`, count.cases > 0 && `${count.cases} cases`].filter(Boolean).join(", ");
}

/**
 * The lines of the page, without the versions that this checkout does not choose, and without the
 * padding of cells.
 */
function comparable(page, rows) {
  const moving = rows.filter(({ moves }) => moves).map(({ name }) => name);
  return page.split("\n").map((line) => {
    const cells = line.split("|").map((each) => each.trim());
    if (moving.includes(cells[1])) cells[2] = "";
    return cells.join("|").replace(/-{3,}/g, "---");
  });
}
