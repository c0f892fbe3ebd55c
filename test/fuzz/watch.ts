// Watches each call of the library: what it throws must have a stable code and show no secret, and
// it must not take long.
import assert from "node:assert/strict";

import { OtpError } from "../../src/index.ts";
import { TwoFactorError } from "../../src/two-factor/index.ts";

/** What a call returned, or the error with a stable code that it threw. */
export type Outcome<Value> =
  | { readonly value: Value; readonly code?: undefined }
  | { readonly value?: undefined; readonly code: string; readonly message: string };

/** A call that is over the limit is repeated so often: it counts only if it always is. */
const TRIES = 5;

export class Watch {
  /** The slowest call so far, in milliseconds. */
  slowest = 0;
  readonly #mostMilliseconds: number;

  constructor(mostMilliseconds: number) {
    this.#mostMilliseconds = mostMilliseconds;
  }

  /**
   * Makes a call that can be repeated. No message may contain what is `hidden`, or a number with as
   * many digits as a code.
   */
  async call<Value>(attempt: () => Value | Promise<Value>, hidden: readonly string[] = []): Promise<Outcome<Value>> {
    try {
      return { value: await this.time(attempt) };
    } catch (error) {
      if (!(error instanceof OtpError || error instanceof TwoFactorError)) throw error;
      const { code, message } = error;
      assert.match(code, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      assert.doesNotMatch(message, /(?<![0-9])[0-9]{6,8}(?![0-9])/);
      for (const text of hidden) assert.ok(!message.includes(text), "a message contains a secret or a code");
      return { code, message };
    }
  }

  /**
   * Makes a call and measures it. On a busy machine time passes without the call, so a slow one is
   * measured again, by the time of the processor.
   */
  async time<Value>(attempt: () => Value | Promise<Value>): Promise<Value> {
    const start = performance.now();
    try {
      return await attempt();
    } finally {
      const elapsed = performance.now() - start;
      if (elapsed > this.slowest) await this.#measureAgain(attempt);
    }
  }

  async #measureAgain(attempt: () => unknown): Promise<void> {
    let least = Infinity;
    for (let tries = 0; tries < TRIES && least > this.slowest; tries++) {
      const start = process.cpuUsage();
      await Promise.resolve()
        .then(attempt)
        .catch(() => undefined);
      const { user, system } = process.cpuUsage(start);
      least = Math.min(least, (user + system) / 1000);
    }
    this.slowest = Math.max(this.slowest, least);
    assert.ok(least <= this.#mostMilliseconds, `a call takes ${least.toFixed(0)} ms`);
  }
}
