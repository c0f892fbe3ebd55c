// Rare codes, found by searching oathtool's output: leading zeros, and the same code twice in one
// window.
import { check } from "./checks.ts";
import { answered, confirmCodes } from "./code-rows.ts";
import { madeByOathtool, oathtool, programs } from "./oracles.ts";
import { rfcKey } from "./rfc.ts";
import { ALGORITHMS, DIGITS, type Algorithm, type CodeRow, type VectorFile } from "./rows.ts";

/** The time steps, of 30 seconds, from February 2025 to April 2030. */
const SEARCHED = { from: 58_000_000, to: 63_400_000 };
const STEP_INPUT = { key: rfcKey("SHA-1"), algorithm: "SHA-1", digits: 6 } as const;

export function codesOfSearchedSteps(): string[] {
  return oathtool({ ...STEP_INPUT, counter: SEARCHED.from }, SEARCHED.to - SEARCHED.from);
}

export function leadingZeros(codes: readonly string[]): VectorFile {
  const allZero = codes.flatMap((code, index) => (code === "000000" ? [SEARCHED.from + index] : []));
  const zeroRows = allZero.map((counter) =>
    answered(
      { ...STEP_INPUT, counter, time: { seconds: counter * 30, period: 30, t0: 0 } },
      { truncated: true, note: "nothing but zeros" },
    ),
  );
  const smallRows = DIGITS.map((digits) =>
    answered(
      { ...STEP_INPUT, digits, counter: 10281 },
      { truncated: true, note: "the 31-bit number itself has only five digits" },
    ),
  );
  const firstRows = ALGORITHMS.flatMap((algorithm) => DIGITS.flatMap((digits) => firstWithZeros(algorithm, digits)));
  const { node, pyotp } = programs();
  return {
    $schema: "./schema/codes.schema.json",
    title: "Codes that begin with zeros",
    source: madeByOathtool("--window, to search"),
    extracted:
      "Found by search through the program's output: the first counter from 0 on whose code begins with exactly one, two, three, " +
      "four and five zeros, for every algorithm and length; all codes 000000 at the time steps " +
      `${SEARCHED.from} to ${SEARCHED.to}; and counter 10281. truncated by ${node} crypto.`,
    confirmedBy: [pyotp, `${node} crypto`],
    rows: confirmCodes([...zeroRows, ...smallRows, ...firstRows]),
  };
}

function firstWithZeros(algorithm: Algorithm, digits: number): CodeRow[] {
  const input = { key: rfcKey(algorithm), algorithm, digits };
  const codes = oathtool({ ...input, counter: 0 }, 999_999);
  return [1, 2, 3, 4, 5].map((zeros) => {
    const counter = codes.findIndex((code) => new RegExp(`^0{${zeros}}[1-9]`).test(code));
    check(counter >= 0, `no code of ${digits} digits begins with ${zeros} zeros`);
    return answered({ ...input, counter }, { truncated: true });
  });
}

export function windowCollisions(codes: readonly string[]): VectorFile {
  const rows = codes.flatMap((code, index) => {
    const lower = SEARCHED.from + index;
    const distances = [1, 2].filter((distance) => codes[index + distance] === code);
    return distances.map((distance) => ({ ...STEP_INPUT, period: 30, counters: [lower, lower + distance], code }));
  });
  check(rows.length > 0, "no collision");
  confirmCodes(rows.flatMap(({ counters, code }) => counters.map((counter) => ({ ...STEP_INPUT, counter, code }))));
  const { node, pyotp } = programs();
  return {
    $schema: "./schema/window-collisions.schema.json",
    title: "Two time steps of one window with the same code",
    source: madeByOathtool("--window, to search"),
    extracted:
      "Found by search through the program's output: every pair of equal codes one or two steps apart between the time steps " +
      `${SEARCHED.from} and ${SEARCHED.to} (February 2025 to April 2030), for the key of RFC 6238.`,
    confirmedBy: [pyotp, `${node} crypto`],
    rows,
  };
}
