// Time that passes in this process: a bound for calls of other people's code, and a pause.
import { startTimer } from "../platform.ts";

/** What the call resolves to; a rejection when it throws, rejects or takes too long. What comes later is not heard. */
export function within<Value>(milliseconds: number, call: () => Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = startTimer(milliseconds, () => {
      reject(new Error("timed out"));
    });
    const settle = async (): Promise<void> => {
      try {
        resolve(await call());
      } finally {
        stop();
      }
    };
    settle().catch(reject);
  });
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(milliseconds, resolve);
  });
}
