// Stored records with damage, of both versions: each call answers `state-corrupt` and writes
// nothing, or the damage is harmless. Whoever passes has a right code, token or recovery code.
import assert from "node:assert/strict";

import fc from "fast-check";

import type { TwoFactorStore } from "../../../src/two-factor/index.ts";
import type { State } from "../../../src/two-factor/state/state.ts";
import { memoryStore } from "../../two-factor/in-memory.ts";
import { allAttempts, type Attempt, attemptOf } from "../attempts.ts";
import { broken, sample } from "../damage.ts";
import { anything } from "../inputs.ts";
import { FLIPPED, hiddenOf, type Sample, SAMPLES } from "../samples.ts";
import { property, type Target } from "../target.ts";
import type { Watch } from "../watch.ts";

function readOrNot(sample: Sample, body: unknown): State | undefined {
  try {
    return sample.read(body);
  } catch (error) {
    assert.equal((error as { readonly code?: unknown }).code, "state-corrupt");
    return undefined;
  }
}

/** These do not read the record first, or do not need it whole. */
const NEED_NO_RECORD = ["disable", "verify", "confirm", "verifyConsecutive", "verifyIssuedCode", "recognizeBrowser"];

/** Makes the call on a record with that body; whether it resolved. */
async function expectHarmless(sample: Sample, body: string, attempt: Attempt, watch: Watch): Promise<boolean> {
  const { userId } = sample;
  let store = memoryStore();
  const hidden = hiddenOf(sample);
  const { value, code } = await watch.call(async () => {
    store = memoryStore(new Map([[userId, { revision: "1", body }]]));
    return { answer: await attempt.call(sample.flow(store)) };
  }, hidden);
  const left = store.records.get(userId);
  const before = readOrNot(sample, body);
  if (!before) {
    const isBefore = NEED_NO_RECORD.includes(attempt.kind) && ["code-rejected", "browser-unknown"].includes(code ?? "");
    assert.ok(
      attempt.kind === "disable" || code === "state-corrupt" || isBefore,
      `${attempt.kind}: ${code ?? "resolves"}`,
    );
    assert.ok(attempt.kind === "disable" || left?.body === body, "a corrupt record was changed");
    return false;
  }
  const after = left && sample.read(left.body); // what was written can be read
  if (value) {
    assert.ok(attempt.isRight(value.answer as never, before, after), `${attempt.kind} resolves, and must not`);
    if (attempt.kind === "status") for (const text of hidden) assert.ok(!JSON.stringify(value.answer).includes(text));
  }
  return value !== undefined;
}

const junk = fc.oneof(anything, fc.string({ unit: "binary" }), fc.stringMatching(/^[0-9]{6,8}$/));

/** What a broken store may resolve to. */
const strangeRecord = fc.oneof(
  anything,
  fc.record({ revision: anything, body: anything }, { requiredKeys: [] }),
  fc.record({ revision: fc.constant("1"), body: anything }),
);

/** The record of one person in the place of another: nobody passes with what that one has. */
async function moveAll(watch: Watch): Promise<number> {
  const moved = SAMPLES.slice(0, 2).map((each, index) => ({ ...each, userId: SAMPLES[1 - index]?.userId ?? "" }));
  const cases = moved.flatMap((each) => allAttempts(each).right.map((attempt) => ({ each, attempt })));
  for (const { each, attempt } of cases) {
    const isAnswered = await expectHarmless(each, each.body, attempt, watch);
    assert.ok(attempt.kind === "status" || !isAnswered, `${attempt.kind} with the record of another person`);
  }
  return cases.length;
}

async function flipAll(
  watch: Watch,
  { isLong, seed }: { readonly isLong: boolean; readonly seed: number },
): Promise<number> {
  let cases = await moveAll(watch);
  for (const each of FLIPPED) {
    const { right, wrong } = allAttempts(each);
    for (const attempt of right) {
      // So what is refused below is refused for the damage.
      assert.ok(await expectHarmless(each, each.body, attempt, watch), `${each.name}: ${attempt.kind}`);
    }
    for (let at = 0; at < each.body.length; at++) {
      for (const bit of isLong ? [0, 1, 2, 3, 4, 5, 6, 7] : [(at + seed) % 7]) {
        const flipped = String.fromCharCode(each.body.charCodeAt(at) ^ (1 << bit));
        const body = each.body.slice(0, at) + flipped + each.body.slice(at + 1);
        const isRead = readOrNot(each, body) !== undefined;
        // One after the other takes its turn, so each is made on some bytes of every field.
        const turns = [right[cases % right.length], isRead ? wrong[cases % wrong.length] : undefined];
        for (const attempt of turns) if (attempt) await expectHarmless(each, body, attempt, watch);
        cases++;
      }
    }
  }
  return cases;
}

export const records: Target = {
  name: "records",
  exhaust: flipAll,
  properties: [
    property(
      fc.tuple(broken, fc.nat({ max: 10 }), fc.nat({ max: 1e9 }), junk),
      async ([{ each, body }, kind, choice, typed], watch) => {
        await expectHarmless(each, body, attemptOf(each, kind, choice, typed), watch);
      },
    ),
    // Nothing is damaged but what is typed.
    property(
      fc.tuple(sample, fc.nat({ max: 10 }), fc.nat({ max: 1e9 }), junk),
      async ([each, kind, choice, typed], watch) => {
        await expectHarmless(each, each.body, attemptOf(each, kind, choice, typed), watch);
      },
    ),
    property(
      fc.tuple(sample, strangeRecord, fc.nat({ max: 10 }), fc.nat({ max: 1e9 })),
      async ([each, record, kind, choice], watch) => {
        const store: TwoFactorStore = {
          read: () => Promise.resolve(record as undefined),
          compareAndSet: () => Promise.reject(new Error("nothing may be written")),
        };
        if (record === undefined) return; // nobody
        const attempt = attemptOf(each, kind, choice, "123456");
        const { code } = await watch.call(() => attempt.call(each.flow(store)), hiddenOf(each));
        const codes = ["store-unavailable", "state-corrupt", "code-rejected", "browser-unknown"];
        assert.ok(codes.includes(code ?? ""), `${attempt.kind}: ${code ?? "resolves"}`);
      },
    ),
  ],
};
