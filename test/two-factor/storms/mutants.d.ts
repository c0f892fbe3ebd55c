import { type TwoFactorStore } from "../../../src/two-factor/index.ts";

export type Mutant =
  | "none"
  | "looks, then writes"
  | "never compares"
  | "never writes"
  | "leaks"
  | "drops rejections"
  | "writes at the end";

export const mutants: Readonly<Record<Mutant, (store: TwoFactorStore) => TwoFactorStore>>;
