// The inputs: people with secrets, and codes for them that differ only in what is compared.
import { generateHotp } from "halfminute/sync";

export const PEOPLE = 32;
export const COUNTER = 60_000_000;
/** In the middle of a time step. */
export const AT = new Date((COUNTER + 0.5) * 30_000);

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

const steps = [-2, -1, 0, 1, 2];

/**
 * Somebody whose codes all differ from each other in their first and their last digit, so that what
 * is wrong in one digit of one code is not right elsewhere, and begin with no zero, because an
 * engine reads "012345" more slowly than "123456".
 */
export function person() {
  for (;;) {
    const secret = random(20);
    const codes = steps.map((step) => generateHotp(secret, COUNTER + step));
    const [first, last] = [codes.map((code) => code[0]), codes.map((code) => code.at(-1))];
    const isDistinct = [first, last].every((digits) => new Set(digits).size === codes.length);
    if (isDistinct && !first.includes("0") && [first, last].every((digits) => other(digits) !== undefined))
      return { secret, right: (step) => fresh(codes[step + 2]), ...wrong(codes[2], other(first), other(last)) };
  }
}

/** A digit from 1 that is not among these. */
const other = (digits) => [..."123456789"].find((digit) => !digits.includes(digit));

function wrong(code, first, last) {
  return { wrongFirst: fresh(first + code.slice(1)), wrongLast: fresh(code.slice(0, -1) + last) };
}

/** The same text wherever it came from: engines keep joined, cut and copied texts differently. */
export function fresh(text) {
  return Buffer.from(text, "latin1").toString("latin1");
}

/** The text with another of the letters in one place. */
export function changed(text, place, letters) {
  const index = place < 0 ? text.length + place : place;
  const letter = letters[(letters.indexOf(text[index]) + 1) % letters.length];
  return fresh(text.slice(0, index) + letter + text.slice(index + 1));
}
