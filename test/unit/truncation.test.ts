import { describe, expect, it } from "vitest";

import { truncate } from "../../src/truncation.ts";
import { readVectors } from "../conformance/vectors.js";
import { fromHex } from "../helpers/hex.ts";

interface Row {
  readonly mac: string;
  readonly truncated: number;
}

describe.each(Object.entries(readVectors()))("%s", (_, { rows }) => {
  const truncations = (rows as unknown as Partial<Row>[]).filter(
    (row): row is Row => row.mac !== undefined && row.truncated !== undefined,
  );
  it.runIf(truncations.length > 0)("MAC becomes number", () => {
    for (const { mac, truncated } of truncations) {
      const bytes = fromHex(mac);
      // As a part of a larger buffer, as a pool would hold it.
      const pool = new Uint8Array(bytes.length + 7).fill(0xff);
      pool.set(bytes, 5);
      expect(truncate(new DataView(pool.buffer, 5, bytes.length))).toBe(truncated);
    }
  });
});
