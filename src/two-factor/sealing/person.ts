// A person's state with its vault, which is opened at most once. Vaults are opened and sealed only
// here.
import { encodeUtf8 } from "../../core/utf8.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import type { Carried, Sealed, State } from "../state/state.ts";
import type { BoundedSealer } from "./sealer.ts";
import {
  decodeVault,
  type DeviceSecret,
  encodeVault,
  isSecretLength,
  KEY_BYTES,
  newVault,
  type Vault,
} from "./vault.ts";

export interface Person {
  readonly userId: string;
  readonly state: State;
  /** The opened vault; a new one if there is none yet. */
  openVault(): Promise<Vault>;
  /**
   * Whether the opened vault should be sealed again: the key is not the current one, or a text of
   * version 1 was opened.
   */
  isStale(): boolean;
  /** Whether the key of a text sealed by version 1 exists. */
  shouldOpen(carried: Carried): boolean;
  /** Rejects with the reason why a text sealed by version 1 cannot be opened. */
  refuseCarried(carried: Carried): Promise<never>;
  /**
   * The next state with its vault: `vault` if that has changed. `true` if the existing one was
   * sealed again with another key.
   */
  seal(next: State, vault: Vault | undefined, isGrant: boolean): Promise<readonly [State, boolean]>;
}

/**
 * Additional data. JSON of strings and numbers is injective: different lists never have the same
 * text.
 */
function contextOf(userId: string): Uint8Array {
  return bytesOf(["halfminute/two-factor 2", "vault", userId]);
}

function version1ContextOf(userId: string, { purpose, id, parameters }: Carried): Uint8Array {
  const { algorithm, digits, period } = parameters;
  return bytesOf(["halfminute/two-factor 1", purpose, userId, id, algorithm, digits, period]);
}

function bytesOf(list: readonly unknown[]): Uint8Array {
  return encodeUtf8(JSON.stringify(list)) as Uint8Array;
}

export function personOf(sealer: BoundedSealer, userId: string, state: State): Person {
  let opened: Promise<Vault> | undefined;
  let isCurrent = true;

  async function open(): Promise<Vault> {
    const before = state.vault
      ? await openSealed(sealer, userId, state, state.vault)
      : { ...newVault(), carried: state.version1 ?? [] };
    const vault = before.carried.length === 0 ? before : await withOpened(sealer, userId, before);
    isCurrent = vault.carried.length === before.carried.length && !!state.vault && !sealer.isStale(state.vault);
    return vault;
  }

  const sealed = async (vault: Vault): Promise<Sealed> => sealer.seal(encodeVault(vault), contextOf(userId));

  return {
    userId,
    state,
    openVault: () => (opened ??= open()),
    isStale: () => !isCurrent,
    shouldOpen: ({ sealed: { keyId } }) => sealer.knows(keyId),
    async refuseCarried(carried) {
      const secret = await sealer.open(carried.sealed, version1ContextOf(userId, carried));
      // If it opens now, the next attempt will succeed.
      throw new TwoFactorError(isUsable(carried, secret) ? "sealer-unavailable" : "state-corrupt");
    },
    async seal(next, vault, isGrant) {
      if (next.version1) opened ??= open();
      const contents = vault ?? (opened && (await opened));
      // Nothing was opened, so no secret has changed.
      if (!contents) return [next, false];
      if (vault || !next.vault) return [{ ...next, vault: await sealed(contents), version1: null }, false];
      if (isCurrent || !isGrant) return [next, false];
      // A login that writes anyway also moves the vault to the first key, and succeeds even if that
      // fails.
      const moved = await sealed(contents).catch(() => undefined);
      return moved ? [{ ...next, vault: moved }, true] : [next, false];
    },
  };
}

async function openSealed(sealer: BoundedSealer, userId: string, state: State, sealed: Sealed): Promise<Vault> {
  const vault = decodeVault(await sealer.open(sealed, contextOf(userId)));
  if (vault && isOf(vault, state)) return vault;
  throw new TwoFactorError("state-corrupt");
}

/**
 * Whether the unencrypted list of devices is exactly that of the vault. Otherwise a removed device
 * could return, or a type could change.
 */
function isOf({ devices, pending, carried }: Vault, state: State): boolean {
  const closed = (purpose: Carried["purpose"]): readonly Listed[] =>
    carried.filter((each) => each.purpose === purpose).map(({ id }) => ({ id, type: "totp" }));
  const [waiting = pending] = closed("pending-secret");
  return waiting?.id === state.pending?.id && listed([...closed("secret"), ...devices]) === listed(state.devices);
}

type Listed = Pick<DeviceSecret, "id" | "type">;

function listed(devices: readonly Listed[]): string {
  return devices.map(({ id, type }) => id + type).join();
}

/**
 * The vault with every text of version 1 that can be opened now. Others stay as they are, and block
 * no one.
 */
async function withOpened(sealer: BoundedSealer, userId: string, vault: Vault): Promise<Vault> {
  let next = vault;
  for (const carried of vault.carried) {
    const secret = await sealer.open(carried.sealed, version1ContextOf(userId, carried)).catch(() => undefined);
    if (secret && isUsable(carried, secret)) next = withSecret(next, carried, secret);
  }
  return next;
}

function isUsable({ purpose }: Carried, { length }: Uint8Array): boolean {
  return purpose === "recovery-codes" ? length === KEY_BYTES : isSecretLength(length);
}

function withSecret(vault: Vault, opened: Carried, secret: Uint8Array): Vault {
  const { purpose, id, parameters, begun } = opened;
  const next = { ...vault, carried: vault.carried.filter((each) => each !== opened) };
  if (purpose === "recovery-codes") return { ...next, recoveryKey: secret };
  const device = { id, type: "totp", parameters, secret, begun } as const;
  return purpose === "secret" ? { ...next, devices: [device, ...next.devices] } : { ...next, pending: device };
}
