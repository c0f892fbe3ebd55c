// The files from the RFCs: their rows, completed and confirmed.
import { readFileSync } from "node:fs";
import path from "node:path";

import { checkSame } from "./checks.ts";
import { confirmCodes } from "./code-rows.ts";
import { counterMessage, nodeMac, truncate } from "./node-crypto.ts";
import { programs, python as askPython } from "./oracles.ts";
import { appendixBRows, appendixDRows, base32Rows, section54Rows } from "./rfc-texts.ts";
import { inRfc } from "./rfc.ts";
import { type Base32Row, type CodeRow, type TruncationRow, type VectorFile } from "./rows.ts";

export function rfcFiles(folder: string): Record<string, VectorFile> {
  const read = (name: string): string => readFileSync(path.join(folder, name), "utf8").replaceAll("\r", "");
  const [rfc4226, rfc4648, rfc6238] = [read("rfc4226.txt"), read("rfc4648.txt"), read("rfc6238.txt")];
  const { node, oathtool, pyotp, python } = programs();
  return {
    "rfc4226-appendix-d.json": {
      $schema: "./schema/codes.schema.json",
      title: "HOTP codes of RFC 4226",
      source: inRfc(4226, "Appendix D", "appendix-D"),
      extracted:
        "Parsed out of the RFC's text: secret, MACs, truncated values (printed in hexadecimal and decimal, which agree) and codes.",
      confirmedBy: [oathtool, pyotp, `${node} crypto`],
      rows: confirmCodes(appendixDRows(rfc4226)),
    },
    "rfc4226-section-5.4.json": {
      $schema: "./schema/truncation.schema.json",
      title: "The worked example of dynamic truncation in RFC 4226",
      source: inRfc(4226, "5.4", "section-5.4"),
      extracted: "Parsed out of the RFC's text: the bytes of the MAC, the offset, the number and the code.",
      confirmedBy: [python, node],
      rows: confirmTruncations(section54Rows(rfc4226)),
    },
    "rfc6238-appendix-b.json": {
      $schema: "./schema/codes.schema.json",
      title: "TOTP codes of RFC 6238",
      source: inRfc(6238, "Appendix B, with the keys of Appendix A", "appendix-B"),
      extracted:
        "Parsed out of the RFC's text: time, T and code from the table, keys from the reference code. The prose of Appendix B names " +
        "one key of 20 bytes; the values are made with 20, 32 and 64 bytes. The RFC prints no MACs: mac and truncated are computed " +
        `by ${node} crypto and equal in ${python}.`,
      confirmedBy: [oathtool, pyotp, `${node} crypto`],
      rows: confirmCodes(withMacs(appendixBRows(rfc6238))),
    },
    "rfc4648-section-10.json": {
      $schema: "./schema/base32.schema.json",
      title: "Base32 of RFC 4648",
      source: inRfc(4648, "10", "section-10"),
      extracted: "Parsed out of the RFC's text; unpadded is the same without its equals signs.",
      confirmedBy: [`${python} base64`],
      rows: confirmBase32(base32Rows(rfc4648)),
    },
  };
}

/** The RFC prints no MACs: adds those of Node, which Python must confirm. */
function withMacs(rows: readonly CodeRow[]): CodeRow[] {
  const macs = rows.map(nodeMac);
  const messages = rows.map((row) => ({ ...row, data: counterMessage(row.counter).toString("hex") }));
  checkSame("MACs of Appendix B", macs, askPython("mac", messages));
  return rows.map((row) => {
    const { time, ...rest } = row;
    return { ...rest, mac: nodeMac(row), truncated: truncate(nodeMac(row)), ...(time && { time }) };
  });
}

/** Throws unless Python and this tool agree. */
function confirmTruncations(rows: readonly TruncationRow[]): readonly TruncationRow[] {
  checkSame("truncation", askPython("truncation", rows), rows);
  return rows;
}

/** Throws unless Python writes the same base32. */
function confirmBase32(rows: readonly Base32Row[]): readonly Base32Row[] {
  const padded = rows.map((row) => row.padded);
  const bytes = rows.map((row) => row.bytes);
  checkSame("base32", padded, askPython("base32", bytes));
  return rows;
}
