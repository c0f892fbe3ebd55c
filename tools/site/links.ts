// The links of a Markdown page. What stands in code is not a link.
import path from "node:path";

const FENCE = String.raw`^ *(?<fence>\x60\x60\x60+|~~~+)[^]*?^ *\k<fence> *$`;
const CODE = "(?<ticks>`+)(?!`)[^]*?[^`]\\k<ticks>(?!`)";
const INLINE = String.raw`(?<=\]\(\s*<?)[^\s()<>]+`;
const DEFINITION = String.raw`(?<=^ {0,3}\[[^\]\n]+\]:\s*<?)[^\s<>]+`;
const HTML = String.raw`(?<=<(?:a|img|source)\s[^>]*?(?:href|src|srcset)=")[^"\s]+`;
const LINK = new RegExp(`${FENCE}|${CODE}|(?<link>${INLINE}|${DEFINITION}|${HTML})`, "gm");

/** The page with each link replaced. */
export function replaceLinks(text: string, replace: (link: string) => string): string {
  return text.replaceAll(LINK, (found: string, ...rest: unknown[]) => {
    const { link } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    return link === undefined ? found : replace(link);
  });
}

export interface Target {
  /** A path in the repository. */
  readonly file: string;
  /** With its `#`, or empty. */
  readonly anchor: string;
}

/**
 * Where a link of that page leads in the repository; nothing for another site, and for a place on
 * the same page.
 */
export function targetOf(page: string, link: string): Target | undefined {
  if (link.startsWith("#") || /^[a-z][a-z+.-]*:/i.test(link)) return undefined;
  const [name = "", anchor] = decodeURIComponent(link).split("#");
  const file = path.posix.join(path.posix.dirname(page), name).replace(/\/$/, "");
  return { file, anchor: anchor === undefined ? "" : `#${anchor}` };
}

/** The targets of all links of a page. */
export function targetsIn(page: string, text: string): Target[] {
  const found: Target[] = [];
  replaceLinks(text, (link) => {
    const target = targetOf(page, link);
    if (target) found.push(target);
    return link;
  });
  return found;
}
