// Dynamic truncation (RFC 4226 §5.3) where it goes wrong: every offset, MACs of every length, the
// top bit set.
import { checkSame } from "./checks.ts";
import { lastDigits, truncate } from "./node-crypto.ts";
import { programs, python } from "./oracles.ts";
import { inRfc } from "./rfc.ts";
import { type TruncationRow, type VectorFile } from "./rows.ts";
import { seededBytes } from "./seeded.ts";

export function truncationOffsets(): VectorFile {
  const rows = [20, 32, 64].flatMap((length) =>
    Array.from({ length: 16 }, (_, offset) => ({ mac: macWithOffset(length, offset), digits: 6 + (offset % 3) })),
  );
  const answers = (python("truncation", rows) as TruncationRow[]).map(({ mac, offset, truncated, digits, code }) => ({
    mac,
    offset,
    truncated,
    digits,
    code,
  }));
  for (const { mac, truncated, digits, code } of answers) {
    checkSame("truncation", [truncated, code], [truncate(mac), lastDigits(truncate(mac), digits)]);
  }
  return {
    $schema: "./schema/truncation.schema.json",
    title: "Dynamic truncation at every offset, with the top bit set",
    source: inRfc(4226, "5.3", "section-5.3"),
    extracted:
      "MACs of 20, 32 and 64 bytes derived from a fixed seed by SHA-256, then changed: the last byte says the offset, the bytes 19 and 31 " +
      "of longer MACs say another one, and the top bit of the four bytes is set. Answers computed by " +
      `${programs().python} with integer arithmetic.`,
    confirmedBy: [programs().node],
    rows: answers,
  };
}

function macWithOffset(length: number, offset: number): string {
  const mac = Buffer.from(seededBytes(`truncation ${length} ${offset}`, length));
  const setLowBits = (index: number, value: number): void => {
    mac.writeUInt8((mac.readUInt8(index) & 0xf0) | value, index);
  };
  mac.writeUInt8(mac.readUInt8(offset) | 0x80, offset);
  for (const index of [19, 31].filter((other) => other < length - 1)) setLowBits(index, (offset + 7) % 16);
  setLowBits(length - 1, offset);
  return mac.toString("hex");
}
