// Time that passes in this process: a bound for calls of other people's code, and a pause.
import { startTimer } from "../core/platform.ts";

/** How a call ended. Never a rejection, so that nobody forgets what to make of it. */
export type Ending<Value> =
  { readonly kind: "done"; readonly value: Value } | { readonly kind: "failed"; readonly cause: unknown };

/**
 * What the call resolves to, or why it failed: it threw, rejected or took too long. What comes
 * later is not heard.
 */
export function within<Value>(milliseconds: number, call: () => Promise<Value>): Promise<Ending<Value>> {
  return new Promise((resolve) => {
    let hasEnded = false;
    let stop: (() => void) | undefined;
    const end = (ending: Ending<Value>): void => {
      hasEnded = true;
      stop?.();
      resolve(ending);
    };
    const fail = (cause: unknown): void => {
      end({ kind: "failed", cause });
    };
    const startClock = (): void => {
      if (hasEnded) return;
      stop = startTimer(milliseconds, () => {
        fail(new Error("timed out"));
      });
    };
    try {
      Promise.resolve(call()).then((value) => {
        end({ kind: "done", value });
      }, fail);
      // One turn later: what has ended by then, as in memory or SQLite, needs no timer, which takes
      // longer than such a call.
      Promise.resolve().then(startClock).catch(fail);
    } catch (cause) {
      fail(cause);
    }
  });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(milliseconds, resolve);
  });
}
