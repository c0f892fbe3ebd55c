// The programs and commands that the documentation shows.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { ROOT } from "../helpers/packed.ts";
import { allPages } from "./markdown.ts";

export interface Fence {
  /** File and line. */
  readonly name: string;
  readonly file: string;
  readonly language: string;
  readonly text: string;
}

/**
 * With the language as it is written, whatever it is. A fence that nobody closes goes on to the
 * end.
 */
export function fencesIn(file: string, text: string): Fence[] {
  const found: Fence[] = [];
  for (const match of text.matchAll(/^( *)(```+|~~~+)(.*)\n([^]*?)(?:^ *\2[`~]* *$|(?![^]))/gm)) {
    const [, indent = "", , language = "", inner = ""] = match;
    const line = text.slice(0, match.index).split("\n").length;
    const own = inner.replaceAll(new RegExp(`^ {0,${indent.length}}`, "gm"), "");
    found.push({ name: `${file}:${line}`, file, language: language.trim(), text: own });
  }
  return found;
}

/** The pages that people write: all but those that are made from doc blocks. */
export function writtenPages(): string[] {
  return allPages().filter((file) => !file.startsWith("docs/reference/"));
}

/**
 * Every fence of the pages that people write, and of the doc blocks from which the reference is
 * made.
 */
export function allFences(): Fence[] {
  return [
    ...writtenPages().flatMap((file) => fencesIn(file, read(file))),
    ...filesBelow("src", ".ts").flatMap((file) => fencesIn(file, withoutCommentMarks(read(file)))),
  ];
}

function filesBelow(folder: string, ending: string): string[] {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
}

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), "utf8");
}

function withoutCommentMarks(text: string): string {
  return text.replace(/^ \* ?/gm, "");
}
