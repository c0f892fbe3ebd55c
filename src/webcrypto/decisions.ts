// What every function of this face does with its plan: make the code, or find the numbers and settle what was typed.
import { formatCode } from "../core/code.ts";
import {
  type GenerationPlan,
  LEAST_SECRET_BYTES,
  type Match,
  settle,
  type VerificationPlan,
} from "../core/verification.ts";
import { openKey, type SecretOrKey, truncatedMacs } from "./keys.ts";

/** Signatures that a wide search has under way at once, so that it neither blocks the event loop nor fills a thread pool. */
const BATCH = 128;

export async function generate(secret: SecretOrKey, plan: GenerationPlan): Promise<string> {
  const key = await openKey(secret, plan.algorithm, 1);
  const [Snum] = await truncatedMacs(key, plan.counter, 1);
  return formatCode(Snum as number, plan.digits);
}

export async function verify(secret: SecretOrKey, plan: VerificationPlan): Promise<Match | null> {
  const key = await openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  return settle(plan, await truncatedMacs(key, plan.first, plan.count));
}

export async function resynchronize(secret: SecretOrKey, plan: VerificationPlan): Promise<Match | null> {
  const key = await openKey(secret, plan.algorithm, LEAST_SECRET_BYTES);
  const numbers: number[] = [];
  while (numbers.length < plan.count) {
    const count = Math.min(BATCH, plan.count - numbers.length);
    numbers.push(...(await truncatedMacs(key, plan.first + numbers.length, count)));
  }
  return settle(plan, numbers);
}
