// Installs the packages of tests, examples and the site that have their own lock files, or those of
// the named folders. Does nothing where they are installed.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const FOLDERS = [
  "test/runtimes",
  "test/package/loaders",
  "test/workflows",
  "examples/orm",
  "examples/frameworks",
  "examples/nestjs",
  "bench/thirdparty",
  "site",
  "tools/mutation",
];

const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function run(cwd, ...words) {
  console.error(`> ${path.relative(root, cwd)}: npm ${words.join(" ")}`);
  const { status } = spawnSync("npm", words, { cwd, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status !== 0) process.exit(status ?? 1);
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : FOLDERS;

for (const name of wanted) {
  const folder = path.join(root, name);
  const installed = changedAt(path.join(folder, "node_modules/.package-lock.json"));
  if (installed >= changedAt(path.join(folder, "package-lock.json"))) continue;
  run(folder, "ci", "--no-audit", "--no-fund", "--loglevel=error");
}
const orm = path.join(root, "examples/orm");
if (wanted.includes("examples/orm") && !existsSync(path.join(orm, "generated")))
  run(orm, "run", "--silent", "generate");
