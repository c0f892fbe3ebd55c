// Codes that the app sends by e-mail or text message: made, limited and checked here, delivered by
// the app.
import { OtpError } from "../../core/errors.ts";
import { readOptions } from "../../core/parameters.ts";
import { compactTyped } from "../../core/typed.ts";
import type { IssuedCodeRefusal } from "../events.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "../policy.ts";
import { authenticate, isSameText, randomId, shortened } from "../sealing/authentication.ts";
import type { Person } from "../sealing/person.ts";
import { type Decision, deny, type Denial, denyUntil, grant } from "../shell/decision.ts";
import { tell, timeOf, transact, type World } from "../shell/transact.ts";
import { isPurpose, MOST_PURPOSES } from "../state/format.ts";
import type { Issued, State } from "../state/state.ts";
import { requireText } from "../texts.ts";
import { TwoFactorError } from "../two-factor-error.ts";

/** Options of `issueCode` and `verifyIssuedCode`. */
export interface IssuedCodeOptions {
  /**
   * The purpose of the code: 1 to 32 printable ASCII characters except `"` and `\`. A person has
   * codes for at most three purposes.
   */
  readonly purpose: string;
  /**
   * The random id of the unfinished login or form that the code belongs to: 1 to 256 UTF-8 bytes.
   */
  readonly request: string;
}

/** The result of `issueCode`. */
export interface IssuedCode {
  /** Eight digits: send them to the person, and do not store them. */
  readonly code: string;
  /** When the code expires. */
  readonly expiresAt: Date;
  /** When the code may be sent again. */
  readonly resendAt: Date;
}

/** The result of `verifyIssuedCode`. It is not a pass of a second factor. */
export interface VerifiedIssuedCode {
  /** The purpose of the code. */
  readonly purpose: string;
}

const DAY_MILLISECONDS = 86_400_000;
const MOST_TYPED = 32;
const MOST_REQUEST_BYTES = 256;

function readIssued(options: IssuedCodeOptions): IssuedCodeOptions {
  const { purpose, request } = readOptions<Unchecked>(options, { purpose: undefined, request: undefined });
  if (!isPurpose(purpose)) {
    throw new OtpError("invalid-option", 'purpose must be 1 to 32 printable ASCII characters except " and \\');
  }
  return { purpose, request: requireText(request, "request", MOST_REQUEST_BYTES) };
}

type Unchecked = { readonly [Name in keyof IssuedCodeOptions]: unknown };

export async function issueCode(world: World, userId: string, options: IssuedCodeOptions): Promise<IssuedCode> {
  const about = readIssued(options);
  const { limits } = world;
  return transact(world, userId, async (person, now): Promise<Decision<IssuedCode>> => {
    const { state } = person;
    const entry = entryOf(state, about.purpose);
    const resendAt = now + limits.issuedCodeResend * 1000;
    if (isLive(entry, now, limits)) {
      const { code, tag } = await derived(person, about, entry);
      const wait = entry.resendAt - now;
      const isSooner = wait > 0 && entry.resendAt <= resendAt + CLOCK_DIFFERENCE_MILLISECONDS;
      if (isSameText(tag, entry.tag)) {
        return isSooner ? denyUntil(Math.ceil(wait / 1000)) : issue(state, { ...entry, resendAt }, code);
      }
    }
    const { day, count } = countedToday(entry, now);
    if (count >= limits.issuedCodesPerDay) return denyUntil(Math.ceil(((day + 1) * DAY_MILLISECONDS - now) / 1000));
    const next = withRoom(state, entry, now, limits);
    if (!next) return deny("too-many-purposes");
    const nonce = randomId();
    const expiresAt = now + limits.issuedCodeLifetime * 1000;
    const { code, tag } = await derived(person, about, { nonce, expiresAt });
    return issue(
      next,
      { purpose: about.purpose, day, count: count + 1, nonce, tag, expiresAt, resendAt, tries: 0 },
      code,
    );
  });
}

function issue(state: State, entry: Issued, code: string): Decision<IssuedCode> {
  const { purpose, expiresAt, resendAt } = entry;
  return grant({ code, expiresAt: new Date(expiresAt), resendAt: new Date(resendAt) }, withEntry(state, entry), [
    { type: "code-issued", purpose },
  ]);
}

