// The checks of a row, layer by layer. A failure names the wrong layer, never a secret or a code.
import { counterBytes } from "../core/counter.ts";
import { MAX_COUNTER } from "../core/parameters.ts";
import { LEAST_SECRET_BYTES, type Match } from "../core/verification.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";
import type { Awaitable, VectorLibrary } from "./library.ts";
import type {
  Base32Row,
  CodeRow,
  CollisionRow,
  HmacRow,
  RefusedBase32Row,
  RefusedSecretRow,
  RefusedUriRow,
  SecretRow,
  SteamRow,
  TruncationRow,
  UriRow,
} from "./rows.ts";

/** For each layer that the library has, whether the row is right. */
export type Layers = Readonly<Record<string, () => boolean | Promise<boolean>>>;

type LayersOf<Row> = (row: Row, library: VectorLibrary) => Layers;

/** One entry for each kind of file. */
const KINDS: Readonly<Record<string, LayersOf<never>>> = {
  codes: codeLayers,
  truncation: truncationLayers,
  hmac: hmacLayers,
  base32: base32Layers,
  "base32-refused": refusedBase32Layers,
  "window-collisions": collisionLayers,
  steam: steamLayers,
  secrets: secretLayers,
  "secrets-refused": refusedSecretLayers,
  "otpauth-valid": uriLayers,
  "otpauth-refused": refusedUriLayers,
};

/** The checks of a row, for the layers that the library has. */
export function layersOf(kind: string, row: object, library: VectorLibrary): Layers {
  const layers = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  return layers === undefined ? { kind: () => false } : layers(row as never, library);
}

function codeLayers(row: CodeRow, library: VectorLibrary): Layers {
  const { algorithm, digits, counter, code, mac, truncated, time } = row;
  const { hmac, truncate, generateHotp, verifyHotp } = library;
  const secret = fromHex(row.key);
  const shape = { algorithm, digits };
  const computed = hmac && ((): Awaitable<Uint8Array> => hmac(secret, algorithm, bytesOf(counterBytes(counter))));
  const given = mac === undefined ? computed : (): Uint8Array => fromHex(mac);
  return {
    ...(computed && mac !== undefined && { mac: async () => toHex(await computed()) === mac }),
    ...(truncate &&
      truncated !== undefined &&
      given && { truncated: async () => (await truncate(await given())) === truncated }),
    ...(generateHotp && { hotp: async () => (await generateHotp(secret, counter, shape)) === code }),
    ...(verifyHotp &&
      verificationLayers("hotp", library, secret, {
        match: () => verifyHotp(secret, code, counter, shape),
        counter,
        // Without a window, a code is right only at its own counter.
        refused: [
          () => verifyHotp(secret, wrong(code), counter, shape),
          ...[counter - 1, counter + 1]
            .filter((other) => other >= 0 && other <= MAX_COUNTER)
            .map((other) => () => verifyHotp(secret, code, other, shape)),
        ],
      })),
    ...(time && timeLayers(row, time, library)),
  };
}

function timeLayers(
  { key, algorithm, digits, counter, code }: CodeRow,
  { seconds, period, t0 }: NonNullable<CodeRow["time"]>,
  library: VectorLibrary,
): Layers {
  const { timeStep, generateTotp, verifyTotp } = library;
  const secret = fromHex(key);
  const moment = { period, t0, at: new Date(seconds * 1000) };
  const exactly = { algorithm, digits, period, t0, lookBehind: 0, lookAhead: 0 };
  const verifyAt = (typed: string, steps: number, after?: number): Awaitable<Match | null> =>
    (verifyTotp as NonNullable<typeof verifyTotp>)(secret, typed, {
      ...exactly,
      at: new Date((seconds + steps * period) * 1000),
      ...(after !== undefined && { after }),
    });
  return {
    ...(timeStep && { time: () => timeStep(moment).counter === counter }),
    ...(generateTotp && {
      totp: async () => (await generateTotp(secret, { algorithm, digits, ...moment })) === code,
    }),
    ...(verifyTotp &&
      verificationLayers("totp", library, secret, {
        match: () => verifyAt(code, 0),
        counter,
        refused: [
          () => verifyAt(wrong(code), 0),
          () => verifyAt(code, 1),
          () => (seconds - period >= t0 ? verifyAt(code, -1) : null),
          () => verifyAt(code, 0, counter),
        ],
      })),
  };
}

interface Verification {
  readonly counter: number;
  readonly match: () => Awaitable<Match | null>;
  /** Calls that must not match. */
  readonly refused: readonly (() => Awaitable<Match | null>)[];
}

/**
 * Requires a match at exactly that counter, and none for wrong calls. If the secret is too short
 * for verification, requires its refusal, if the library has error codes.
 */
function verificationLayers(
  kind: string,
  library: VectorLibrary,
  secret: Uint8Array,
  { counter, match, refused }: Verification,
): Layers {
  if (secret.length < LEAST_SECRET_BYTES) {
    return library.OtpError ? { [`verify-${kind}`]: () => refuses(library, match, "secret-too-short") } : {};
  }
  return {
    [`verify-${kind}`]: async () => {
      const found = await match();
      return found?.counter === counter && found.delta === 0;
    },
    [`refuse-${kind}`]: async () => {
      for (const call of refused) if ((await call()) !== null) return false;
      return true;
    },
  };
}

/** A wrong code: its last character is changed. */
function wrong(code: string): string {
  return code.slice(0, -1) + (code.endsWith("2") ? "3" : "2");
}

function truncationLayers({ mac, truncated }: TruncationRow, { truncate }: VectorLibrary): Layers {
  return truncate ? { truncated: async () => (await truncate(fromHex(mac))) === truncated } : {};
}

