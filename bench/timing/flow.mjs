// What is compared of `halfminute/two-factor` over the memory store. Each call finds the record as
// it was before the last one: a right code passes again, and no wrong one locks anybody out.
import { generateHotp, verifyTotp } from "halfminute/sync";
import { memoryStore } from "halfminute/stores/memory";
import { createTwoFactor } from "halfminute/two-factor";
import { AT, changed, COUNTER, fresh, PEOPLE, person, random } from "./people.mjs";

const FACE = "flow";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const DIGITS = "0123456789";
const binding = { binding: "password 1" };
/** One time step, not its neighbors. */
const alone = { lookBehind: 0, lookAhead: 0 };
const issued = { purpose: "change-email", request: "somebody@example.com" };

export async function flowComparisons() {
  const store = memoryStore();
  const sealingKeys = [{ id: "2026-11", key: random(32) }];
  const clock = { now: AT };
  const twoFactor = createTwoFactor({ issuer: "Acme", store, sealingKeys, clock: () => clock.now });
  const people = [];
  for (let index = 0; index < PEOPLE; index++) people.push(await enrolled(twoFactor, store, clock, index));
  const inputs = (typedBy) => people.map((each) => ({ ...each, typed: typedBy(each) }));

  /** Puts the record back, which is not timed. */
  const restore = async ({ userId, record }) => {
    const { revision } = await store.read(userId);
    if (revision !== record.revision) await store.compareAndSet(userId, revision, record);
  };
  const verify = ({ userId, typed }) => twoFactor.verify(userId, typed);
  const recognize = ({ userId, typed }) => twoFactor.recognizeBrowser(userId, typed, binding);
  const verifyIssued = ({ userId, typed }) => twoFactor.verifyIssuedCode(userId, typed, issued);
  const row = (what, isSecret, call, one, other) => {
    return { face: FACE, what, isSecret, isAsync: true, call, restore, classes: [inputs(one), inputs(other)] };
  };
  const at =
    (step) =>
    ({ right }) =>
      right(step);
  const token = (place) => (each) => changed(each.token, place, BASE32);
  const code = (place) => (each) => changed(each.issuedCode, place, DIGITS);
  const recovery = (place) => (each) => changed(each.recoveryCodes[0], place, BASE32);
  const notEnrolled = inputs((each) => each.wrongLast).map((each, index) => {
    return { ...each, userId: fresh(`nobody ${String(index).padStart(4, "0")}`), record: undefined };
  });
  const [wrongFirst, wrongLast] = [(each) => each.wrongFirst, (each) => each.wrongLast];

  return [
    { ...row("the same inputs twice", undefined, verify, wrongFirst, wrongFirst), face: "control", expects: false },
    {
      ...row("and one step after another up to the match: at -1 / at 1", undefined, undefined, at(-1), at(1)),
      face: "control",
      expects: true,
      async call({ userId, secret, typed }) {
        await twoFactor.verify(userId, typed);
        return [-1, 0, 1].some((step) => verifyTotp(secret, typed, { at: timeAt(step), ...alone }) !== null);
      },
    },
    row("code right / wrong", false, verify, at(0), wrongLast),
    row("code wrong in its first / last digit", true, verify, wrongFirst, wrongLast),
    row("code matches at -1 / at 0", true, verify, at(-1), at(0)),
    row("code matches at 0 / at 1", true, verify, at(0), at(1)),
    row("code matches at -1 / at 1", true, verify, at(-1), at(1)),
    {
      ...row("wrong code, enrolled / not enrolled", false, verify, wrongLast, wrongLast),
      classes: [inputs(wrongLast), notEnrolled],
      restore: async (input) => (input.record ? restore(input) : undefined),
    },
    row("recovery code right / wrong", false, verify, (each) => each.recoveryCodes[0], recovery(-1)),
    row("recovery code wrong in its first / last letter", true, verify, recovery(0), recovery(-1)),
    row(
      "first / last recovery code of ten",
      true,
      verify,
      ...[0, 9].map((place) => (each) => each.recoveryCodes[place]),
    ),
    row("browser token right / its MAC wrong", false, recognize, (each) => each.token, token(-2)),
    row("browser token, MAC wrong in its first / last letter", true, recognize, token(-52), token(-2)),
    row("browser token, unknown browser / MAC wrong", false, recognize, token(0), token(-2)),
    row("issued code right / wrong", false, verifyIssued, (each) => each.issuedCode, code(-1)),
    row("issued code wrong in its first / last digit", true, verifyIssued, code(0), code(-1)),
  ];
}

const timeAt = (step) => new Date((COUNTER + step + 0.5) * 30_000);

async function enrolled(twoFactor, store, clock, index) {
  const each = person();
  const userId = fresh(`person ${String(index).padStart(4, "0")}`);
  await twoFactor.importDevice(userId, { secret: each.secret });
  const { recoveryCodes } = await twoFactor.renewRecoveryCodes(userId);
  clock.now = timeAt(-10); // long before the window
  const remember = { ...binding, days: 90 };
  const { browser } = await twoFactor.verify(userId, generateHotp(each.secret, COUNTER - 10), { remember });
  clock.now = AT;
  const { code: issuedCode } = await twoFactor.issueCode(userId, issued);
  const record = await store.read(userId);
  return {
    ...each,
    userId,
    record,
    recoveryCodes: recoveryCodes.map(fresh),
    token: fresh(browser.token),
    issuedCode: fresh(issuedCode),
  };
}
