// The contents of an otpauth URI as plain data: what an authenticator app stores for one account.
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { Secret } from "../core/secret.ts";

/** How the codes of an HOTP account are computed. */
export interface HotpParameters {
  /** The HMAC's hash function. */
  readonly algorithm: Algorithm;
  /** The number of digits in a code. */
  readonly digits: Digits;
}

/** How the codes of a TOTP account are computed. */
export interface TotpParameters extends HotpParameters {
  /** The length of a time step in seconds. */
  readonly period: number;
}

/** The fixed parameters of Steam Guard. */
export interface SteamParameters {
  /** The HMAC's hash function. */
  readonly algorithm: "SHA-1";
  /**
   * The number of characters in a code. They are not digits, so functions for digits refuse this
   * value.
   */
  readonly digits: 5;
  /** The length of a time step in seconds. */
  readonly period: 30;
}

interface AccountBase {
  /** Unpadded upper-case base32. */
  readonly secret: string;
  /** The issuer: the name of the service, or its domain. Absent if the URI has none. */
  readonly issuer?: string;
  /** The account name: a name or e-mail address. Empty if the URI has none. */
  readonly accountName: string;
  /** The https URL of a logo, which some apps show. */
  readonly image?: string;
}

/** A TOTP account. `generateTotp(account.secret, account.parameters)` generates its code. */
export interface TotpAccount extends AccountBase {
  /** Codes depend on the time. */
  readonly type: "totp";
  /** How its codes are computed. */
  readonly parameters: TotpParameters;
}

/**
 * An HOTP account. `generateHotp(account.secret, account.counter, account.parameters)` generates
 * its code.
 */
export interface HotpAccount extends AccountBase {
  /** Codes depend on a counter. */
  readonly type: "hotp";
  /** How its codes are computed. */
  readonly parameters: HotpParameters;
  /** The counter of the next code. */
  readonly counter: number;
}

/**
 * A Steam Guard account: TOTP with letters. `generateSteamCode(account.secret)` of
 * `halfminute/steam` generates its code.
 */
export interface SteamAccount extends AccountBase {
  /** Codes depend on the time, and are five letters and digits. */
  readonly type: "steam";
  /** How its codes are computed. */
  readonly parameters: SteamParameters;
}

/** The account of an `otpauth://` URI, with every field filled in. */
export type OtpauthAccount = TotpAccount | HotpAccount | SteamAccount;

interface AccountInputBase {
  /** Base32 text or bytes; at least one byte. */
  readonly secret: Secret;
  /** The name of the service, without a colon. Omit it only if there is none. */
  readonly issuer?: string | undefined;
  /** The person's account name, without a colon. */
  readonly accountName: string;
  /** The https URL of a logo, which some apps show. */
  readonly image?: string | undefined;
}

type Optional<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/** A {@link TotpAccount} to build a URI from. */
export interface TotpAccountInput extends AccountInputBase {
  /** May be omitted. */
  readonly type?: "totp" | undefined;
  /** The parameters that differ from SHA-1, 6 digits and 30 seconds. */
  readonly parameters?: Optional<TotpParameters> | undefined;
}

/** An {@link HotpAccount} to build a URI from. */
export interface HotpAccountInput extends AccountInputBase {
  /** Codes depend on a counter. */
  readonly type: "hotp";
  /** The parameters that differ from SHA-1 and 6 digits. */
  readonly parameters?: Optional<HotpParameters> | undefined;
  /** The counter of the next code: an integer from 0 to 2^53−1. */
  readonly counter: number;
}

/** A {@link SteamAccount} to build a URI from. */
export interface SteamAccountInput extends AccountInputBase {
  /** Codes depend on the time, and are five letters and digits. */
  readonly type: "steam";
  /** May be omitted. */
  readonly parameters?: Optional<SteamParameters> | undefined;
}

/** An account to build a URI from. The type (`totp`) and parameters may be omitted. */
export type OtpauthAccountInput = TotpAccountInput | HotpAccountInput | SteamAccountInput;

export const STEAM_PARAMETERS: SteamParameters = { algorithm: "SHA-1", digits: 5, period: 30 };

/** An account from an untyped caller. */
export interface UncheckedAccount {
  readonly type: unknown;
  readonly secret: unknown;
  readonly issuer: unknown;
  readonly accountName: unknown;
  readonly image: unknown;
  readonly parameters: object | undefined;
  readonly counter: unknown;
}

/** The fields of an account to build from, with their defaults. */
export const ACCOUNT: UncheckedAccount = {
  type: "totp",
  secret: undefined,
  issuer: undefined,
  accountName: undefined,
  image: undefined,
  parameters: undefined,
  counter: undefined,
};
