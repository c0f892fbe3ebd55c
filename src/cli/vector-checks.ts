// Every published test vector against this very build and runtime, on both faces of the package. Each layer is checked from the row's own columns, so that
// a failure names the layer that is wrong. What is told is the layer, never a key or a code.
import { isDeepStrictEqual } from "node:util";
import { decodeBase32, encodeBase32 } from "../core/base32.ts";
import { formatCode } from "../core/code.ts";
import { OtpError } from "../core/errors.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";
import { buildOtpauthUri } from "../otpauth/build.ts";
import { parseOtpauthUri } from "../otpauth/parse.ts";
import { decodeSecret } from "../core/secret.ts";
import { generateSteamCode, verifySteamCode } from "../steam/steam-code.ts";
import { timeStep } from "../core/time-step.ts";
import { type Match, LEAST_SECRET_BYTES } from "../core/verification.ts";
import { type Face, FACES } from "./vector-faces.ts";
import {
  type Base32Row,
  BASE32_COLUMNS,
  type CodeRow,
  CODE_COLUMNS,
  type CollisionRow,
  COLLISION_COLUMNS,
  hasShape,
  type HmacRow,
  HMAC_COLUMNS,
  type RefusedBase32Row,
  REFUSED_BASE32_COLUMNS,
  type RefusedSecretRow,
  REFUSED_SECRET_COLUMNS,
  type RefusedUriRow,
  REFUSED_URI_COLUMNS,
  type SecretRow,
  SECRET_COLUMNS,
  type SteamRow,
  STEAM_COLUMNS,
  type TruncationRow,
  TRUNCATION_COLUMNS,
  type UriRow,
  URI_COLUMNS,
} from "./vector-rows.ts";

/** The layers of a row that are wrong; none if all is well. */
export type RowCheck = (row: unknown) => Promise<readonly string[]>;

/** One check for each kind of file. A kind is the name of its schema. */
export const ROW_CHECKS: Readonly<Partial<Record<string, RowCheck>>> = {
  codes: rowCheck(CODE_COLUMNS, codeLayers),
  truncation: rowCheck(TRUNCATION_COLUMNS, truncationLayers),
  hmac: rowCheck(HMAC_COLUMNS, hmacLayers),
  base32: rowCheck(BASE32_COLUMNS, base32Layers),
  "base32-refused": rowCheck(REFUSED_BASE32_COLUMNS, refusedBase32Layers),
  "window-collisions": rowCheck(COLLISION_COLUMNS, collisionLayers),
  steam: rowCheck(STEAM_COLUMNS, steamLayers),
  secrets: rowCheck(SECRET_COLUMNS, secretLayers),
  "secrets-refused": rowCheck(REFUSED_SECRET_COLUMNS, refusedSecretLayers),
  "otpauth-valid": rowCheck(URI_COLUMNS, uriLayers),
  "otpauth-refused": rowCheck(REFUSED_URI_COLUMNS, refusedUriLayers),
};

/** What must hold, by layer. */
type Layers = Readonly<Record<string, () => boolean | Promise<boolean>>>;

function rowCheck<Row>(columns: Parameters<typeof hasShape<Row>>[1], layersOf: (row: Row) => Layers): RowCheck {
  return async (row) => {
    if (!hasShape<Row>(row, columns)) return ["shape"];
    const layers = Object.entries(layersOf(row));
    const results = await Promise.all(layers.map(async ([layer, holds]) => ({ layer, isRight: await isTrue(holds) })));
    return results.filter(({ isRight }) => !isRight).map(({ layer }) => layer);
  };
}

async function isTrue(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await holds();
  } catch {
    return false; // a vector is never refused where it should be accepted
  }
}

/** The same layers on each face. */
function onEachFace(layersOn: (face: Face) => Layers): Layers {
  const layers = FACES.flatMap((face) =>
    Object.entries(layersOn(face)).map(([name, holds]) => [`${face.prefix}${name}`, holds] as const),
  );
  return Object.fromEntries(layers);
}

function codeLayers({ key, algorithm, digits, counter, code, mac, truncated, time }: CodeRow): Layers {
  const secret = fromHex(key);
  const shape = { algorithm, digits };
  const moment = time && { period: time.period, t0: time.t0, at: new Date(time.seconds * 1000) };
  const isOnTime = (): boolean => moment !== undefined && timeStep(moment).counter === counter;
  const exactly = { lookBehind: 0, lookAhead: 0 };
  const layersOn = (face: Face): Layers => ({
    ...(mac !== undefined && { mac: async () => toHex(await face.macOf(secret, algorithm, counter)) === mac }),
    ...(truncated !== undefined && {
      truncated: async () =>
        face.truncate(mac === undefined ? await face.macOf(secret, algorithm, counter) : viewOf(fromHex(mac))) ===
        truncated,
    }),
    // TOTP is asked only where the time is right, or this layer would be blamed for that one.
    code: async () =>
      (await face.generateHotp(secret, counter, shape)) === code &&
      (!isOnTime() || (await face.generateTotp(secret, { ...shape, ...moment })) === code),
    verify: async () =>
      (await verifies(secret, counter, () => face.verifyHotp(secret, code, counter, shape))) &&
      (!isOnTime() ||
        (await verifies(secret, counter, () => face.verifyTotp(secret, code, { ...shape, ...moment, ...exactly })))),
  });
  return { ...(moment && { time: isOnTime }), ...onEachFace(layersOn) };
}

