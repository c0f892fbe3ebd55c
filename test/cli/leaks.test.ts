// No secret and no code where it is not the answer. `halfminute` of world.ts looks at standard
// error in every test; here the canaries go everywhere, and standard output is looked at too.
import fc from "fast-check";
import { describe, it } from "vitest";

import { COMMANDS, expectCleanRun, expectNoLeak, OPTIONS, VALUES, words, world } from "./lines.ts";
import { CODE, fileError, halfminute, type World } from "./world.ts";

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
  await fc.assert(
    fc.asyncProperty(words, world, async (typed, around) => {
      await expectCleanRun(typed, around);
    }),
    { numRuns: 2000 },
  );
});
