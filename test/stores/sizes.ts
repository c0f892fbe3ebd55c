// How long the storms are: small in `npm test`, middle in `.ci/run`, long with `npm run test:storm`.

export interface Size {
  readonly processes: number;
  /** How often a race is run. */
  readonly rounds: number;
  /** Racers in one process. */
  readonly racers: number;
  /** Increments by one process. */
  readonly increments: number;
  /** In milliseconds: when a storm hangs rather than blows. */
  readonly timeout: number;
}

const SIZES: Readonly<Record<string, Size>> = {
  small: { processes: 8, rounds: 2, racers: 25, increments: 50, timeout: 60_000 },
  middle: { processes: 8, rounds: 20, racers: 25, increments: 200, timeout: 300_000 },
  long: { processes: 16, rounds: 200, racers: 50, increments: 1000, timeout: 1_800_000 },
};

const wanted = process.env["STORM"] ?? "small";

export const size: Size = SIZES[wanted] ?? notASize();

function notASize(): never {
  throw new Error(`STORM must be one of ${Object.keys(SIZES).join(", ")}`);
}
