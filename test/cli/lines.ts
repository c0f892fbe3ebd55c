// Command lines at random, with secrets in every place, and what must hold after each.
import fc from "fast-check";
import { expect } from "vitest";

import { buildMigrationUris } from "../../src/migration/index.ts";
import { COMMAND_SYNTAX } from "./syntax.ts";
import { CANARIES, CODE, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI, type World } from "./world.ts";

const EXPORT_URI = buildMigrationUris([{ secret: SECRET, accountName: "alice" }], { batchId: 1 })[0] ?? "";
/** Secrets, and texts that hold one. */
export const VALUES: readonly string[] = [
  SECRET,
  EXPORT_URI,
  TOTP_URI,
  HOTP_URI,
  STEAM_URI,
  CODE,
  "89005924",
  `${SECRET}1`,
  `${SECRET}\n${SECRET}`,
];
export const COMMANDS: readonly string[] = Object.keys(COMMAND_SYNTAX);
export const OPTIONS: readonly string[] = [...new Set(Object.values(COMMAND_SYNTAX).flat())].map(
  (name) => `--${name ?? ""}`,
);
const SHORT = ["-b", "-d", "-d8", "-bd8", "-c1", "-N@59", "-s30s", "-S0", "-w1", "-h", "-V", "-bh", "-x", "-"];

/** What may be on standard output after a command, whatever happened. */
export function expectNoLeak(words: readonly string[], { exitCode, out }: { exitCode: number; out: string }): void {
  if (exitCode === 2)
    expect(out).toMatch(words[0] === "verify" ? /^$|^Usage: halfminute verify |"?1\.2\.3"?}?\n$/ : /^$/);
  const isMasked = words[0] === "inspect" && !words.includes("--show-secret");
  const isTable = words[0] === "import" && words.includes("--table");
  if (words[0] !== "verify" && words[0] !== "vectors" && !isMasked && !isTable) return;
  for (const canary of CANARIES) expect(out).not.toContain(canary);
}

const word = fc.oneof(
  fc.constantFrom(...COMMANDS, ...OPTIONS, ...SHORT, ...VALUES, "--", "--help", "", "0", "1", "6", "@59", "2009-02-13"),
  fc.tuple(fc.constantFrom(...OPTIONS), fc.constantFrom(...VALUES, "1", "")).map((parts) => parts.join("=")),
  fc.tuple(fc.constantFrom(...SHORT), fc.constantFrom(...VALUES)).map((parts) => parts.join("")),
  fc.string(),
);
/** Lines of words that commands know, and of noise. */
export const words: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.array(word, { maxLength: 6 }),
  fc.tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 5 })).map(([command, rest]) => [command, ...rest]),
);
/** What is around the program. */
export const world: fc.Arbitrary<World> = fc.record<World>({
  stdin: fc.constantFrom(...VALUES, ""),
  stdinKind: fc.constantFrom("terminal", "redirected", "other"),
  isShown: fc.boolean(),
  typed: fc.constantFrom(null, ...VALUES, ""),
  env: fc.constantFrom({}, { HALFMINUTE_SECRET: SECRET }, { HALFMINUTE_SECRET: "" }),
});

/** An exit code, one clean message, and no answer beside an error. */
export async function expectCleanRun(typed: readonly string[], around: World): Promise<void> {
  const outcome = await halfminute(typed, around);
  expectNoLeak(typed, outcome);
  if (outcome.exitCode === 2) expect(outcome.error).toMatch(/^halfminute: /m);
  else if (outcome.exitCode !== 130) expect(outcome.out).toMatch(/\n$/);
  expect(outcome.error).not.toContain("internal error");
}
