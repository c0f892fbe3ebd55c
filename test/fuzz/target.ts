// What the runner needs to know of a target: properties that hold for all inputs.
import fc from "fast-check";

import type { Watch } from "./watch.ts";

/** A property of a target, with the inputs hidden in it. */
export type Property = (parameters: fc.Parameters<unknown>, watch: Watch) => Promise<fc.RunDetails<unknown>>;

export interface Target {
  readonly name: string;
  /** The longest time that one call may take. Default: 50. */
  readonly mostMilliseconds?: number;
  /** Each is run as often as the others. */
  readonly properties: readonly Property[];
  /** What is not left to chance. Runs once; the number of cases. */
  readonly exhaust?: (watch: Watch, options: ExhaustOptions) => Promise<number>;
}

export interface ExhaustOptions {
  /** Whether to try all cases, or a part of each. */
  readonly isLong: boolean;
  /** Which part. */
  readonly seed: number;
}

/** `holds` throws if the property does not hold for an input. */
export function property<Input>(
  inputs: fc.Arbitrary<Input>,
  holds: (input: Input, watch: Watch) => void | Promise<void>,
): Property {
  return async (parameters, watch) => {
    const checked = fc.asyncProperty(inputs, async (input) => holds(input, watch));
    return (await fc.check(checked, parameters as fc.Parameters<[Input]>)) as fc.RunDetails<unknown>;
  };
}
