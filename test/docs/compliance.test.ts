// Every requirement of docs/compliance.md names a test that shows it, or says that it is left to the app, and every test that is named exists.
import { existsSync } from "node:fs";
import path from "node:path";

import ts from "typescript";
import { describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { read } from "./fences.ts";

const page = read("docs/compliance.md");
const FAULTS = "Faults of other libraries, and the test that keeps each out";

/** What the page must speak of: its sections, and how rows of a section begin. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  "RFC 4226 (HOTP)": ["§7.1", "§7.2", "§7.3", "§7.4", "§7.5"],
  "RFC 6238 (TOTP)": ["§5.1", "§5.2", "§6"],
  "NIST SP 800-63B-4": ["§3.1.2", "§3.1.3", "§3.1.4", "§3.2.2", "§4.1", "§4.2"],
  "OWASP ASVS 5": [
    "6.1.1",
    "6.3.1",
    "6.3.5",
    "6.3.6",
    "6.3.7",
    "6.3.8",
    "6.4.4",
    "6.5.1",
    "6.5.2",
    "6.5.3",
    "6.5.4",
    "6.5.5",
    "6.5.6",
    "6.5.7",
    "6.5.8",
    "6.6.1",
    "6.6.2",
    "6.6.3",
    "7.5.1",
  ],
  [FAULTS]: [],
};

interface Row {
  readonly section: string;
  readonly cells: readonly string[];
}

/** The rows of all tables, without their heads. */
function rowsOf(text: string): Row[] {
  return text.split("\n## ").flatMap((part) => {
    const [section = "", ...lines] = part.split("\n");
    const body = lines.filter((line, index) => line.startsWith("|") && !lines[index + 1]?.startsWith("| -"));
    const cells = body.filter((line) => !line.startsWith("| -")).map((line) => line.slice(1, -1).split("|"));
    return cells.map((row) => ({ section, cells: row.map((cell) => cell.trim()) }));
  });
}

/** The full names of the tests in a file: those of the groups around it, and its own. Skipped ones are none. */
function testsIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const [word, ...modifiers] = ts.isCallExpression(node) ? wordsOf(node.expression) : [];
    const title = ts.isCallExpression(node) && node.arguments[0];
    if (modifiers.includes("skip") || modifiers.includes("todo")) return;
    const isNamed = title && ts.isStringLiteralLike(title);
    if (isNamed && (word === "it" || word === "test")) found.push([...groups, title.text].join(" > "));
    const inner = isNamed && word === "describe" ? [...groups, title.text] : groups;
    ts.forEachChild(node, (child) => {
      visit(child, inner);
    });
  };
  visit(ts.createSourceFile("test.ts", source, ts.ScriptTarget.Latest), []);
  return found;
}

const parsed = new Map<string, string[]>();

/** The same, and each file is parsed once. */
function testsOf(source: string): string[] {
  const tests = parsed.get(source) ?? testsIn(source);
  parsed.set(source, tests);
  return tests;
}

/** `it.each(…)` in `it.each(…)("…")` is the words `it` and `each`. */
function wordsOf(callee: ts.Expression): string[] {
  if (ts.isCallExpression(callee)) return wordsOf(callee.expression);
  if (ts.isPropertyAccessExpression(callee)) return [...wordsOf(callee.expression), callee.name.text];
  return ts.isIdentifier(callee) ? [callee.text] : [];
}

/** What is wrong with the last cell of a row. */
function problemsOf({ section, cells }: Row, readSource: (file: string) => string | undefined): string[] {
  const last = cells.at(-1) ?? "";
  const named = Array.from(last.matchAll(/`(test\/[\w./-]+)`: "([^"]+)"/g));
  const row = `${section}: ${cells[0] ?? ""}`;
  const isLeft = last === "left to the app" && section !== FAULTS;
  if (named.length === 0) return isLeft ? [] : [`${row}: names no test`];
  const rest = named.reduce((text, [whole]) => text.replace(whole, ""), last).replaceAll(/<br>|\s/g, "");
  const wrong = named.flatMap(([, file = "", title = ""]) => {
    const tests = testsOf(readSource(file) ?? "");
    const matching = tests.filter((name) => name === title || name.endsWith(` > ${title}`));
    return matching.length === 1 ? [] : [`${row}: ${file} has ${matching.length} tests "${title}"`];
  });
  return rest === "" ? wrong : [...wrong, `${row}: ${rest} is no name of a test`];
}

function readSource(file: string): string | undefined {
  return existsSync(path.join(ROOT, file)) ? read(file) : undefined;
}

const rows = rowsOf(page);

it.each(Object.entries(SECTIONS))("%s has its rows", (section, beginnings) => {
  const own = rows.filter((row) => row.section === section);
  expect(own.length).toBeGreaterThanOrEqual(Math.max(beginnings.length, 1));
  for (const beginning of beginnings) {
    expect(
      own.some(({ cells }) => cells[0]?.startsWith(`${beginning} `)),
      beginning,
    ).toBe(true);
  }
});

it("every row has its cells, and names tests that exist, or says that it is left to the app", () => {
  for (const { section, cells } of rows) expect(cells, section).toHaveLength(section === FAULTS ? 2 : 4);
  expect(rows.flatMap((row) => problemsOf(row, readSource))).toEqual([]);
});

describe("the check notices", () => {
  const source = 'describe("a", () => { it("b", () => {}); it.each([1])("c %s", () => {}); it.skip("d", () => {}); });';
  const problems = (cell: string, section = "RFC", text = source): number =>
    problemsOf({ section, cells: ["§1 one", cell] }, (file) => (file === "test/a.test.ts" ? text : undefined)).length;

  it("nothing where all is well", () => {
    for (const title of ["b", "a > b", "c %s", "a > c %s"]) {
      expect(problems(`\`test/a.test.ts\`: "${title}"`), title).toBe(0);
    }
    expect(problems('`test/a.test.ts`: "b"<br>`test/a.test.ts`: "c %s"')).toBe(0);
    expect(problems("left to the app")).toBe(0);
  });

  it.each([
    ["a test that is gone", '`test/a.test.ts`: "e"'],
    ["a file that is gone", '`test/b.test.ts`: "b"'],
    ["a group for a test", '`test/a.test.ts`: "a"'],
    ["a test that is skipped", '`test/a.test.ts`: "d"'],
    ["half a title", '`test/a.test.ts`: "c"'],
    ["one of two", '`test/a.test.ts`: "b"<br>`test/a.test.ts`: "e"'],
    ["no test", "of course"],
    ["nothing", ""],
    ["words beside a test", '`test/a.test.ts`: "b" and others'],
    ["words beside what is left", "left to the app, mostly"],
  ])("%s", (_, cell) => {
    expect(problems(cell)).toBe(1);
  });

  it("a fault that is left to the app, and a title that two tests have", () => {
    expect(problems("left to the app", FAULTS)).toBe(1);
    expect(problems('`test/a.test.ts`: "b"', "RFC", `${source}${source}`)).toBe(1);
  });
});
