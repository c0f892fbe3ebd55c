// No link in any page is broken: every relative target is a file of this repository, every anchor a
// heading in it.
import { readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { faultsIn } from "./link-faults.ts";
import { allPages, anchorsIn, linksIn } from "./markdown.ts";

const MAP = "docs/README.md";
const pages = allPages();
const read = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");

describe("links", () => {
  it("are found on the pages of the repository", () => {
    expect(pages.length).toBeGreaterThan(50);
    expect(pages).toContain("docs/reference/README.md");
    const counts = pages.map((page) => linksIn(read(page)).length);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(linksIn(read("README.md")).length).toBeGreaterThan(6);
  });

  it.each(pages.filter((page) => !page.startsWith("docs/reference/")))(
    "on %s lead to files and headings in the repository",
    (page) => {
      expect(faultsIn(page, read(page))).toEqual([]);
    },
  );

  it("on the pages of the reference lead to files and headings in the repository", () => {
    const reference = pages.filter((page) => page.startsWith("docs/reference/"));
    expect(reference.flatMap((page) => faultsIn(page, read(page)))).toEqual([]);
  });
});

describe("the map of the documentation", () => {
  const targetsOf = (page: string): string[] =>
    linksIn(read(page)).map((link) => path.posix.join(path.posix.dirname(page), link.split("#")[0] ?? ""));
  const own = targetsOf(MAP);
  const indexes = own.filter((page) => /^docs\/guide\/[\w-]+\/README\.md$/.test(page));
  const targets = [...own, ...indexes.flatMap(targetsOf)];

  it("names every page that people wrote, or the index of a folder that names it", () => {
    const written = pages.filter((page) =>
      /^(?:docs|vectors|bench|examples)\/|^(?:SECURITY|CONTRIBUTING|CHANGELOG)/.test(page),
    );
    const wanted = written.filter((page) => page !== MAP && !/^docs\/reference\/./.test(page));
    expect(wanted.length).toBeGreaterThan(12);
    expect(wanted.filter((page) => !targets.includes(page))).toEqual([]);
    expect(targets).toContain("docs/reference/README.md");
  });
});

describe("the test of links", () => {
  it.each([
    "[a](docs/none.md)",
    "[a](docs/security.md#none)",
    "[a](#none)",
    "![a](docs/images/none.svg)",
    '[a](docs/none.md "title")',
    "[a](<docs/none.md>)",
    "[`a` and [b]](docs/none.md)",
    "[a]: docs/none.md",
    '<img alt="" src="docs/none.svg">',
    '<a href="docs/none.md">a</a>',
    "[a](/docs/security.md)",
    "[a](../elsewhere.md)",
    "[a](dist/index.js)",
    "[a]()",
    "[a](docs/images/bench.svg#none)",
    "[a](file:///etc/hostname)",
  ])("notices the broken link in %s", (text) => {
    expect(faultsIn("README.md", text)).toHaveLength(1);
  });

  it.each([
    "[a](docs/security.md)",
    "[a](docs/guide/)",
    "[a](docs/security.md#what-the-app-must-do)",
    "[a](https://example.com/#none)",
    "`[a](docs/none.md)` and ``[a](docs/none.md) ` ``",
    "```ts\n[a](docs/none.md)\n```",
    "# Some *thing*\n\n[a](#some-thing)",
    "# `a_b()` & c – d\n\n[a](#a_b--c--d)",
    "# a\n# a\n\n[a](#a-1)",
    "# [a](docs/security.md) é\n\n[a](#a-é) [b](#a-%C3%A9)",
    "A line\n======\n\n[a](#a-line)",
  ])("lets %j pass", (text) => {
    const own = linksIn(text).filter((link) => link.startsWith("#"));
    for (const link of own) expect(anchorsIn(text)).toContain(decodeURIComponent(link.slice(1)));
    expect(faultsIn("README.md", text).filter((found) => !found.startsWith("README.md: #"))).toEqual([]);
  });
});
