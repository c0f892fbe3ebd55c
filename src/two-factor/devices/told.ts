// Hints give something away: "right, but for another time" says that the guess is right. The
// counter is as good as spent then. Otherwise a guesser would wait for its time and use it.
import { MOST_TOLD, MOST_TOLD_COUNTER, MOST_TOLD_TOGETHER } from "../state/format.ts";
import type { Device, State } from "../state/state.ts";

type Told = Pick<Device, "told">;

/**
 * The told counters of a device with those that a hint is about to tell. `undefined` if there is no
 * room for them: then the hint must not be given.
 */
export function tellOf(
  { devices, pending }: State,
  { told }: Told,
  counters: readonly number[],
): readonly number[] | undefined {
  const added = counters.filter((counter) => !told.includes(counter));
  const together = [...devices, pending].reduce((sum, each) => sum + (each?.told.length ?? 0), added.length);
  const isFull = told.length + added.length > MOST_TOLD || together > MOST_TOLD_TOGETHER;
  return added.length > 0 && (isFull || Math.max(...added) > MOST_TOLD_COUNTER) ? undefined : [...told, ...added];
}

/**
 * The counters that must still be remembered: those up to the last accepted one are spent anyway.
 */
export function toldAbove(lastCounter: number | null, { told }: Told): readonly number[] {
  return told.filter((counter) => lastCounter === null || counter > lastCounter);
}
