// Calls of the flow on a sample, right and wrong, and what they may answer.
import type { TwoFactor } from "../../src/two-factor/index.ts";
import type { State } from "../../src/two-factor/state/state.ts";
import { pick } from "./inputs.ts";
import { BINDING, codeAt, ISSUED, type KnownDevice, lettersOf, type Sample, SAMPLES, stepAt } from "./samples.ts";

/** What a call is given, chosen for a sample by a number. */
export interface Attempt {
  readonly kind: string;
  readonly call: (flow: TwoFactor) => Promise<unknown>;
  /** Whether an answer is justified by what the person has, with the state before and after. */
  readonly isRight: (answer: never, before: State, after: State | undefined) => boolean;
}

interface Passed {
  readonly method: string;
  readonly deviceId: string | null;
}

const ALWAYS = (): boolean => true;

/** Right codes, codes nearby and digits of nobody. */
function typedCode(sample: Sample, choice: number): string {
  const device = pick([...sample.devices, ...(sample.pending ? [sample.pending] : [])], choice) ?? NOBODY;
  const offset = (Math.floor(choice / 8) % 9) - 3;
  const digits = device.parameters.digits;
  if (choice % 5 === 0) return String(choice % 10 ** digits).padStart(digits, "0");
  return codeAt(device, device.type === "hotp" ? 10 + offset : stepAt(device, sample.now) + offset);
}

const NOBODY: KnownDevice = {
  id: "",
  type: "totp",
  secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
  parameters: { algorithm: "SHA-1", digits: 6, period: 30 },
};

/** The counter that is used up after a pass of a device, if the codes are its codes up to there. */
function usedBy(
  codes: readonly string[],
  device: KnownDevice | undefined,
  after: State | undefined,
): number | undefined {
  const counter = after?.devices.find(({ id }) => id === device?.id)?.lastCounter ?? undefined;
  if (device === undefined || counter === undefined) return undefined;
  const isRight = codes.every((code, index) => code === codeAt(device, counter - codes.length + 1 + index));
  return isRight ? counter : undefined;
}

/** Several records are of a person of one name: one may be put in the place of another. */
function personOf({ userId }: Sample): readonly Sample[] {
  return SAMPLES.filter((each) => each.userId === userId);
}

function devicesOf(sample: Sample): readonly KnownDevice[] {
  return personOf(sample).flatMap(({ devices, pending = [] }) => [...devices, pending].flat());
}

function isRightPass(sample: Sample, codes: readonly string[], passed: Passed, before: State, after?: State): boolean {
  if (passed.method === "recovery-code") {
    const letters = lettersOf(codes[0] ?? "");
    const left = (state?: State): number => (state?.recovery?.hashes.length ?? 0) + (state?.recovery?.issued ? 1 : 0);
    const codesOfPerson = personOf(sample).flatMap(({ recoveryCodes }) => recoveryCodes);
    return codesOfPerson.some((code) => lettersOf(code) === letters) && left(after) < left(before);
  }
  const device = devicesOf(sample).find(({ id }) => id === passed.deviceId);
  const counter = usedBy(codes, device, after);
  if (device === undefined || counter === undefined) return false;
  const spent = before.devices.find(({ id }) => id === device.id);
  const last = spent?.lastCounter ?? -1;
  if (counter <= last || spent?.told.includes(counter)) return false;
  const far = codes.length === 1 ? 1 : 4000;
  return device.type === "hotp"
    ? counter <= last + (codes.length === 1 ? 5 : 1000)
    : Math.abs(counter - stepAt(device, sample.now)) <= far;
}

function verifying(sample: Sample, typed: unknown): Attempt {
  return {
    kind: "verify",
    call: (flow) => flow.verify(sample.userId, typed as string),
    isRight: (passed, before, after) => isRightPass(sample, [String(typed)], passed, before, after),
  };
}

function inARow(sample: Sample, choice: number): Attempt {
  const device = pick(sample.devices, choice) ?? NOBODY;
  const from = (device.type === "hotp" ? 10 : stepAt(device, sample.now)) + (Math.floor(choice / 4) % 9) - 4;
  const codes = [0, 1, 2].map((index) => codeAt(device, from + index));
  if (choice % 3 === 0) codes[choice % 4] = typedCode(sample, choice);
  return {
    kind: "verifyConsecutive",
    call: (flow) => flow.verifyConsecutive(sample.userId, codes.slice(0, 3)),
    isRight: (passed, before, after) => isRightPass(sample, codes.slice(0, 3), passed, before, after),
  };
}

function recognizing(sample: Sample, token: string | undefined, binding = BINDING): Attempt {
  return {
    kind: "recognizeBrowser",
    call: (flow) => flow.recognizeBrowser(sample.userId, token, { binding }),
    isRight: ({ verifiedAt, expiresAt }: { readonly verifiedAt: Date; readonly expiresAt: Date }) =>
      binding === BINDING &&
      sample.browsers.some(
        (each) =>
          each.token === token && each.verifiedAt === Number(verifiedAt) && each.expiresAt === Number(expiresAt),
      ),
  };
}

/** From what a code that the app sends is made. */
function makingOf({ issued }: State): string {
  const { nonce, expiresAt } = issued.find(({ purpose }) => purpose === ISSUED.purpose) ?? {};
  return JSON.stringify({ nonce, expiresAt });
}

