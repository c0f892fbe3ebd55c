// What an otpauth URI says, as plain data: what an authenticator app keeps for one account.
import type { Algorithm, Digits } from "../parameters.ts";
import type { Secret } from "../secret.ts";

interface AccountBase {
  /** Unpadded upper-case base32. */
  readonly secret: string;
  /** Who issued the account: the name of the service, or its domain. Absent if the URI names none. */
  readonly issuer?: string;
  /** Whose account it is: a name or e-mail address. */
  readonly accountName: string;
}

/** A TOTP account. `generateTotp(account.secret, account.parameters)` makes its code. */
export interface TotpAccount extends AccountBase {
  readonly type: "totp";
  readonly parameters: { readonly algorithm: Algorithm; readonly digits: Digits; readonly period: number };
}

/** An HOTP account. `generateHotp(account.secret, account.counter, account.parameters)` makes its code. */
export interface HotpAccount extends AccountBase {
  readonly type: "hotp";
  readonly parameters: { readonly algorithm: Algorithm; readonly digits: Digits };
  /** The counter of the next code. */
  readonly counter: number;
}

/** A Steam Guard account: TOTP with five letters. Its parameters are fixed, and TOTP codes made with them are refused. */
export interface SteamAccount extends AccountBase {
  readonly type: "steam";
  readonly parameters: { readonly algorithm: "SHA-1"; readonly digits: 5; readonly period: 30 };
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
}

/** What {@link OtpauthAccount} leaves open when a URI is built: a type of `totp`, and parameters that have a default. */
export type OtpauthAccountInput =
  | (AccountInputBase & {
      readonly type?: "totp" | undefined;
      readonly parameters?:
        | {
            readonly algorithm?: Algorithm | undefined;
            readonly digits?: Digits | undefined;
            readonly period?: number | undefined;
          }
        | undefined;
    })
  | (AccountInputBase & {
      readonly type: "hotp";
      readonly parameters?:
        { readonly algorithm?: Algorithm | undefined; readonly digits?: Digits | undefined } | undefined;
      readonly counter: number;
    })
  | (AccountInputBase & {
      readonly type: "steam";
      readonly parameters?: SteamAccount["parameters"] | undefined;
    });

export const STEAM_PARAMETERS: SteamAccount["parameters"] = { algorithm: "SHA-1", digits: 5, period: 30 };
