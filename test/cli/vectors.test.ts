import { afterEach, describe, expect, it, vi } from "vitest";

import * as conformance from "../../src/vectors/vector-conformance.ts";
import type { VectorReport } from "../../src/vectors/vector-conformance.ts";
import { expectWrongUse, halfminute } from "./world.ts";

type Rows = VectorReport["rows"];

/** What the faces answer: first WebCrypto, then the synchronous one. */
function answers(first: Readonly<Record<string, Rows>>, second: Readonly<Record<string, Rows>>): void {
  const reports = (files: Readonly<Record<string, Rows>>): VectorReport[] =>
    Object.entries(files).map(([file, rows]) => ({ file, title: "a title", rows }));
  vi.spyOn(conformance, "checkVectors").mockResolvedValueOnce(reports(first)).mockResolvedValueOnce(reports(second));
}

vi.mock("../../src/vectors/vector-conformance.ts", { spy: true });

describe("halfminute vectors", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("prints a table of the shipped vectors, which pass", async () => {
    const { exitCode, out, error } = await halfminute(["vectors"]);
    expect([exitCode, error]).toEqual([0, ""]);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^file +passed +failed$/);
    expect(lines).toContain("rfc6238-appendix-b.json         18       0");
    expect(lines.at(-2)).toBe("halfminute 1.2.3 on node 0.0.0: passed");
  });

  it("sorts the files, and names a failed row by file, index and layers of both faces", async () => {
    answers({ "b.json": [[]], "a.json": [[], ["hotp"], []] }, { "b.json": [[]], "a.json": [[], ["hotp"], ["totp"]] });
    const { exitCode, out, error } = await halfminute(["vectors"]);
    expect([exitCode, error]).toEqual([1, ""]);
    expect(out.split("\n")).toEqual([
      "file      passed  failed",
      "a.json         1       2",
      "b.json         1       0",
      "total          2       2",
      "a.json row 1: hotp, sync-hotp",
      "a.json row 2: sync-totp",
      "halfminute 1.2.3 on node 0.0.0: FAILED",
      "",
    ]);
  });

  it("counts a file that only one face has", async () => {
    answers({}, { "a.json": [["steam"]] });
    const { exitCode, out } = await halfminute(["vectors", "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      version: "1.2.3",
      runtime: "node 0.0.0",
      passed: 0,
      failed: 1,
      files: [{ file: "a.json", passed: 0, failed: 1, failures: [{ row: 0, layers: ["sync-steam"] }] }],
    });
  });

  it("fails if no row was checked", async () => {
    answers({}, {});
    expect((await halfminute(["vectors"])).exitCode).toBe(1);
  });

  it("does not take words", async () => {
    expectWrongUse(await halfminute(["vectors", "more"]), /argument 2 is one too many/);
  });
});
