// The guide to operations names what there is: every error that only operators can repair, every limit, and only events that exist.
import { describe, expect, it } from "vitest";

import { TwoFactorError, type TwoFactorErrorCode } from "../../src/two-factor/index.ts";
import { read } from "./fences.ts";

const guide = read("docs/guide/operations.md");

function namesIn(file: string, pattern: RegExp): string[] {
  return Array.from(read(file).matchAll(pattern), ([, name = ""]) => name);
}

const CODES = namesIn("src/two-factor/two-factor-error.ts", /^ {2}\| "([\w-]+)"/gm);
const REASONS = namesIn("src/two-factor/events.ts", /^ \* - `([\w-]+)`(?:, `[\w-]+`)?:/gm);
const EVENTS = namesIn("src/two-factor/events.ts", /^ {2}readonly "?([\w-]+)"?: (?:\{|unknown|\w+Fields)/gm);
const LIMITS = namesIn("src/two-factor/policy.ts", /^ {2}readonly (\w+)\?: number/gm);

/** What stands in backticks in the first cells of the tables of a section. */
function firstCells(heading: string): string[] {
  const [, section = ""] = guide.split(`\n## ${heading}\n`);
  const rows = Array.from(section.split("\n## ")[0]?.matchAll(/^ *\| ([^|]*[^|-][^|]*) \|/gm) ?? []);
  return rows.flatMap(([, cell = ""]) => Array.from(cell.matchAll(/`([\w-]+)`/g), ([, name = ""]) => name));
}

it("the sources are read", () => {
  expect(CODES).toHaveLength(23);
  expect(EVENTS.length).toBeGreaterThan(25);
  expect(LIMITS).toHaveLength(18);
  expect(REASONS).toContain("wrong");
});

describe("there is a row for", () => {
  it("every error that only operators can repair", () => {
    const theirs = CODES.filter((code) => new TwoFactorError(code as TwoFactorErrorCode).status >= 500);
    expect(firstCells("What errors mean for you").toSorted()).toEqual([...theirs, "OtpError"].toSorted());
  });

  it("every limit, and what a change of it does", () => {
    expect(firstCells("Changing the policy").toSorted()).toEqual([...LIMITS, "parameters"].toSorted());
  });
});

it("alerts and restores name events, errors and reasons that there are", () => {
  const known = new Set([...CODES, ...EVENTS, ...REASONS]);
  const alerts = firstCells("What to alert on");
  expect(alerts.length).toBeGreaterThan(12);
  expect(alerts.filter((name) => !known.has(name))).toEqual([]);
  const restores = firstCells("Backups");
  expect(restores.length).toBeGreaterThan(6);
  expect(restores.filter((name) => !EVENTS.includes(name))).toEqual([]);
});
