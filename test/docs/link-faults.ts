// What is wrong with a link: of a page in the repository, or of one in the package as it is
// installed.
import { readFileSync, statSync } from "node:fs";
import path from "node:path";

import { ROOT } from "../helpers/packed.ts";
import { anchorsIn, linksIn } from "./markdown.ts";

/** Where a link may lead. */
export interface Place {
  readonly name: string;
  kindOf(target: string): "file" | "folder" | undefined;
}

/** What a clone has, without what builds and installations add. */
const REPOSITORY: Place = {
  name: "repository",
  kindOf: (target) => {
    if (/^(?:dist|node_modules|coverage)(?:\/|$)/.test(target)) return undefined;
    const stats = statSync(path.join(ROOT, target), { throwIfNoEntry: false });
    return stats && (stats.isFile() ? "file" : "folder");
  },
};

/** What an installation of the package has: these files. */
export function installed(files: readonly string[]): Place {
  return {
    name: "package",
    kindOf: (target) => {
      if (files.includes(target)) return "file";
      return files.some((file) => file.startsWith(target.replace(/\/*$/, "/"))) ? "folder" : undefined;
    },
  };
}

/**
 * The broken links in the text of a page, each with what is wrong. Links to other sites need a
 * network to check.
 */
export function faultsIn(page: string, text: string, place: Place = REPOSITORY): string[] {
  return linksIn(text).flatMap((link) => {
    const what = faultOf(page, link, place);
    return what === undefined ? [] : [`${page}: ${link}: ${what}`];
  });
}

function faultOf(page: string, link: string, place: Place): string | undefined {
  if (/^(?:https?|mailto):/.test(link)) return undefined;
  if (link === "" || /^(?:\/|[a-z][a-z+.-]*:)/i.test(link)) return "neither relative nor a web address";
  const [name = "", anchor] = decodeURIComponent(link).split("#");
  const target = name === "" ? page : path.posix.join(path.posix.dirname(page), name);
  if (target.startsWith("..")) return `outside the ${place.name}`;
  const kind = place.kindOf(target);
  if (kind === undefined) return `not in the ${place.name}`;
  if (anchor === undefined) return undefined;
  if (kind === "folder" || !target.endsWith(".md")) return "an anchor in a file that is not a page";
  return anchorsIn(readFileSync(path.join(ROOT, target), "utf8")).has(anchor) ? undefined : "no such heading";
}
