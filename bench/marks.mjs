// A page with what a program wrote between two marks.
import { format, resolveConfig } from "prettier";

/** The page `file` with another text between the marks. */
export async function between(file, page, [begin, end], text) {
  const start = page.indexOf(begin);
  const stop = page.indexOf(end, start);
  if (start < 0 || stop < start) throw new Error(`${file} has no place for the figures`);
  const options = { ...(await resolveConfig(file)), parser: "markdown" };
  return format(`${page.slice(0, start)}${begin}\n\n${text}\n\n${page.slice(stop)}`, options);
}