function hmacLayers({ algorithm, key, data, mac }: HmacRow, { hmac }: VectorLibrary): Layers {
  return hmac ? { mac: async () => toHex(await hmac(fromHex(key), algorithm, fromHex(data))) === mac } : {};
}

function base32Layers({ bytes, padded, unpadded }: Base32Row, { encodeBase32, decodeBase32 }: VectorLibrary): Layers {
  return {
    ...(encodeBase32 && {
      encode: () => encodeBase32(fromHex(bytes), { padding: false }) === unpadded,
      "encode-padded": () => encodeBase32(fromHex(bytes), { padding: true }) === padded,
    }),
    ...(decodeBase32 && {
      decode: () => toHex(decodeBase32(unpadded)) === bytes,
      "decode-padded": () => toHex(decodeBase32(padded)) === bytes,
    }),
  };
}

function refusedBase32Layers({ text }: RefusedBase32Row, library: VectorLibrary): Layers {
  const { decodeBase32 } = library;
  return decodeBase32 ? { refused: () => refuses(library, () => decodeBase32(text), "invalid-base32") } : {};
}

/**
 * If two counters of a window have the same code, the higher one must be found, and after that one,
 * nothing.
 */
function collisionLayers(row: CollisionRow, { generateHotp, verifyTotp }: VectorLibrary): Layers {
  const { algorithm, digits, period, counters, code } = row;
  const secret = fromHex(row.key);
  const [lower, higher] = counters;
  const shape = { algorithm, digits };
  const window = { ...shape, period, at: new Date(lower * period * 1000), lookAhead: higher - lower };
  return {
    ...(generateHotp && {
      hotp: async () =>
        (await generateHotp(secret, lower, shape)) === code && (await generateHotp(secret, higher, shape)) === code,
    }),
    ...(verifyTotp && {
      highest: async () => (await verifyTotp(secret, code, { ...window, after: null }))?.counter === higher,
      after: async () =>
        (await verifyTotp(secret, code, { ...window, after: lower }))?.counter === higher &&
        (await verifyTotp(secret, code, { ...window, after: higher })) === null,
    }),
  };
}

function steamLayers(row: SteamRow, library: VectorLibrary): Layers {
  const { seconds, counter, code } = row;
  const { generateSteamCode, verifySteamCode } = library;
  const secret = fromHex(row.key);
  const at = new Date(seconds * 1000);
  const verifyAt = (typed: string, moment: Date, after: number | null): Awaitable<Match | null> =>
    (verifySteamCode as NonNullable<typeof verifySteamCode>)(secret, typed, {
      at: moment,
      lookBehind: 0,
      lookAhead: 0,
      after,
    });
  return {
    ...(generateSteamCode && { steam: async () => (await generateSteamCode(secret, { at })) === code }),
    ...(verifySteamCode &&
      verificationLayers("steam", library, secret, {
        match: () => verifyAt(code, at, null),
        counter,
        refused: [
          () => verifyAt(wrong(code), at, null),
          () => verifyAt(code, new Date((seconds + 30) * 1000), null),
          () => verifyAt(code, at, counter),
        ],
      })),
  };
}

function secretLayers({ text, key, seconds, code }: SecretRow, { decodeSecret, generateTotp }: VectorLibrary): Layers {
  if (!decodeSecret) return {};
  const at = new Date(seconds * 1000);
  return {
    secret: () => toHex(decodeSecret(text)) === key,
    ...(generateTotp && { totp: async () => (await generateTotp(text as never, { at })) === code }),
  };
}

function refusedSecretLayers({ text, code }: RefusedSecretRow, library: VectorLibrary): Layers {
  const { decodeSecret, generateTotp } = library;
  if (!decodeSecret) return {};
  return {
    refused: () => refuses(library, () => decodeSecret(text), code),
    ...(generateTotp && {
      "totp-refused": () => refuses(library, () => generateTotp(text as never, { at: new Date(0) }), code),
    }),
  };
}

function uriLayers({ uri, account }: UriRow, library: VectorLibrary): Layers {
  const { parseOtpauthUri, buildOtpauthUri } = library;
  return {
    ...(parseOtpauthUri && { parse: () => isSame(parseOtpauthUri(uri), account) }),
    ...(parseOtpauthUri &&
      buildOtpauthUri && {
        "round-trip": () =>
          isWritable(account)
            ? isSame(parseOtpauthUri(buildOtpauthUri(copyOf(account))), account)
            : refuses(library, () => buildOtpauthUri(copyOf(account)), "invalid-account"),
      }),
  };
}

/** A copy that the library may change: all libraries share the rows. */
function copyOf(account: OtpauthAccount): OtpauthAccount {
  return JSON.parse(JSON.stringify(account)) as OtpauthAccount;
}

/** Some names are read but never written: blank ones and those with a colon. */
function isWritable({ accountName, issuer = "none" }: OtpauthAccount): boolean {
  return [accountName, issuer].every((name) => name.trim() !== "" && !name.includes(":"));
}

function refusedUriLayers({ uri, code }: RefusedUriRow, library: VectorLibrary): Layers {
  const { parseOtpauthUri } = library;
  return parseOtpauthUri ? { refused: () => refuses(library, () => parseOtpauthUri(uri), code) } : {};
}

/** Whether it throws or rejects, with that code if the library has error codes. */
async function refuses({ OtpError }: VectorLibrary, attempt: () => unknown, code: string): Promise<boolean> {
  try {
    await attempt();
  } catch (error) {
    return OtpError === undefined || (error instanceof OtpError && error.code === code);
  }
  return false;
}

/** Whether two plain values are equal, ignoring the order of fields. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name as never], other[name as never]))
  );
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => parseInt(text.slice(index * 2, index * 2 + 2), 16));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
