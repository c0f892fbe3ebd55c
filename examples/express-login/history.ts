// What a person can read about their account: what happened, newest first, and how often somebody
// was refused.
import type { TwoFactorEvent } from "halfminute/two-factor";

import type { Database } from "./database/database.ts";

interface Happening {
  readonly at: string;
  readonly text: string;
}

/**
 * Whatever costs no proof to cause. It is counted: listed one by one, it would push everything else
 * out in a second.
 */
interface Refusal {
  readonly text: string;
  readonly count: number;
  readonly lastAt: string;
}

export interface History {
  readonly happenings: readonly Happening[];
  readonly refusals: readonly Refusal[];
}

export interface HistoryOf {
  write(event: TwoFactorEvent): Promise<void>;
  read(userId: string): Promise<History>;
}

export function openHistory(database: Database): HistoryOf {
  const listKey = (userId: string): string => `history:${userId}`;
  const refusalsKey = (userId: string): string => `refusals:${userId}`;
  const parse = (text: string | undefined): readonly Refusal[] => JSON.parse(text ?? "[]") as readonly Refusal[];

  /**
   * One entry for each text, of which there are few. If somebody else writes at the same time, once
   * more.
   */
  async function count(userId: string, { at, text }: Happening): Promise<void> {
    const key = refusalsKey(userId);
    const before = await database.get(key);
    const refusals = parse(before);
    const old = refusals.find((refusal) => refusal.text === text)?.count ?? 0;
    const others = refusals.filter((refusal) => refusal.text !== text);
    const after = JSON.stringify([{ text, count: old + 1, lastAt: at }, ...others] satisfies Refusal[]);
    const isWritten =
      before === undefined ? await database.add(key, after) : await database.replace(key, before, after);
    if (!isWritten) await count(userId, { at, text });
  }

  return {
    async write(event) {
      const happening = { at: event.at.toISOString(), text: describe(event) };
      if (COUNTED.has(event.type)) await count(event.userId, happening);
      else await database.append(listKey(event.userId), JSON.stringify(happening));
    },
    async read(userId) {
      const happenings = (await database.list(listKey(userId))).map((text) => JSON.parse(text) as Happening);
      return { happenings, refusals: parse(await database.get(refusalsKey(userId))) };
    },
  };
}

const COUNTED = new Set<TwoFactorEvent["type"]>([
  "code-issued",
  "issued-code-refused",
  "enrolled",
  "refused",
  "throttled",
  "clock-off",
  "parameters-ignored",
]);

const WORDS: Readonly<Record<string, string>> = {
  enrolled: "Set-up begun",
  confirmed: "Authenticator app confirmed",
  "device-removed": "Authenticator app removed",
  "device-renamed": "Authenticator app renamed",
  "code-issued": "Code by mail sent",
  "issued-code-passed": "Signed in from a new browser, with a code by mail",
  "recovery-code-issued": "Support made a recovery code for you",
  unlocked: "Support ended a lock or a wait, and forgot all browsers",
  "failures-mounting": "There were many wrong codes: whoever tried them knows your password",
  "browser-token-reused": "A copy of a remembered browser was refused, and the browser forgotten",
  disabled: "Turned off",
  throttled: "Refused (too early after wrong codes)",
  "clock-off": "Refused (the clock of the phone is wrong)",
};
const BY = { code: "a code", "recovery-code": "a recovery code", "consecutive-codes": "three codes in a row" };

/** In a line, for the history and for mail. */
export function describe(event: TwoFactorEvent): string {
  if (event.type === "passed") return `Passed with ${BY[event.method]}`;
  if (event.type === "refused") return `Refused (${event.reason.replaceAll("-", " ")})`;
  if (event.type === "issued-code-refused") return "Code by mail refused";
  if (event.type === "recovery-code-used") return `Recovery code used, ${event.recoveryCodesLeft} left`;
  return WORDS[event.type] ?? `${event.type.charAt(0).toUpperCase()}${event.type.slice(1).replaceAll("-", " ")}`;
}
