// One entry for each timed column. `call` is the name of a call in contestants.mjs; `input` picks
// what it is given; `isRight` says whether an answer is the right one; `share` is its part of the
// time. `steps` divides the time of a call.
import { STEPS } from "./reference.mjs";

export const columns = [
  {
    id: "codeFromBase32",
    title: ["code,", "from base32"],
    call: "codeFromBase32",
    share: 1,
    isRight: isRightCode("SHA-1"),
  },
  {
    id: "codeWithKey",
    title: ["code,", "prepared key"],
    call: "codeWithKey",
    share: 1,
    isRight: isRightCode("SHA-1"),
  },
  {
    id: "verifyFromBase32",
    title: ["wrong code ±1,", "from base32"],
    call: "verifyFromBase32",
    share: 1,
    input: (codes) => codes.wrong,
    isRight: isRejected,
    alsoRightCode: true,
  },
  {
    id: "resynchronize",
    title: [`search of ${STEPS} time`, "steps, each"],
    call: "resynchronize",
    share: 1,
    steps: STEPS,
    input: (codes) => codes.wrongPair,
    isRight: isRejected,
  },
  {
    id: "verifyWithKey",
    title: ["wrong code ±1,", "prepared key"],
    call: "verifyWithKey",
    share: 1,
    input: (codes) => codes.wrong,
    isRight: isRejected,
    alsoRightCode: true,
    isExtra: true,
  },
  {
    id: "codeWithKeySha256",
    title: ["SHA-256 code,", "prepared key"],
    call: "codeWithKeySha256",
    share: 0.3,
    isRight: isRightCode("SHA-256"),
    isExtra: true,
  },
  {
    id: "codeWithKeySha512",
    title: ["SHA-512 code,", "prepared key"],
    call: "codeWithKeySha512",
    share: 0.3,
    isRight: isRightCode("SHA-512"),
    isExtra: true,
  },
];

/** The columns of the main table; the others are about this package alone. */
export const mainColumns = columns.filter(({ isExtra }) => !isExtra);
export const extraColumns = columns.filter(({ isExtra }) => isExtra);

/** The row of a contestant that is given the right code instead of a wrong one. */
export const withRightCode = (name) => `${name}, right code`;

/**
 * What is timed against each other in a column: a row for each contestant that has the call, two
 * where the right code counts.
 */
export function entriesOf({ call, input, isRight, alsoRightCode }, contestants, calls, isOurs) {
  const taking = contestants.filter(({ name }) => calls.get(name)[call] !== undefined);
  return taking.flatMap((contestant) => {
    const entry = { row: contestant.name, contestant, call: calls.get(contestant.name)[call], input, isRight };
    if (!alsoRightCode || !isOurs(contestant.name)) return [entry];
    const right = { row: withRightCode(contestant.name), input: (codes) => codes.at(0), isRight: isAccepted };
    return [entry, { ...entry, ...right }];
  });
}

/** The neighbors are right too: the time step may have changed since the codes were made. */
function isRightCode(algorithm) {
  return (contestant, result, codes) =>
    [-1, 0, 1].some((step) => codes.at(step, algorithm) === contestant.codeIn(result));
}

function isAccepted(contestant, result) {
  return contestant.isAccepted(result);
}

function isRejected(contestant, result) {
  return !contestant.isAccepted(result);
}
