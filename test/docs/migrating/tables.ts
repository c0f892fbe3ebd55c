// The tables of the pages in docs/guide/migrating, and what stands in their cells.
import { runInThisContext } from "node:vm";

import { read } from "../fences.ts";

export const FOLDER = "docs/guide/migrating";

/** The rows of the first table below a heading, without its head. */
export function tableOf(page: string, heading: string): string[][] {
  const [, below = ""] = read(`${FOLDER}/${page}.md`).split(new RegExp(`^## ${heading}$`, "m"));
  const [table = ""] = /^\|.*(?:\n\|.*)*/m.exec(below.split(/^## /m)[0] ?? "") ?? [];
  const rows = table.split("\n").slice(2);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

/** The first piece of code in a cell. */
export function codeIn(cell = ""): string | undefined {
  return /(`+) ?(.+?) ?\1/.exec(cell)?.[2];
}

/**
 * What an expression gives, with these names. A rejection is one of the promise, as an exception
 * is.
 */
export async function evaluate(expression: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
  const names = Object.keys(scope).filter((name) => name !== "default");
  const program = `(async ({ ${names.join(", ")} }) => (${expression}))`;
  return (runInThisContext(program) as (scope: object) => Promise<unknown>)(scope);
}
