// What a machine can check of the words: spelling, the length of lines, cells and pages, and some
// words that read as translated.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { read, writtenPages } from "./fences.ts";

const run = promisify(execFile);
const MOST_COLUMNS = 100;
const MOST_IN_A_CELL = 120;
const MOST_WORDS = 1500; // of a guide, counted as `wc -w` counts
const CODE = ["src", "examples", "docs/playground", "site", "schema", "tools", "bench", "test"];

const pages = writtenPages();
const columns = (line: string): number => Array.from(line).length;

/** Lines that are too long, but for those of tables, whose cells are looked at instead. */
function longLines(page: string): string[] {
  return page.split("\n").filter((line) => columns(line) > MOST_COLUMNS && !line.startsWith("|") && !isOneWord(line));
}

/** A heading or a link that cannot be broken. */
function isOneWord(line: string): boolean {
  return /^#|^\s*(?:- )?\S+$/.test(line);
}

function longCells(page: string): string[] {
  const rows = page.split("\n").filter((line) => line.startsWith("|"));
  const cells = rows.flatMap((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()));
  return cells.filter((cell) => columns(cell) > MOST_IN_A_CELL && !/^-+$/.test(cell));
}

/** Comments that have a line of their own. */
function longComments(code: string): string[] {
  const ownText = code.replaceAll(/^ *\* ```[^]*?^ *\* ```$/gm, ""); // programs have lines of their own
  const comments = ownText.split("\n").filter((line) => /^\s*(?:\/\/|\/\*\*|\*(?: |$))/.test(line));
  const isForced = (line: string): boolean => /https?:\/\/\S{50}|eslint-disable/.test(line);
  return comments.filter((line) => columns(line) > MOST_COLUMNS && !isForced(line));
}

/** Words and phrases that have a plainer one. */
const FOREIGN: Readonly<Record<string, string>> = {
  "whom|one and the same|and the like": "say it another way",
  "mends?|mended": "fix",
  "this is no|that is no|is no (?:code|secret|token|key|string)": "is not a",
  "whose code is typed|what a person typed": "user input",
};

function foreignWords(text: string): string[] {
  return Object.keys(FOREIGN).flatMap((words) => text.match(new RegExp(`\\b(?:${words})\\b`, "gi")) ?? []);
}

async function codeFiles(): Promise<string[]> {
  const { stdout } = await run("git", ["ls-files", "-co", "--exclude-standard", "--", ...CODE], { cwd: ROOT });
  const files = stdout.split("\n").filter((file) => /\.(?:ts|tsx|js|mjs|cjs)$/.test(file));
  return files.filter((file) => !/thirdparty|generated|reference/.test(file));
}

async function misspelled(words: readonly string[], input = ""): Promise<string> {
  const command = run(path.join(ROOT, "node_modules/.bin/cspell"), words, { cwd: ROOT });
  command.child.stdin?.end(input);
  const failed = (error: { stdout: string; stderr: string }): string => error.stdout + error.stderr;
  return command.then(() => "", failed);
}

describe("spelling", () => {
  it("is American, on every page and in all that is read of the code", async () => {
    expect(await misspelled(["--no-progress", "--no-summary", "--quiet"])).toBe("");
  });

  it.each(["colour", "enrolment", "behaviour", "recieve", "resynchronise"])("%s is noticed", async (word) => {
    expect(await misspelled(["--no-progress", "stdin://docs/some.md"], `A ${word} here.\n`)).toContain(word);
  });
});

describe("pages", () => {
  const guides = pages.filter((page) => page.startsWith("docs/guide/"));

  it.each(pages)("%s has lines and cells that fit a screen", (page) => {
    expect(longLines(read(page))).toEqual([]);
    expect(longCells(read(page))).toEqual([]);
  });

  it(`of docs/guide have at most ${MOST_WORDS} words`, () => {
    expect(guides.length).toBeGreaterThan(25);
    const words = guides.map((page) => [page, read(page).split(/\s+/).filter(Boolean).length] as const);
    expect(words.filter(([, count]) => count > MOST_WORDS)).toEqual([]);
  });

  it.each(pages.filter((page) => page !== "CHANGELOG.md"))("%s reads as English", (page) => {
    expect(foreignWords(read(page))).toEqual([]);
  });
});

it("comments have at most 100 columns, and read as English", async () => {
  const files = await codeFiles();
  expect(files.length).toBeGreaterThan(300);
  const long = files.filter((file) => longComments(read(file)).length > 0);
  expect(long).toEqual([]);
  const foreign = files.filter((file) => file.startsWith("src/") && foreignWords(read(file)).length > 0);
  expect(foreign).toEqual([]);
});

describe("the checks notice", () => {
  const long = "word ".repeat(21).trim();

  it("a long line, cell and comment, and a word", () => {
    expect(longLines(`a\n${long}\n`)).toEqual([long]);
    expect(longLines(`# ${long}\n| ${long} |\n`)).toEqual([]);
    expect(longCells(`| a | ${long} ${long} |\n| - | ${"-".repeat(200)} |\n`)).toEqual([`${long} ${long}`]);
    expect(longComments(`const a = "${long}";\n  // ${long}\n/** ${long} */\n * ${long}\n`)).toHaveLength(3);
    expect(foreignWords("This is no code, and the like; mend it.")).toEqual(["and the like", "mend", "This is no"]);
  });
});
