import type { Sealer } from "../../../src/two-factor/index.ts";

export function longSealer(keyIds: readonly string[]): Sealer;
