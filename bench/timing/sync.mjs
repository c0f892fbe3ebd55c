// What is compared of `halfminute/sync`, and the controls. A comparison has two kinds of input and
// one call; `isSecret` if a difference would give away what the answer does not.
import { generateTotp, importKey, verifyTotp } from "halfminute/sync";
import { AT, PEOPLE, person } from "./people.mjs";

const FACE = "sync";
const options = { at: AT };

/** Compares as nobody should: up to the first character that differs. */
function isSameUntilDifferent(one, other) {
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

export function syncComparisons() {
  const people = Array.from({ length: PEOPLE }, () => {
    const each = person();
    return { ...each, key: importKey(each.secret) };
  });
  const inputs = (codeOf) => people.map((each) => ({ key: each.key, typed: codeOf(each) }));
  const verify = ({ key, typed }) => verifyTotp(key, typed, options);
  const at = (step) => inputs(({ right }) => right(step));
  const [first, last] = [inputs(({ wrongFirst }) => wrongFirst), inputs(({ wrongLast }) => wrongLast)];
  const position = (one, other) => ({
    face: FACE,
    what: `code matches at ${one} / at ${other}`,
    isSecret: true,
    call: verify,
    classes: [at(one), at(other)],
  });
  return [
    {
      face: "control",
      what: "the same inputs twice",
      expects: false,
      call: verify,
      classes: [first, inputs(({ wrongFirst }) => wrongFirst)],
    },
    {
      face: "control",
      what: "a comparison that stops early: first / last digit wrong",
      expects: true,
      call: ({ key, typed }) => isSameUntilDifferent(generateTotp(key, options), typed),
      classes: [first, last],
    },
    { face: FACE, what: "code right / wrong", isSecret: false, call: verify, classes: [at(0), last] },
    { face: FACE, what: "code wrong in its first / last digit", isSecret: true, call: verify, classes: [first, last] },
    position(-1, 0),
    position(0, 1),
    position(-1, 1),
  ];
}
