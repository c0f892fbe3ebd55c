// The other libraries live in thirdparty/, with a lock file of their own: they are no dependency of
// the package.
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";

export const root = path.resolve(import.meta.dirname, "..");
export const thirdpartyFolder = path.join(import.meta.dirname, "thirdparty");

const changedAt = (name) => statSync(path.join(thirdpartyFolder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Installs what thirdparty/package-lock.json names, unless it is there. */
export function installThirdparty() {
  if (changedAt("node_modules/.package-lock.json") >= changedAt("package-lock.json")) return;
  console.error("> npm ci (in bench/thirdparty)");
  const isWindows = process.platform === "win32"; // where npm is a script that only a shell can start
  const words = ["ci", "--no-audit", "--no-fund"];
  execFileSync("npm", words, { cwd: thirdpartyFolder, stdio: ["ignore", 2, 2], shell: isWindows, timeout: 300_000 });
}

/** Name → version of everything that is compared. */
export function versions() {
  const read = (file) => JSON.parse(readFileSync(file, "utf8"));
  const names = Object.keys(read(path.join(thirdpartyFolder, "package.json")).dependencies);
  return {
    halfminute: read(path.join(root, "package.json")).version,
    ...Object.fromEntries(
      names.map((name) => [name, read(path.join(thirdpartyFolder, "node_modules", name, "package.json")).version]),
    ),
  };
}
