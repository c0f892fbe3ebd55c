// What the site is made of: pages with links that lead to pages, sidebars from the map, and a check
// that sees what leads nowhere.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { faultsIn } from "../../tools/site/check.ts";
import { frontPage } from "../../tools/site/front.ts";
import { replaceLinks, targetOf } from "../../tools/site/links.ts";
import { placesIn, withStagedLinks } from "../../tools/site/pages.ts";
import { mapSidebar, referenceSidebars } from "../../tools/site/sidebar.ts";
import { stage, webAddress } from "../../tools/site/stage.ts";
import { ROOT } from "../helpers/packed.ts";
import { allPages } from "../docs/markdown.ts";

let folder: string;

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(path.join(folder, "files-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-site-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const FILES = {
  "README.md": "# acme\n\nWhat it\nis.\n\n- One\n\n## First `steps`\n\n[map](docs/README.md) [data](data/x.json)\n",
  "package.json": '{ "name": "acme", "description": "What it is", "version": "1.0.0" }',
  "docs/README.md":
    "# Map\n\n## Do\n\n- Do it: [A](guide/a.md)\n- Again, on two\n  lines: [A](guide/a.md#x), [B `b`](guide/b/README.md)\n\n## Look\n\n- [C](../ex/one.ts)\n",
  "docs/guide/a.md": "# A\n\n## x\n\n![p](../p.png) [f](../../ex) [s](../../ex/one.ts)\n\n```md\n[no](none.md)\n```\n",
  "docs/guide/b/README.md": "# B\n\n[own](../../../ex/own) [up](../a.md#x) [r](../../reference/one/README.md)\n",
  "docs/playground/README.md": "# P\n\nText.\n\n## Why\n",
  "docs/p.png": "p",
  "ex/own/README.md": "# Own\n",
  "docs/reference/README.md": "# R\n",
  "docs/reference/one/README.md": "# One\n",
  "docs/reference/one/functions/f.md": "# f\n",
  "data/x.json": "{}",
  "ex/one.ts": "const fence = `\n```\n`;\n",
  "ex/sub/two.ts": "",
};

describe("staging", () => {
  let out: string;
  let site: ReturnType<typeof stage>;
  const read = (name: string): string => readFileSync(path.join(out, name), "utf8");

  beforeAll(() => {
    out = path.join(folder, "out");
    site = stage(folderWith(FILES), out);
  });

  it("rewrites links to where their targets are, but not in code", () => {
    expect(read("docs/guide/a.md")).toContain("![p](../p.png) [f](../../ex/index.md) [s](../../ex/one.ts.md)");
    expect(read("docs/guide/a.md")).toContain("[no](none.md)");
    expect(read("docs/guide/b/index.md")).toContain("[up](../a.md#x) [r](../../reference/one/index.md)");
    expect(read("index.md")).toContain("[map](./docs/index.md) [data](./data/x.json)");
    expect(read("public/data/x.json")).toBe("{}");
    expect(read("docs/p.png")).toBe("p");
  });

  it("shows a source file and a folder as pages, which search and llms.txt leave out", () => {
    expect(read("ex/one.ts.md")).toContain("# ex/one.ts\n\n````ts\nconst fence = `\n```\n`;\n````\n");
    expect(read("ex/index.md")).toContain("- [one.ts](./one.ts.md)\n");
    expect(site.sources).toEqual(expect.arrayContaining(["ex/one.ts.md", "ex/index.md"]));
    expect(site.sources).toHaveLength(2);
    for (const source of site.sources) expect(read(source)).toContain('"search":false');
  });

  it("begins the front page with the README, and has two doors", () => {
    const [, matter = ""] = /^---\n(.*)\n---/.exec(read("index.md")) ?? [];
    expect(JSON.parse(matter)).toMatchObject({
      layout: "FrontPage",
      front: {
        name: "acme",
        tagline: "What it is.",
        doors: [
          { text: "Do it", link: "/docs/guide/a.html" },
          { text: "First steps", link: "#first-steps" },
        ],
      },
    });
    expect(read("index.md")).not.toContain("# acme");
    expect(() => frontPage("# acme\n\nText\n", "", new Map())).toThrow("front page");
  });

  it("puts the playground before what is said about it", () => {
    expect(read("docs/playground/index.md")).toMatch(/Text\.\n\n<Playground \/>\n\n## Why/);
  });

  it("makes the sidebar from the map", () => {
    expect(site.sidebar["/"]).toEqual([
      {
        text: "Do",
        items: [
          { text: "A", link: "/docs/guide/a.html" },
          { text: "B b", link: "/docs/guide/b/" },
        ],
      },
      { text: "Look", items: [{ text: "C", link: "/ex/one.ts.html" }] },
    ]);
    expect(site.sidebar["/docs/reference/one/"]?.[1]).toEqual({
      text: "halfminute/one",
      link: "/docs/reference/one/",
      items: [{ text: "functions", items: [{ text: "f", link: "/docs/reference/one/functions/f.html" }] }],
    });
  });

  it("refuses a link to what is not there", () => {
    const broken = folderWith({ ...FILES, "docs/guide/a.md": "[a](none.md)" });
    expect(() => stage(broken, path.join(folder, "none"))).toThrow("docs/guide/none.md");
  });

  it.each([
    ["acme/acme", "https://github.com/acme/acme"],
    ["github:acme/acme", "https://github.com/acme/acme"],
    [{ url: "git+https://github.com/acme/acme.git" }, "https://github.com/acme/acme"],
    [{ url: "git+ssh://git@example.com/acme/acme.git" }, "https://example.com/acme/acme"],
    [undefined, undefined],
  ])("knows where %j can be read", (repository, address) => {
    expect(webAddress(repository)).toBe(address);
  });
});

describe("the pages of this repository", () => {
  const places = placesIn(ROOT);

  it("are all in the site that people wrote for readers", () => {
    const wanted = allPages().filter((page) => /^(?:docs\/|[A-Z]+\.md$)/.test(page));
    expect(wanted.length).toBeGreaterThan(200);
    expect(wanted.filter((page) => places.get(page)?.kind !== "page")).toEqual([]);
    expect([...places.keys()]).toEqual(expect.arrayContaining(["vectors/README.md", "bench/README.md"]));
  });

  it("are in the sidebars", () => {
    const map = readFileSync(path.join(ROOT, "docs/README.md"), "utf8");
    const texts = JSON.stringify([mapSidebar(map, places), referenceSidebars(places)]);
    const links = new Set(Array.from(texts.matchAll(/"link":"(.*?)"/g), ([, link]) => link));
    expect(mapSidebar(map, places).length).toBe(map.match(/^## /gm)?.length);
    const pages = [...places.values()].filter(({ kind, file }) => kind === "page" && file.startsWith("docs/"));
    const addresses = pages.map(({ staged }) => `/${staged.replace(/index\.md$/, "").replace(/\.md$/, ".html")}`);
    expect(addresses.filter((address) => !links.has(address))).toEqual([]);
  });

  it("have no link that staging misses", () => {
    const page = places.get("README.md");
    if (!page) throw new Error("no README");
    const seen: string[] = [];
    replaceLinks(readFileSync(path.join(ROOT, page.file), "utf8"), (link) => (seen.push(link), link));
    expect(seen.filter((link) => targetOf(page.file, link)).length).toBeGreaterThan(5);
    expect(withStagedLinks("[a](docs/none.md)", page, places)).toBe("[a](docs/none.md)");
  });
});

describe("the check of the built site", () => {
  const page = '<h1 id="top">T</h1><a href="./b/">b</a><a href="#top">t</a><a href="https://example.com/#x">e</a>';
  const good = {
    "index.html": page,
    "b/index.html": '<img src="../p.png"><a href="/x/index.html#top">a</a>',
    "p.png": "",
  };

  it("finds nothing where nothing is wrong", () => {
    expect(faultsIn(folderWith(good), "/x/")).toEqual([]);
  });

  it.each([
    ['<a href="./none.html">', "not in the site"],
    ['<a class="x" href="#none">', "no such heading"],
    ['<a href="b/#none">', "no such heading"],
    ['<a href="/b/">', "outside the site"],
    ['<img alt="" src="none.png">', "not in the site"],
    ['<link rel="stylesheet" href="none.css">', "not in the site"],
  ])("sees %s", (markup, what) => {
    const faults = faultsIn(folderWith({ ...good, "index.html": `${page}${markup}` }), "x");
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(what);
  });
});
