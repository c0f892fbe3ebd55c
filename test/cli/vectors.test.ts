import { describe, expect, it } from "vitest";

import { expectWrongUse, halfminute, type Outcome } from "./world.ts";

const GOOD = { bytes: "666f6f62", padded: "MZXW6YQ=", unpadded: "MZXW6YQ" };
const BAD = { ...GOOD, padded: "GEZDGNBV" };

function base32(...rows: readonly unknown[]): string {
  return JSON.stringify({ $schema: "./schema/base32.schema.json", title: "a title", rows });
}

async function vectors(files: Readonly<Record<string, string>>, ...words: readonly string[]): Promise<Outcome> {
  const inFolder = Object.fromEntries(Object.entries(files).map(([name, text]) => [`vectors/${name}`, text]));
  return halfminute(["vectors", ...words], { files: inFolder });
}

describe("halfminute vectors", () => {
  it("prints a table", async () => {
    const files = { "b.json": base32(GOOD, GOOD), "a.json": base32(GOOD), schema: "", "README.md": "" };
    const { exitCode, out, error } = await vectors(files);
    expect([exitCode, error]).toEqual([0, ""]);
    expect(out.split("\n")).toEqual([
      "file      passed  failed",
      "a.json         1       0",
      "b.json         2       0",
      "total          3       0",
      "halfminute 1.2.3 on node 0.0.0: passed",
      "",
    ]);
  });

  it("names a failed row by file, index and layers, and shows nothing of it", async () => {
    const { exitCode, out, error } = await vectors({ "a.json": base32(GOOD, BAD, GOOD, {}), "b.json": base32(GOOD) });
    expect([exitCode, error]).toEqual([1, ""]);
    expect(out.split("\n")).toEqual([
      "file      passed  failed",
      "a.json         2       2",
      "b.json         1       0",
      "total          3       2",
      "a.json row 1: encode-padded, decode-padded",
      "a.json row 3: shape",
      "halfminute 1.2.3 on node 0.0.0: FAILED",
      "",
    ]);
  });

  it.each([
    ["not JSON", "is no vector file"],
    ["null", "is no vector file"],
    ["[]", "is no vector file"],
    ['{"$schema":"./schema/base32.schema.json"}', "is no vector file"],
    ['{"$schema":"./schema/base32.schema.json","rows":{"length":1}}', "is no vector file"],
    [base32(), "has no rows"],
    [base32(GOOD).replace("base32.", "base64."), "is of an unknown kind"],
    [base32(GOOD).replace("base32.", "constructor."), "is of an unknown kind"],
    [base32(GOOD).replace("./schema", "./other"), "is of an unknown kind"],
    [base32(GOOD).replace("$schema", "schema"), "is of an unknown kind"],
  ])("%s %s, and that is a failure", async (text, problem) => {
    const { exitCode, out } = await vectors({ "a.json": base32(GOOD), "b.json": text });
    expect(exitCode).toBe(1);
    expect(out).toContain("\nb.json         -       -\n");
    expect(out).toContain(`\nb.json ${problem}\n`);
    expect(out).toMatch(/: FAILED\n$/);
  });

  it("a file that cannot be read is a failure", async () => {
    const io = { listFolder: () => Promise.resolve(["a.json"]) };
    const { exitCode, out } = await halfminute(["vectors"], { io });
    expect(exitCode).toBe(1);
    expect(out).toContain("\na.json cannot be read\n");
  });

  it("no file is a failure, and so is no folder", async () => {
    for (const outcome of [await vectors({ "README.md": "" }), await vectors({})]) {
      expect(outcome.exitCode).toBe(1);
      expect(outcome.out).toContain("\nno vector files were found\n");
    }
  });

  it("--json", async () => {
    const files = { "a.json": base32(GOOD, BAD), "b.json": base32() };
    const { exitCode, out } = await vectors(files, "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ...{ ok: false, version: "1.2.3", runtime: "node 0.0.0", passed: 1, failed: 1 },
      files: [
        {
          ...{ file: "a.json", passed: 1, failed: 1, problem: null },
          failures: [{ row: 1, layers: ["encode-padded", "decode-padded"] }],
        },
        { file: "b.json", passed: 0, failed: 0, problem: "has no rows", failures: [] },
      ],
    });
    const good = await vectors({ "a.json": base32(GOOD) }, "--json");
    expect(good.exitCode).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ ok: true, passed: 1, failed: 0 });
  });

  it("takes no words", async () => {
    expectWrongUse(await vectors({}, "more"), /argument 2 is one too many/);
  });
});
