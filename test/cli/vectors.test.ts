import { describe, expect, it } from "vitest";

import type { Io } from "../../src/cli/io.ts";
import { answerFor } from "../../src/cli/vectors-command.ts";
import type { VectorReport } from "../../src/vectors/vector-conformance.ts";
import { expectWrongUse, halfminute } from "./world.ts";

type Rows = VectorReport["rows"];

/** The command's answer to what the faces report: first WebCrypto, then the synchronous one. */
function answered(
  first: Readonly<Record<string, Rows>>,
  second: Readonly<Record<string, Rows>>,
  ...flags: readonly string[]
): { exitCode: number; out: string } {
  const reports = (files: Readonly<Record<string, Rows>>): VectorReport[] =>
    Object.entries(files).map(([file, rows]) => ({ file, title: "a title", rows }));
  let out = "";
  const io: Pick<Io, "runtime" | "version" | "writeOut"> = {
    runtime: "node 0.0.0",
    version: () => "1.2.3",
    writeOut: (text) => void (out += text),
  };
  const exitCode = answerFor(new Map(flags.map((flag) => [flag, ""])), io as Io, reports(first), reports(second));
  return { exitCode, out };
}

describe("halfminute vectors", () => {
  it("prints a table of the shipped vectors, which pass", async () => {
    const { exitCode, out, error } = await halfminute(["vectors"]);
    expect([exitCode, error]).toEqual([0, ""]);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^file +passed +failed$/);
    expect(lines).toContain("rfc6238-appendix-b.json         18       0");
    expect(lines.at(-2)).toBe("halfminute 1.2.3 on node 0.0.0: passed");
  });

  it("sorts the files, and names a failed row by file, index and layers of both faces", () => {
    const { exitCode, out } = answered(
      { "b.json": [[]], "a.json": [[], ["hotp"], []] },
      { "b.json": [[]], "a.json": [[], ["hotp"], ["totp"]] },
    );
    expect(exitCode).toBe(1);
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

  it("counts a file that only one face has", () => {
    const { exitCode, out } = answered({}, { "a.json": [["steam"]] }, "json");
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

  it("fails if no row was checked", () => {
    expect(answered({}, {}).exitCode).toBe(1);
  });

  it("does not take words", async () => {
    expectWrongUse(await halfminute(["vectors", "more"]), /argument 2 is one too many/);
  });
});
