// Timers: a time limit for calls into the app's code, and a pause.
import { startTimer } from "../core/platform.ts";

/** How a call ended. Not a rejection, so that callers must handle a failure. */
export type Ending<Value> =
  { readonly kind: "done"; readonly value: Value } | { readonly kind: "failed"; readonly cause: unknown };

/**
 * The result of the call, or why it failed: it threw, rejected or took too long. Later outcomes are
 * ignored.
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
      // One turn later: a call that has ended by then (memory, SQLite) needs no timer, which would
      // take longer than the call.
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
