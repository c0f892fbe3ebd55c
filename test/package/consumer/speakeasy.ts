// A program that used speakeasy and its types, with another import line. It compiles as an ES
// module and as CommonJS.
import speakeasy, { type GeneratedSecret, otpauthURL, totp, type TotpVerifyOptions } from "halfminute/speakeasy";
import * as whole from "halfminute/speakeasy";

export function enroll(name: string): boolean {
  const secret: GeneratedSecret = speakeasy.generateSecret({ length: 20, name, issuer: "Acme" });
  const url: string | undefined = secret.otpauth_url;
  const always: string = speakeasy.generateSecret().otpauth_url;
  const token: string = speakeasy.totp({ secret: secret.base32, encoding: "base32" });
  const isRight = signIn(secret.base32, token);
  return isRight && always !== url && whole.totp === totp && speakeasy.time === totp;
}

function signIn(secret: string, token: string): boolean {
  const options: TotpVerifyOptions = { secret, encoding: "base32", token, window: 1 };
  const { verify, verifyDelta } = totp;
  const delta: number | undefined = verifyDelta(options)?.delta;
  return verify(options) && delta !== undefined;
}

export function all(secret: Uint8Array): unknown[] {
  const digest: Uint8Array = speakeasy.digest({ secret, counter: 1, algorithm: "sha512" });
  const code: string = speakeasy.hotp({ secret: "a", counter: 1, digits: 8, digest });
  const isRight: boolean = speakeasy.hotp.verify({ secret: "61", encoding: "hex", counter: 1, token: code, digits: 8 });
  const url: string = otpauthURL({ secret, label: "a", type: "hotp", counter: 1, algorithm: "SHA1" });
  return [isRight, url, speakeasy.generateSecretASCII(20, true), whole.generate_key().hex, whole.OtpError];
}

// @ts-expect-error a missing secret verifies against the empty key in speakeasy
export const noSecret = (): boolean => totp.verify({ token: "123456" });
// @ts-expect-error nor null
export const nullSecret = (): boolean => totp.verify({ secret: null, token: "123456" });
// @ts-expect-error a number loses its leading zeros
export const numeric = (): boolean => totp.verify({ secret: "a", token: 123456 });
// @ts-expect-error text counts to eleven in speakeasy
export const textWindow = (): boolean => totp.verify({ secret: "a", token: "123456", window: "1" });
// @ts-expect-error it is called step
export const period = (): string => totp({ secret: "a", period: 60 });
// @ts-expect-error the secret would go to a foreign server
export const picture = (): GeneratedSecret => speakeasy.generateSecret({ google_auth_qr: true });
