// Which files the site has: every page under docs/, and everything that a page links to, on and on.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

import { replaceLinks, targetOf, targetsIn } from "./links.ts";

export const MAP = "docs/README.md";
export const FRONT = "README.md";

/** Pictures and data stay as they are; other files are shown on a page of their own. */
type Kind = "page" | "picture" | "data" | "folder" | "source";

export interface Place {
  readonly kind: Kind;
  /** Its path in the repository. */
  readonly file: string;
  /** Its path among the staged pages. */
  readonly staged: string;
}

/** By their paths in the repository. */
export type Places = ReadonlyMap<string, Place>;

export function placesIn(root: string): Places {
  const places = new Map<string, Place>();
  const waiting = [FRONT, ...pagesUnder(root, "docs")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (places.has(file)) continue;
    const place = placeOf(root, file);
    places.set(file, place);
    waiting.push(...targetsOf(root, place).map((target) => target.file));
  }
  return places;
}

function pagesUnder(root: string, folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return pagesUnder(root, file);
    return file.endsWith(".md") ? [file] : [];
  });
}

function placeOf(root: string, file: string): Place {
  const kind = kindOf(root, file);
  if (kind === "picture") return { kind, file, staged: file };
  if (kind === "data") return { kind, file, staged: path.posix.join("public", file) };
  if (kind === "source") return { kind, file, staged: `${file}.md` };
  if (kind === "folder") return { kind, file, staged: path.posix.join(file, "index.md") };
  return { kind, file, staged: file.replace(/(?<=^|\/)README\.md$/, "index.md") };
}

function kindOf(root: string, file: string): Kind {
  const stats = statSync(path.join(root, file), { throwIfNoEntry: false });
  if (!stats || file.startsWith("..")) throw new Error(`a page links to ${file}, which is not in the repository`);
  if (stats.isDirectory()) return "folder";
  if (file.endsWith(".md")) return "page";
  if (file.endsWith(".json")) return "data";
  return /\.(?:png|jpe?g|gif|svg)$/.test(file) ? "picture" : "source";
}

/** A folder leads to its README, if it has one; otherwise to its files. */
function targetsOf(root: string, { kind, file }: Place): { readonly file: string }[] {
  if (kind === "page") return targetsIn(file, readFileSync(path.join(root, file), "utf8"));
  return kind === "folder" ? listed(root, file).map((name) => ({ file: name })) : [];
}

/** What stands for a folder: its README alone, or all files in it. */
export function listed(root: string, folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.posix.join(folder, entry.name));
  const index = path.posix.join(folder, "README.md");
  return names.includes(index) ? [index] : names;
}

/** The page with links that lead to where their targets are staged. */
export function withStagedLinks(text: string, page: Place, places: Places): string {
  return replaceLinks(text, (link) => {
    const target = targetOf(page.file, link);
    const place = target && places.get(target.file);
    if (!place) return link;
    const shown = place.kind === "data" ? place.file : place.staged;
    const relative = path.posix.relative(path.posix.dirname(page.staged), shown);
    return encodeURI(relative.startsWith(".") ? relative : `./${relative}`) + target.anchor;
  });
}
