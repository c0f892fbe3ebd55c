// Timers that stand still: a pause is over at once, and a time limit is reached only when a test
// says so.
import { vi } from "vitest";

/** The shortest time limit that a policy allows. Whatever is shorter is a pause. */
const SHORTEST_LIMIT = 100;

export interface StillTimers {
  /** The limit of the call that began last is over. */
  expire(): void;
}

export function stillTimers(): StillTimers {
  const limits: (() => void)[] = [];
  vi.stubGlobal("setTimeout", (callback: () => void, milliseconds: number) => {
    if (milliseconds < SHORTEST_LIMIT) queueMicrotask(callback);
    else limits.push(callback);
  });
  vi.stubGlobal("clearTimeout", () => undefined);
  return {
    // Not before it is running.
    expire: () => {
      setImmediate(() => limits.at(-1)?.());
    },
  };
}
