// What time is here. Pinned to one processor, it is the processor time of this process, all its
// threads and the kernel's work for it: what other programs do meanwhile does not count. Otherwise
// it is the time on the wall, because then a thread that waits for another is part of the price.

/** The environment variable that tells a process that it is pinned. */
export const PINNED = "HALFMINUTE_BENCH_PINNED";

export const isPinned = process.env[PINNED] === "yes";

/** Microseconds since this process began. */
export const now = isPinned ? processorTime : wallTime;

function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function wallTime() {
  return performance.now() * 1000;
}
