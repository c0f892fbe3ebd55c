// The rows of the vector files, one type for each kind. `vectors/schema/` has the same types as
// JSON schemas.
import type { OtpErrorCode } from "../core/errors.ts";
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { OtpauthAccount } from "../otpauth/account.ts";

export interface CodeRow {
  readonly key: string;
  readonly algorithm: Algorithm;
  readonly digits: Digits;
  readonly counter: number;
  readonly code: string;
  readonly mac?: string;
  readonly truncated?: number;
  readonly time?: { readonly seconds: number; readonly period: number; readonly t0: number };
}

export interface TruncationRow {
  readonly mac: string;
  readonly truncated: number;
}

export interface HmacRow {
  readonly algorithm: Algorithm;
  readonly key: string;
  readonly data: string;
  readonly mac: string;
}

export interface Base32Row {
  readonly bytes: string;
  readonly padded: string;
  readonly unpadded: string;
}

export interface RefusedBase32Row {
  readonly text: string;
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
}

export interface SecretRow {
  readonly text: string;
  readonly key: string;
  readonly seconds: number;
  readonly code: string;
}

export interface RefusedSecretRow {
  readonly text: string;
  readonly code: OtpErrorCode;
}

export interface UriRow {
  readonly uri: string;
  readonly account: OtpauthAccount;
}

export interface RefusedUriRow {
  readonly uri: string;
  readonly code: OtpErrorCode;
}
