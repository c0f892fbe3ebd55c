// `halfminute vectors`: checks that this build, on this runtime, gives the values of the standards
// and of other programs.
import { checkVectors, type VectorReport } from "../vectors/vector-conformance.ts";
import { synchronousFace, webCryptoFace } from "../vectors/faces.ts";
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { JSON_OPTION } from "./option.ts";

export const vectorsCommand: Command = {
  name: "vectors",
  summary: "run the test vectors on this build and runtime",
  synopsis: ["[options]"],
  about: `Runs the test vectors of the package and prints, for each file, how many rows
passed and failed. A failed row is named with its file, its index from 0 and the
layers that are wrong; those of halfminute/sync begin with sync-. The exit code
is 1 if a row failed.`,
  options: [JSON_OPTION],
  words: 0,
  run,
};

interface FileReport {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly { readonly row: number; readonly layers: readonly string[] }[];
}

interface Report {
  readonly ok: boolean;
  readonly version: string;
  readonly runtime: string;
  readonly passed: number;
  readonly failed: number;
  readonly files: readonly FileReport[];
}

async function run({ given }: Arguments, io: Io): Promise<ExitCode> {
  return answerFor(given, io, await checkVectors(webCryptoFace()), await checkVectors(synchronousFace()));
}

/** A row passes if it is right on both faces. */
export function answerFor(
  given: Arguments["given"],
  io: Io,
  ...reports: readonly (readonly VectorReport[])[]
): ExitCode {
  const files = fileReports(reports);
  const passed = sum(files.map((file) => file.passed));
  const failed = sum(files.map((file) => file.failed));
  const ok = passed > 0 && failed === 0;
  const report = { ok, version: io.version(), runtime: io.runtime, passed, failed, files };
  answer(io, given, describe(report), report);
  return ok ? 0 : 1;
}

const PREFIXES = ["", "sync-"];

function fileReports(reports: readonly (readonly VectorReport[])[]): readonly FileReport[] {
  const found = new Map<string, string[][]>();
  reports.forEach((files, face) => {
    for (const { file, rows } of files) {
      const layers = found.get(file) ?? rows.map((): string[] => []);
      rows.forEach((wrong, row) => layers[row]?.push(...wrong.map((layer) => `${PREFIXES[face] ?? ""}${layer}`)));
      found.set(file, layers);
    }
  });
  return [...found]
    .map(([file, rows]) => {
      const failures = rows.flatMap((layers, row) => (layers.length > 0 ? [{ row, layers }] : []));
      return { file, passed: rows.length - failures.length, failed: failures.length, failures };
    })
    .sort((one, other) => (one.file < other.file ? -1 : 1));
}

function describe({ ok, version, runtime, passed, failed, files }: Report): string {
  const width = Math.max(...files.map(({ file }) => file.length), "total".length) + 2;
  const line = (name: string, ...counts: readonly (string | number)[]): string =>
    name.padEnd(width) + counts.map((count) => String(count).padStart(8)).join("");
  return [
    line("file", "passed", "failed"),
    ...files.map((file) => line(file.file, file.passed, file.failed)),
    line("total", passed, failed),
    ...files.flatMap(({ file, failures }) =>
      failures.map(({ row, layers }) => `${file} row ${row}: ${layers.join(", ")}`),
    ),
    `halfminute ${version} on ${runtime}: ${ok ? "passed" : "FAILED"}`,
  ].join("\n");
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
