// The last step of `npm run build`: the declarations, and the license of what is bundled.
//
// Each source has one declaration file, `dist/types/**/*.d.cts`, which keeps its names and comments. Both module systems share
// it, so that a type is the same type whichever way it is imported: each face has a `.d.mts` for `import` that names what its
// `.d.cts` names, and everything else exists once.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

import { faces, ROOT } from "./faces.ts";

const TYPES = path.join(ROOT, "dist/types");
const RELATIVE = /(?<=(?:from |import\()")(\.{1,2}\/[^"]+)\.ts(?=")/g;

/** The declarations of one source, which has its exports' types written out: no other file is read for them. */
function declarations(source: string): string {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(path.join(ROOT, source), "utf8"), {
    fileName: source,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, declaration: true, isolatedDeclarations: true, strict: true },
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})));
  return outputText;
}

/** `src/stores/memory.ts` is declared in `stores/memory`, `src/qr/index.ts` in `qr` if it is a face. */
const facesBySource = new Map(faces().map(({ name, source }) => [source, name]));

function declarationName(source: string): string {
  return facesBySource.get(source) ?? source.slice("src/".length, -".ts".length);
}

/** The specifier of one declaration in another, without its extension. */
function specifier(from: string, to: string): string {
  const relative = path.posix.relative(path.posix.dirname(from), to);
  return relative.startsWith(".") ? relative : `./${relative}`;
}

function write(name: string, text: string): void {
  const file = path.join(TYPES, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Whether a declaration file only passes on what others declare. */
function isOnlyNames(text: string): boolean {
  return ts.createSourceFile("face.d.ts", text, ts.ScriptTarget.ES2022).statements.every(ts.isExportDeclaration);
}

rmSync(TYPES, { recursive: true, force: true });
const reached = [...facesBySource.keys()];
for (const source of reached) {
  const name = declarationName(source);
  const text = declarations(source).replace(RELATIVE, (_, imported: string) => {
    const target = path.posix.join(path.posix.dirname(source), `${imported}.ts`);
    if (!reached.includes(target)) reached.push(target); // and is visited later
    return `${specifier(name, declarationName(target))}.cjs`;
  });
  write(`${name}.d.cts`, text);
  if (!facesBySource.has(source)) continue;
  const own = `export * from "${specifier(name, name)}.cjs";\n`;
  write(`${name}.d.mts`, isOnlyNames(text) ? text : own);
}

copyFileSync(path.join(ROOT, "node_modules/qr/LICENSE-MIT"), path.join(ROOT, "dist/cjs/qr.LICENSE"));
