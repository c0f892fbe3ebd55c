// Whether a process uses more and more memory or other resources.

const MOST_GROWTH = { heap: 4e6, resources: 20 };
export interface Sample {
  readonly second: number;
  readonly heap: number;
  readonly resources: number;
}

/** What grew by more than it may. The first part is for what is loaded and compiled. */
export function growthIn(samples: readonly Sample[]): readonly string[] {
  const settled = samples.slice(Math.ceil(samples.length / 5));
  const third = Math.floor(settled.length / 3);
  if (third === 0) return ["nothing was measured"];
  return (["heap", "resources"] as const).flatMap((what) => {
    const series = settled.map((sample) => sample[what]);
    const growth = median(series.slice(-third)) - median(series.slice(0, third));
    return growth <= MOST_GROWTH[what] ? [] : [`${what} grew by ${growth} in the run`];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/** Bytes a second, by least squares. */
export function slopeOf(samples: readonly Sample[]): number {
  const settled = samples.slice(Math.ceil(samples.length / 5));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, height] = [mean(settled.map(({ second }) => second)), mean(settled.map(({ heap }) => heap))];
  const above = settled.reduce((sum, { second, heap }) => sum + (second - middle) * (heap - height), 0);
  return above / settled.reduce((sum, { second }) => sum + (second - middle) ** 2, 0);
}
