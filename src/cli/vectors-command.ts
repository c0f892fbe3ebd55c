// `halfminute vectors`: does this build, on this runtime, still make what the standards and other programs make?
import type { Arguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import { ROW_CHECKS, type RowCheck } from "./vector-checks.ts";

export const vectorsCommand: Command = {
  name: "vectors",
  summary: "run the published test vectors against this build and runtime",
  help: `Usage: halfminute vectors [options]

Runs every test vector of the package against this build on this runtime, and
prints for each file how many rows passed and failed. A failed row is named by
its file, its index from 0 and the layers that are wrong; sync- is before those
of halfminute/sync. Exit code 1 if any row
or file failed, or if there is none.

  --json               { "ok": BOOLEAN, "version": TEXT, "runtime": TEXT,
                       "passed": N, "failed": N, "files": [ { "file": TEXT,
                       "passed": N, "failed": N, "problem": TEXT or null,
                       "failures": [ { "row": N, "layers": [ TEXT ] } ] } ] }`,
  syntax: { values: [], flags: ["json"], words: 0 },
  run,
};

interface FileReport {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  /** Why the file could not be run at all. */
  readonly problem: string | null;
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
  const files: FileReport[] = [];
  for (const file of await vectorFiles(io)) files.push(await checkFile(file, io));
  const passed = sum(files.map((file) => file.passed));
  const failed = sum(files.map((file) => file.failed));
  const ok = passed > 0 && failed === 0 && files.every(({ problem }) => problem === null);
  const report = { ok, version: io.version(), runtime: io.runtime, passed, failed, files };
  answer(io, given, describe(report), report);
  return ok ? 0 : 1;
}

/** The folder's own files; the schemas lie in a folder below. No folder is no files, and so a failure. */
async function vectorFiles(io: Io): Promise<readonly string[]> {
  const names = await io.listFolder(io.vectorsFolder).catch(() => []);
  return names.filter((name) => name.endsWith(".json") && name !== "package.json").sort();
}

async function checkFile(file: string, io: Io): Promise<FileReport> {
  const text = await io.readFile(`${io.vectorsFolder}/${file}`, Infinity).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => undefined,
  );
  if (text === undefined) return broken(file, "cannot be read");
  const { $schema, rows } = parseEnvelope(text);
  const kind = /^\.\/schema\/([a-z0-9-]+)\.schema\.json$/.exec(String($schema))?.[1] ?? "";
  const check = Object.hasOwn(ROW_CHECKS, kind) ? ROW_CHECKS[kind] : undefined;
  if (!Array.isArray(rows)) return broken(file, "is no vector file");
  if (!check) return broken(file, "is of an unknown kind");
  return rows.length === 0 ? broken(file, "has no rows") : checkRows(file, rows, check);
}

function parseEnvelope(text: string): { readonly $schema?: unknown; readonly rows?: unknown } {
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    return {};
  }
}

function broken(file: string, problem: string): FileReport {
  return { file, passed: 0, failed: 0, problem, failures: [] };
}

async function checkRows(file: string, rows: readonly unknown[], check: RowCheck): Promise<FileReport> {
  const failures: { row: number; layers: readonly string[] }[] = [];
  for (const [row, value] of rows.entries()) {
    const layers = await check(value);
    if (layers.length > 0) failures.push({ row, layers });
  }
  const failed = failures.length;
  return { file, passed: rows.length - failed, failed, problem: null, failures };
}

function describe({ ok, version, runtime, passed, failed, files }: Report): string {
  const width = Math.max(...files.map(({ file }) => file.length), "total".length) + 2;
  const line = (name: string, ...counts: readonly (string | number)[]): string =>
    name.padEnd(width) + counts.map((count) => String(count).padStart(8)).join("");
  const table = [
    line("file", "passed", "failed"),
    ...files.map((file) =>
      file.problem === null ? line(file.file, file.passed, file.failed) : line(file.file, "-", "-"),
    ),
    line("total", passed, failed),
  ];
  const problems = files.flatMap(({ file, problem, failures }) => [
    ...(problem === null ? [] : [`${file} ${problem}`]),
    ...failures.map(({ row, layers }) => `${file} row ${row}: ${layers.join(", ")}`),
  ]);
  if (files.length === 0) problems.push("no vector files were found");
  return [...table, ...problems, `halfminute ${version} on ${runtime}: ${ok ? "passed" : "FAILED"}`].join("\n");
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
