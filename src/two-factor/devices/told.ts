// Hints disclose something: "right, but for another time" confirms a guess. The counter then counts
// as used, otherwise a guesser could wait for its time and use it.
import { MOST_TOLD, MOST_TOLD_COUNTER, MOST_TOLD_TOGETHER } from "../state/format.ts";
import type { Device, State } from "../state/state.ts";

type Told = Pick<Device, "told">;

/**
 * The disclosed counters of a device, plus those that a hint is about to disclose. `undefined` if
 * there is no room: then the hint must not be given.
 */
export function tellOf(
  { devices, pending }: State,
  { told }: Told,
  counters: readonly number[],
): readonly number[] | undefined {
  const added = counters.filter((counter) => !told.includes(counter));
  const together = [...devices, pending].reduce((sum, each) => sum + (each?.told.length ?? 0), added.length);
  const isFull = told.length + added.length > MOST_TOLD || together > MOST_TOLD_TOGETHER;
  return isFull || added.some((counter) => counter > MOST_TOLD_COUNTER) ? undefined : [...told, ...added];
}

/**
 * The counters that must still be remembered: those up to the last accepted one are used anyway.
 */
export function toldAbove(lastCounter: number, { told }: Told): readonly number[] {
  return told.filter((counter) => counter > lastCounter);
}
