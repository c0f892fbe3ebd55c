// Puts the pages of the repository where VitePress makes a site of them, with links that lead to
// other pages of the site.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { frontPage, withMatter } from "./front.ts";
import { FRONT, listed, MAP, type Place, type Places, placesIn, withStagedLinks } from "./pages.ts";
import { type Item, mapSidebar, referenceSidebars } from "./sidebar.ts";

const PLAYGROUND = "docs/playground/README.md";

/** What the configuration of VitePress reads. */
interface Site {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** Where the repository can be read, if package.json says so. */
  readonly repository: string | undefined;
  readonly sidebar: Readonly<Record<string, readonly Item[]>>;
  /** Files that are shown as pages, which neither search nor llms.txt has. */
  readonly sources: readonly string[];
}

/** Fills the folder `out` with pages, and says what there is. */
export function stage(root: string, out: string): Site {
  const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const places = placesIn(root);
  rmSync(out, { recursive: true, force: true });
  for (const place of places.values()) {
    const target = path.join(out, place.staged);
    const text = textOf(root, place, places, read);
    if (text === undefined && place.kind === "folder") continue; // its README stands for it
    mkdirSync(path.dirname(target), { recursive: true });
    if (text === undefined) cpSync(path.join(root, place.file), target);
    else writeFileSync(target, text);
  }
  const manifest = JSON.parse(read("package.json")) as Manifest;
  return {
    title: manifest.name,
    description: manifest.description,
    version: manifest.version,
    repository: webAddress(manifest.repository),
    sidebar: { "/": mapSidebar(read(MAP), places), ...referenceSidebars(places) },
    sources: sourcesIn(places),
  };
}

type Read = (file: string) => string;

function textOf(root: string, place: Place, places: Places, read: Read): string | undefined {
  const { kind, file } = place;
  if (kind === "picture" || kind === "data") return undefined;
  if (kind === "folder") return folderPage(root, place, places);
  if (kind === "source") return sourcePage(place, read(file));
  const text = withStagedLinks(read(file), place, places);
  if (file === FRONT) return frontPage(text, read(MAP), places);
  if (file !== PLAYGROUND) return `${withMatter({ source: file })}${text}`;
  // The playground itself comes before the first section about it.
  return `${withMatter({ source: file, aside: false })}${text.replace(/^## /m, "<Playground />\n\n## ")}`;
}

/** A file as a page with its text. */
function sourcePage({ file }: Place, text: string): string {
  const fence = "`".repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map(({ length }) => length + 1)));
  const language = path.extname(file).slice(1) || "text";
  const matter = withMatter({ search: false, aside: false, source: file });
  return `${matter}# ${file}\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n`;
}

/** A folder without a README as a list of its files. */
function folderPage(root: string, place: Place, places: Places): string | undefined {
  const files = listed(root, place.file);
  if (files.some((file) => file.endsWith("/README.md"))) return undefined;
  const links = files.map((file) => `- [${path.posix.basename(file)}](${path.posix.basename(file)})`).join("\n");
  const inside: Place = { ...place, file: `${place.file}/README.md` };
  const matter = withMatter({ search: false, source: place.file });
  return withStagedLinks(`${matter}# ${place.file}\n\n${links}\n`, inside, places);
}

/** A folder with a README is that page. */
function sourcesIn(places: Places): string[] {
  const shown = [...places.values()].filter(({ kind }) => kind === "source" || kind === "folder");
  return shown.filter(({ file }) => !places.has(`${file}/README.md`)).map(({ staged }) => staged);
}

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly repository?: string | { readonly url: string };
}

/** The address of a repository as npm writes it, for a browser. */
export function webAddress(repository: Manifest["repository"]): string | undefined {
  const url = typeof repository === "string" ? repository : repository?.url;
  const [, owner] = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(url ?? "") ?? [];
  if (owner !== undefined) return `https://github.com/${owner}`;
  return url
    ?.replace(/^git\+/, "")
    .replace(/^(?:git|ssh):\/\/(?:git@)?/, "https://")
    .replace(/\.git$/, "");
}
