import {
  type Policy,
  type SealingKey,
  type TwoFactor,
  type TwoFactorEventHandler,
  type TwoFactorStore,
} from "../../../src/two-factor/index.ts";
import { type IssuedCodeOptions } from "../../../src/two-factor/issued/issued-codes.ts";
import { type Mutant } from "./mutants.js";

/** What became of a call. */
export interface Outcome {
  readonly passed?: unknown;
  /** The code of the refusal. */
  readonly refused?: string;
  readonly cause?: string;
  /** Its events, each with its reason. */
  readonly told?: readonly string[];
}

/** The name of a method, a user id, and what else it takes. */
export type Call = readonly [method: keyof TwoFactor, userId: string, ...rest: readonly unknown[]];

export interface Attempts {
  readonly at: number;
  readonly calls: readonly Call[];
  readonly policy?: Policy | undefined;
  /** Whether outcomes say what was told. */
  readonly isHeard?: boolean | undefined;
  readonly mutant?: Mutant | undefined;
}

export const SEALING_KEY: SealingKey;
export const BINDING: string;
export function flowOn(
  store: TwoFactorStore,
  clock: () => number,
  policy?: Policy,
  onEvent?: TwoFactorEventHandler,
): TwoFactor;
export function outcomeOf(call: Promise<unknown>): Promise<Outcome>;
export function codeOf(secret: string, counter: number): string;
export function wrongCodes(secret: string, counter: number, many: number): string[];
export function momentOf(counter: number): number;
export function dayOf(day: number): number;
export function aboutDay(day: number): IssuedCodeOptions;
export function visitOf(visit: number): number;
export function randomFrom(seed: number): () => number;

export const twoFactorTasks: {
  attempt(world: { readonly store: TwoFactorStore }, input: Attempts): Promise<Outcome[]>;
};
