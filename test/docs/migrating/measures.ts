// How the rows of "What behaves differently" that only some libraries have are measured, in the
// words of the pages.
import { vi } from "vitest";

import { generateHotp, generateTotp } from "../../../src/index.ts";
import { verifyTotp } from "../../../src/sync.ts";
import type { Peer } from "./libraries.ts";
import { CODE, HERE, moved, SECRET, STEP, verdict, windowOf } from "./outcomes.ts";

export type Measure = () => unknown;
/** A label, then what is measured there and here. */
export type Row = readonly [label: string, ...measures: Measure[]];
export type Options = Readonly<Record<string, unknown>>;
export type Calls = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;

export const TEXT = "12345678901234567890";
export const TWINS = { step: 58261607, code: "905913" }; // of the steps before and after this one: by oathtool and pyotp
export const atTwins = new Date(TWINS.step * 30_000);
export const WRONG = "000000";

export async function codeBy(call: Measure, right: string = CODE): Promise<string> {
  try {
    const code = await call();
    if (code === right) return "right code";
    return code === (await generateHotp(SECRET, 0)) ? "code of counter 0" : "wrong code";
  } catch {
    return "throws";
  }
}

export async function ignores(call: Measure): Promise<string> {
  const answer = await verdict(call);
  return answer === "accepted" ? "ignored" : answer;
}

async function deltaOf(answer: unknown): Promise<unknown> {
  const value = await answer;
  return typeof value === "number" ? value : (value as Options | null | undefined)?.["delta"];
}

export const twins = (label: string, call: Measure): Row => {
  const words = new Map<unknown, string>([
    [1, "the later"],
    [-1, "the earlier"],
  ]);
  const word = async (answer: unknown): Promise<string> => words.get(await deltaOf(answer)) ?? "neither";
  return [label, () => word(call()), () => word(verifyTotp(SECRET, TWINS.code, { at: atTwins }))];
};

export const anyCall = (value: unknown): Calls => value as Calls;
export const made = (Class: unknown, options: Options): Calls =>
  new (Class as new (options: Options) => Calls)(options);

export function shared(peer: Peer, notANumber?: Options): Row[] {
  const unknown =
    (of: Peer): Measure =>
    () =>
      ignores(() => of.generate(SECRET, { nonsense: 1 }));
  const hotp =
    ({ verifyHotp: verify }: Peer): Measure =>
    () =>
      windowOf((code) => verify?.(SECRET, code, 1000), 1000);
  const rows: Row[] = [];
  if (peer.page !== "node-2fa") rows.push(["unknown option name", unknown(peer), unknown(HERE)]);
  if (peer.verifyHotp) rows.push(["HOTP, no window given", hotp(peer), hotp(HERE)]);
  if (notANumber) {
    const here: Measure = () => codeBy(() => generateTotp(SECRET, { at: NaN as never }));
    rows.push(["`NaN` as the moment", () => codeBy(() => peer.generate(SECRET, notANumber)), here]);
  }
  return rows;
}

export const textWindow = (there: Measure, name = '`window: "1"`'): Row => [
  name,
  there,
  () => verdict(() => verifyTotp(SECRET, CODE, { lookAhead: "1" as never })),
];

/** Not for a window that never ends: looks at three codes only. */
export const farWindow = async (verify: (code: string) => unknown): Promise<string> => {
  for (const ahead of [0, 1, 100]) if (!(await verify(await generateHotp(SECRET, STEP + ahead)))) return "a window";
  return "any code, after a long search";
};

/** Whether a search goes on after a thousand keys: then it is ended from within. */
export const endless =
  (call: Measure): Measure =>
  async () => {
    const { subtle } = crypto;
    const importKey = subtle.importKey.bind(subtle);
    let left = 1000;
    const spy = vi.spyOn(subtle, "importKey").mockImplementation((...given: Parameters<typeof importKey>) => {
      left -= 1;
      return left > 0 ? importKey(...given) : Promise.reject(new Error("enough"));
    });
    const answer = await verdict(call);
    spy.mockRestore();
    return left > 0 ? answer : "never ends";
  };

/** Counter 10281 of RFC 4226's key: 92555 is too short by one digit. */
export function truncation(peer: Peer): Row[] {
  const at = 10281 * 30_000;
  return [
    [
      "code `092555`",
      () => moved(at, () => verdict(() => peer.verify?.(SECRET, "092555", { window: 1 }))),
      () => moved(at, () => verdict(() => verifyTotp(SECRET, "092555"))),
    ],
    [
      "code `5`, for `092555`",
      () => moved(at, () => verdict(() => peer.verify?.(SECRET, "5", { window: 1 }))),
      () => moved(at, () => verdict(() => verifyTotp(SECRET, "5"))),
    ],
  ];
}

/** Of notp, and of node-2fa, which uses it. */
export const notpTwins = ({ verify }: Peer): Row =>
  twins("two steps with one code", () =>
    moved(atTwins.getTime(), async () => await verify?.(SECRET, TWINS.code, { window: 1 })),
  );
