// What a case asks of an answer, and the error that says what is wrong with it.
import { type TwoFactorRecord, type TwoFactorStore } from "../../two-factor/store.ts";

export type Read = TwoFactorRecord | undefined;

export async function answers(
  store: TwoFactorStore,
  id: string,
  expected: string | undefined,
  next: Read,
  answer: boolean,
  what: string,
): Promise<void> {
  same(requireBoolean(await store.compareAndSet(id, expected, next), `to ${what}`), answer, `the answer to ${what}`);
}

/** Truthy is not enough: a promise of a promise or a row count would be read as a win. */
export function requireBoolean(answer: unknown, what: string): boolean {
  if (typeof answer !== "boolean") throw new Error(`the answer ${what} must be true or false, and is ${shown(answer)}`);
  return answer;
}

export async function stored(store: TwoFactorStore, id: string, record: Read, what: string): Promise<void> {
  const read: unknown = await store.read(id);
  if (record === undefined) {
    same(read, undefined, `the record ${what}`);
    return;
  }
  const { revision, body } = (read ?? {}) as { revision?: unknown; body?: unknown };
  same(revision, record.revision, `the revision ${what}`);
  same(body, record.body, `the body ${what}`);
}

export async function rejects(call: () => Promise<unknown>, what: string): Promise<void> {
  const outcome = await promised(call, what).then(
    (value) => ({ value }),
    () => undefined,
  );
  if (outcome) throw new Error(`${what} on a failing connection must reject, and gave ${shown(outcome.value)}`);
}

function promised(call: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    return call();
  } catch {
    throw new Error(`${what} must return a promise that rejects, and threw at once`);
  }
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (Object.is(actual, expected)) return;
  throw new Error(`${what} should be ${shown(expected)}, and is ${shown(actual)}`);
}

export function shown(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length} characters)` : text;
}
