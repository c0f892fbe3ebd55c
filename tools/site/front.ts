// The front page: what the README says, with its first lines as a banner and the first two doors as
// buttons.
import { FRONT, MAP, type Place, type Places } from "./pages.ts";
import { addressOf, listItems, plain } from "./sidebar.ts";
import { targetsIn } from "./links.ts";

/**
 * The README as the front page. Its first section is the second door; the first item of the map is
 * the first.
 */
export function frontPage(readme: string, map: string, places: Places): string {
  const [, title = "", rest = ""] = /^# +(.*)\n([^]*)$/.exec(readme) ?? [];
  const [tagline = "", ...paragraphs] = rest.trim().split(/\n\n+/);
  const [, section = ""] = /^## +(.*)$/m.exec(rest) ?? [];
  const placeOf = (item: string): Place | undefined => {
    const [target] = targetsIn(MAP, item);
    return target && places.get(target.file);
  };
  const first = listItems(map).find((item) => placeOf(item)) ?? "";
  const tutorial = placeOf(first);
  if (!title || !section || !tutorial) throw new Error("the front page needs a title, a section, and a first page");
  const name = /^[^:[]*/.exec(first)?.[0].trim() ?? "";
  const doors = [
    { text: name || plain(/\[(.*?)\]/.exec(first)?.[1] ?? ""), link: addressOf(tutorial.staged) },
    { text: plain(section), link: `#${anchorOf(section)}` },
  ];
  const front = { name: title, tagline: plain(tagline.replaceAll(/\s+/g, " ")), doors };
  const page = { layout: "FrontPage", sidebar: false, titleTemplate: false, source: FRONT };
  const matter = { ...page, title, description: front.tagline, front };
  return `${withMatter(matter)}${paragraphs.join("\n\n")}\n`;
}

/** The id of a heading, by GitHub's rule. */
function anchorOf(heading: string): string {
  return plain(heading)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Front matter is YAML, of which JSON is a part. */
export function withMatter(matter: object): string {
  return `---\n${JSON.stringify(matter)}\n---\n\n`;
}
