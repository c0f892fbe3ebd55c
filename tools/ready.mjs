// Makes a checkout ready: installs what package-lock.json names and builds what is stale. Does nothing when all is fresh.
// Plain JavaScript, because it runs before anything is installed.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** When a file or anything in a folder last changed; 0 if it is not there. */
function changedAt(name) {
  const file = path.join(root, name);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  return Math.max(stats.mtimeMs, ...readdirSync(file).map((entry) => changedAt(path.join(name, entry))));
}

function run(...words) {
  console.error(`> ${words.join(" ")}`);
  const isWindows = process.platform === "win32"; // where npm is a script that only a shell can start
  execFileSync(words[0], words.slice(1), { cwd: root, stdio: ["ignore", 2, 2], shell: isWindows });
}

if (changedAt("node_modules/.package-lock.json") < changedAt("package-lock.json")) run("npm", "ci");

const built = changedAt("dist/speakeasy.d.cts"); // the last that is made
const configurations = ["tsup.config.ts", "tsup.commonjs.config.ts", "tsconfig.json", "tsconfig.src.json"];
const sources = ["src", "package-lock.json", ...configurations];
if (sources.some((name) => changedAt(name) > built)) run("npm", "run", "build");
