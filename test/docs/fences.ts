// The programs and commands that the documentation shows.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { ROOT } from "../helpers/packed.ts";

export interface Fence {
  /** File, line and language. */
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

function fences(file: string, text: string): Fence[] {
  const found: Fence[] = [];
  for (const match of text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const line = text.slice(0, match.index).split("\n").length;
    found.push({ name: `${file}:${line}`, language: match[1] ?? "", text: match[2] ?? "" });
  }
  return found;
}

/** Every fence of the pages that people write, and of the doc blocks from which the reference is made. */
export function allFences(): Fence[] {
  const pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "vectors/README.md", ...filesBelow("docs", ".md")];
  const written = pages.filter((file) => !file.startsWith("docs/reference/"));
  return [
    ...written.flatMap((file) => fences(file, read(file))),
    ...filesBelow("src", ".ts").flatMap((file) => fences(file, withoutCommentMarks(read(file)))),
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
