// The command line: any arguments and any input end in an exit code, clean messages, and no answer
// beside an error.
import fc from "fast-check";

import { COMMANDS, expectCleanRun, VALUES, words, world } from "../../cli/lines.ts";
import { COMMAND_SYNTAX } from "../../cli/syntax.ts";
import { damagedText } from "../inputs.ts";
import { property, type Target } from "../target.ts";

/** All but the one that does what the target `vectors` does, for a second. */
const QUICK = COMMANDS.filter((name) => name !== "vectors");

const value = fc.oneof(
  fc.constantFrom("0", "1", "5", "6", "7", "8", "10", "16", "30", "60", "100", "-1", "1.5", "1e3", "0x10", "٣", ""),
  fc.constantFrom(
    "@59",
    "@-1",
    "@1e9",
    "now",
    "2026-01-31",
    "2026-02-31",
    "2026-01-31T12:00:00Z",
    "2026-01-31 12:00 UTC",
    "30s",
  ),
  fc.constantFrom(
    "SHA-1",
    "sha256",
    "HmacSHA512",
    "MD5",
    "totp",
    "hotp",
    "steam",
    "L",
    "H",
    "apple-otpauth",
    "otpauth",
  ),
  fc.constantFrom(
    "alice",
    "Acme",
    "a:b",
    "file",
    "more",
    "nowhere",
    "-",
    "--",
    "bash",
    "zsh",
    "fish",
    "base32",
    "hex",
    "base64",
  ),
  fc.constantFrom(...VALUES),
  fc.string({ unit: "binary" }),
);

/** A command with options of its own, most of them with values. */
const sentence = fc.constantFrom(...QUICK).chain((command) => {
  const names = COMMAND_SYNTAX[command] ?? [];
  const option = fc
    .tuple(fc.constantFrom(...names, "help", "json"), fc.constantFrom("", "=", " "), value)
    .map(([name, joint, given]) => {
      if (joint === "") return [`--${name}`];
      return joint === "=" ? [`--${name}=${given}`] : [`--${name}`, given];
    });
  const part = fc.oneof({ weight: 3, arbitrary: option }, { weight: 2, arbitrary: value.map((word) => [word]) });
  return fc.array(part, { maxLength: 6 }).map((parts) => [command, ...parts.flat()]);
});

const line = fc.oneof(sentence, words).filter(([command]) => command !== "vectors");
const text = damagedText(VALUES, ["\n", "\r\n", "#", " ", "\0", "\ufeff", "=", "&", "%", "GIF89a", "é", "\ud800"]);
const around = fc
  .tuple(world, text, fc.uint8Array({ maxLength: 100 }), fc.array(text, { maxLength: 3 }))
  .chain(([usual, typed, bytes, lines]) =>
    fc.constantFrom(
      usual,
      { ...usual, stdin: typed, files: { file: typed, more: bytes } },
      { ...usual, stdin: bytes, files: { file: lines.join("\n"), more: "" } },
      { ...usual, typed, lines },
    ),
  );

export const commandLine: Target = {
  name: "command line",
  properties: [
    property(fc.tuple(line, around), async ([typed, outside], watch) => {
      await watch.time(() => expectCleanRun(typed, outside));
    }),
  ],
};
