// No secret and no code where it is not the answer. `halfminute` of world.ts looks at standard
// error in every test; here the canaries go everywhere, and standard output is looked at too.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildMigrationUris } from "../../src/migration/index.ts";
import { COMMAND_SYNTAX } from "./syntax.ts";
import { CANARIES, CODE, fileError, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI, type World } from "./world.ts";

const EXPORT_URI = buildMigrationUris([{ secret: SECRET, accountName: "alice" }], { batchId: 1 })[0] ?? "";
const VALUES = [
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
const COMMANDS = Object.keys(COMMAND_SYNTAX);
const OPTIONS = [...new Set(Object.values(COMMAND_SYNTAX).flat())].map((name) => `--${name ?? ""}`);
const SHORT = ["-b", "-d", "-d8", "-bd8", "-c1", "-N@59", "-s30s", "-S0", "-w1", "-h", "-V", "-bh", "-x", "-"];

/** What may be on standard output after a command, whatever happened. */
function expectNoLeak(words: readonly string[], { exitCode, out }: { exitCode: number; out: string }): void {
  if (exitCode === 2)
    expect(out).toMatch(words[0] === "verify" ? /^$|^Usage: halfminute verify |"?1\.2\.3"?}?\n$/ : /^$/);
  const isMasked = words[0] === "inspect" && !words.includes("--show-secret");
  const isTable = words[0] === "import" && words.includes("--table");
  if (words[0] !== "verify" && words[0] !== "vectors" && !isMasked && !isTable) return;
  for (const canary of CANARIES) expect(out).not.toContain(canary);
}

describe("a canary", () => {
  it.each(VALUES)("in every place (%#)", async (value) => {
    const places = [
      [value],
      [`--${value}`],
      [`-${value}`],
      ...COMMANDS.flatMap((command) => [
        [command, value],
        [command, value, value],
        [command, value, value, value],
        [command, `--${value}`],
        [command, `--${value}=${value}`],
        [command, `-${value}`],
        [command, "--", value, value, value],
        ...OPTIONS.flatMap((option) => [
          [command, option, value],
          [command, `${option}=${value}`],
          [command, value, option, value],
          [command, CODE, value, option, value],
        ]),
      ]),
    ];
    for (const words of places) expectNoLeak(words, await halfminute(words));
  });

  it.each(VALUES)("from every source (%#)", async (value) => {
    const worlds: World[] = [
      { stdin: value },
      { stdin: `${value}${value}` },
      { stdin: `${value} ${value}` },
      { stdin: fileError("EIO", value) },
      { stdin: new Error(value) },
      { env: { HALFMINUTE_SECRET: value } },
      { env: { HALFMINUTE_SECRET: value }, stdin: value },
      { files: { f: value } },
    ];
    for (const world of worlds) {
      const verify = [["verify", CODE], ["verify", CODE, "-"]]; // prettier-ignore
      const readers = [["inspect"], ["inspect", "-"], ["import", "--table"], ["import", "--table", "f"], ["export"]];
      for (const words of [["code"], ["code", "-"], ...verify, ...readers]) {
        for (const more of [[], ["--json"], ["--digits", "8"], ["--secret-file", "f"], ["--secret-file", value]]) {
          expectNoLeak(words, await halfminute([...words, ...more], world));
        }
      }
    }
  });
});

it("whatever is typed, there is an exit code, one clean message, and no answer beside an error", async () => {
  const word = fc.oneof(
    fc.constantFrom(
      ...COMMANDS,
      ...OPTIONS,
      ...SHORT,
      ...VALUES,
      "--",
      "--help",
      "",
      "0",
      "1",
      "6",
      "@59",
      "2009-02-13",
    ),
    fc.tuple(fc.constantFrom(...OPTIONS), fc.constantFrom(...VALUES, "1", "")).map((parts) => parts.join("=")),
    fc.tuple(fc.constantFrom(...SHORT), fc.constantFrom(...VALUES)).map((parts) => parts.join("")),
    fc.string(),
  );
  const words = fc.oneof(
    fc.array(word, { maxLength: 6 }),
    fc
      .tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 5 }))
      .map(([command, rest]) => [command, ...rest]),
  );
  const world = fc.record<World>({
    stdin: fc.constantFrom(...VALUES, ""),
    stdinKind: fc.constantFrom("terminal", "redirected", "other"),
    isShown: fc.boolean(),
    typed: fc.constantFrom(null, ...VALUES, ""),
    env: fc.constantFrom({}, { HALFMINUTE_SECRET: SECRET }, { HALFMINUTE_SECRET: "" }),
  });
  await fc.assert(
    fc.asyncProperty(words, world, async (typed, around) => {
      const outcome = await halfminute(typed, around);
      expectNoLeak(typed, outcome);
      if (outcome.exitCode === 2) expect(outcome.error).toMatch(/^halfminute: /m);
      else if (outcome.exitCode !== 130) expect(outcome.out).toMatch(/\n$/);
      expect(outcome.error).not.toContain("internal error");
    }),
    { numRuns: 2000 },
  );
});
