// What the package promises to reach. A report, not a test: a miss is shown, and the run still
// succeeds.
import { SUBTLE } from "./bare.mjs";
import { withRightCode } from "./columns.mjs";
import { FLOW, withFirstVerification } from "./import-time.mjs";
import { eachRound, summary } from "./measure.mjs";
import { OURS, OURS_FLOW, OURS_SYNC } from "./ours.mjs";
import { peers } from "./peers.mjs";

/** How many times as fast as another row of the same column, round by round. */
function speed(column, row, baseOf) {
  return (measured) => {
    const { times, unit } = measured.columns[column];
    const base = baseOf({ times, unit });
    return { base, ...summary(eachRound(times.get(row), times.get(base), (one, other) => other / one)) };
  };
}

const oneHmac = ({ unit }) => unit;

/** The quickest of the other libraries in that column, by the median. */
function fastestPeer({ times }) {
  const [fastest] = peers
    .filter(({ name }) => times.has(name))
    .map(({ name }) => ({ name, median: summary(times.get(name)).median }))
    .toSorted((one, other) => one.median - other.median);
  return fastest.name;
}

const againstHmac = (column) => speed(column, OURS_SYNC, oneHmac);
const againstPeers = (column) => speed(column, OURS_SYNC, fastestPeer);
const against = (column, row, name) => speed(column, row, () => name);
const added = (name) => (measured) => measured.importMilliseconds[name];

export const targets = [
  { row: OURS_SYNC, text: "code, prepared key, SHA-1, against H", least: 8.5, figure: againstHmac("codeWithKey") },
  { row: OURS_SYNC, text: "the same with SHA-256", least: 4.5, figure: againstHmac("codeWithKeySha256") },
  { row: OURS_SYNC, text: "the same with SHA-512", least: 1, figure: againstHmac("codeWithKeySha512") },
  { row: OURS_SYNC, text: "code from base32, against H", least: 3.1, figure: againstHmac("codeFromBase32") },
  { row: OURS_SYNC, text: "the same against the fastest peer", least: 7, figure: againstPeers("codeFromBase32") },
  { row: OURS_SYNC, text: "wrong code ±1 from base32, against H", least: 1.9, figure: againstHmac("verifyFromBase32") },
  { row: OURS_SYNC, text: "the same against the fastest peer", least: 10, figure: againstPeers("verifyFromBase32") },
  { row: OURS_SYNC, text: "wrong code ±1, prepared key, against H", least: 3, figure: againstHmac("verifyWithKey") },
  { row: OURS_SYNC, text: "search of 1001 steps, each, against H", least: 8.5, figure: againstHmac("resynchronize") },
  { row: OURS_SYNC, text: "the same against the fastest peer", least: 11, figure: againstPeers("resynchronize") },
  {
    row: OURS_SYNC,
    text: "right code against a wrong one, from base32",
    between: [0.95, 1.05],
    figure: against("verifyFromBase32", withRightCode(OURS_SYNC), OURS_SYNC),
  },
  {
    row: OURS_SYNC,
    text: "right code against a wrong one, prepared key",
    between: [0.95, 1.05],
    figure: against("verifyWithKey", withRightCode(OURS_SYNC), OURS_SYNC),
  },
  { row: OURS_SYNC, text: "import and first verification", below: 2, figure: added(withFirstVerification(OURS_SYNC)) },
  {
    row: OURS,
    text: "code, prepared key, against one crypto.subtle.sign",
    least: 0.9,
    figure: against("codeWithKey", OURS, SUBTLE),
  },
  {
    row: OURS,
    text: "right code ±1, prepared key, against three concurrent signs",
    least: 0.9,
    figure: against("verifyWithKey", withRightCode(OURS), SUBTLE),
  },
  {
    row: OURS,
    text: "wrong code ±1, prepared key, against three concurrent signs",
    least: 0.9,
    figure: against("verifyWithKey", OURS, SUBTLE),
  },
  {
    row: OURS,
    text: "wrong code ±1 from base32, against @better-auth/utils",
    least: 1.7,
    figure: against("verifyFromBase32", OURS, "@better-auth/utils"),
  },
  {
    row: OURS,
    text: "wrong code ±1 from base32, against @epic-web/totp",
    least: 2.5,
    figure: against("verifyFromBase32", OURS, "@epic-web/totp"),
  },
  { row: OURS, text: "import adds", below: 3, figure: added(OURS) },
  { row: OURS, text: "import and first verification", below: 4, figure: added(withFirstVerification(OURS)) },
  { row: OURS_FLOW, text: "import and first verification, over SQLite", below: 12, figure: added(FLOW) },
];

/** Whether a target is met by the median, in the words of the report. */
export function judge({ row, text, least, below, between, figure }, measured) {
  const { base, median, p10, p90 } = figure(measured);
  const unit = below === undefined ? "×" : " ms";
  const what = text.includes("fastest peer") ? `${text}, ${base}` : text;
  return { row, text: what, ...bounds({ least, below, between }, median), unit, median, p10, p90 };
}

function bounds({ least, below, between }, median) {
  if (below !== undefined) return { wanted: `under ${below} ms`, met: median < below };
  if (least !== undefined) return { wanted: `at least ${least.toFixed(1)}×`, met: median >= least };
  const [low, high] = between;
  return { wanted: `${low} to ${high}×`, met: median >= low && median <= high };
}
