// A caller's program, compiled against the packed package by old and new compilers, with and
// without host types.
import {
  buildOtpauthUri,
  decodeSecret,
  encodeBase32,
  generateSecret,
  generateTotp,
  importKey,
  type Match,
  OtpError,
  type OtpauthAccount,
  parseOtpauthUri,
  timeStep,
  verifyHotp,
  verifyTotp,
  type WebCryptoKey,
} from "halfminute";
import { qrDataUrl, type QrOptions, qrPng, qrSvg, type QrSvgOptions, qrTerminal } from "halfminute/qr";
import { assembleMigration, buildMigrationUris, type Migration, parseMigrationUri } from "halfminute/migration";
import { generateSteamCode, type SteamSecret, verifySteamCode } from "halfminute/steam";
import { storeConformance } from "halfminute/stores/conformance";
import { type D1Binding, d1Store } from "halfminute/stores/d1";
import { memoryStore, type TwoFactorStore } from "halfminute/stores/memory";
import { type MysqlConnection, mysqlStore } from "halfminute/stores/mysql";
import { postgresStore } from "halfminute/stores/postgres";
import { ioredisStore, nodeRedisStore } from "halfminute/stores/redis";
import { sqliteStore } from "halfminute/stores/sqlite";
import {
  importKey as importOtpKey,
  OtpError as SyncOtpError,
  type OtpKey,
  verifyTotp as verifyTotpNow,
} from "halfminute/sync";
import {
  createTwoFactor,
  guessProbability,
  type Passed,
  type Policy,
  type Sealer,
  type TwoFactor,
  TwoFactorError,
  type TwoFactorErrorCode,
  type TwoFactorEvent,
  type TwoFactorRecord,
} from "halfminute/two-factor";
import { checkVectors, type VectorReport, webCryptoFace } from "halfminute/vectors";

export async function signIn(user: { secret: string; after: number | null }, typed: string): Promise<number> {
  const match: Match | null = await verifyTotp(user.secret, typed, { after: user.after });
  if (!match) throw new Error("wrong code");
  return match.counter;
}

export async function keys(): Promise<string[]> {
  const key: WebCryptoKey = await importKey(generateSecret({ algorithm: "SHA-256" }), "SHA-256");
  const bytes: Uint8Array = decodeSecret("JBSWY3DPEHPK3PXP");
  return [await generateTotp(key, { at: new Date(), digits: 8 }), await generateTotp(bytes), encodeBase32(bytes)];
}

export async function show(uri: string): Promise<string> {
  const account: OtpauthAccount = parseOtpauthUri(uri);
  if (account.type === "hotp") return String((await verifyHotp(account.secret, "123456", account.counter))?.delta);
  if (account.type === "steam") return buildOtpauthUri(account) + generateSteamCode(account.secret);
  return generateTotp(account.secret, account.parameters);
}

export function signInNow(secret: string, typed: string): number | undefined {
  const key: OtpKey = importOtpKey(secret, "SHA-512");
  return verifyTotpNow(key, typed, { after: null })?.counter;
}

export async function pictures(uri: string, colors: QrOptions): Promise<[Uint8Array, ...string[]]> {
  const options: QrSvgOptions = { ...colors, errorCorrection: "Q", title: "QR code" };
  return [await qrPng(uri, colors), qrSvg(uri, options), qrDataUrl(uri), qrTerminal(uri, { background: "dark" })];
}

export function move(uris: readonly string[]): readonly string[] {
  const migration: Migration = parseMigrationUri(uris[0] ?? "");
  const again: readonly string[] = buildMigrationUris(migration.accounts, { maxBytes: 500 });
  const { accounts, missing } = assembleMigration([...uris, ...again]);
  return missing.length > 0 ? [] : accounts.map((account) => buildOtpauthUri(account));
}

/** A key and an error are the same type through all subpaths. */
export function steamNow(failed: (error: OtpError) => void): string {
  try {
    return generateSteamCode(importOtpKey("BASE32SECRET3232"));
  } catch (error) {
    if (error instanceof SyncOtpError) failed(error);
    throw error;
  }
}

export function steam(secret: SteamSecret, typed: string): Match | null {
  return verifySteamCode(secret, typed, { after: null }) ?? verifySteamCode({ base64: "AA==" }, typed);
}

/** With no driver installed, and so with none of their types. */
export function stores(db: D1Binding, connection: MysqlConnection): TwoFactorStore[] {
  const statement = { get: () => undefined, run: () => ({ changes: 1n }) };
  const redis = { eval: () => Promise.resolve(null) };
  storeConformance(memoryStore, { test: (name, run) => void [name, run], skip: () => undefined });
  return [
    memoryStore(),
    sqliteStore({ inTransaction: false, prepare: () => statement }, { table: "second_factor" }),
    postgresStore({ query: () => Promise.resolve({ rows: [] }) }, { table: "auth.second_factor" }),
    nodeRedisStore(redis),
    ioredisStore(redis, { prefix: "2fa:" }),
    mysqlStore({ getConnection: () => Promise.resolve(connection) }, { trustDurability: true }),
    d1Store(db),
  ];
}

export function conforms(): Promise<readonly VectorReport[]> {
  return checkVectors(webCryptoFace());
}

export function explain(error: unknown): string {
  return error instanceof OtpError ? error.code : String(timeStep().secondsRemaining);
}

export function secondFactor(store: TwoFactorStore, sealer: Sealer, seen: (text: string) => void): TwoFactor {
  const policy: Policy = { lookBehind: 2 };
  const onEvent = (event: TwoFactorEvent): void => {
    if (event.type === "refused") seen(event.reason);
    if (event.type === "failures-mounting") seen(String(event.failures / event.limit));
  };
  if (guessProbability(policy, { days: 1, loginsPerDay: 1 }) > 1e-3) throw new Error("too likely");
  return createTwoFactor({ issuer: "Acme", store, sealer, policy, onEvent, parameters: { digits: 6 } });
}

export async function pass(twoFactor: TwoFactor, typed: string): Promise<Passed | TwoFactorErrorCode> {
  try {
    return await twoFactor.verify("alice", typed);
  } catch (error) {
    if (error instanceof TwoFactorError) return error.code;
    throw error;
  }
}

export const record: TwoFactorRecord = { revision: "1", body: "{}" };
// @ts-expect-error a store and a key are needed
void createTwoFactor({ issuer: "Acme" });

// @ts-expect-error no user, no secret: this must not compile, whatever types the host has
void verifyTotp(null, "123456");
// @ts-expect-error a number loses its leading zeros
void verifyTotp("JBSWY3DPEHPK3PXP", 123456);
// @ts-expect-error a key is no plain object
void generateTotp({}, {});
// @ts-expect-error nor is one with some of its fields
void generateTotp({ algorithm: {}, usages: ["sign"] });
// @ts-expect-error the synchronous face has the same rule
void verifyTotpNow(null, "123456");
// @ts-expect-error a Steam code is text
void verifySteamCode("BASE32SECRET3232", 23456);
// @ts-expect-error its time step is fixed
void generateSteamCode("BASE32SECRET3232", { period: 30 });
// @ts-expect-error an account needs a name
void buildMigrationUris([{ secret: "BASE32SECRET3232" }]);
// @ts-expect-error only importKey makes one
export const noKey: OtpKey = {};
// @ts-expect-error levels are single capital letters
void qrSvg("text", { errorCorrection: "medium" });
