/**
 * Whether a program can be used. Under CI it must be there; elsewhere its absence is reported.
 */
export function isThere(program: string, probe: () => unknown): boolean {
  try {
    probe();
    return true;
  } catch {
    if (process.env["CI"]) throw new Error(`${program} is required under CI`);
    console.warn(`SKIPPED: ${program} is not installed, so nothing was compared with it`);
    return false;
  }
}
