// The two public faces have the same names, and say the same of them: what differs is that one of
// them promises.
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

function read(file: string): string {
  return readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8").replace(/\s+/g, " ");
}

/** The text of a file of the asynchronous face as the synchronous one should have it. */
function withoutPromises(text: string): string {
  return text
    .replace(/Promise<([^<>]+)>/g, "$1")
    .replace(/\b(async|await) /g, "")
    .replace(/ \(as a rejection\)/g, "")
    .replace(/;(?: \*)? `no-webcrypto`\./g, ".")
    .replace(/from "halfminute"/g, 'from "halfminute/sync"');
}

/** Line breaks of doc blocks, and what the formatter does with a signature that became shorter. */
function flat(text: string): string {
  return text
    .replace(/ \* (?!@)/g, " ")
    .replace(/\( /g, "(")
    .replace(/,? \)/g, ")");
}

function docBlocks(text: string): string[] {
  return Array.from(text.matchAll(/\/\*\*.*?\*\/ export (?:async )?function \w+/g), ([block]) => flat(block));
}

function exportedNames(file: string): string[] {
  const lists = Array.from(read(file).matchAll(/export (?:type )?\{([^}]*)\}/g), ([, names = ""]) => names);
  return lists.flatMap((names) => names.split(",").map((name) => name.replace(/\btype\b/, "").trim())).filter(Boolean);
}

describe("the two faces", () => {
  it("export the same names, but for the type of a key", () => {
    const renamed = exportedNames("index.ts").map((name) => (name === "WebCryptoKey" ? "OtpKey" : name));
    expect(renamed.sort()).toEqual(exportedNames("sync.ts").sort());
  });

  it.each(["hotp.ts", "totp.ts"])("describe each function in the same words: %s", (file) => {
    const promised = docBlocks(withoutPromises(read(`webcrypto/${file}`)));
    const synchronous = docBlocks(read(`portable/${file}`));
    expect(synchronous).toHaveLength(3);
    expect(promised).toEqual(synchronous);
  });

  it.each(["hotp.ts", "totp.ts"])("take the same parameters: %s", (file) => {
    const signatures = (text: string): string[] =>
      Array.from(flat(text).matchAll(/export function (\w+\(.*?\): [\w |]+?) \{/g), ([, signature = ""]) => signature);
    const synchronous = signatures(read(`portable/${file}`));
    expect(synchronous).toHaveLength(3);
    expect(signatures(withoutPromises(read(`webcrypto/${file}`)))).toEqual(synchronous);
  });
});
