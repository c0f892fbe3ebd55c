import { type Policy, type TwoFactor } from "../../src/two-factor/index.ts";
import { type IssuedCodeOptions } from "../../src/two-factor/issued/issued-codes.ts";

export interface Ticket {
  readonly kind: "shared code" | "own code" | "recovery code" | "issued code" | "confirmation";
  readonly userId: string;
  readonly code: string;
  /** When it was made, by the fast clock. */
  readonly at: number;
  /** Of a code of a device. */
  readonly counter?: number;
  readonly deviceId?: string;
  readonly about?: IssuedCodeOptions;
  readonly options?: object;
}

export interface Clock {
  readonly start: number;
  readonly first: number;
}

export const POLICY: Policy;
export function fastClock(clock: Clock): () => number;
export function submitTicket(flow: TwoFactor, ticket: Ticket): Promise<unknown>;
