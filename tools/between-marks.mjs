// Pages of which a program writes a part.
import path from "node:path";

import { format, resolveConfig } from "prettier";

/** The page at a path with other Markdown between its two marks, formatted. */
export async function betweenMarks(file, page, [begin, end], markdown) {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path.basename(file)} has no place between ${begin} and ${end}`);
  const options = { ...(await resolveConfig(file)), parser: "markdown" };
  const own = await format(markdown, { ...options, proseWrap: "always", printWidth: 100 });
  return format(`${page.slice(0, from)}${begin}\n\n${own}\n${page.slice(to)}`, options);
}
