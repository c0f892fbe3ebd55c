// Nothing is timed before it is right: every library makes the code of RFC 6238 Appendix B, accepts it and both its
// neighbours, and refuses the time steps beyond and a wrong code. So all of them do the same work.
import assert from "node:assert/strict";
import { code, codesAt, counterAt, RFC_CODE, RFC_TIME } from "./reference.mjs";

/** Loads a contestant and checks it. Returns its calls. */
export async function loadChecked(contestant) {
  const calls = await contestant.load();
  if (!contestant.isBare) await atTime(RFC_TIME, () => check(contestant, calls));
  return calls;
}

async function check(contestant, calls) {
  const now = counterAt(RFC_TIME);
  const { before, right, after, wrong } = codesAt(RFC_TIME);
  assert.equal(right, RFC_CODE);
  for (const [name, call] of Object.entries(calls)) {
    const what = `${contestant.name}, ${name}`;
    if (name.startsWith("code")) {
      assert.equal(contestant.codeIn(await call()), RFC_CODE, what);
      continue;
    }
    for (const accepted of [before, right, after]) {
      assert.equal(contestant.isAccepted(await call(accepted)), true, `${what}: ${accepted} is right`);
    }
    for (const rejected of [code(now - 2), code(now + 2), wrong]) {
      assert.equal(contestant.isAccepted(await call(rejected)), false, `${what}: ${rejected} is wrong`);
    }
  }
}

/** Half of the libraries read the clock themselves and cannot be told the time. So the clock stands still for a while. */
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
