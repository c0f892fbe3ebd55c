// The sidebars. That of the pages is made from their map, docs/README.md; that of the reference
// from its folders.
import path from "node:path";

import { targetsIn } from "./links.ts";
import { MAP, type Places } from "./pages.ts";

export interface Item {
  readonly text: string;
  readonly link?: string;
  readonly items?: Item[];
}

const REFERENCE = "docs/reference";

/** An address in the site without its base. */
export function addressOf(staged: string): string {
  return `/${staged.replace(/(?<=^|\/)index\.md$/, "").replace(/\.md$/, ".html")}`;
}

/**
 * A group for each heading of the map, with the pages that its list names; a page is in a group
 * once.
 */
export function mapSidebar(map: string, places: Places): Item[] {
  const sections = map.split(/^## +/m).slice(1);
  return sections.map((section) => {
    const [title = "", ...lines] = section.split("\n");
    const items = new Map<string, Item>();
    for (const line of listItems(lines.join("\n"))) {
      for (const item of itemsOf(line, places)) if (!items.has(item.link)) items.set(item.link, item);
    }
    return { text: plain(title), items: [...items.values()] };
  });
}

/** The items of lists, each on one line. */
export function listItems(text: string): string[] {
  const joined = text.replaceAll(/\n {2,}(?![-*] )(?=\S)/g, " ");
  return Array.from(joined.matchAll(/^ *[-*] +(.*)$/gm), ([, item = ""]) => item);
}

function itemsOf(line: string, places: Places): { readonly text: string; readonly link: string }[] {
  return Array.from(line.matchAll(/\[((?:`[^`]*`|[^\]`])*)\]\([^)]*\)/g)).flatMap(([whole, text = ""]) => {
    const [target] = targetsIn(MAP, whole);
    const place = target && places.get(target.file);
    return place ? [{ text: plain(text), link: addressOf(place.staged) }] : [];
  });
}

export function plain(text: string): string {
  return text.replaceAll(/[`*]/g, "").trim();
}

/** By path: each entry of the package has its own names, and the way to the other entries. */
export function referenceSidebars(places: Places): Record<string, Item[]> {
  const files = [...places.keys()].filter((file) => file.startsWith(`${REFERENCE}/`)).toSorted();
  const indexes = files.filter((file) => path.posix.basename(file) === "README.md");
  const folders = indexes.map((file) => path.posix.dirname(file)).filter((folder) => folder !== REFERENCE);
  const entries = folders.map((folder) => ({ text: entryOf(folder), link: `/${folder}/` }));
  const back = { text: "All documentation", link: "/docs/" };
  const sidebars = folders.map((folder, index) => {
    const names = namesIn(files, folder);
    return [
      `/${folder}/`,
      [back, { ...entries[index], text: entryOf(folder), items: names }, { text: "Others", items: entries }],
    ];
  });
  return Object.fromEntries([[`/${REFERENCE}/`, [back, { text: "Reference", items: entries }]], ...sidebars]) as Record<
    string,
    Item[]
  >;
}

function entryOf(folder: string): string {
  const name = path.posix.relative(REFERENCE, folder);
  return name === "index" ? "halfminute" : `halfminute/${name}`;
}

/** A group for each kind of name: functions, interfaces and others. */
function namesIn(files: readonly string[], folder: string): Item[] {
  const own = files.filter((file) => file.startsWith(`${folder}/`) && path.posix.dirname(file) !== folder);
  const kinds = [...new Set(own.map((file) => path.posix.dirname(file)))];
  return kinds.map((kind) => ({
    text: path.posix.basename(kind),
    items: own
      .filter((file) => path.posix.dirname(file) === kind)
      .map((file) => ({ text: path.posix.basename(file, ".md"), link: addressOf(file) })),
  }));
}
