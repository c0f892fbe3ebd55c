// Tokens of remembered browsers: only one that was made is recognized, with its binding, for its
// person, and anything else changes nothing.
import assert from "node:assert/strict";

import fc from "fast-check";

import type { TwoFactorRecord } from "../../../src/two-factor/index.ts";
import { World } from "../../two-factor/in-memory.ts";
import { anything, damagedText } from "../inputs.ts";
import { withSameBytes } from "../samples.ts";
import { property, type Target } from "../target.ts";

const BINDINGS = ["password 7", "password 8"];
const world = new World();
/** Each token with what it is for. */
interface Known {
  readonly token: string;
  readonly userId: string;
  readonly binding: string;
}
const known: Known[] = [];
await withSameBytes(async () => {
  for (const userId of ["alice", "bob"]) {
    await world.enrolled(userId);
    await remember(userId, world);
  }
});
const RECORDS = new Map<string, TwoFactorRecord>(world.store.records);

/** Two browsers with the tokens of four generations each, some of them too old. */
async function remember(userId: string, { twoFactor }: World): Promise<void> {
  for (const binding of BINDINGS) {
    world.pass(30);
    const { browser } = await twoFactor.verify(userId, world.code(), { remember: { binding } });
    let token = browser?.token ?? "";
    for (let generation = 1; generation <= 4; generation++) {
      known.push({ token, userId, binding });
      ({ token } = await twoFactor.recognizeBrowser(userId, token, { binding }));
      world.pass(100);
    }
    known.push({ token, userId, binding });
  }
}

const tokensOnly = known.map(({ token }) => token);
const parts = fc.constantFrom(...tokensOnly.flatMap((token) => token.split(".")), "0", "01", "1e1", "9999999999", "");
const token = fc.oneof(
  fc.constantFrom(...tokensOnly),
  fc.tuple(parts, fc.oneof(parts, fc.nat().map(String)), parts).map((three) => three.join(".")),
  fc.tuple(fc.constantFrom(...tokensOnly), fc.integer({ min: -1, max: 12 })).map(([each, generation]) => {
    const [id = "", , mac = ""] = each.split(".");
    return `${id}.${generation}.${mac}`;
  }),
  fc.constantFrom(...tokensOnly).map((each) => each.toLowerCase()),
  // The last letter of a MAC has bits that carry nothing.
  fc
    .tuple(fc.constantFrom(...tokensOnly), fc.constantFrom(...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=")))
    .map(([each, last]) => each.slice(0, -1) + last),
  damagedText(tokensOnly, [".", "=", " ", "\n", "A", "a", "2", "0", "\0", "é", "A".repeat(100)]),
  anything,
);
const binding = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...BINDINGS) },
  { weight: 1, arbitrary: fc.string({ minLength: 1 }) },
);

export const tokens: Target = {
  name: "tokens",
  properties: [
    property(
      fc.tuple(token, binding, fc.constantFrom("alice", "bob", "carol")),
      async ([given, bound, userId], watch) => {
        const again = (): World => {
          const fresh = new World();
          fresh.now = world.now;
          for (const [id, record] of RECORDS) fresh.store.records.set(id, record);
          return fresh;
        };
        let used = again();
        const { value, code } = await watch.call(
          () => {
            used = again();
            return used.twoFactor.recognizeBrowser(userId, given as string, { binding: bound });
          },
          typeof given === "string" && given.length > 50 ? [given] : [],
        );
        const genuine = known.findIndex(
          (each) => each.token === given && each.userId === userId && each.binding === bound,
        );
        const isChanged = used.store.records.get(userId) !== RECORDS.get(userId);
        if (genuine < 0) {
          assert.equal(code, "browser-unknown");
          assert.ok(!isChanged, "a token that nobody made changes something");
          return;
        }
        // Five tokens of each browser: the present one, the one before it, and three that are old.
        const age = 4 - (genuine % 5);
        assert.equal(value !== undefined, age <= 1);
        assert.equal(isChanged, age !== 1);
        const list = used.state(userId).browsers.length;
        assert.equal(list, age > 1 ? BINDINGS.length - 1 : BINDINGS.length);
      },
    ),
  ],
};
