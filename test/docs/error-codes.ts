// The codes of the two-factor flow's errors, read from the source that lists them.
import type { TwoFactorErrorCode } from "../../src/two-factor/index.ts";
import { read } from "./fences.ts";

export const SOURCE: string = read("src/two-factor/two-factor-error.ts");

export const CODES: readonly TwoFactorErrorCode[] = Array.from(
  SOURCE.matchAll(/^ {2}\| "([\w-]+)"/gm),
  ([, code = ""]) => code as TwoFactorErrorCode,
);
