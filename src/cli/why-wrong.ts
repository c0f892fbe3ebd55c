// Explains as far as possible why a code from a newly set up phone is wrong. It is a hint for a
// person; no code is accepted because of it.
import { readCode, UNREADABLE } from "../core/code.ts";
import type { TotpAccount, TotpParameters } from "../otpauth/account.ts";
import { decodeSecret } from "../core/secret.ts";
import { PLAIN_PARAMETERS } from "../two-factor/devices/device-parameters.ts";
import { searchCode } from "../two-factor/devices/matching.ts";
import { verifyTotp } from "../webcrypto/totp.ts";

export async function whyWrong({ secret, parameters }: TotpAccount, code: string, at: Date): Promise<string> {
  for (const ignored of ignorable(parameters)) {
    const usual = { ...parameters, ...pick(PLAIN_PARAMETERS, ignored) };
    if (await verifyTotp(secret, code, { ...usual, at })) {
      const { algorithm, digits, period } = usual;
      return `the app ignores the ${ignored.join(" and the ")}: this is a code of ${algorithm}, ${digits} digits and ${period} seconds`;
    }
  }
  const { digits, period } = parameters;
  if (readCode(code, digits) === UNREADABLE) return `a code of this account has ${digits} digits and nothing else`;
  const match = searchCode(code, { secret: decodeSecret(secret), parameters, now: at.getTime() });
  if (match) return ofAnotherTime(match.delta, period);
  return "the code does not match any time near this one; check that the phone shows it for this account and this QR code";
}

function ofAnotherTime(steps: number, period: number): string {
  const count = Math.abs(steps);
  const away = `${count} step${count === 1 ? "" : "s"} (${count * period} seconds)`;
  return steps < 0
    ? `the code is ${away} old: a clock is wrong, or it was typed late`
    : `the code is ${away} ahead: the clock of the phone or of this computer is wrong`;
}

type Name = keyof TotpParameters;

/** Each set of parameters that an app may have ignored, and so shown a wrong code. */
function ignorable(parameters: TotpParameters): readonly (readonly Name[])[] {
  const unusual = (["algorithm", "digits", "period"] as const).filter(
    (name) => parameters[name] !== PLAIN_PARAMETERS[name],
  );
  const choices = unusual.reduce<readonly (readonly Name[])[]>(
    (found, name) => [...found, ...found.map((choice) => [...choice, name])],
    [[]],
  );
  return choices.slice(1);
}

function pick(parameters: TotpParameters, names: readonly Name[]): Partial<TotpParameters> {
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
}
