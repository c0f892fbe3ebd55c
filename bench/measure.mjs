// Interleaved rounds. In each round every contestant is timed once, and a ratio is taken between
// two times of the same round: what slows the machine down for a while slows both. The order moves
// on by one place from round to round, and every second round runs backwards. A batch ends when the
// garbage that it left behind is cleared away: that is part of its price, and otherwise the next
// contestant pays it.
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { now } from "./clock.mjs";

v8.setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

/**
 * What is young alone: a whole collection would also shrink the heap, which slows down who
 * allocates.
 */
export const collectGarbage = () => gc({ type: "minor" });

/**
 * Times entries (`row`, `call`, `input`) against each other until the seconds are over, but for at
 * least so many rounds. Returns row → microseconds a call, one number for each round.
 */
export async function race(entries, { leastRounds, seconds, batchMilliseconds, warmUpMilliseconds, newInput, check }) {
  const runners = [];
  for (const entry of entries) {
    const timeBatch = entry.call.timeBatch ?? (await batchTimer(entry.call, newInput(entry)));
    const count = await warmUp(timeBatch, newInput(entry), batchMilliseconds, warmUpMilliseconds);
    runners.push({ entry, timeBatch, count, times: [] });
  }
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < leastRounds || performance.now() < end; round++) {
    for (const { entry, timeBatch, count, times } of inTurn(runners, round)) {
      const input = newInput(entry);
      const { microseconds, result } = await timeBatch(input, count);
      check(entry, result);
      times.push(microseconds);
    }
  }
  return new Map(runners.map(({ entry, times }) => [entry.row, times]));
}

/** The entries in the order of a round. */
export function inTurn(entries, round) {
  const start = round % entries.length;
  const rotated = [...entries.slice(start), ...entries.slice(0, start)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}

/**
 * Runs a call until it is compiled and steady. Returns how many calls fill a batch; that number is
 * kept for all rounds.
 */
async function warmUp(timeBatch, input, batchMilliseconds, warmUpMilliseconds) {
  const end = performance.now() + warmUpMilliseconds;
  let count = 1;
  let isFull = false;
  while (!isFull || performance.now() < end) {
    const { microseconds } = await timeBatch(input, count);
    isFull = microseconds * count >= batchMilliseconds * 1000;
    if (!isFull) count = Math.ceil(count * 1.6);
  }
  return count;
}

/**
 * The timer that fits a call. One that answers at once is not awaited: that would be charged to it.
 */
async function batchTimer(call, input) {
  const answer = call(input);
  await answer;
  return answer instanceof Promise
    ? (given, count) => timeAwaited(call, given, count)
    : (given, count) => timeDirect(call, given, count);
}

async function timeAwaited(call, input, count) {
  let result;
  const start = now();
  for (let index = 0; index < count; index++) result = await call(input);
  collectGarbage();
  return { microseconds: (now() - start) / count, result };
}

function timeDirect(call, input, count) {
  let result;
  const start = now();
  for (let index = 0; index < count; index++) result = call(input);
  collectGarbage();
  return { microseconds: (now() - start) / count, result };
}

/** Median, tenth and ninetieth percentile. */
export function summary(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), p10: at(0.1), p90: at(0.9) };
}

/** Combines two series of the same rounds. */
export function eachRound(one, other, combine) {
  return one.map((value, round) => combine(value, other[round]));
}
