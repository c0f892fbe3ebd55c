// A small world for the two-factor flow: a store in memory, a clock that stands still, a phone, and
// an ear for events. It needs no test runner.
import type { TotpParameters } from "../../src/otpauth/account.ts";
import { generateHotp } from "../../src/sync.ts";
import {
  createTwoFactor,
  type TwoFactor,
  type TwoFactorEvent,
  type TwoFactorOptions,
  type TwoFactorRecord,
  type TwoFactorStore,
} from "../../src/two-factor/index.ts";
import { readPolicy } from "../../src/two-factor/policy.ts";
import { parse, serialize } from "../../src/two-factor/state/format.ts";
import { type Device, NO_STATE, type State } from "../../src/two-factor/state/state.ts";

/**
 * A `crypto.getRandomValues` whose bytes are the same in every run, so that no test fails once in a
 * million because two codes happen to be equal.
 */
export function sameBytesEachTime(): typeof globalThis.crypto.getRandomValues {
  let seed = 1;
  return (array) => {
    const bytes = array as unknown as Uint8Array;
    for (let index = 0; index < bytes.length; index++) {
      seed = (Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
      bytes[index] = (seed >>> 11) ^ (seed >>> 23);
    }
    return array;
  };
}

export const KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
export const OTHER_KEY: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => 200 - index);

/** A moment in the middle of a time step: counter 60000000. */
export const START: number = 60_000_000 * 30_000 + 15_000;

export interface MemoryStore extends TwoFactorStore {
  readonly records: Map<string, TwoFactorRecord>;
  /** The calls so far, by name. */
  readonly calls: string[];
}

export function memoryStore(records: Map<string, TwoFactorRecord> = new Map<string, TwoFactorRecord>()): MemoryStore {
  const calls: string[] = [];
  return {
    records,
    calls,
    read(userId) {
      calls.push("read");
      return Promise.resolve(records.get(userId));
    },
    compareAndSet(userId, expected, next) {
      calls.push("compareAndSet");
      if (records.get(userId)?.revision !== expected) return Promise.resolve(false);
      if (next) records.set(userId, next);
      else records.delete(userId);
      return Promise.resolve(true);
    },
  };
}

/** What an authenticator app shows, by counter. */
export function codeOf(secret: string, counter: number, parameters: Partial<TotpParameters> = {}): string {
  const { algorithm = "SHA-1", digits = 6 } = parameters;
  return generateHotp(secret, counter, { algorithm, digits });
}

export class World {
  now: number = START;
  readonly store: MemoryStore = memoryStore();
  readonly events: TwoFactorEvent[] = [];
  readonly twoFactor: TwoFactor;
  secret = "";
  deviceId = "";
  recoveryCodes: readonly string[] = [];

  constructor(options: Partial<TwoFactorOptions> = {}) {
    this.twoFactor = this.another(options);
  }

  /** One more server on the same database. */
  another(options: Partial<TwoFactorOptions> = {}): TwoFactor {
    return createTwoFactor({
      issuer: "Acme",
      store: this.store,
      clock: () => new Date(this.now),
      onEvent: (event) => {
        this.events.push(event);
      },
      ...(options.sealer ? {} : { sealingKeys: [{ id: "first", key: KEY }] }),
      ...options,
    });
  }

  get counter(): number {
    return Math.floor(this.now / 30_000);
  }

  /** The code that the phone shows, some steps from now. */
  code(steps = 0): string {
    return codeOf(this.secret, this.counter + steps);
  }

  /** A code that matches nowhere near now. */
  wrongCode(nth = 0): string {
    const near = new Set(Array.from({ length: 241 }, (_, index) => this.code(index - 120)));
    const wrong = Array.from({ length: 300 }, (_, index) => String(100_000 + index)).filter((code) => !near.has(code));
    return wrong[nth] ?? "";
  }

  pass(seconds: number): void {
    this.now += seconds * 1000;
  }

  /** Somebody with an active device, a minute after it was confirmed. */
  async enrolled(userId = "alice"): Promise<this> {
    const { deviceId, secret } = await this.twoFactor.enroll(userId, { accountName: "alice@example.com" });
    this.secret = secret;
    this.deviceId = deviceId;
    ({ recoveryCodes: this.recoveryCodes } = await this.twoFactor.confirm(userId, this.code(), { deviceId }));
    this.pass(60);
    this.events.length = 0;
    this.store.calls.length = 0;
    return this;
  }

  state(userId = "alice"): State {
    const record = this.store.records.get(userId);
    return record ? parse(record.body, this.now, readPolicy(undefined)) : NO_STATE;
  }

  /** The first active device of somebody who has one. */
  device(userId = "alice"): Device {
    const [device] = this.state(userId).devices;
    if (!device) throw new Error(`${userId} has no active device`);
    return device;
  }

  /** Writes into the state behind the flow's back. */
  edit(change: (state: Writable<State>) => void, userId = "alice"): void {
    const state = structuredClone(this.state(userId)) as Writable<State>;
    change(state);
    this.store.records.set(userId, { revision: `edit ${Math.random()}`, body: serialize(state) });
  }

  /** Writes into the stored text behind the flow's back. */
  editText(change: (body: string) => string, userId = "alice"): void {
    const body = change(this.store.records.get(userId)?.body ?? "");
    this.store.records.set(userId, { revision: `edit ${Math.random()}`, body });
  }

  setStanding(failures: number, outstanding: number, notBefore = 0): void {
    this.edit((state) => {
      Object.assign(state, { failures, outstanding, notBefore });
    });
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

export type Writable<Type> = { -readonly [Name in keyof Type]: Writable<Type[Name]> };
