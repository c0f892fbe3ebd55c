// What a page shows of a file is what the file says. The fence names it: ```ts
// file=examples/orm/knex.ts
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { allFences, fencesIn, read } from "./fences.ts";

const excerpts = allFences().flatMap(({ language, ...fence }) => {
  const [, kind, file = ""] = /^(\w+) file=(\S+)$/.exec(language) ?? [];
  return kind === undefined ? [] : [{ ...fence, kind, shown: file }];
});

/** Of the middle of a function, without its indentation. */
function linesOf(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return `\n${lines.filter((line) => line !== "").join("\n")}\n`;
}

it.each(excerpts)("$name shows $shown", ({ text, shown, kind }) => {
  expect(existsSync(path.join(ROOT, shown))).toBe(true);
  expect(path.extname(shown)).toBe(`.${kind}`);
  expect(text.trim()).not.toBe("");
  expect(linesOf(read(shown))).toContain(linesOf(text));
});

it("every recipe of examples/orm is on a page", () => {
  const pages = ["docs/guide/stores/own-tables.md", "docs/guide/stores/users-table.md"];
  const files = readdirSync(path.join(ROOT, "examples/orm")).filter((file) => /\.(?:ts|prisma)$/.test(file));
  const recipes = files.filter((file) => file !== "connections.ts");
  expect(recipes.length).toBeGreaterThan(5);
  const isThere = (file: string): boolean => pages.some((page) => read(page).includes(`examples/orm/${file}`));
  expect(recipes.filter((file) => !isThere(file))).toEqual([]);
  const fences = pages.flatMap((page) => fencesIn(page, read(page)));
  expect(fences.filter(({ language }) => !language.includes("file="))).toEqual([]);
});
