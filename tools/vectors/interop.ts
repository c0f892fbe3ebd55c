// Codes as oathtool and pyotp make them, for keys of every length and times of every size.
import { found } from "./checks.ts";
import { answered, confirmCodes } from "./code-rows.ts";
import { madeByOathtool, programs, python } from "./oracles.ts";
import { ALGORITHMS, DIGITS, type Algorithm, type CodeInput, type Time, type VectorFile } from "./rows.ts";
import { seededBytes, seededChoice, seededNumber } from "./seeded.ts";

const KEY_LENGTHS = [10, 16, 20, 32, 64, 65, 128, 129];
const PERIODS = [15, 30, 60, 90];

export function interopWithOathtool(): VectorFile {
  const { node, pyotp } = programs();
  const inputs = interopInputs("oathtool", { hotp: ["SHA-1"], t0: [0, 1, 59, 1_000_000_000] });
  return {
    $schema: "./schema/codes.schema.json",
    title: "Codes made by oathtool",
    source: madeByOathtool("--hotp and --totp"),
    extracted:
      "Made by the program, from keys, counters and times that are derived from a fixed seed by SHA-256. HOTP rows are SHA-1 only, as in the program.",
    confirmedBy: [pyotp, `${node} crypto`],
    rows: confirmCodes(inputs.map((input) => answered(input))),
  };
}

export function interopWithPyotp(): VectorFile {
  const { node, oathtool, pyotp } = programs();
  const inputs = interopInputs("pyotp", { hotp: ALGORITHMS, t0: [0] });
  const codes = python("code", inputs) as string[];
  const rows = inputs.map(({ time, ...input }, index) => {
    const code = found(codes[index], "a code");
    return { ...input, code, ...(time && { time }) };
  });
  return {
    $schema: "./schema/codes.schema.json",
    title: "Codes made by pyotp",
    source: { document: pyotp, section: "HOTP.at and TOTP.at", url: "https://pypi.org/project/pyotp/" },
    extracted:
      "Made by the program, from keys, counters and times that are derived from a fixed seed by SHA-256. The program has no t0.",
    confirmedBy: [oathtool, `${node} crypto`],
    rows: confirmCodes(rows),
  };
}

/** Every key length with every algorithm and every number of digits; the rest is chosen by the seed. */
function interopInputs(
  program: string,
  { hotp, t0 }: { hotp: readonly Algorithm[]; t0: readonly number[] },
): CodeInput[] {
  return KEY_LENGTHS.flatMap((length) =>
    ALGORITHMS.flatMap((algorithm) =>
      DIGITS.map((digits) => {
        const seed = `${program} ${length} ${algorithm} ${digits}`;
        const input = { key: seededBytes(`${seed} key`, length).toString("hex"), algorithm, digits };
        if (hotp.includes(algorithm) && (KEY_LENGTHS.indexOf(length) + digits) % 2 === 0) {
          return { ...input, counter: seededNumber(`${seed} counter`, 1 + (seededNumber(`${seed} bits`, 32) % 53)) };
        }
        const time = seededTime(seed, t0);
        return { ...input, counter: Math.floor((time.seconds - time.t0) / time.period), time };
      }),
    ),
  );
}

/** Up to 37 bits of seconds after t0: the year 6325, which every program can name. */
function seededTime(seed: string, t0: readonly number[]): Time {
  const start = seededChoice(`${seed} t0`, t0);
  const since = seededNumber(`${seed} time`, 8 + (seededNumber(`${seed} bits`, 32) % 30));
  return { seconds: start + since, period: seededChoice(`${seed} period`, PERIODS), t0: start };
}
