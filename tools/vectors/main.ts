// Makes the test vectors in vectors/: reads tables from the RFCs, asks independent programs, and
// refuses to write anything on which two sources differ. Uses no code of this package: the code
// under test cannot confirm itself.
//
//   npm run vectors:make -- [--rfc FOLDER] [--check]
//
// FOLDER contains rfc4226.txt, rfc4648.txt and rfc6238.txt from the RFC editor; without it their
// four files stay as they are. --check writes nothing and exits with 1 if a file would change; the
// versions of the programs may differ. Needs oathtool, openssl and a python3 with pyotp (PYTHON
// names another one).
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { countersAtBorders } from "./borders.ts";
import { handWrittenFiles } from "./by-hand.ts";
import { vectorPath } from "./folder.ts";
import { formatFile, withoutVersions } from "./format.ts";
import { interopWithOathtool, interopWithPyotp } from "./interop.ts";
import { rfcFiles } from "./rfc-files.ts";
import { type VectorFile } from "./rows.ts";
import { codesOfSearchedSteps, leadingZeros, windowCollisions } from "./searches.ts";
import { steamCodes } from "./steam.ts";
import { truncationOffsets } from "./truncation-offsets.ts";

function main(): void {
  const { values } = parseArgs({ options: { rfc: { type: "string" }, check: { type: "boolean", default: false } } });
  for (const [name, file] of Object.entries(allFiles(values.rfc))) {
    const target = vectorPath(name);
    const text = formatFile(file);
    if (!values.check) writeFileSync(target, text);
    const isSame = withoutVersions(readFileSync(target, "utf8")) === withoutVersions(text);
    if (!isSame) process.exitCode = 1;
    console.log(`${isSame ? (values.check ? "same" : "written") : "DIFFERS"}  ${name}: ${file.rows.length} rows`);
  }
  if (values.rfc === undefined) console.log("left alone: the files out of RFC 4226, 4648 and 6238 (no --rfc)");
}

function allFiles(rfcFolder: string | undefined): Record<string, VectorFile> {
  const stepCodes = codesOfSearchedSteps();
  return {
    ...(rfcFolder !== undefined && rfcFiles(rfcFolder)),
    "counter-borders.json": countersAtBorders(),
    "leading-zeros.json": leadingZeros(stepCodes),
    "window-collisions.json": windowCollisions(stepCodes),
    "interop-oathtool.json": interopWithOathtool(),
    "interop-pyotp.json": interopWithPyotp(),
    "truncation-offsets.json": truncationOffsets(),
    "steam.json": steamCodes(),
    ...handWrittenFiles(),
  };
}

main();
