// The least that a test runner is: for any runtime, with nothing but the language.

/**
 * Registers suites with a test runner: face → function of { test, expect }. Returns what passed in
 * each face, which grows while the tests run. A test that returns a number checked that many rows
 * of vectors; any other is one case.
 */
export function register(suites, { test, expect }) {
  const counts = {};
  for (const [face, suite] of Object.entries(suites)) {
    const passed = (counts[face] = { cases: 0, rows: 0 });
    let registered = 0;
    const counted = (name, body) => {
      registered++;
      test(`${face}: ${name}`, async () => {
        const rows = await body();
        if (typeof rows === "number") passed.rows += rows;
        else passed.cases++;
      });
    };
    suite({ test: counted, expect });
    if (registered === 0) throw new Error(`${face}: no test`);
  }
  return counts;
}

/** Runs suites, one test after the other. */
export async function collect(suites) {
  const tests = [];
  const counts = register(suites, { test: (name, body) => tests.push({ name, body }), expect });
  if (tests.length === 0) throw new Error("no test");
  const failures = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch (error) {
      failures.push(`${name}: ${described(error)}`);
    }
  }
  return { counts, failures };
}

export function expect(actual) {
  const check = (isRight, expected) => {
    if (!isRight) throw new Error(`expected ${shown(expected)}, got ${shown(actual)}`);
  };
  return {
    toBe: (expected) => check(Object.is(actual, expected), expected),
    toEqual: (expected) => check(isEqual(actual, expected), expected),
  };
}

const PLAIN = [Object.prototype, Array.prototype, null];

/**
 * Deep for plain objects and arrays, Object.is for all else. A property that is undefined is not
 * one that is absent.
 */
function isEqual(one, other) {
  if (Object.is(one, other)) return true;
  const prototype = prototypeOf(one);
  if (!PLAIN.includes(prototype) || prototype !== prototypeOf(other)) return false;
  if (Array.isArray(one) && one.length !== other.length) return false;
  const [keys, otherKeys] = [Object.keys(one), Object.keys(other)];
  return (
    keys.length === otherKeys.length && keys.every((key) => otherKeys.includes(key) && isEqual(one[key], other[key]))
  );
}

function prototypeOf(value) {
  return typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
}

function shown(value) {
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
}

/** The message, and where: some engines leave the one out of `stack`, some the other. */
function described(error) {
  const stack = error?.stack ?? "";
  return stack.includes(error?.message) ? stack : `${String(error)}\n${stack}`;
}
