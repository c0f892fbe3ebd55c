// How long the storms are: small in `npm test`, middle in `.ci/run`, long with `npm run
// test:storm`.

export interface Size {
  readonly processes: number;
  /** How often a race is run. */
  readonly rounds: number;
  /** Racers in one process. */
  readonly racers: number;
  /** Increments by one process. */
  readonly increments: number;
  /** Wrong codes at once, of all processes together. */
  readonly guesses: number;
  /** Processes killed in the middle of their work. */
  readonly kills: number;
  /** Servers killed in the middle of it. */
  readonly crashes: number;
  /** In milliseconds: when a storm hangs rather than blows. */
  readonly timeout: number;
}

const SIZES: Readonly<Record<string, Size>> = {
  small: { processes: 8, rounds: 2, racers: 25, increments: 50, guesses: 500, kills: 3, crashes: 0, timeout: 180_000 },
  middle: {
    processes: 8,
    rounds: 10,
    racers: 25,
    increments: 200,
    guesses: 500,
    kills: 30,
    crashes: 1,
    timeout: 300_000,
  },
  long: {
    processes: 16,
    rounds: 200,
    racers: 50,
    increments: 1000,
    guesses: 2000,
    kills: 500,
    crashes: 3,
    timeout: 3_600_000,
  },
};

const wanted = process.env["STORM"] ?? "small";

export const size: Size = SIZES[wanted] ?? notASize();

function notASize(): never {
  throw new Error(`STORM must be one of ${Object.keys(SIZES).join(", ")}`);
}
