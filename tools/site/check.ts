// Looks at the built site: each link of a page leads to a file of the site, and each anchor to
// something with that id.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

interface Page {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
}

/** What is wrong with the links of the site in a folder; nothing if all is well. */
export function faultsIn(folder: string, base = ""): string[] {
  const prefix = `/${base.replaceAll(/^\/+|\/+$/g, "")}/`.replace("//", "/");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const pages = new Map(
    names.map((name) => [name.split(path.sep).join("/"), pageIn(readFileSync(path.join(folder, name), "utf8"))]),
  );
  const hasFile = (name: string): boolean => pages.has(name) || existsSync(path.join(folder, name));
  return [...pages].flatMap(([name, { links }]) =>
    links.flatMap((link) => {
      const url = new URL(link, `http://site${prefix}${name}`);
      if (url.host !== "site") return [];
      const what = faultOf(url, prefix, pages, hasFile);
      return what === undefined ? [] : [`${name}: ${link}: ${what}`];
    }),
  );
}

function faultOf(
  { pathname, hash }: URL,
  prefix: string,
  pages: ReadonlyMap<string, Page>,
  hasFile: (name: string) => boolean,
): string | undefined {
  if (!pathname.startsWith(prefix)) return "outside the site";
  const file = decodeURIComponent(pathname.slice(prefix.length)).replace(/(?<=^|\/)$/, "index.html");
  if (!hasFile(file)) return "not in the site";
  if (hash === "" || pages.get(file)?.ids.has(decodeURIComponent(hash.slice(1)))) return undefined;
  return "no such heading";
}

function pageIn(html: string): Page {
  const attribute = (name: string): string[] =>
    Array.from(html.matchAll(new RegExp(`<[a-z][^>]*?\\s${name}="([^"]*)"`, "g")), ([, value = ""]) =>
      unescaped(value),
    );
  return { ids: new Set(attribute("id")), links: [...attribute("href"), ...attribute("src")] };
}

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
