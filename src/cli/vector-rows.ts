// What a row of a vector file must look like before anything is checked with it. A column that is missing, misspelt or of
// the wrong kind is a failure: otherwise it would be a check that silently is not made.
import type { OtpErrorCode } from "../core/errors.ts";
import { type Algorithm, type Digits, isAlgorithm } from "../core/parameters.ts";

type Columns<Row> = { readonly [Column in keyof Row]-?: (value: unknown) => boolean };

export interface CodeRow {
  readonly key: string;
  readonly algorithm: Algorithm;
  readonly digits: Digits;
  readonly counter: number;
  readonly code: string;
  readonly mac?: string;
  readonly truncated?: number;
  readonly time?: { readonly seconds: number; readonly period: number; readonly t0: number };
  readonly note?: string;
}

export interface TruncationRow {
  readonly mac: string;
  readonly offset: number;
  readonly truncated: number;
  readonly digits: Digits;
  readonly code: string;
}

export interface HmacRow {
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly key: string;
  readonly data: string;
  readonly mac: string;
  /** How many bytes the source prints; `mac` has all of them. */
  readonly truncatedTo?: number;
}

export interface Base32Row {
  readonly bytes: string;
  readonly padded: string;
  readonly unpadded: string;
}

export interface RefusedBase32Row {
  readonly text: string;
  readonly why: string;
}

export interface CollisionRow {
  readonly key: string;
  readonly algorithm: Algorithm;
  readonly digits: Digits;
  readonly period: number;
  readonly counters: readonly [lower: number, higher: number];
  readonly code: string;
}

export interface SteamRow {
  readonly key: string;
  readonly seconds: number;
  readonly counter: number;
  readonly code: string;
  readonly note?: string;
}

export interface SecretRow {
  readonly text: string;
  readonly key: string;
  readonly seconds: number;
  readonly code: string;
  readonly why: string;
}

export interface RefusedSecretRow {
  readonly text: string;
  readonly code: OtpErrorCode;
  readonly why: string;
}

export interface UriRow {
  readonly uri: string;
  readonly account: object;
  readonly why: string;
  readonly writer?: string;
}

export interface RefusedUriRow {
  readonly uri: string;
  readonly code: OtpErrorCode;
  readonly why: string;
}

export function hasShape<Row>(row: unknown, columns: Columns<Row>): row is Row {
  if (!isObject(row)) return false;
  const checks: Readonly<Partial<Record<string, (value: unknown) => boolean>>> = columns;
  const areKnown = Object.keys(row).every((name) => Object.hasOwn(checks, name));
  return (
    areKnown && Object.entries(checks).every(([name, isRight]) => isRight?.((row as Record<string, unknown>)[name]))
  );
}

export const CODE_COLUMNS: Columns<CodeRow> = {
  key: isHex,
  algorithm: isAlgorithm,
  digits: isDigits,
  counter: isCount,
  code: isCode,
  mac: maybe(isHex),
  truncated: maybe(isCount),
  time: maybe((time) => hasShape(time, { seconds: isCount, period: isCount, t0: isCount })),
  note: maybe(isText),
};

export const TRUNCATION_COLUMNS: Columns<TruncationRow> = {
  mac: isHex,
  offset: isCount,
  truncated: isCount,
  digits: isDigits,
  code: isCode,
};

export const HMAC_COLUMNS: Columns<HmacRow> = {
  name: isText,
  algorithm: isAlgorithm,
  key: isHex,
  data: (data) => data === "" || isHex(data),
  mac: isHex,
  truncatedTo: maybe(isCount),
};

export const BASE32_COLUMNS: Columns<Base32Row> = {
  bytes: (bytes) => bytes === "" || isHex(bytes),
  padded: isText,
  unpadded: isText,
};

export const REFUSED_BASE32_COLUMNS: Columns<RefusedBase32Row> = { text: isText, why: isText };

export const COLLISION_COLUMNS: Columns<CollisionRow> = {
  key: isHex,
  algorithm: isAlgorithm,
  digits: isDigits,
  period: isCount,
  counters: (counters) => Array.isArray(counters) && counters.length === 2 && counters.every(isCount),
  code: isCode,
};

export const STEAM_COLUMNS: Columns<SteamRow> = {
  key: isHex,
  seconds: isCount,
  counter: isCount,
  code: (code) => typeof code === "string" && /^[2-9B-Y]{5}$/.test(code),
  note: maybe(isText),
};

export const SECRET_COLUMNS: Columns<SecretRow> = {
  text: isText,
  key: isHex,
  seconds: isCount,
  code: isCode,
  why: isText,
};

export const REFUSED_SECRET_COLUMNS: Columns<RefusedSecretRow> = { text: isText, code: isText, why: isText };

export const URI_COLUMNS: Columns<UriRow> = { uri: isText, account: isObject, why: isText, writer: maybe(isText) };

export const REFUSED_URI_COLUMNS: Columns<RefusedUriRow> = { uri: isText, code: isText, why: isText };

function maybe(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || isRight(value);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isHex(value: unknown): boolean {
  return typeof value === "string" && /^(?:[0-9a-f]{2})+$/.test(value);
}

function isCode(value: unknown): boolean {
  return typeof value === "string" && /^[0-9]{6,8}$/.test(value);
}

function isDigits(value: unknown): boolean {
  return value === 6 || value === 7 || value === 8;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
