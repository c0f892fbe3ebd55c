// A project of its own in which npm installed the packed package, as it does for a user, and beside
// it the suites and the programs that run them.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { build } from "esbuild";

import { packed, ROOT } from "../helpers/packed.ts";

const SYNC_FACES = ["halfminute/sync", "halfminute/steam", "halfminute/vectors"];
const FACES = [
  "halfminute",
  ...SYNC_FACES,
  "halfminute/qr",
  "halfminute/stores/conformance",
  "halfminute/stores/memory",
  "halfminute/stores/sqlite",
];

export async function stagePackage() {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-runtimes-"));
  const file = (name) => path.join(folder, name);
  const bundle = (program, options) => bundled(file(program), options);
  install(folder);
  cpSync(path.join(import.meta.dirname, "programs"), folder, { recursive: true });
  for (const suite of ["suite.js", "qr-suite.js"])
    copyFileSync(path.join(ROOT, "test/conformance", suite), file(suite));
  writeFileSync(file("faces.mjs"), importing(FACES));
  writeFileSync(file("bare-faces.mjs"), importing(SYNC_FACES));
  writeFileSync(file("faces.cjs"), requiring(FACES));
  writeFileSync(file("suites.cjs"), await bundle("suites.mjs", { format: "cjs" }));
  return {
    folder,
    /** Where a program is. */
    file,
    /** A program and all it imports as one script, for runtimes without files. */
    bundle,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Without a registry: its one dependency is packed too. */
function install(folder) {
  const npm = (cwd, ...words) =>
    execFileSync("npm", words, {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", 2],
      shell: process.platform === "win32",
    });
  copyFileSync(packed(), path.join(folder, "halfminute.tgz"));
  const qr = npm(folder, "pack", "--silent", path.join(ROOT, "node_modules/qr")).trim();
  const project = { private: true, type: "module" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(project));
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", "--silent", "./halfminute.tgz", `./${qr}`);
}

function importing(faces) {
  const imports = faces.map((face, index) => `import * as face${index} from "${face}";\n`);
  const entries = faces.map((face, index) => `"${face}": face${index}`);
  return `${imports.join("")}export const faces = { ${entries.join(", ")} };\n`;
}

function requiring(faces) {
  return `exports.faces = { ${faces.map((face) => `"${face}": require("${face}")`).join(", ")} };\n`;
}

async function bundled(program, options) {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    logLevel: "warning",
    ...options,
  });
  return outputFiles[0].text;
}
