// The tables of RFC 4226, 4648 and 6238, parsed from their texts; values that a text gives twice
// must agree.
import { checkSame, found } from "./checks.ts";
import { rfcKey } from "./rfc.ts";
import { ALGORITHMS, type Algorithm, type Base32Row, type CodeRow, type TruncationRow } from "./rows.ts";

export function appendixDRows(text: string): CodeRow[] {
  const key = found(/Secret = 0x([0-9a-f]{40})/.exec(text)?.[1], "the secret of Appendix D");
  checkSame("the secret of Appendix D", key, rfcKey("SHA-1"));
  const macs = matches(text, /^ {3}(\d) {8}([0-9a-f]{40})$/gm);
  const values = matches(text, /^ {3}(\d) +([0-9a-f]{7,8}) +(\d+) +(\d{6})$/gm);
  checkSame("rows of Appendix D", [macs.length, values.length], [10, 10]);
  return values.map((value, counter) => {
    const [count, mac] = found(macs[counter], "a MAC");
    checkSame("counts of Appendix D", [count, value[0]], [String(counter), String(counter)]);
    const truncated = parseInt(group(value, 1), 16);
    checkSame("hexadecimal and decimal of Appendix D", truncated, Number(value[2]));
    return { key, algorithm: "SHA-1", digits: 6, counter, code: group(value, 3), mac: found(mac, "a MAC"), truncated };
  });
}

export function section54Rows(text: string): TruncationRow[] {
  const [numbers, bytes, ...others] = matches(text, /^ {3}\|((?:[0-9a-f]{2}\|){20})$/gm).map((groups) =>
    group(groups, 0).replaceAll("|", ""),
  );
  checkSame("byte numbers of section 5.4", [numbers?.slice(0, 6), others.length], ["000102", 0]);
  const value = (pattern: RegExp): string => found(pattern.exec(text)?.[1], String(pattern));
  return [
    {
      mac: found(bytes, "the bytes of section 5.4"),
      offset: parseInt(value(/The offset value is byte 10 \(0x([0-9a-f])\)/), 16),
      truncated: parseInt(value(/DBC2 = DBC1 = 0x([0-9a-f]{8})/), 16),
      digits: Number(value(/HOTP = DBC2 modulo 10\^(\d)/)),
      code: value(/HOTP = DBC2 modulo 10\^6 = (\d{6})/),
    },
  ];
}

export function appendixBRows(text: string): CodeRow[] {
  const keys = rfc6238Keys(text);
  const line =
    /^ {2}\| +(\d+) +\| +(\d{4}-\d\d-\d\d) +\| ([0-9A-F]{16}) \| (\d{8}) \| +SHA(1|256|512) +\|\n {2}\| +\| +(\d\d:\d\d:\d\d) +\|/gm;
  const rows = matches(text, line);
  checkSame("rows of Appendix B", rows.length, 18);
  return rows.map((row): CodeRow => {
    const seconds = Number(row[0]);
    const algorithm = `SHA-${group(row, 4)}` as Algorithm;
    checkSame("date of Appendix B", Date.parse(`${group(row, 1)}T${group(row, 5)}Z`), seconds * 1000);
    const input = { key: keys[algorithm], algorithm, digits: 8, counter: parseInt(group(row, 2), 16) };
    return { ...input, code: group(row, 3), time: { seconds, period: 30, t0: 0 } };
  });
}

/** The seeds in the reference code of Appendix A, joined from their string literals. */
function rfc6238Keys(text: string): Record<Algorithm, string> {
  const seed = (name: string): string => {
    const literals = found(new RegExp(`String ${name} = ([^;]+);`).exec(text)?.[1], name);
    return literals.replace(/[^0-9]/g, "");
  };
  const keys = { "SHA-1": seed("seed"), "SHA-256": seed("seed32"), "SHA-512": seed("seed64") };
  for (const algorithm of ALGORITHMS) checkSame(algorithm, keys[algorithm], rfcKey(algorithm));
  return keys;
}

export function base32Rows(text: string): Base32Row[] {
  const rows = matches(text, /^ {3}BASE32\("(\w*)"\) = "([A-Z2-7=]*)"$/gm).map((groups) => {
    const padded = group(groups, 1);
    return { bytes: Buffer.from(group(groups, 0)).toString("hex"), padded, unpadded: padded.replace(/=+$/, "") };
  });
  checkSame("rows of section 10", rows.length, 7);
  return rows;
}

/** The groups of every match. */
function matches(text: string, pattern: RegExp): string[][] {
  return [...text.matchAll(pattern)].map((match) => match.slice(1));
}

function group(groups: readonly string[], index: number): string {
  return found(groups[index], `group ${index + 1} of a match`);
}
