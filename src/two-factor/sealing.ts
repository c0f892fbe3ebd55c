// Secrets at rest: AES-256-GCM under keys that are not in the database, bound to the user and the device. A key management service
// can take its place.
import { decode, encodeBase32 } from "../core/base32.ts";
import { OtpError } from "../core/errors.ts";
import { isBytes, readOptions } from "../core/parameters.ts";
import { type AesGcm, randomBytes, subtle, type WebCryptoKey } from "../core/platform.ts";
import { TwoFactorError } from "./two-factor-error.ts";
import { type DeviceBase, isKeyId, isSealedText, MOST_SEALED_CHARACTERS, type Sealed } from "./state.ts";
import { encodeUtf8 } from "../core/utf8.ts";
import { within } from "./within.ts";

/** A key that seals secrets before they are stored. */
export interface SealingKey {
  /** Names the key in what it sealed: 1 to 40 letters, digits and `_ . : / -`. It never names another key. */
  readonly id: string;
  /** 32 random bytes, or an AES-GCM key of 256 bits that may encrypt and decrypt. */
  readonly key: Uint8Array | WebCryptoKey;
}

/** Seals secrets elsewhere, for example in a key management service. */
export interface Sealer {
  /** Names of the keys: the first one seals, all of them open. 1 to 40 letters, digits and `_ . : / -` each. Read once. */
  readonly keyIds: readonly string[];
  /**
   * Encrypts and authenticates `plaintext` (at most 128 bytes), and authenticates `context` with it. Resolves to at most 280
   * printable ASCII characters without spaces, quotes and backslashes, such as base64.
   */
  seal(keyId: string, plaintext: Uint8Array, context: Uint8Array): Promise<string>;
  /**
   * Opens what `seal` made. Resolves to `undefined` if it was not made by that key, with that context: that is `state-corrupt`. It
   * rejects only if it cannot know: that is `sealer-unavailable`.
   */
  open(keyId: string, sealed: string, context: Uint8Array): Promise<Uint8Array | undefined>;
}

/** What a sealed text is for. One of these cannot stand in for another: only a confirmation makes a secret of a pending one. */
export type Purpose = "secret" | "pending-secret" | "recovery-codes";

const FORMAT = "halfminute/two-factor 1";
const NONCE_BYTES = 12;
const KEY_BYTES = 32;

/** Additional data. JSON of strings and numbers is injective: no two different lists have one text. */
export function contextOf(
  purpose: Purpose,
  userId: string,
  { id, parameters }: Pick<DeviceBase, "id" | "parameters">,
): Uint8Array {
  const { algorithm, digits, period } = parameters;
  return encodeUtf8(JSON.stringify([FORMAT, purpose, userId, id, algorithm, digits, period])) as Uint8Array;
}

/** A sealer whose calls are bounded in time and checked. */
export interface Vault {
  /** Whether it was sealed by another key than the one that seals now. */
  isStale(sealed: Sealed): boolean;
  seal(plaintext: Uint8Array, context: Uint8Array): Promise<Sealed>;
  open(sealed: Sealed, context: Uint8Array): Promise<Uint8Array>;
}

export function vaultOf(sealer: Sealer, timeout: number): Vault {
  const given: unknown = sealer.keyIds;
  const keyIds: readonly unknown[] = Array.isArray(given) ? [...(given as unknown[])] : [];
  requireKeyIds(keyIds, "sealer.keyIds");
  const [current] = keyIds;
  return {
    isStale: ({ keyId }) => keyId !== current,
    async seal(plaintext, context) {
      const text = await bounded(timeout, () => sealer.seal(current, plaintext, context));
      if (!isSealedText(text)) {
        throw new OtpError(
          "invalid-option",
          `sealer.seal must resolve to 1 to ${MOST_SEALED_CHARACTERS} printable ASCII characters without spaces, quotes, backslashes`,
        );
      }
      return { keyId: current, text };
    },
    async open({ keyId, text }, context) {
      if (!keyIds.includes(keyId)) throw new TwoFactorError("seal-key-unknown");
      const opened: unknown = await bounded(timeout, () => sealer.open(keyId, text, context));
      if (!isBytes(opened)) throw new TwoFactorError("state-corrupt");
      return opened;
    },
  };
}

/** A sealer that fails is no wrong code, and its error is not passed on: it may quote what should have been sealed. */
async function bounded<Value>(timeout: number, call: () => Promise<Value>): Promise<Value> {
  const ending = await within(timeout, call);
  if (ending.kind === "done") return ending.value;
  throw ending.cause instanceof OtpError ? ending.cause : new TwoFactorError("sealer-unavailable");
}

