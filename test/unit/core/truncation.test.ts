import { describe, expect, it } from "vitest";

import { truncate, truncateWords } from "../../../src/core/truncation.ts";
import { vectorFiles } from "../../../src/vectors/files.ts";
import { fromHex } from "../../helpers/hex.ts";

interface Row {
  readonly mac: string;
  readonly truncated: number;
}

const files = vectorFiles()
  .map(({ file, rows }) => ({ name: file, rows: (rows as Partial<Row>[]).filter(isTruncation) }))
  .filter(({ rows }) => rows.length > 0);

function isTruncation(row: Partial<Row>): row is Row {
  return row.mac !== undefined && row.truncated !== undefined;
}

describe("a MAC is truncated to its number", () => {
  it("in at least four files of vectors", () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  it.each(files)("in every row of $name", ({ rows }) => {
    for (const { mac, truncated } of rows) {
      const bytes = fromHex(mac);
      // As a part of a larger buffer, as a pool would hold it.
      const pool = new Uint8Array(bytes.length + 7).fill(0xff);
      pool.set(bytes, 5);
      expect(truncate(new DataView(pool.buffer, 5, bytes.length))).toBe(truncated);
      const view = new DataView(bytes.buffer);
      const words = Int32Array.from({ length: bytes.length / 4 }, (_, index) => view.getInt32(index * 4));
      expect(truncateWords(words)).toBe(truncated);
    }
  });
});
