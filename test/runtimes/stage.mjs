// A project of its own with the package as npm would publish it, and beside it the suite and the
// programs that run it.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { build } from "esbuild";

const here = import.meta.dirname;
const root = path.resolve(here, "../..");

export function stagePackage() {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-runtimes-"));
  unpack(folder);
  cpSync(path.join(here, "programs"), folder, { recursive: true });
  copyFileSync(path.join(root, "test/conformance/suite.js"), path.join(folder, "suite.js"));
  copyFileSync(path.join(root, "test/conformance/qr-suite.js"), path.join(folder, "qr-suite.js"));
  cpSync(path.join(root, "node_modules/qr"), path.join(folder, "node_modules/qr"), { recursive: true });
  return {
    /** Where a program is. */
    file: (program) => path.join(folder, program),
    /** A program and all it imports as one script, for runtimes without files. */
    bundle: (program, options) => bundle(path.join(folder, program), options),
    /** Which subpaths of the package the next runtime gets. */
    setFaces: (faces) => writeFileSync(path.join(folder, "faces.mjs"), faceModule(faces)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function unpack(folder) {
  const target = path.join(folder, "node_modules/halfminute");
  mkdirSync(target, { recursive: true });
  const words = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", words, { cwd: root, stdio: ["ignore", "ignore", "pipe"], shell: process.platform === "win32" });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  execFileSync("tar", ["-xzf", tarball, "-C", "node_modules/halfminute", "--strip-components=1"], { cwd: folder });
  // Deno resolves only what the project names.
  const project = { private: true, type: "module", dependencies: { halfminute: "*", qr: "*" } };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(project));
}

function faceModule(faces) {
  const imports = faces.map((face, index) => `import * as face${index} from "${face}";\n`);
  const entries = faces.map((face, index) => `"${face}": face${index}`);
  return `${imports.join("")}export const faces = { ${entries.join(", ")} };\n`;
}

async function bundle(program, options) {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    logLevel: "warning",
    ...options,
  });
  return outputFiles[0].text;
}
