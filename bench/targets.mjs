// What the package promises to reach. A report, not a test: a miss is shown, and the run still succeeds.
import { OURS } from "./contestants.mjs";

const ours = (column) => (results) => results.columns[column].rows[OURS].speed;

/** How many times as fast as another library, in a column where ours counts as 1.00. */
const against = (column, name) => (results) => inverse(results.columns[column].rows[name].speed);

const inverse = ({ median, p10, p90 }) => ({ median: 1 / median, p10: 1 / p90, p90: 1 / p10 });

export const targets = [
  { text: "code with a cached key, against a bare sign", least: 0.9, unit: "×", figure: ours("codeWithKey") },
  {
    text: "verify ±1, right code, against three concurrent bare signs",
    least: 0.9,
    unit: "×",
    figure: ours("verifyRightCodeWithKey"),
  },
  {
    text: "verify ±1, wrong code, against three concurrent bare signs",
    least: 0.9,
    unit: "×",
    figure: ours("verifyWrongCodeWithKey"),
  },
  {
    text: "wrong code ±1 from base32, against @better-auth/utils",
    least: 1.7,
    unit: "×",
    figure: against("verifyWrongCodeFromBase32", "@better-auth/utils"),
  },
  {
    text: "wrong code ±1 from base32, against @epic-web/totp",
    least: 2.5,
    unit: "×",
    figure: against("verifyWrongCodeFromBase32", "@epic-web/totp"),
  },
  { text: "import adds", below: 3, unit: " ms", figure: (results) => results.importMilliseconds[OURS] },
];

/** Whether a target is met by the median, in the words of the report. */
export function judge({ text, least, below, unit, figure }, results) {
  const { median, p10, p90 } = figure(results);
  const met = least === undefined ? median < below : median >= least;
  const wanted = least === undefined ? `under ${below}${unit}` : `at least ${least.toFixed(2)}${unit}`;
  return { text, wanted, unit, median, p10, p90, met };
}
