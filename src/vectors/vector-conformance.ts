// Checks every row at every layer that a library has: as results, or as tests of any test runner.
import { OtpError } from "../core/errors.ts";
import { readOptions, requireFunction } from "../core/parameters.ts";
import { type VectorFile, vectorFiles } from "./files.ts";
import { layersOf } from "./layers.ts";
import type { VectorLibrary } from "./library.ts";

/** The results for one file. */
export interface VectorReport {
  /** The file's name in the package's folder `vectors/`. */
  readonly file: string;
  /** The subject of the file. */
  readonly title: string;
  /** One entry for each row: the wrong layers, empty if none. */
  readonly rows: readonly (readonly string[])[];
}

/** Options of {@link vectorConformance}. */
export interface VectorConformanceOptions {
  /** Registers a test: `test` of Vitest, Jest, `node:test` and most others. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
}

/**
 * Registers a test for each vector file and each layer that the library has: base32, secrets, HMAC,
 * truncation, HOTP, TOTP, otpauth URIs and Steam codes, from the RFCs and other programs.
 *
 * @param library - The library under test: `halfminute`, `halfminute/sync`, or an object with
 * functions of the same names.
 * @param options - The function `test` of a test runner.
 * @throws {@link OtpError} `invalid-options`, `unknown-option`; `invalid-option` if `test` is not a
 * function, or the library has no function to check.
 * @example
 * ```ts
 * import * as halfminute from "halfminute";
 * import { vectorConformance } from "halfminute/vectors";
 *
 * const tests = new Map<string, () => Promise<void>>(); // or the test function of a test runner
 * vectorConformance(halfminute, { test: (name, run) => tests.set(name, run) });
 * for (const run of tests.values()) await run(); // throws if a row is wrong
 * console.log(tests.has("rfc6238-appendix-b.json: totp")); // true
 * ```
 * @see RFC 4226 appendix D; RFC 6238 appendix B; RFC 4648 §10; RFC 2202, RFC 4231
 */
export function vectorConformance(library: VectorLibrary, options: VectorConformanceOptions): void {
  const test = requireFunction(readOptions<Partial<VectorConformanceOptions>>(options, NAMES).test, "test");
  for (const { file, kind, rows } of filesFor(library)) {
    for (const layer of layersIn(kind, rows, library)) {
      test(`${file}: ${layer}`, async () => {
        const wrong: number[] = [];
        for (const [index, row] of rows.entries()) {
          if ((await wrongLayers(kind, row, library, [layer])).length > 0) wrong.push(index);
        }
        if (wrong.length > 0) throw new Error(`${file}: ${layer} is wrong in row ${wrong.join(", ")} (the first is 0)`);
      });
    }
  }
}

const NAMES: Partial<VectorConformanceOptions> = { test: undefined } as object;

/**
 * Runs the vectors without a test runner.
 *
 * @param library - The library under test, as for {@link vectorConformance}.
 * @returns A report for each file with a layer that the library has.
 * @throws {@link OtpError} (as a rejection) `invalid-option` if the library has no function to
 * check.
 * @example
 * ```ts
 * import * as sync from "halfminute/sync";
 * import { checkVectors } from "halfminute/vectors";
 *
 * const reports = await checkVectors(sync);
 * console.log(reports.flatMap(({ rows }) => rows).every((wrong) => wrong.length === 0)); // true
 * ```
 * @see RFC 4226 appendix D; RFC 6238 appendix B
 */
export async function checkVectors(library: VectorLibrary): Promise<readonly VectorReport[]> {
  const reports: VectorReport[] = [];
  for (const { file, title, kind, rows } of filesFor(library)) {
    const results: (readonly string[])[] = [];
    for (const row of rows) results.push(await wrongLayers(kind, row, library));
    reports.push({ file, title, rows: results });
  }
  return reports;
}

function filesFor(library: VectorLibrary): readonly VectorFile[] {
  if (typeof library !== "object" || (library as unknown) === null) {
    throw new OtpError("invalid-option", "library must be an object with functions such as generateHotp");
  }
  const files = vectorFiles().filter(({ kind, rows }) => layersIn(kind, rows, library).length > 0);
  if (files.length === 0) {
    throw new OtpError("invalid-option", "library must have at least one function to check, such as generateHotp");
  }
  return files;
}

function layersIn(kind: string, rows: readonly object[], library: VectorLibrary): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(layersOf(kind, row, library))))];
}

/** The wrong layers of a row, among those in `asked`. */
async function wrongLayers(
  kind: string,
  row: object,
  library: VectorLibrary,
  asked?: readonly string[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [layer, holds] of Object.entries(layersOf(kind, row, library))) {
    if (asked !== undefined && !asked.includes(layer)) continue;
    if (!(await isTrue(holds))) wrong.push(layer);
  }
  return wrong;
}

async function isTrue(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await holds();
  } catch {
    return false; // a layer that throws is wrong
  }
}
