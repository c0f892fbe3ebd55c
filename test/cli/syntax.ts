import { codeCommand } from "../../src/cli/code-command.ts";
import { qrCommand } from "../../src/cli/qr-command.ts";
import { secretCommand } from "../../src/cli/secret-command.ts";
import { uriCommand } from "../../src/cli/uri-command.ts";
import { vectorsCommand } from "../../src/cli/vectors-command.ts";
import { verifyCommand } from "../../src/cli/verify-command.ts";

/** The options of every command. */
export const COMMAND_SYNTAX: Readonly<Partial<Record<string, readonly string[]>>> = Object.fromEntries(
  [secretCommand, uriCommand, qrCommand, codeCommand, verifyCommand, vectorsCommand].map(({ name, syntax }) => [
    name,
    [...syntax.values, ...syntax.flags],
  ]),
);
