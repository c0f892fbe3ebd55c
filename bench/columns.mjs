// One entry for each timed column. `call` is the name of a call in contestants.mjs; `reference` is the row that counts
// as 1.00; `input` picks what the call is given; `isRight` says whether a contestant's answer is the right one.
import { OURS } from "./contestants.mjs";

const BARE = "bare crypto.subtle";

export const columns = [
  {
    id: "codeWithKey",
    title: ["code,", "cached key"],
    call: "codeWithKey",
    reference: BARE,
    input: () => undefined,
    isRight: isRightCode,
  },
  {
    id: "verifyRightCodeWithKey",
    title: ["verify ±1, right", "code, cached key"],
    call: "verifyWithKey",
    reference: BARE,
    input: (codes) => codes.right,
    isRight: isAccepted,
  },
  {
    id: "verifyWrongCodeWithKey",
    title: ["verify ±1, wrong", "code, cached key"],
    call: "verifyWithKey",
    reference: BARE,
    input: (codes) => codes.wrong,
    isRight: isRejected,
  },
  {
    id: "verifyWrongCodeFromBase32",
    title: ["verify ±1, wrong", "code, base32"],
    call: "verifyFromBase32",
    reference: OURS,
    input: (codes) => codes.wrong,
    isRight: isRejected,
  },
  {
    id: "codeFromBase32",
    title: ["code,", "base32"],
    call: "codeFromBase32",
    reference: OURS,
    input: () => undefined,
    isRight: isRightCode,
  },
];

/** The neighbours are right too: the time step may have changed since the codes were made. */
function isRightCode(contestant, result, codes) {
  return [codes.before, codes.right, codes.after].includes(contestant.codeIn(result));
}

function isAccepted(contestant, result) {
  return contestant.isAccepted(result);
}

function isRejected(contestant, result) {
  return !contestant.isAccepted(result);
}
