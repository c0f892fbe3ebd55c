// The front page: what the README says, with its first lines as a banner and the first two doors as buttons.
import { MAP, type Places } from "./pages.ts";
import { addressOf, listItems } from "./sidebar.ts";
import { targetsIn } from "./links.ts";

/** The README as the front page. Its first section is the second door; the first item of the map is the first. */
export function frontPage(readme: string, map: string, places: Places): string {
  const [, title = "", rest = ""] = /^# +(.*)\n([^]*)$/.exec(readme) ?? [];
  const [tagline = "", ...paragraphs] = rest.trim().split(/\n\n+/);
  const [, section = ""] = /^## +(.*)$/m.exec(rest) ?? [];
  const [first = ""] = listItems(map);
  const [target] = targetsIn(MAP, first);
  const tutorial = target && places.get(target.file);
  if (!title || !section || !tutorial) throw new Error("the front page needs a title, a section, and a first page");
  const actions = [
    { text: first.replace(/:? *\[.*$/, "") || /\[(.*?)\]/.exec(first)?.[1], link: addressOf(tutorial.staged) },
    {
      theme: "alt",
      text: section,
      link: `#${section
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-")}`,
    },
  ];
  const hero = { name: title, text: "", tagline: tagline.replaceAll(/\s+/g, " ").trim(), actions };
  const matter = { layout: "home", title, titleTemplate: false, description: hero.tagline, hero, source: "README.md" };
  return `${withMatter(matter)}${paragraphs.join("\n\n")}\n`;
}

/** Front matter is YAML, of which JSON is a part. */
export function withMatter(matter: object): string {
  return `---\n${JSON.stringify(matter)}\n---\n\n`;
}
