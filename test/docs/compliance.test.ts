// Every requirement of docs/compliance.md names a test that shows it, or says that it is
// left to the app, and every test that is named exists.
import { existsSync } from "node:fs";
import path from "node:path";

import ts from "typescript";
import { describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { read } from "./fences.ts";

const page = read("docs/compliance.md");
const FAULTS = "Faults of other libraries, and the test that keeps each out";
const LEFT = "Test: none, left to the app";

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
  /** The requirement or the fault. */
  readonly title: string;
  /** What is said of it, and the tests. */
  readonly points: readonly string[];
}

/**
 * The entries of all sections: a paragraph in bold with its list, or a point of the list of faults
 * with its own.
 */
function rowsOf(text: string): Row[] {
  return text.split("\n## ").flatMap((part) => {
    const [section = "", ...lines] = part.replaceAll(/(?<!\n)\n +(?![ -])|(?<=\*\* .*)\n(?=[^\n])/g, " ").split("\n");
    const rows: { section: string; title: string; points: string[] }[] = [];
    for (const line of lines) {
      const isTitle = line.startsWith(section === FAULTS ? "- " : "**");
      if (isTitle) rows.push({ section, title: line, points: [] });
      else if (/^ *- /.test(line)) rows.at(-1)?.points.push(line.trim().slice(2));
    }
    return rows;
  });
}

/**
 * The full names of the tests in a file: those of the groups around it, and its own. Skipped ones
 * are none.
 */
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

/** What is wrong with the tests that an entry names. */
function problemsOf({ section, title, points }: Row, readSource: (file: string) => string | undefined): string[] {
  const mark = section === FAULTS ? "" : "Test: ";
  const tests = points.filter((point) => point.startsWith(mark));
  const row = `${section}: ${title}`;
  if (tests.length === 0) return [`${row}: names no test`];
  if (tests.join() === LEFT && section !== FAULTS) return [];
  return tests.flatMap((point) => {
    const [, file = "", name = ""] = /^`(test\/[\w./-]+)`: "([^"]+)"$/.exec(point.slice(mark.length)) ?? [];
    const known = testsOf(readSource(file) ?? "");
    const matching = known.filter((full) => full === name || full.endsWith(` > ${name}`));
    return matching.length === 1 ? [] : [`${row}: ${point} names ${matching.length} tests`];
  });
}

function readSource(file: string): string | undefined {
  return existsSync(path.join(ROOT, file)) ? read(file) : undefined;
}

const rows = rowsOf(page);

it.each(Object.entries(SECTIONS))("%s has its entries", (section, beginnings) => {
  const own = rows.filter((row) => row.section === section);
  expect(own.length).toBeGreaterThanOrEqual(Math.max(beginnings.length, 1));
  for (const beginning of beginnings) {
    expect(
      own.some(({ title }) => title.startsWith(`**${beginning}** `)),
      beginning,
    ).toBe(true);
  }
});

it("every entry names tests that exist, or says that it is left to the app", () => {
  expect(rows.length).toBeGreaterThan(90);
  expect(rows.flatMap((row) => problemsOf(row, readSource))).toEqual([]);
});

describe("the check notices", () => {
  const source = 'describe("a", () => { it("b", () => {}); it.each([1])("c %s", () => {}); it.skip("d", () => {}); });';
  const problems = (list: string, section = "RFC", text = source): number => {
    const page = section === FAULTS ? `\n## ${FAULTS}\n\n- one\n${list}` : `\n## RFC\n\n**§1** one\n  two\n\n${list}`;
    const found = rowsOf(page);
    expect(found).toHaveLength(1);
    return found.flatMap((row) => problemsOf(row, (file) => (file === "test/a.test.ts" ? text : undefined))).length;
  };

  it("nothing where all is well", () => {
    for (const title of ["b", "a > b", "c %s", "a > c %s"]) {
      expect(problems(`- Here: yes.\n- Test: \`test/a.test.ts\`: "${title}"`), title).toBe(0);
    }
    expect(problems('- Test: `test/a.test.ts`:\n  "b"\n- Test: `test/a.test.ts`: "c\n  %s"')).toBe(0);
    expect(problems('  - `test/a.test.ts`: "b"', FAULTS)).toBe(0);
    expect(problems(`- ${LEFT}`)).toBe(0);
  });

  it.each([
    ["a test that is gone", '- Test: `test/a.test.ts`: "e"'],
    ["a file that is gone", '- Test: `test/b.test.ts`: "b"'],
    ["a group for a test", '- Test: `test/a.test.ts`: "a"'],
    ["a test that is skipped", '- Test: `test/a.test.ts`: "d"'],
    ["half a title", '- Test: `test/a.test.ts`: "c"'],
    ["one of two", '- Test: `test/a.test.ts`: "b"\n- Test: `test/a.test.ts`: "e"'],
    ["no test", "- Here: of course."],
    ["nothing", ""],
    ["words beside a test", '- Test: `test/a.test.ts`: "b" and others'],
    ["words beside what is left", `- ${LEFT}, mostly`],
    ["a test beside what is left", `- Test: \`test/a.test.ts\`: "b"\n- ${LEFT}`],
  ])("%s", (_, list) => {
    expect(problems(list)).toBe(1);
  });

  it("a fault that is left to the app, and a title that two tests have", () => {
    expect(problems(`  - ${LEFT}`, FAULTS)).toBe(1);
    expect(problems('- Test: `test/a.test.ts`: "b"', "RFC", `${source}${source}`)).toBe(1);
  });
});
