// npm run release:prepare -- https://github.com/OWNER/NAME: names the repository where it must be
// named, once. Without an address: dates the changelog, on the day of a release.
import { readFileSync, writeFileSync } from "node:fs";

import { PLACEHOLDER } from "./files.ts";

const CONTACT = ".github/ISSUE_TEMPLATE/config.yml";
const README = "README.md";
const CHANGELOG = "CHANGELOG.md";

const read = (name: string): string => readFileSync(name, "utf8");
const [given] = process.argv.slice(2);

if (given !== undefined) {
  const [address] = /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+?(?=(?:\.git)?\/?$)/.exec(given) ?? [];
  if (address === undefined) {
    console.error(`not an address such as ${PLACEHOLDER}: ${given}`);
    process.exit(1);
  }
  const { license, ...manifest } = JSON.parse(read("package.json")) as Readonly<Record<string, unknown>>;
  const own = {
    repository: { type: "git", url: `git+${address}.git` },
    homepage: `${address}#readme`,
    bugs: { url: `${address}/issues` },
  };
  const entries = Object.entries(manifest).filter(([name]) => !(name in own));
  const before = entries.findIndex(([name]) => name === "author"); // where the license was
  entries.splice(before, 0, ["license", license], ...Object.entries(own));
  writeFileSync("package.json", `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
  writeFileSync(README, read(README).replace("In the source repository,", `In [the source repository](${address}),`));
  writeFileSync(CONTACT, read(CONTACT).replace(/https:.*(?=\/security\/)/, address));
} else {
  const today = new Date().toISOString().slice(0, "YYYY-MM-DD".length);
  writeFileSync(CHANGELOG, read(CHANGELOG).replace(/^(## \S+ - )unreleased$/m, `$1${today}`));
}
console.log("Look at `git diff`, then run `npm run release:check`.");
