// Hints give something away: "right, but for another time" says that the guess is right. The counter is as good as spent then.
// Otherwise a guesser would wait for its time and use it.
import { type DeviceBase, MOST_TOLD, toldOf } from "./state.ts";

/** Whether a hint has told this counter. */
export function isTold(device: DeviceBase, counter: number): boolean {
  return toldOf(device).includes(counter);
}

/**
 * The device with the counters that a hint is about to tell; the same object if it has them already. `undefined` if there is no room for
 * them: then the hint must not be given.
 */
export function tell<Told extends DeviceBase>(device: Told, counters: readonly number[]): Told | undefined {
  const told = toldOf(device);
  const added = counters.filter((counter) => !told.includes(counter));
  if (added.length === 0) return device;
  return told.length + added.length > MOST_TOLD ? undefined : { ...device, told: [...told, ...added] };
}

/** The counters that must still be remembered: those up to the last accepted one are spent anyway. */
export function toldAbove(lastCounter: number | null, device: DeviceBase): readonly number[] {
  return toldOf(device).filter((counter) => lastCounter === null || counter > lastCounter);
}
