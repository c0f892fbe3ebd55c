// The assertions of the cases, and their messages.
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

/** Truthy is not enough: a row count or a nested promise would pass for a win. */
export function requireBoolean(answer: unknown, what: string): boolean {
  if (typeof answer !== "boolean") throw new Error(`the answer ${what} must be true or false, but is ${shown(answer)}`);
  return answer;
}

export async function stored(store: TwoFactorStore, id: string, record: Read, what: string): Promise<void> {
  const read: unknown = await store.read(id);
  if (record === undefined) {
    const found = read !== null && typeof read === "object" ? "a record" : read;
    same(found, undefined, `the record ${what}`);
    return;
  }
  const { revision, body } = (read ?? {}) as { revision?: unknown; body?: unknown };
  same(revision, record.revision, `the revision ${what}`);
  sameBody(body, record.body, `the body ${what}`);
}

export async function rejects(call: () => Promise<unknown>, what: string): Promise<void> {
  const outcome = await promised(call, what).then(
    (value) => ({ value }),
    () => undefined,
  );
  if (outcome) throw new Error(`${what} on a failing connection must reject, but gave ${shown(outcome.value)}`);
}

function promised(call: () => Promise<unknown>, what: string): Promise<unknown> {
  try {
    return call();
  } catch {
    throw new Error(`${what} must return a promise that rejects, but threw`);
  }
}

export function same(actual: unknown, expected: unknown, what: string): void {
  if (Object.is(actual, expected)) return;
  throw new Error(`${what} should be ${shown(expected)}, but is ${shown(actual)}`);
}

/** A body is long and private: the message only says where it differs. */
function sameBody(actual: unknown, expected: string, what: string): void {
  if (actual === expected) return;
  const found = typeof actual === "string" ? `${actual.length} characters` : typeof actual;
  const differs = Array.from(expected).findIndex((character, index) => Array.from(String(actual))[index] !== character);
  throw new Error(
    `${what} should be the ${expected.length} characters that were written, but is ${found}, different from character ${differs}`,
  );
}

/** Text and numbers as they are; objects, which may be records, only as "an object". */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length} characters)` : text;
}

/**
 * Wraps a store so that its errors are brief and omit the written bodies of every store with the
 * same set: driver errors may contain a whole statement with its values, and test runners print all
 * of it.
 */
export function briefly(store: TwoFactorStore, bodies: Set<string>): TwoFactorStore {
  const told = <Answer>(call: () => Promise<Answer>, verb: string): Promise<Answer> =>
    Promise.resolve()
      .then(call)
      .catch((error: unknown) => {
        throw new Error(`${verb} rejected with ${brief(error, bodies)}`);
      });
  return {
    read: (userId) => told(() => store.read(userId), "read"),
    compareAndSet: (userId, expected, next) => {
      if (next) bodies.add(next.body);
      return told(() => store.compareAndSet(userId, expected, next), "compareAndSet");
    },
  };
}

/** An error's message without quoted bodies; of long text, both ends. */
export function brief(error: unknown, bodies: ReadonlySet<string> = new Set(), depth = 0): string {
  const { name, code, message, cause } = Object(error) as Partial<
    Record<"name" | "code" | "message" | "cause", unknown>
  >;
  const forms = Array.from(bodies, (body) => [JSON.stringify(body), body]).flat();
  const long = forms.filter((form) => form.length > 4);
  const said = long.reduce((text, form) => text.replaceAll(form, "(the body)"), String(message ?? error));
  const text = said.replaceAll(/\s+/g, " ");
  const short = text.length > MOST_SAID ? `${text.slice(0, MOST_SAID / 2)} … ${text.slice(-MOST_SAID / 2)}` : text;
  const named = [name, code].filter((word) => typeof word === "string" && word !== "Error").join(" ");
  const isLast = cause === undefined || depth === MOST_CAUSES;
  const because = isLast ? "" : `, because of ${brief(cause, bodies, depth + 1)}`;
  return (named === "" ? short : `${named}: ${short}`) + because;
}

/** An error may be its own cause. */
const MOST_CAUSES = 3;
/** In characters. The suite's own messages are shorter. */
const MOST_SAID = 400;
