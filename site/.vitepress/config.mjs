// The site, made from the pages that tools/site has staged. Everything a browser asks for comes
// from the site itself.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { transformerStyleToClass } from "@shikijs/transformers";
import { defineConfig } from "vitepress";
import llmstxt from "vitepress-plugin-llms";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CACHE = path.resolve(import.meta.dirname, "../.cache");
const site = JSON.parse(readFileSync(path.join(CACHE, "site.json"), "utf8"));
const base = `/${(process.env.SITE_BASE ?? "").replaceAll(/^\/+|\/+$/g, "")}/`.replace("//", "/");
const CODE_STYLES = "assets/code.css";

/** Colors of code as classes: the policy does not allow styles in the markup. */
const styleToClass = transformerStyleToClass({ classPrefix: "c-" });

/** The policy of a page: its own files, its own inline scripts, and no connection. */
function policyFor(html) {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)];
  const hashes = inline.map(([, script]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const scripts = ["'self'", ...new Set(hashes)].join(" ");
  const own = `script-src ${scripts}; style-src 'self'; img-src 'self' data:; font-src 'self'`;
  return `default-src 'none'; ${own}; connect-src 'none'; base-uri 'none'; form-action 'none'`;
}

/**
 * The names of headings as GitHub makes them, because the links of the pages are for GitHub too.
 */
function slugify(heading) {
  const plain = heading.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "");
  return plain.replaceAll(" ", "-");
}

/** Columns are aligned by a class. */
function alignByClass(md) {
  md.core.ruler.push("align-by-class", ({ tokens }) => {
    for (const token of tokens) {
      const [, side] = /^text-align:(\w+)$/.exec(token.attrGet("style") ?? "") ?? [];
      if (side === undefined) continue;
      token.attrs = token.attrs.filter(([name]) => name !== "style");
      token.attrJoin("class", `align-${side}`);
    }
  });
}

export default defineConfig({
  base,
  title: site.title,
  description: site.description,
  lang: "en-US",
  srcDir: path.join(CACHE, "pages"),
  cacheDir: path.join(CACHE, "vitepress"),
  outDir: path.resolve(import.meta.dirname, "../dist"),
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["link", { rel: "stylesheet", href: `${base}${CODE_STYLES}` }],
    ["meta", { name: "referrer", content: "no-referrer" }],
  ],
  // Nothing is put into the markup to switch transitions off: the policy would refuse it.
  appearance: { initialValue: "auto", disableTransition: false },
  router: { prefetchLinks: false }, // a browser without link prefetch would fetch, which the policy refuses
  markdown: {
    anchor: { slugify },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    codeTransformers: [styleToClass],
    config: alignByClass,
    languageAlias: { mjs: "js", cjs: "js", prisma: "ts", console: "sh" },
  },
  themeConfig: {
    nav: [
      { text: "Documentation", link: "/docs/", activeMatch: "^/docs/(?!reference|playground)" },
      { text: "Reference", link: "/docs/reference/", activeMatch: "^/docs/reference/" },
      { text: "Playground", link: "/docs/playground/", activeMatch: "^/docs/playground/" },
    ],
    sidebar: site.sidebar,
    outline: [2, 3],
    search: { provider: "local" },
    externalLinkIcon: false,
    repository: site.repository,
    ...(site.repository && { socialLinks: [{ icon: "git", link: site.repository }] }),
  },
  vite: {
    plugins: [
      llmstxt({
        ignoreFiles: site.sources,
        description: site.description,
        injectLLMHint: false,
        sidebar: site.sidebar["/"],
      }),
    ],
    resolve: {
      alias: [
        { find: /^halfminute$/, replacement: path.join(ROOT, "dist/index.js") },
        { find: /^halfminute\/(.+)$/, replacement: path.join(ROOT, "dist/$1.js") },
      ],
    },
  },
  transformHtml: (html) => {
    const policy = `<meta http-equiv="Content-Security-Policy" content="${policyFor(html)}">`;
    const classed = html.replaceAll(/(<div[^>]*) style="[^"]*"/g, "$1"); // the theme's own, which its scripts set again
    return classed.replace(/<meta charset="utf-8">/, (charset) => `${charset}\n    ${policy}`);
  },
  buildEnd: ({ outDir }) => {
    writeFileSync(path.join(outDir, CODE_STYLES), styleToClass.getCSS());
    // The plugin leaves the base out of these links.
    const list = path.join(outDir, "llms.txt");
    const links = (link) => (link.startsWith(`](${base}`) ? link : link.replace("/", base));
    writeFileSync(list, readFileSync(list, "utf8").replaceAll(/\]\(\/[^)]*/g, links));
  },
});
