// The last step of `npm run build`: the declarations, CommonJS without white space, and the license
// of what is bundled. The manual page is made here too.
//
// Each source has one declaration file, `dist/types/**/*.d.cts`, which keeps its names and
// comments. Both module systems share it, so a type is the same type however it is imported. Each
// subpath also has a `.d.mts` that re-exports its `.d.cts`.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { transformSync } from "esbuild";

import { reachedDeclarations } from "./declarations.ts";
import { faces, ROOT } from "./faces.ts";
import { manualPage } from "./manual.ts";

const TYPES = path.join(ROOT, "dist/types");
const names = new Map(faces().map(({ name, source }) => [source, name]));

/**
 * The declarations of `src/qr/index.ts`, a subpath, are in `qr`; those of `src/qr/svg.ts` in
 * `qr/svg`.
 */
function nameOf(source: string): string {
  return names.get(source) ?? source.slice("src/".length, -".ts".length);
}

function specifier(name: string, from: string): string {
  const relative = path.posix.relative(path.posix.dirname(from), name);
  return `${relative.startsWith(".") ? "" : "./"}${relative}.cjs`;
}

function write(name: string, text: string): void {
  const file = path.join(TYPES, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

rmSync(TYPES, { recursive: true, force: true });
const rename = (source: string, from: string): string => specifier(nameOf(source), nameOf(from));
for (const [source, text] of reachedDeclarations([...names.keys()], rename)) {
  const name = nameOf(source);
  write(`${name}.d.cts`, text);
  if (!names.has(source)) continue;
  const isOnlyNames = !/^(export )?declare |^export interface |^import /m.test(text);
  write(`${name}.d.mts`, isOnlyNames ? text : `export * from "${specifier(name, name)}";\n`);
}

// The library's ES modules stay readable; CommonJS and the command line are minified here, because
// tsup breaks minified CommonJS that is split into files.
const DIST = path.join(ROOT, "dist");
const PROGRAM = path.join("cli", "main.js");
const programs = readdirSync(DIST, { recursive: true, encoding: "utf8" });
for (const name of programs.filter((file) => file.endsWith(".cjs") || file === PROGRAM)) {
  const file = path.join(DIST, name);
  writeFileSync(
    file,
    transformSync(readFileSync(file, "utf8"), {
      minifyWhitespace: true,
      minifySyntax: true,
      minifyIdentifiers: true, // in CommonJS functions keep their names, for stack traces
      target: "es2022",
    }).code,
  );
}

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
writeFileSync(path.join(DIST, "halfminute.1"), manualPage(version));

copyFileSync(path.join(ROOT, "node_modules/qr/LICENSE-MIT"), path.join(ROOT, "dist/cjs/qr.LICENSE"));
