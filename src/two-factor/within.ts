// Time that passes in this process: a bound for calls of other people's code, and a pause.
import { startTimer } from "../platform.ts";

/** What the call resolves to; a rejection when it throws, rejects or takes too long. What comes later is not heard. */
export async function within<Value>(milliseconds: number, call: () => Promise<Value>): Promise<Value> {
  let stop = (): void => undefined;
  const timeout = new Promise<never>((_, reject) => {
    stop = startTimer(milliseconds, () => {
      reject(new Error("timed out"));
    });
  });
  try {
    return await Promise.race([call(), timeout]);
  } finally {
    stop();
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(milliseconds, resolve);
  });
}