function requireKeyIds(keyIds: readonly unknown[], name: string): asserts keyIds is readonly [string, ...string[]] {
  if (keyIds.length === 0 || !keyIds.every(isKeyId)) {
    throw new OtpError("invalid-option", `${name} must name 1 or more keys by 1 to 40 letters, digits and _ . : / -`);
  }
  if (new Set(keyIds).size !== keyIds.length) throw new OtpError("invalid-option", `${name} must have different ids`);
}

/** The sealer of keys that this server holds itself. */
export function keyRing(sealingKeys: unknown): Sealer {
  if (!Array.isArray(sealingKeys) || sealingKeys.length === 0) {
    throw new OtpError("invalid-option", "sealingKeys must be a list of 1 or more { id, key }");
  }
  const given: readonly unknown[] = [...(sealingKeys as unknown[])];
  const keys = given.map((each) => readOptions<Unchecked>(each as object, { id: undefined, key: undefined }));
  const keyIds = keys.map(({ id }) => id);
  requireKeyIds(keyIds, "sealingKeys");
  const opened = new Map(keys.map(({ key }, index) => [keyIds[index], openSealingKey(key)]));
  const keyOf = (keyId: string): Promise<WebCryptoKey> => (opened.get(keyId) as () => Promise<WebCryptoKey>)();
  return {
    keyIds,
    async seal(keyId, plaintext, additionalData) {
      const iv = randomBytes(NONCE_BYTES);
      const sealed = await subtle().encrypt(aesGcm(iv, additionalData), await keyOf(keyId), plaintext);
      return encodeBase32(Uint8Array.of(...iv, ...new Uint8Array(sealed)));
    },
    async open(keyId, text, additionalData) {
      const bytes = decode(text);
      // Written in another way, it was not written here.
      if (typeof bytes === "string" || encodeBase32(bytes) !== text) return undefined;
      const algorithm = aesGcm(bytes.subarray(0, NONCE_BYTES), additionalData);
      const key = await keyOf(keyId);
      // A wrong tag, a text that is too short: whatever it is, it was not sealed so.
      const plaintext = await subtle()
        .decrypt(algorithm, key, bytes.subarray(NONCE_BYTES))
        .catch(() => undefined);
      return plaintext && new Uint8Array(plaintext);
    },
  };
}

function aesGcm(iv: Uint8Array, additionalData: Uint8Array): AesGcm {
  return { name: "AES-GCM", iv, additionalData, tagLength: 128 };
}

interface Unchecked {
  readonly id: unknown;
  readonly key: unknown;
}

/** A way to the key: bytes are imported at the first use, once. */
function openSealingKey(key: unknown): () => Promise<WebCryptoKey> {
  return isBytes(key) ? importOnce(new Uint8Array(key)) : always(requireSealingKey(key));
}

function always(key: WebCryptoKey): () => Promise<WebCryptoKey> {
  return () => Promise.resolve(key);
}

function importOnce(bytes: Uint8Array): () => Promise<WebCryptoKey> {
  if (bytes.length !== KEY_BYTES) {
    throw new OtpError("invalid-option", `key of sealingKeys must be ${KEY_BYTES} random bytes, not ${bytes.length}`);
  }
  if (bytes.every((byte) => byte === 0)) {
    throw new OtpError("invalid-option", "key of sealingKeys must be random bytes, not zeros");
  }
  let imported: Promise<WebCryptoKey> | undefined;
  return () => (imported ??= subtle().importKey("raw", bytes, { name: "AES-GCM" }, false, ["encrypt", "decrypt"]));
}

/** By shape, because a polyfill's key has a class of its own. */
function requireSealingKey(key: unknown): WebCryptoKey {
  if (typeof key === "string") {
    throw new OtpError("invalid-option", "key of sealingKeys must be bytes, not text: decode its hex or base64 first");
  }
  const { algorithm, usages } = Object(key) as { algorithm?: { name?: unknown; length?: unknown }; usages?: unknown };
  const may: readonly unknown[] = Array.isArray(usages) ? usages : [];
  if (
    algorithm?.name !== "AES-GCM" ||
    algorithm.length !== KEY_BYTES * 8 ||
    !may.includes("encrypt") ||
    !may.includes("decrypt")
  ) {
    throw new OtpError(
      "invalid-option",
      "key of sealingKeys must be 32 bytes or an AES-GCM key of 256 bits with usages encrypt and decrypt",
    );
  }
  return key as WebCryptoKey;
}