function verifyingIssued(sample: Sample, code: string, about = ISSUED): Attempt {
  return {
    kind: "verifyIssuedCode",
    call: (flow) => flow.verifyIssuedCode(sample.userId, code, about),
    // Only with the nonce and the expiry with which it was made.
    isRight: (_, before) =>
      code === sample.issuedCode && about === ISSUED && makingOf(before) === makingOf(sample.read(sample.body)),
  };
}

function confirming(sample: Sample, code: string): Attempt {
  const { pending = NOBODY, userId, now } = sample;
  return {
    kind: "confirm",
    call: (flow) => flow.confirm(userId, code, { deviceId: pending.id }),
    isRight: (_, before, after) => {
      const counter = usedBy([code], pending, after);
      return (
        counter !== undefined && Math.abs(counter - stepAt(pending, now)) <= 1 && before.pending?.id === pending.id
      );
    },
  };
}

/** The calls that let nobody pass. */
function managing({ userId, devices, pending }: Sample, choice: number): Attempt {
  const deviceId = pick([...devices, pending ?? NOBODY], choice)?.id ?? "";
  const calls: Readonly<Record<string, Attempt["call"]>> = {
    status: (flow) => flow.status(userId),
    enroll: (flow) => flow.enroll(userId, { accountName: "a", add: true }),
    resume: (flow) => flow.enroll(userId, { accountName: "a", resume: pending?.id ?? "" }),
    replace: (flow) => flow.enroll(userId, { accountName: "a", replace: deviceId }),
    importDevice: (flow) => flow.importDevice(userId, { secret: NOBODY.secret, add: true }),
    renameDevice: (flow) => flow.renameDevice(userId, deviceId, "another"),
    removeDevice: (flow) => flow.removeDevice(userId, deviceId),
    forgetBrowser: (flow) => flow.forgetBrowser(userId, deviceId),
    forgetBrowsers: (flow) => flow.forgetBrowsers(userId),
    issueCode: (flow) => flow.issueCode(userId, pick([ISSUED, { purpose: "other", request: "r" }], choice) ?? ISSUED),
    renewRecoveryCodes: (flow) => flow.renewRecoveryCodes(userId),
    issueRecoveryCode: (flow) => flow.issueRecoveryCode(userId, { hours: 2 }),
    unlock: (flow) => flow.unlock(userId),
    reseal: (flow) => flow.reseal(userId),
    disable: (flow) => flow.disable(userId),
  };
  const [kind, call] = pick(Object.entries(calls), Math.floor(choice / 8)) ?? ["status", () => Promise.resolve()];
  return { kind, call, isRight: ALWAYS };
}

export function attemptOf(sample: Sample, kind: number, choice: number, junk: unknown): Attempt {
  const { browsers, recoveryCodes, spentRecoveryCodes, issuedCode } = sample;
  const others = SAMPLES[choice % 2]?.browsers ?? [];
  switch (kind) {
    case 0:
    case 1:
      return verifying(sample, typedCode(sample, choice));
    case 2:
      return verifying(
        sample,
        pick([...recoveryCodes, ...spentRecoveryCodes, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"], choice),
      );
    case 3:
      return verifying(sample, junk);
    case 4:
      return inARow(sample, choice);
    case 5:
    case 6: {
      const token = pick([...browsers, ...others], choice)?.token ?? "";
      const wrong = token.slice(0, -1) + (token.endsWith("A") ? "Q" : "A");
      const binding = choice % 11 === 0 ? "password 8" : BINDING;
      return recognizing(sample, choice % 7 === 0 ? wrong : token, binding);
    }
    case 7: {
      const about = pick(
        [ISSUED, ISSUED, { ...ISSUED, request: "login 2" }, { ...ISSUED, purpose: "text message" }],
        choice,
      );
      return verifyingIssued(sample, choice % 3 === 0 ? "12345678" : issuedCode, about);
    }
    case 8:
      return confirming(sample, typedCode(sample, choice));
    default:
      return managing(sample, choice);
  }
}

/** Calls with what is right, and the same with what is wrong. */
export function allAttempts(sample: Sample): {
  readonly right: readonly Attempt[];
  readonly wrong: readonly Attempt[];
} {
  const { devices, recoveryCodes, browsers, issuedCode, pending, now } = sample;
  const codes = devices.map((device) => codeAt(device, device.type === "hotp" ? 11 : stepAt(device, now) + 1));
  const token = browsers.at(-1)?.token;
  return {
    right: [
      { kind: "status", call: (flow) => flow.status(sample.userId), isRight: ALWAYS },
      ...codes.map((code) => verifying(sample, code)),
      ...recoveryCodes.slice(-1).map((code) => verifying(sample, code)),
      ...(token === undefined ? [] : [recognizing(sample, token), verifyingIssued(sample, issuedCode)]),
      ...(pending ? [confirming(sample, codeAt(pending, stepAt(pending, now) + 1))] : []),
    ],
    wrong: [
      ...codes.map((code) => verifying(sample, code.slice(0, -1) + (code.endsWith("1") ? "2" : "1"))),
      verifying(sample, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"),
      ...(token === undefined ? [] : [recognizing(sample, token, "password 8")]),
      verifyingIssued(sample, "12345678"),
    ],
  };
}
