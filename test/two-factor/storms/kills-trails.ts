// What processes that are killed do beside submitting codes of devices: they send codes, and
// browsers come back.
import { expect } from "vitest";

import { type TwoFactorStore } from "../../../src/two-factor/index.ts";
import { type Browser } from "../../../src/two-factor/state/state.ts";
import { type Crowd } from "../../stores/workers/crowd.ts";
import { type Mutant } from "./mutants.js";
import { FIRST, type Person, stateOf } from "./person.ts";
import { aboutDay, BINDING, codeOf, dayOf, flowOn, outcomeOf, type Outcome, visitOf } from "./tasks.js";

/** Of what was reported since, so many of the newest codes are submitted again. */
export const MOST_SUBMITTED_AGAIN = 20;

/** A code that was made, or, with a time, what became of it then: the first time it is right. */
interface MailReport extends Outcome {
  readonly day: number;
  readonly code?: string;
  readonly time?: number;
}

/** A browser that came, and the token that it was given. */
interface VisitReport extends Outcome {
  readonly visit: number;
  readonly token?: string;
}

interface Visitor {
  readonly person: Person;
  /** The tokens so far, of one browser. */
  readonly tokens: readonly string[];
  readonly visit: number;
}

/** Of one process. */
export interface Trails {
  /** To whom codes are sent. */
  readonly mailed: string;
  day: number;
  mail: MailReport[];
  visitor: Visitor;
  visits: VisitReport[];
}

export function followMail(crowd: Crowd, trails: Trails, mutant: Mutant): void {
  const reports: MailReport[] = [];
  trails.mail = reports;
  const input = { userId: trails.mailed, first: trails.day, mutant };
  crowd.one(0, "send", input, (report) => reports.push(report as MailReport)).catch(() => undefined); // it is killed
}

export function followBrowser(crowd: Crowd, trails: Trails, mutant: Mutant): void {
  const reports: VisitReport[] = [];
  trails.visits = reports;
  const { person, tokens, visit } = trails.visitor;
  const input = { userId: person.userId, token: tokens.at(-1), visit, mutant };
  crowd.one(0, "comeBack", input, (report) => reports.push(report as VisitReport)).catch(() => undefined);
}

/** Nobody else sends codes to this person. */
export async function settleMail(store: TwoFactorStore, trails: Trails): Promise<void> {
  const { mailed: userId, day: first } = trails;
  const reports = known(trails.mail);
  for (const { time, ...outcome } of reports.filter((report) => report.time !== undefined)) {
    expect({ time, ...outcome }).toMatchObject(
      time === 1 ? { passed: { purpose: "mail" } } : { refused: "code-rejected" },
    );
  }
  const last = reports.at(-1);
  const day = last?.day ?? first;
  // A code that was right is gone, and what was sent on that day is counted. Perhaps the next one
  // was made.
  const [issued] = (await stateOf(store, userId)).issued;
  if (last && issued?.day === last.day) expect(issued).toMatchObject({ count: 1, ...(last.time && { expiresAt: 0 }) });
  const possible = last
    ? [last.day, ...(last.time === undefined ? [] : [last.day + 1])]
    : [first - 1, first, undefined];
  expect(possible).toContain(issued?.day);
  const submit = (report: Pick<MailReport, "day" | "code">): Promise<Outcome> =>
    outcomeOf(flowOn(store, () => dayOf(report.day)).verifyIssuedCode(userId, report.code ?? "", aboutDay(report.day)));
  // The last one may have been right without a report. After this it has.
  if (last?.time === undefined && last?.code !== undefined) await submit(last);
  const accepted = reports.filter(({ code, time }) => code !== undefined && time === 1);
  for (const report of [...accepted.slice(-MOST_SUBMITTED_AGAIN), ...(last?.code === undefined ? [] : [last])]) {
    expect({ day: report.day, ...(await submit(report)) }).toEqual({ day: report.day, refused: "code-rejected" });
  }
  trails.day = day + 2;
  // What the process had sent may be committed even now, until somebody else has written.
  expect(await outcomeOf(flowOn(store, () => dayOf(day + 1)).issueCode(userId, aboutDay(day + 1)))).toSatisfy(
    ({ refused }: Outcome) => refused === undefined || refused === "throttled",
  );
  expect((await stateOf(store, userId)).issued).toMatchObject([{ day: day + 1, count: 1 }]);
}

/** A browser that is remembered from this visit on. */
export async function rememberBrowser(store: TwoFactorStore, person: Person, visit: number): Promise<Visitor> {
  const code = codeOf(person.secret, FIRST + 3 * visit);
  const flow = flowOn(store, () => visitOf(visit));
  const { browser } = await flow.verify(person.userId, code, { remember: { binding: BINDING } });
  return { person, tokens: [browser?.token ?? ""], visit: visit + 1 };
}

/** Nobody else comes with tokens of this browser. */
export async function settleBrowser(store: TwoFactorStore, trails: Trails): Promise<void> {
  const { person, tokens: before, visit: first } = trails.visitor;
  const { userId } = person;
  const reports = known(trails.visits);
  const visit = first + reports.length;
  expect(reports.map((report) => report.refused)).toEqual(reports.map(() => undefined));
  const tokens = [...before, ...reports.map(({ token }) => token ?? "")];
  expect(tokens.map(generationIn)).toEqual(tokens.map((_, index) => index + 1));

  // The present token may have been presented without a report.
  const generation = tokens.length;
  expect([generation, generation + 1]).toContain((await browserOf(store, userId))?.generation);
  const present = async (at: number, token: string | undefined): Promise<Outcome> =>
    outcomeOf(flowOn(store, () => visitOf(at)).recognizeBrowser(userId, token, { binding: BINDING }));
  const next = await tokenIn(present(visit, tokens.at(-1)));
  expect(generationIn(next)).toBe(generation + 1);
  expect(await tokenIn(present(visit, tokens.at(-1)))).toBe(next);
  expect((await browserOf(store, userId))?.generation).toBe(generation + 1);

  // One before that was replaced for good, and whoever comes with it takes the browser along.
  const replaced = tokens.slice(0, -1).slice(-MOST_SUBMITTED_AGAIN).toReversed();
  for (const token of replaced.length > 0 ? [...replaced, ...tokens.slice(-1), next] : []) {
    expect(await present(visit + 1, token)).toEqual({ refused: "browser-unknown" });
    expect(await browserOf(store, userId)).toBeUndefined();
  }
  await flowOn(store, () => visitOf(visit + 1)).forgetBrowsers(userId);
  trails.visitor = await rememberBrowser(store, person, visit + 2);
}

async function browserOf(store: TwoFactorStore, userId: string): Promise<Browser | undefined> {
  return (await stateOf(store, userId)).browsers[0];
}

async function tokenIn(presentation: Promise<Outcome>): Promise<string> {
  const { passed, refused } = await presentation;
  expect(refused).toBeUndefined();
  return (passed as { readonly token: string }).token;
}

function generationIn(token: string): number {
  return Number(token.split(".")[1]);
}

/** All but what nobody knows the outcome of, because the server was gone. */
export function known<Some extends Outcome>(reports: readonly Some[]): readonly Some[] {
  const end = reports.findIndex(({ refused }) => refused === "store-unavailable");
  return end < 0 ? reports : reports.slice(0, end);
}