/** A match at that very counter; with a secret that is too short to verify with, the refusal. */
async function verifies(
  secret: Uint8Array,
  counter: number,
  verify: () => Match | null | Promise<Match | null>,
): Promise<boolean> {
  if (secret.length < LEAST_SECRET_BYTES) return (await refusal(verify)) === "secret-too-short";
  return isDeepStrictEqual(await verify(), { counter, delta: 0 });
}

function truncationLayers({ mac, offset, truncated, digits, code }: TruncationRow): Layers {
  const bytes = fromHex(mac);
  return {
    offset: () => (bytes.at(-1) ?? NaN) % 16 === offset,
    ...onEachFace((face) => ({ truncated: () => face.truncate(viewOf(bytes)) === truncated })),
    code: () => formatCode(truncated, digits) === code,
  };
}

function hmacLayers({ algorithm, key, data, mac }: HmacRow): Layers {
  return onEachFace((face) => ({
    mac: async () => toHex(await face.hmac(fromHex(key), algorithm, fromHex(data))) === mac,
  }));
}

function base32Layers({ bytes, padded, unpadded }: Base32Row): Layers {
  return {
    encode: () => encodeBase32(fromHex(bytes)) === unpadded,
    "encode-padded": () => encodeBase32(fromHex(bytes), { padding: true }) === padded,
    decode: () => toHex(viewOf(decodeBase32(unpadded))) === bytes,
    "decode-padded": () => toHex(viewOf(decodeBase32(padded))) === bytes,
  };
}

function refusedBase32Layers({ text }: RefusedBase32Row): Layers {
  return { refused: async () => (await refusal(() => decodeBase32(text))) === "invalid-base32" };
}

/** Of two counters of one window with the same code the higher one must be found, and `after` that one, nothing. */
function collisionLayers({ key, algorithm, digits, period, counters, code }: CollisionRow): Layers {
  const secret = fromHex(key);
  const [lower, higher] = counters;
  const shape = { algorithm, digits };
  const options = { ...shape, period, at: new Date(lower * period * 1000), lookAhead: higher - lower };
  const layersOn = ({ generateHotp, verifyTotp }: Face): Layers => {
    const found = async (after: number | null): Promise<number | undefined> =>
      (await verifyTotp(secret, code, { ...options, after }))?.counter;
    return {
      code: async () => (await generateHotp(secret, lower, shape)) === code,
      "code-again": async () => (await generateHotp(secret, higher, shape)) === code,
      highest: async () => (await found(null)) === higher,
      after: async () => (await found(lower)) === higher && (await found(higher)) === undefined,
    };
  };
  return { counters: () => lower < higher, ...onEachFace(layersOn) };
}

function steamLayers({ key, seconds, counter, code }: SteamRow): Layers {
  const secret = fromHex(key);
  const at = new Date(seconds * 1000);
  return {
    time: () => timeStep({ at }).counter === counter,
    code: () => generateSteamCode(secret, { at }) === code,
    verify: () => verifies(secret, counter, () => verifySteamCode(secret, code, { at, lookBehind: 0, lookAhead: 0 })),
  };
}

function secretLayers({ text, key, seconds, code }: SecretRow): Layers {
  return {
    bytes: () => toHex(viewOf(decodeSecret(text))) === key,
    ...onEachFace((face) => ({
      code: async () => (await face.generateTotp(text, { at: new Date(seconds * 1000) })) === code,
    })),
  };
}

function refusedSecretLayers({ text, code }: RefusedSecretRow): Layers {
  return {
    refused: async () => (await refusal(() => decodeSecret(text))) === code,
    ...onEachFace((face) => ({ code: async () => (await refusal(() => face.generateTotp(text))) === code })),
  };
}

function uriLayers({ uri, account }: UriRow): Layers {
  return {
    parse: () => isDeepStrictEqual(parseOtpauthUri(uri), account),
    "round-trip": () => comesBack(account as OtpauthAccount),
  };
}

/** Some readable names are never written: a colon in one, or one that is blank. These must be refused. */
async function comesBack(account: OtpauthAccount): Promise<boolean> {
  const names = [account.accountName, account.issuer ?? "none"];
  const isWritable = names.every((name) => name.trim() !== "" && !name.includes(":"));
  if (!isWritable) return (await refusal(() => buildOtpauthUri(account))) === "invalid-account";
  return isDeepStrictEqual(parseOtpauthUri(buildOtpauthUri(account)), account);
}

function refusedUriLayers({ uri, code }: RefusedUriRow): Layers {
  return {
    refused: async () => (await refusal(() => parseOtpauthUri(uri))) !== undefined,
    "error-code": async () => (await refusal(() => parseOtpauthUri(uri))) === code,
  };
}

/** The code of the OtpError with which something is refused; undefined if it is not. */
async function refusal(attempt: () => unknown): Promise<string | undefined> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof OtpError) return error.code;
    throw error;
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number(`0x${text.slice(index * 2, index * 2 + 2)}`),
  );
}

function toHex(view: DataView): string {
  return Array.from({ length: view.byteLength }, (_, index) => view.getUint8(index).toString(16).padStart(2, "0")).join(
    "",
  );
}
