// Why the code of a phone that was just set up is wrong, as far as that can be found out. All of it is a hint for a person:
// nothing that is found here is ever accepted.
import { readCode, UNREADABLE } from "../core/code.ts";
import type { TotpAccount, TotpParameters } from "../otpauth/account.ts";
import { DEFAULT_ALGORITHM, DEFAULT_DIGITS, DEFAULT_PERIOD } from "../core/parameters.ts";
import { timeStep } from "../core/time-step.ts";
import { verifyHotp } from "../webcrypto/hotp.ts";
import { verifyTotp } from "../webcrypto/totp.ts";

/** Three quarters of an hour with steps of 30 seconds: as far as clocks are wrong that nobody has set. */
const CLOCK_STEPS = 100;

export async function whyWrong({ secret, parameters }: TotpAccount, code: string, at: Date): Promise<string> {
  for (const ignored of ignorable(parameters)) {
    const usual = { ...parameters, ...pick(USUAL, ignored) };
    if (await verifyTotp(secret, code, { ...usual, at })) {
      const { algorithm, digits, period } = usual;
      return `the app ignores the ${ignored.join(" and the ")}: this is a code of ${algorithm}, ${digits} digits and ${period} seconds`;
    }
  }
  const { algorithm, digits, period } = parameters;
  if (readCode(code, digits) === UNREADABLE) return `a code of this account has ${digits} digits and nothing else`;
  const { counter } = timeStep({ period, at });
  const first = Math.max(0, counter - CLOCK_STEPS);
  const match = await verifyHotp(secret, code, first, { algorithm, digits, lookAhead: counter - first + CLOCK_STEPS });
  if (match) return ofAnotherTime(match.counter - counter, period);
  return "it is the code of no time near this one; look whether the phone shows it for this account, from this QR code";
}

function ofAnotherTime(steps: number, period: number): string {
  const count = Math.abs(steps);
  const away = `${count} step${count === 1 ? "" : "s"} (${count * period} seconds)`;
  return steps < 0
    ? `this code belongs to a time ${away} ago: the clock of the phone or of this computer is wrong, or it was typed too late`
    : `this code belongs to a time ${away} ahead: the clock of the phone or of this computer is wrong`;
}

/** What every app can do, and what an app does that reads no more of a URI than its secret. */
const USUAL: TotpParameters = { algorithm: DEFAULT_ALGORITHM, digits: DEFAULT_DIGITS, period: DEFAULT_PERIOD };

type Name = keyof TotpParameters;

/** Each choice of the parameters that an app can have ignored without its being right all the same. */
function ignorable(parameters: TotpParameters): readonly (readonly Name[])[] {
  const unusual = (["algorithm", "digits", "period"] as const).filter((name) => parameters[name] !== USUAL[name]);
  const choices = unusual.reduce<readonly (readonly Name[])[]>(
    (found, name) => [...found, ...found.map((choice) => [...choice, name])],
    [[]],
  );
  return choices.slice(1);
}

function pick(parameters: TotpParameters, names: readonly Name[]): Partial<TotpParameters> {
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
}
