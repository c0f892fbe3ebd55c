// Codes of another program.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { isThere } from "../../helpers/programs.ts";

const run = promisify(execFile);

export const hasOathtool: boolean = isThere("oathtool", "--version");

export async function oathtool(words: readonly string[], secret: string): Promise<string> {
  const { stdout } = await run("oathtool", [...words, "-b", secret]);
  return stdout.trim();
}
