// The rows of the table. A column calls what `load` returns by name; a call that is missing leaves
// its cell empty. The calls are those that a user of the library would write, and nothing is
// wrapped around them:
//
//   codeFromBase32()         the code of now, from the text of the secret   codeWithKey()
// the same by what the library lets one prepare: a key, an object, the bytes of the secret
// codeWithKeySha256(), codeWithKeySha512()   verifyFromBase32(code)   from the text of the secret,
// three time steps: the one before, this one, the next   verifyWithKey(code)      the same by a
// prepared key   resynchronize([a, b])    from the text of the secret, STEPS time steps; a library
// that takes one code is given b
//
// `codeIn` and `isAccepted` read a result. They are used to check it, never while the clock runs.
// `source` is what a program would import to make and to verify a code: its size and the time to
// import it are measured.
import { bare } from "./bare.mjs";
import { ours } from "./ours.mjs";
import { peers } from "./peers.mjs";

export const contestants = [...ours, ...peers, ...bare];
