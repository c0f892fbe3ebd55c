// Shows the present code until Ctrl-C. A terminal gets one line, redrawn with the remaining time; a
// pipe or file gets one line for each time step.
import { type TimeOptions, type TimeStep, timeStep } from "../core/time-step.ts";
import { answer, type ExitCode, type Io } from "./io.ts";
import type { Given } from "./flags.ts";
import { isDumb } from "./screen.ts";

export interface Watched {
  readonly type: "totp" | "steam";
  readonly time: TimeOptions;
  readonly codeAt: (at: Date) => Promise<string>;
}

const BAR_CELLS = 20;

const EXIT_CODES = { interrupted: 130, terminated: 143, unread: 0 } as const;

export async function watch({ type, time, codeAt }: Watched, given: Given, io: Io): Promise<ExitCode> {
  const wait = io.startWaiting();
  const isDrawn = io.isShown && !isDumb(io) && !given.has("json");
  let code = "";
  let counter = -1;
  for (;;) {
    const at = new Date();
    const step = timeStep({ ...time, at });
    const isNew = step.counter !== counter;
    if (isNew) code = await codeAt(at);
    counter = step.counter;
    if (isDrawn)
      io.writeOut(`\r${code}  ${countdown(step)}\u001b[K`); // clears what was there before
    else if (isNew) answer(io, given, code, { type, code, ...step });
    // Waits for the next whole second: steps begin at one, and a clock that was set is noticed.
    const how = await wait(1000 - (at.getTime() % 1000));
    if (how === "elapsed") continue;
    if (isDrawn) io.writeOut("\n");
    return EXIT_CODES[how];
  }
}

function countdown({ startsAt, endsAt, secondsRemaining }: TimeStep): string {
  const period = (endsAt.getTime() - startsAt.getTime()) / 1000;
  const cells = Math.ceil((secondsRemaining / period) * BAR_CELLS);
  const width = String(period).length;
  return `[${"#".repeat(cells).padEnd(BAR_CELLS, "-")}] ${String(secondsRemaining).padStart(width)} s`;
}
