// Welch's t-test as dudect does it (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant
// time?"): on all times, and again without the slowest ones, which are interrupts and garbage
// collections. The largest |t| counts.

/** Beyond it, a difference is one that chance does not explain. */
export const THRESHOLD = 4.5;

/** A test on fewer times of a class than this says nothing. */
const LEAST = 1000;

const CROPS = 100;

/**
 * `times` in nanoseconds, `classes` 0 or 1 for each. The result is that of the test with the
 * largest |t|: `kept` is the share of the times in it, `difference` the second class minus the
 * first, in nanoseconds, and `resolution` the least difference that this test would have found.
 */
export function compare(times, classes) {
  const sorted = Float64Array.from(times).sort();
  const limits = Array.from({ length: CROPS }, (_, index) => 1 - 0.5 ** ((10 * (index + 1)) / CROPS));
  const tests = [1, ...limits].map((kept) => test(times, classes, kept, sorted));
  const possible = tests.filter((each) => each !== undefined);
  return possible.reduce((worst, each) => (Math.abs(each.t) > Math.abs(worst.t) ? each : worst));
}

function test(times, classes, kept, sorted) {
  const limit = sorted[Math.ceil(kept * sorted.length) - 1];
  const [counts, sums, squares] = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  for (let index = 0; index < times.length; index++) {
    if (times[index] > limit) continue;
    counts[classes[index]]++;
    sums[classes[index]] += times[index];
  }
  if (Math.min(...counts) < LEAST) return undefined;
  const means = sums.map((sum, each) => sum / counts[each]);
  for (let index = 0; index < times.length; index++) {
    if (times[index] <= limit) squares[classes[index]] += (times[index] - means[classes[index]]) ** 2;
  }
  const error = Math.sqrt(squares.reduce((sum, square, each) => sum + square / (counts[each] - 1) / counts[each], 0));
  const difference = means[1] - means[0];
  return { t: difference / (error || Number.MIN_VALUE), kept, difference, resolution: THRESHOLD * error };
}
