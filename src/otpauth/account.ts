// What an otpauth URI says, as plain data: what an authenticator app keeps for one account.
import type { Algorithm, Digits } from "../core/parameters.ts";
import type { Secret } from "../core/secret.ts";

/** How the codes of an HOTP account are computed. */
export interface HotpParameters {
  /** The HMAC's hash function. */
  readonly algorithm: Algorithm;
  /** Digits of a code. */
  readonly digits: Digits;
}

/** How the codes of a TOTP account are computed. */
export interface TotpParameters extends HotpParameters {
  /** Seconds in a time step. */
  readonly period: number;
}

/** The parameters of Steam Guard, which are fixed. */
export interface SteamParameters {
  /** The HMAC's hash function. */
  readonly algorithm: "SHA-1";
  /** Characters of a code. They are not digits, so functions that make digits refuse this number. */
  readonly digits: 5;
  /** Seconds in a time step. */
  readonly period: 30;
}

interface AccountBase {
  /** Unpadded upper-case base32. */
  readonly secret: string;
  /** Who issued the account: the name of the service, or its domain. Absent if the URI names none. */
  readonly issuer?: string;
  /** Whose account it is: a name or e-mail address. Empty if the URI names none. */
  readonly accountName: string;
  /** An https URL of a logo, which some apps show. */
  readonly image?: string;
}

/** A TOTP account. `generateTotp(account.secret, account.parameters)` makes its code. */
export interface TotpAccount extends AccountBase {
  /** Moved by time. */
  readonly type: "totp";
  /** How its codes are computed. */
  readonly parameters: TotpParameters;
}

/** An HOTP account. `generateHotp(account.secret, account.counter, account.parameters)` makes its code. */
export interface HotpAccount extends AccountBase {
  /** Moved by a counter. */
  readonly type: "hotp";
  /** How its codes are computed. */
  readonly parameters: HotpParameters;
  /** The counter of the next code. */
  readonly counter: number;
}

/** A Steam Guard account: TOTP with letters. `generateSteamCode(account.secret)` of `halfminute/steam` makes its code. */
export interface SteamAccount extends AccountBase {
  /** Moved by time, shown as five letters and digits. */
  readonly type: "steam";
  /** How its codes are computed. */
  readonly parameters: SteamParameters;
}

/** What an `otpauth://` URI says, every field filled in. */
export type OtpauthAccount = TotpAccount | HotpAccount | SteamAccount;

interface AccountInputBase {
  /** Base32 text or bytes; at least one byte. */
  readonly secret: Secret;
  /** The name of the service, without a colon. Leave it out only if there is none. */
  readonly issuer?: string | undefined;
  /** The person's account name, without a colon. */
  readonly accountName: string;
  /** An https URL of a logo, which some apps show. */
  readonly image?: string | undefined;
}

type Optional<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/** A {@link TotpAccount} to build a URI from. */
export interface TotpAccountInput extends AccountInputBase {
  /** May be left out. */
  readonly type?: "totp" | undefined;
  /** What differs from SHA-1, 6 digits and 30 seconds, if anything. */
  readonly parameters?: Optional<TotpParameters> | undefined;
}

/** An {@link HotpAccount} to build a URI from. */
export interface HotpAccountInput extends AccountInputBase {
  /** Moved by a counter. */
  readonly type: "hotp";
  /** What differs from SHA-1 and 6 digits, if anything. */
  readonly parameters?: Optional<HotpParameters> | undefined;
  /** The counter of the next code: an integer from 0 to 2^53−1. */
  readonly counter: number;
}

/** A {@link SteamAccount} to build a URI from. */
export interface SteamAccountInput extends AccountInputBase {
  /** Moved by time, shown as five letters and digits. */
  readonly type: "steam";
  /** May be left out. */
  readonly parameters?: Optional<SteamParameters> | undefined;
}

/** What a URI is built from: an account whose type (`totp`) and parameters may be left out. */
export type OtpauthAccountInput = TotpAccountInput | HotpAccountInput | SteamAccountInput;

export const STEAM_PARAMETERS: SteamParameters = { algorithm: "SHA-1", digits: 5, period: 30 };

/** An account as it arrives from a caller who has no compiler. */
export interface UncheckedAccount {
  readonly type: unknown;
  readonly secret: unknown;
  readonly issuer: unknown;
  readonly accountName: unknown;
  readonly image: unknown;
  readonly parameters: object | undefined;
  readonly counter: unknown;
}

/** What an account to build from may have, with what it is where it is left out. */
export const ACCOUNT: UncheckedAccount = {
  type: "totp",
  secret: undefined,
  issuer: undefined,
  accountName: undefined,
  image: undefined,
  parameters: undefined,
  counter: undefined,
};
