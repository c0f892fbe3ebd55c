// What hints give away. The answer to a guess that is right for another time, or for an app that ignores the parameters, says that
// it is right. So its counter is as good as spent: otherwise a guesser would wait for its time and use it.
import { type DeviceBase, MOST_TOLD } from "./state.ts";

/** Whether a hint told about a counter. */
export function isTold({ told = [] }: DeviceBase, counter: number): boolean {
  return told.includes(counter);
}

/**
 * The device that remembers the counters that a hint tells about, and the very same device if it does so already. Nothing if that would
 * be too many to remember: then nothing may be told.
 */
export function tell<Told extends DeviceBase>(device: Told, counters: readonly number[]): Told | undefined {
  const { told = [] } = device;
  const added = counters.filter((counter) => !told.includes(counter));
  if (added.length === 0) return device;
  return told.length + added.length > MOST_TOLD ? undefined : { ...device, told: [...told, ...added] };
}

/** The counters that need not be remembered any more are those that are spent. */
export function toldAbove(lastCounter: number | null, { told = [] }: DeviceBase): readonly number[] {
  return told.filter((counter) => lastCounter === null || counter > lastCounter);
}
