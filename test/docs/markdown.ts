// What a Markdown page links to and can be linked at, by GitHub's rules.
import { readdirSync } from "node:fs";
import path from "node:path";

import { ROOT } from "../helpers/packed.ts";

/** What npm, git, builds and tests put into a checkout, and programs that others wrote. */
const NOT_OURS = /^(?:\.git|\.cache|node_modules|dist|coverage|test-artifacts|thirdparty)$/;

/**
 * Every page of the repository: all Markdown but in folders that are not ours, so that no new page
 * is forgotten.
 */
export function allPages(folder = ""): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  const found = entries.flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.test(entry.name) ? [] : allPages(name);
    return name.endsWith(".md") ? [name] : [];
  });
  return found.toSorted();
}

/** The targets of links and pictures, in Markdown and in HTML. What stands in code is no link. */
export function linksIn(page: string): string[] {
  const text = withoutFences(page).replaceAll(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, "``");
  const inline = text.matchAll(/\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+"[^"]*")?\s*\)/g);
  const definitions = text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm);
  const html = text.matchAll(/<(?:a|img|source)\s[^>]*?(?:href|src|srcset)="([^"\s]*)[^"]*"/g);
  return [...inline, ...definitions, ...html].map(([, target = ""]) => target);
}

/**
 * The names under which GitHub links to the headings of a page, and anchors that it sets itself.
 */
export function anchorsIn(page: string): Set<string> {
  const text = withoutFences(page);
  const found = new Set(Array.from(text.matchAll(/<a\s[^>]*?(?:id|name)="([^"]+)"/g), ([, id = ""]) => id));
  const seen = new Map<string, number>();
  for (const [, atx, underlined] of text.matchAll(
    /^(?: {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?|(\S.*)\n(?:=+|-+))[ \t]*$/gm,
  )) {
    const slug = slugOf(atx ?? underlined ?? "");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    found.add(before === 0 ? slug : `${slug}-${before}`);
  }
  return found;
}

/** Lower case; letters, digits, `_` and `-` stay; a space becomes a hyphen; all else goes. */
function slugOf(heading: string): string {
  const text = heading.replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/<[^>]+>/g, "");
  const plain = text.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "");
  return plain.replaceAll(" ", "-");
}

function withoutFences(page: string): string {
  return page.replaceAll(/^ *(```+|~~~+)[^]*?^ *\1 *$/gm, "");
}
