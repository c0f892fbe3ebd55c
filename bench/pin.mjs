// One processor for the whole run. On several, WebCrypto's worker thread is sometimes woken on
// another one, and the same call takes up to eight times as long from one run to the next.
import { spawnSync } from "node:child_process";
import { PINNED } from "./clock.mjs";

const FIRST_PROCESSOR = ["-c", "0"];

/** A run takes a few minutes at most; one that takes longer hangs. */
const TIMEOUT = 15 * 60_000;

/**
 * Runs this program again, pinned, for at most `timeout` milliseconds. Returns its exit code, or
 * undefined where that cannot be done.
 */
export function runPinned(timeout = TIMEOUT) {
  if (spawnSync("taskset", [...FIRST_PROCESSOR, "true"]).status !== 0) return undefined; // not Linux, or not allowed
  const words = [...FIRST_PROCESSOR, process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const env = { ...process.env, [PINNED]: "yes" };
  return spawnSync("taskset", words, { stdio: "inherit", env, timeout, killSignal: "SIGKILL" }).status ?? 1;
}
