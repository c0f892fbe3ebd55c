// Stored records of both versions, with all that is known of the person.
import { decodeBase32 } from "../../src/index.ts";
import type { TotpParameters } from "../../src/otpauth/account.ts";
import { generateHotp } from "../../src/sync.ts";
import { createTwoFactor, type Policy, type TwoFactor, type TwoFactorStore } from "../../src/two-factor/index.ts";
import { readPolicy } from "../../src/two-factor/policy.ts";
import { parse } from "../../src/two-factor/state/format.ts";
import type { State } from "../../src/two-factor/state/state.ts";
import { codeOf, KEY, sameBytesEachTime, World } from "../two-factor/in-memory.ts";
import { longSealer } from "../two-factor/version-1/long-sealer.mjs";
import { KEYS, RECORDS } from "../two-factor/version-1/records.ts";

export interface KnownDevice {
  readonly id: string;
  readonly type: "totp" | "hotp";
  /** In base32. */
  readonly secret: string;
  readonly parameters: TotpParameters;
}

interface KnownBrowser {
  readonly token: string;
  readonly verifiedAt: number;
  readonly expiresAt: number;
}

export interface Sample {
  readonly name: string;
  readonly userId: string;
  readonly now: number;
  readonly body: string;
  readonly devices: readonly KnownDevice[];
  readonly pending: KnownDevice | undefined;
  readonly recoveryCodes: readonly string[];
  readonly spentRecoveryCodes: readonly string[];
  /** Tokens that are genuine, of all generations. */
  readonly browsers: readonly KnownBrowser[];
  readonly issuedCode: string;
  readonly flow: (store: TwoFactorStore) => TwoFactor;
  /** Throws if the text is corrupt. */
  readonly read: (body: unknown) => State;
}

export const BINDING = "password 7";
export const ISSUED = { purpose: "email", request: "login 1" };

const PLAIN: TotpParameters = { algorithm: "SHA-1", digits: 6, period: 30 };

export function codeAt({ secret, parameters: { algorithm, digits } }: KnownDevice, counter: number): string {
  return counter >= 0 && Number.isSafeInteger(counter) ? generateHotp(secret, counter, { algorithm, digits }) : "";
}

export function stepAt({ parameters: { period } }: KnownDevice, now: number): number {
  return Math.floor(now / 1000 / period);
}

function made(now: number, policy: Policy, sealing: object): Pick<Sample, "flow" | "read" | "now"> {
  return {
    now,
    flow: (store) => createTwoFactor({ issuer: "Acme", store, policy, clock: () => new Date(now), ...sealing }),
    read: (body) => parse(body, now, readPolicy(policy)),
  };
}

/** Somebody with everything that a record can have. */
async function full(userId: string): Promise<Sample> {
  const world = await new World().enrolled(userId);
  const { twoFactor } = world;
  const devices: KnownDevice[] = [{ id: world.deviceId, type: "totp", secret: world.secret, parameters: PLAIN }];
  const secret = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U".slice(0, 31) + (userId === "alice" ? "A" : "B");
  const hotp = await twoFactor.importDevice(userId, { type: "hotp", secret, counter: 10, add: true, name: 'a "key"' });
  devices.push({ id: hotp.deviceId, type: "hotp", secret, parameters: { ...PLAIN, period: 0 } });
  const browsers: KnownBrowser[] = [];
  for (const name of ["Firefox", undefined]) {
    world.pass(30);
    const { browser } = await twoFactor.verify(userId, world.code(), { remember: { binding: BINDING, name } });
    const verifiedAt = world.now;
    let token = browser?.token ?? "";
    for (let generation = 0; generation < 3; generation++) {
      const expiresAt = browser?.expiresAt.getTime() ?? 0;
      browsers.push({ token, verifiedAt, expiresAt });
      if (generation < 2) ({ token } = await twoFactor.recognizeBrowser(userId, token, { binding: BINDING }));
    }
  }
  await twoFactor.verify(userId, codeOf(secret, 10));
  const [spent = "", ...recoveryCodes] = world.recoveryCodes;
  await twoFactor.verify(userId, spent);
  const { recoveryCode } = await twoFactor.issueRecoveryCode(userId, { hours: 1 });
  const { code } = await twoFactor.issueCode(userId, ISSUED);
  await twoFactor.issueCode(userId, { purpose: "text message", request: "login 2" });
  const waiting = await twoFactor.enroll(userId, { accountName: "alice", name: "new phone", add: true });
  const pending = { id: waiting.deviceId, type: "totp" as const, secret: waiting.secret, parameters: PLAIN };
  await twoFactor.verify(userId, world.wrongCode()).catch(() => undefined);
  world.pass(60);
  return {
    ...made(world.now, {}, { sealingKeys: [{ id: "first", key: KEY }] }),
    name: `version 2, ${userId}`,
    userId,
    body: world.store.records.get(userId)?.body ?? "",
    devices,
    pending,
    recoveryCodes: [...recoveryCodes, recoveryCode],
    spentRecoveryCodes: [spent],
    browsers,
    issuedCode: code,
  };
}

function ofVersion1(): readonly Sample[] {
  return RECORDS.map((entry) => {
    const { userId, keyIds, record, active, pending, recoveryCodes, spentRecoveryCodes, policy, sealer } = entry;
    const stored = JSON.parse(record.body) as Record<"device" | "pending", { readonly id: string } | null>;
    const sealing = sealer
      ? { sealer: longSealer(keyIds) }
      : { sealingKeys: keyIds.map((id) => ({ id, key: KEYS.get(id) ?? KEY })) };
    return {
      // The limits of counts are those of version 2.
      ...made(entry.now, { ...policy, restrictAfter: 3000 }, sealing),
      name: `version 1, ${entry.name}`,
      userId,
      body: record.body,
      devices: active && stored.device ? [{ ...active, id: stored.device.id, type: "totp" as const }] : [],
      pending: pending && stored.pending ? { ...pending, id: stored.pending.id, type: "totp" as const } : undefined,
      recoveryCodes,
      spentRecoveryCodes,
      browsers: [],
      issuedCode: "12345678",
    };
  });
}

/** Made with the same random bytes in every run: nothing is right by chance. */
export async function withSameBytes<Value>(make: () => Promise<Value>): Promise<Value> {
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  crypto.getRandomValues = sameBytesEachTime();
  try {
    return await make();
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
}

export const SAMPLES: readonly Sample[] = await withSameBytes(async () => [
  await full("alice"),
  await full("bob"),
  ...ofVersion1(),
]);

/** Every byte of these is flipped: all of version 2, and the longest of version 1. */
export const FLIPPED: readonly Sample[] = SAMPLES.filter(({ name }) =>
  ["version 2, alice", "version 1, active and pending with other parameters", "version 1, sealed elsewhere"].includes(
    name,
  ),
);

/** All texts that no message may have. */
export function hiddenOf({ devices, pending, recoveryCodes, browsers }: Sample): readonly string[] {
  return [
    ...devices.map(({ secret }) => secret),
    pending?.secret ?? [],
    recoveryCodes,
    browsers.map(({ token }) => token),
  ].flat();
}

/** The bytes of a recovery code, in letters: a typed one may differ. */
export function lettersOf(code: string): string {
  const letters = code.replace(/[^0-9A-Za-z]/g, "").toUpperCase();
  return /^[A-Z2-7]{24}$/.test(letters) && decodeBase32(letters).length === 15 ? letters : "";
}
