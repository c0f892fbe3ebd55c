// Counters on both sides of the limits of other languages' integers.
import { answered, confirmCodes } from "./code-rows.ts";
import { madeByOathtool, programs } from "./oracles.ts";
import { rfcKey } from "./rfc.ts";
import { ALGORITHMS, DIGITS, type VectorFile } from "./rows.ts";

export function countersAtBorders(): VectorFile {
  const borders: readonly (readonly [number, string])[] = [
    [2 ** 31 - 1, "2^31-1, the last that fits a signed 32-bit integer"],
    [2 ** 31, "2^31, the first that does not"],
    [2 ** 32 - 1, "2^32-1, the last that fits an unsigned 32-bit integer"],
    [2 ** 32, "2^32, the first that does not"],
    [2 ** 53 - 2, "2^53-2"],
    [2 ** 53 - 1, "2^53-1, the last integer that a double holds safely"],
  ];
  const rows = borders.flatMap(([counter, note]) =>
    ALGORITHMS.flatMap((algorithm) =>
      DIGITS.map((digits) =>
        answered({ key: rfcKey(algorithm), algorithm, digits, counter }, { truncated: true, note }),
      ),
    ),
  );
  const { node, pyotp } = programs();
  return {
    $schema: "./schema/codes.schema.json",
    title: "Codes on both sides of the borders of 31, 32 and 53 bits",
    source: madeByOathtool("--hotp for SHA-1; --totp with steps of one second for the others"),
    extracted: `Keys: 20, 32 and 64 bytes of 1234567890 repeated, as in RFC 6238. Codes by the program; truncated by ${node} crypto.`,
    confirmedBy: [pyotp, `${node} crypto`],
    rows: confirmCodes(rows),
  };
}
