// Folders at the root of the package, for resolvers that do not know `exports` (Metro before 0.82,
// webpack 4, ESLint's import plugin): each points to its subpath. They exist only while the package
// is packed.
//
//     tsx tools/package/stubs.ts [remove]
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { faces, ROOT } from "./faces.ts";

const stubs = faces().filter(({ name }) => name !== "index"); // for which package.json speaks itself

function write(): void {
  for (const { name, conditions } of stubs) {
    const up = path.posix.relative(name, ".");
    const stub = {
      main: path.posix.join(up, conditions.require.default),
      module: path.posix.join(up, conditions.import.default),
      types: path.posix.join(up, conditions.require.types),
      sideEffects: false,
    };
    mkdirSync(path.join(ROOT, name), { recursive: true });
    writeFileSync(path.join(ROOT, name, "package.json"), `${JSON.stringify(stub, null, 2)}\n`);
  }
}

function remove(): void {
  for (const { name } of stubs) {
    rmSync(path.join(ROOT, name, "package.json"), { force: true });
    for (let folder = name; folder !== "."; folder = path.dirname(folder)) removeIfEmpty(path.join(ROOT, folder));
  }
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

if (process.argv[2] === "remove") remove();
else write();
