// Nothing is timed before it is right: every library makes the code of RFC 6238 Appendix B, accepts
// it and what else lies in the window up to both its ends, and refuses the time steps beyond and a
// wrong code. So all of them do the same work.
import assert from "node:assert/strict";
import { codesAt, LONG_WINDOW, RFC_CODES, RFC_TIME } from "./reference.mjs";

/** Loads a contestant and checks it. Returns its calls. */
export async function loadChecked(contestant) {
  const calls = await contestant.load();
  if (!contestant.isBare) await atTime(RFC_TIME, () => check(contestant, calls));
  return calls;
}

async function check(contestant, calls) {
  for (const [name, call] of Object.entries(calls)) {
    const what = `${contestant.name}, ${name}`;
    if (name.startsWith("code")) await checkCode(contestant, call, name, what);
    else if (name.startsWith("verify")) await checkVerification(contestant, call, what);
    else await checkSearch(contestant, call, what);
  }
}

async function checkCode(contestant, call, name, what) {
  const algorithm = { codeWithKeySha256: "SHA-256", codeWithKeySha512: "SHA-512" }[name] ?? "SHA-1";
  assert.equal(codesAt(RFC_TIME).at(0, algorithm), RFC_CODES[algorithm]);
  assert.equal(contestant.codeIn(await call()), RFC_CODES[algorithm], what);
}

async function checkVerification(contestant, call, what) {
  const { at, wrong } = codesAt(RFC_TIME);
  for (const step of [-1, 0, 1]) {
    assert.equal(contestant.isAccepted(await call(at(step))), true, `${what}: the code of step ${step} is right`);
  }
  for (const rejected of [at(-2), at(2), wrong]) {
    assert.equal(contestant.isAccepted(await call(rejected)), false, `${what}: ${rejected} is wrong`);
  }
}

async function checkSearch(contestant, call, what) {
  const { at, wrongPair } = codesAt(RFC_TIME);
  const pair = (step) => [at(step - 1), at(step)];
  for (const step of [-LONG_WINDOW, 0, LONG_WINDOW - 1]) {
    assert.equal(contestant.isAccepted(await call(pair(step))), true, `${what}: step ${step} is found`);
  }
  for (const rejected of [pair(-LONG_WINDOW - 1), pair(LONG_WINDOW + 1), wrongPair]) {
    assert.equal(contestant.isAccepted(await call(rejected)), false, `${what}: ${rejected} is wrong`);
  }
}

/**
 * Half of the libraries read the clock themselves and cannot be told the time. So the clock stands
 * still for a while.
 */
async function atTime(milliseconds, action) {
  const RealDate = globalThis.Date;
  globalThis.Date = class extends RealDate {
    constructor(...given) {
      super(...(given.length === 0 ? [milliseconds] : given));
    }
    static now() {
      return milliseconds;
    }
  };
  try {
    await action();
  } finally {
    globalThis.Date = RealDate;
  }
}
