// What every function of this face does with its plan: make the code, or find the numbers and settle what was typed.
import { formatCode } from "../core/code.ts";
import {
  type GenerationPlan,
  LEAST_SECRET_BYTES,
  type Match,
  settle,
  type VerificationPlan,
} from "../core/verification.ts";
import { openKey, type SecretOrKey, truncatedMac } from "./keys.ts";

export function generate(secret: SecretOrKey, { algorithm, counter, digits }: GenerationPlan): string {
  return formatCode(truncatedMac(openKey(secret, algorithm, 1), counter), digits);
}

export function verify(secret: SecretOrKey, plan: VerificationPlan): Match | null {
  const key = openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  const numbers: number[] = [];
  for (let index = 0; index < plan.count; index++) numbers.push(truncatedMac(key, plan.first + index));
  return settle(plan, numbers);
}