function entryOf({ issued }: State, purpose: string): Issued | undefined {
  return issued.find((each) => each.purpose === purpose);
}

function withEntry(state: State, entry: Issued): State {
  return { ...state, issued: [...state.issued.filter(({ purpose }) => purpose !== entry.purpose), entry] };
}

/**
 * Whether a code is valid: not expired, passed or used up. One with more time left than possible
 * was made with a wrong clock.
 */
function isLive(entry: Issued | undefined, now: number, limits: Limits): entry is Issued {
  if (!entry || now >= entry.expiresAt || entry.tries >= limits.issuedCodeAttempts) return false;
  return entry.expiresAt - now <= limits.issuedCodeLifetime * 1000 + CLOCK_DIFFERENCE_MILLISECONDS;
}

/**
 * How many codes were made today. The clock of the counting server may have been slightly ahead.
 */
function countedToday(entry: Issued | undefined, now: number): Pick<Issued, "day" | "count"> {
  const day = Math.floor(now / DAY_MILLISECONDS);
  const isToday = entry && entry.day >= day && entry.day * DAY_MILLISECONDS <= now + CLOCK_DIFFERENCE_MILLISECONDS;
  return isToday ? entry : { day, count: 0 };
}

/**
 * The state with room for one more purpose: drops codes that are no longer valid and were not
 * counted today.
 */
function withRoom(state: State, entry: Issued | undefined, now: number, limits: Limits): State | undefined {
  if (entry || state.issued.length < MOST_PURPOSES) return state;
  const issued = state.issued.filter((each) => isLive(each, now, limits) || countedToday(each, now).count > 0);
  return issued.length < MOST_PURPOSES ? { ...state, issued } : undefined;
}

/** What remains of the issued codes when everything else is removed: today's counts. */
export function countsOfToday({ issued }: State, now: number): readonly Issued[] {
  return issued.filter((each) => countedToday(each, now).count > 0).map((each) => ({ ...each, expiresAt: 0 }));
}

/**
 * The code of a request, and a tag that identifies the request: two parts of one MAC. Its expiry
 * cannot be changed in the database.
 */
async function derived(
  person: Person,
  { purpose, request }: IssuedCodeOptions,
  { nonce, expiresAt }: Pick<Issued, "nonce" | "expiresAt">,
): Promise<{ readonly code: string; readonly tag: string }> {
  const { key } = await person.openVault();
  const mac = await authenticate(key, ["issued-code", person.userId, purpose, request, nonce, expiresAt]);
  const number = mac.subarray(26).reduce((sum, byte) => sum * 256 + byte, 0); // 48 bits: all codes are practically equally likely
  return { code: String(number % 1e8).padStart(8, "0"), tag: shortened(mac) };
}

export async function verifyIssuedCode(
  world: World,
  userId: string,
  typed: string,
  options: IssuedCodeOptions,
): Promise<VerifiedIssuedCode> {
  const about = readIssued(options);
  const { purpose } = about;
  const code = compactTyped(typed, MOST_TYPED);
  if (!/^\d{8}$/.test(code)) {
    tell(world, userId, timeOf(world), [{ type: "issued-code-refused", purpose, reason: "malformed" }]);
    throw new TwoFactorError("code-rejected");
  }
  return transact(world, userId, async (person, now): Promise<Decision<VerifiedIssuedCode>> => {
    const { state } = person;
    const entry = entryOf(state, purpose);
    if (!isLive(entry, now, world.limits)) return refuse(purpose, "not-issued");
    const expected = await derived(person, about, entry);
    const [isRequest, isRight] = [isSameText(expected.tag, entry.tag), isSameText(expected.code, code)];
    if (!isRequest) return refuse(purpose, "other-request");
    if (isRight) {
      return grant({ purpose }, withEntry(state, { ...entry, expiresAt: 0 }), [
        { type: "issued-code-passed", purpose },
      ]);
    }
    const tried = withEntry(state, { ...entry, tries: entry.tries + 1 });
    return { ...refuse(purpose, "wrong"), next: tried };
  });
}

function refuse(purpose: string, reason: IssuedCodeRefusal): Denial {
  return deny("code-rejected", { type: "issued-code-refused", purpose, reason });
}
