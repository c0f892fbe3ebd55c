import { execFileSync } from "node:child_process";

/**
 * Whether a program can be used. Under CI it must be there; elsewhere its absence is said aloud.
 */
export function isThere(program: string, ...probe: readonly string[]): boolean {
  try {
    execFileSync(program, probe, { stdio: "ignore" });
    return true;
  } catch {
    if (process.env["CI"]) throw new Error(`${program} is required under CI`);
    console.warn(`SKIPPED: ${program} is not installed, so nothing was tested with it`);
    return false;
  }
}
