// Sealers: the keys of this server, or a key management service. Their calls have a time limit and
// their answers are checked.
import { OtpError } from "../../core/errors.ts";
import { isBytes } from "../../core/parameters.ts";
import { isKeyId, isSealedText, MOST_SEALED_CHARACTERS } from "../state/format.ts";
import type { Sealed } from "../state/state.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import { within } from "../within.ts";

/** Encrypts secrets elsewhere, for example with a key management service. */
export interface Sealer {
  /**
   * The names of the keys: the first one encrypts, all of them decrypt. 1 to 40 letters, digits and
   * `_ . : / -` each. Read once.
   */
  readonly keyIds: readonly string[];
  /**
   * Encrypts and authenticates `plaintext` (at most 1100 bytes, or 2500 while it holds texts of
   * version 1 whose key is missing), and also authenticates `context`. Resolves to 1 to 4096
   * printable ASCII characters without spaces, quotes and backslashes, such as base64.
   */
  seal(keyId: string, plaintext: Uint8Array, context: Uint8Array): Promise<string>;
  /**
   * Decrypts the result of `seal`. Resolves to `undefined` if it was not made with that key and
   * context, which becomes `state-corrupt`. Rejects only if it cannot tell, which becomes
   * `sealer-unavailable`.
   */
  open(keyId: string, sealed: string, context: Uint8Array): Promise<Uint8Array | undefined>;
}

/** A sealer whose calls have a time limit and are checked. */
export interface BoundedSealer {
  /** Whether the sealer has this key. */
  knows(keyId: string): boolean;
  /** Whether it was sealed with a key other than the current one. */
  isStale(sealed: Sealed): boolean;
  seal(plaintext: Uint8Array, context: Uint8Array): Promise<Sealed>;
  open(sealed: Sealed, context: Uint8Array): Promise<Uint8Array>;
}

export function boundSealer(sealer: Sealer, timeout: number): BoundedSealer {
  const given: unknown = sealer.keyIds;
  const keyIds: readonly unknown[] = Array.isArray(given) ? [...(given as unknown[])] : [];
  requireKeyIds(keyIds, "sealer.keyIds");
  const [current] = keyIds;
  return {
    knows: (keyId) => keyIds.includes(keyId),
    isStale: ({ keyId }) => keyId !== current,
    async seal(plaintext, context) {
      const text = await bounded(timeout, () => sealer.seal(current, plaintext, context));
      if (!isSealedText(text)) {
        throw new OtpError(
          "invalid-option",
          `sealer.seal must resolve to 1 to ${MOST_SEALED_CHARACTERS} printable ASCII characters without spaces, quotes and backslashes`,
        );
      }
      return { keyId: current, text };
    },
    async open({ keyId, text }, context) {
      if (!keyIds.includes(keyId)) throw new TwoFactorError("seal-key-unknown");
      const opened: unknown = await bounded(timeout, () => sealer.open(keyId, text, context));
      if (!isBytes(opened) || opened.length === 0) throw new TwoFactorError("state-corrupt");
      // A copy: the app may wipe its bytes, and the slices of a Buffer are no copies.
      return new Uint8Array(opened);
    },
  };
}

/**
 * A failing sealer does not make a code wrong. Its error is not passed on, because it may quote the
 * plaintext.
 */
async function bounded<Value>(timeout: number, call: () => Promise<Value>): Promise<Value> {
  const ending = await within(timeout, call);
  if (ending.kind === "done") return ending.value;
  throw ending.cause instanceof OtpError ? ending.cause : new TwoFactorError("sealer-unavailable");
}

export function requireKeyIds(
  keyIds: readonly unknown[],
  name: string,
): asserts keyIds is readonly [string, ...string[]] {
  if (keyIds.length === 0 || !keyIds.every(isKeyId)) {
    throw new OtpError(
      "invalid-option",
      `${name} must have one or more key ids, each 1 to 40 letters, digits and _ . : / -`,
    );
  }
  if (new Set(keyIds).size !== keyIds.length)
    throw new OtpError("invalid-option", `${name} must have different key ids`);
}
