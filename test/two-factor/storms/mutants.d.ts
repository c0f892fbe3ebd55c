import { type TwoFactorStore } from "../../../src/two-factor/index.ts";

export type Mutant = "none" | "looks, then writes" | "never compares" | "writes at the end";

export const mutants: Readonly<Record<Mutant, (store: TwoFactorStore) => TwoFactorStore>>;
