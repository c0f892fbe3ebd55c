// npm run size:publish: measures what the limits in package.json are for, and leaves the result in
// sizes.json and in README.md. A test measures again.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { betweenMarks } from "../tools/between-marks.mjs";

const root = path.resolve(import.meta.dirname, "..");
const RESULTS = path.join(import.meta.dirname, "sizes.json");
const PAGE = path.join(import.meta.dirname, "README.md");
const MARKS = ["<!-- sizes: written by `npm run size:publish` -->", "<!-- end of sizes -->"];

/** What `size-limit` measures of the built package: names and bytes. */
export function measured() {
  const program = path.join(root, "node_modules/size-limit/bin.js");
  const output = execFileSync(process.execPath, [program, "--json"], { cwd: root, encoding: "utf8" });
  return JSON.parse(output).map(({ name, size }) => ({ name, bytes: size }));
}

/** The page with a table of sizes, and of the limits that package.json sets for them. */
export function withSizes(page, sizes, limits) {
  const rows = sizes.map(({ name, bytes }) => {
    return `| ${code(name)} | ${limits.find((each) => each.name === name).limit} | ${bytes} B |`;
  });
  return betweenMarks(PAGE, page, MARKS, `| what | limit | measured |\n| --- | --- | --- |\n${rows.join("\n")}`);
}

const code = (name) => name.replace(/^import \{.*\}(?: from \S+\w)?|halfminute[\w/-]*/, "`$&`");

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const sizes = measured();
  const { "size-limit": limits } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  writeFileSync(RESULTS, `${JSON.stringify(sizes, null, 2)}\n`);
  writeFileSync(PAGE, await withSizes(readFileSync(PAGE, "utf8"), sizes, limits));
}
