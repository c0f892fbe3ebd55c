// README.md stays short, and no page in the installed package has a link to a file that only the
// repository has.
import path from "node:path";

import { describe, expect, it } from "vitest";

import { packedFiles } from "../helpers/packed-files.ts";
import { read } from "./fences.ts";
import { faultsIn, installed } from "./link-faults.ts";
import { linksIn } from "./markdown.ts";

/**
 * What `wc -w README.md` counts: everything between white space, also in code, tables and link
 * targets.
 */
const MOST_WORDS = 900;
const MOST_COLUMNS = 100;
const TUTORIAL = "docs/guide/add-second-factor.md";

describe("README.md", () => {
  const readme = read("README.md");

  it(`has at most ${MOST_WORDS} words, counted as wc -w counts the whole README.md`, () => {
    expect(readme.split(/\s+/).filter((word) => word !== "").length).toBeLessThanOrEqual(MOST_WORDS);
  });

  it(`has lines of at most ${MOST_COLUMNS} columns in README.md`, () => {
    expect(readme.split("\n").filter((line) => Array.from(line).length > MOST_COLUMNS)).toEqual([]);
  });

  it("and docs/README.md lead from 'add a second factor to my app' to the tutorial", () => {
    const targets = ["README.md", "docs/README.md"].map((page) => {
      const [, link = page] = /^- \[Add a second factor to my app\]\(([^)]*)\)/m.exec(read(page)) ?? [];
      return path.posix.join(path.posix.dirname(page), link);
    });
    expect(targets).toEqual([TUTORIAL, TUTORIAL]);
  });

  it("names in code only files and folders that are in the repository", () => {
    const named = Array.from(readme.matchAll(/`((?:docs|bench|examples)\/[\w./-]+)`/g), ([, name = ""]) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(faultsIn("README.md", named.map((name) => `[file](${name})`).join(" "))).toEqual([]);
  });
});

describe("the pages in the npm package", () => {
  const files = packedFiles();
  const place = installed(files);
  const pages = files.filter((file) => file.endsWith(".md"));

  it("are README.md, the pages beside it and the guides that it links to", () => {
    const linked = linksIn(read("README.md")).filter((link) => link.endsWith(".md"));
    expect(linked.length).toBeGreaterThan(4);
    expect([...linked, "README.md", "CHANGELOG.md", "SECURITY.md"].filter((page) => !pages.includes(page))).toEqual([]);
  });

  it.each(pages)("have in %s only links that lead to files and headings in the package", (page) => {
    expect(faultsIn(page, read(page), place)).toEqual([]);
  });

  it.each(["[a](CONTRIBUTING.md.none)", "[a](test/docs/readme.test.ts)", "[a](SECURITY.md#none)", "![a](none.png)"])(
    "would not pass with the broken link %s",
    (text) => {
      expect(faultsIn("README.md", text, place)).toHaveLength(1);
    },
  );

  it.each(["[a](SECURITY.md)", "[a](vectors/)", "[a](vectors)", "[a](docs/security.md#threats)"])(
    "would pass with the link %s",
    (text) => {
      expect(faultsIn("README.md", text, place)).toEqual([]);
    },
  );
});
