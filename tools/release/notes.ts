// npm run release:notes: prints what CHANGELOG.md says of this version, for the GitHub release.
import { readFileSync } from "node:fs";

import { sectionsOf } from "./changelog.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const section = sectionsOf(readFileSync("CHANGELOG.md", "utf8")).find((each) => each.version === version);
if (!section) throw new Error(`CHANGELOG.md has no section ${version}`);
console.log(section.text);
