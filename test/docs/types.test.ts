// Every program in a `ts` fence of the pages compiles as an app would compile it, against the built
// types. `js` fences have no types.
import path from "node:path";

import ts from "typescript";
import { expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { fencesIn, read, writtenPages } from "./fences.ts";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: true,
  types: ["node"],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
};

/**
 * What the compiler says to programs that would be files in this folder, from where they find the
 * package and drivers.
 */
function complaints(programs: ReadonlyMap<string, string>): string[] {
  const host = ts.createCompilerHost(OPTIONS);
  const onDisk = { ...host };
  host.fileExists = (file) => programs.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => programs.get(file) ?? onDisk.readFile(file);
  host.getSourceFile = (file, options) => {
    const text = programs.get(file);
    return text === undefined ? onDisk.getSourceFile(file, options) : ts.createSourceFile(file, text, options);
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([...programs.keys()], OPTIONS, host));
  return found.map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${path.basename(file?.fileName ?? "")}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

function fileOf(name: string): string {
  return path.posix.join(ROOT, "test/docs", `${name.replaceAll(/[/:.]/g, "-")}.mts`);
}

it("compile under strict", { timeout: 300_000 }, () => {
  const fences = writtenPages().flatMap((file) => fencesIn(file, read(file)));
  const programs = fences.filter(({ language }) => language === "ts");
  expect(programs.length).toBeGreaterThan(30);
  const broken = fileOf("broken");
  const texts = new Map(programs.map(({ name, text }) => [fileOf(name), text]));
  const wrong = 'import { generateSecret } from "halfminute";\ngenerateSecret(1);\n[""][0].trim();\n';
  const [first = "", second = "", ...rest] = complaints(new Map([[broken, wrong], ...texts]));
  expect([first, second].map((text) => text.slice(0, 18))).toEqual(["broken.mts, line 2", "broken.mts, line 3"]);
  expect(rest).toEqual([]);
});
