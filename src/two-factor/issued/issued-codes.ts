// Codes that the app sends, by mail or text message: made, limited and checked here, delivered by the app.
import { OtpError } from "../../core/errors.ts";
import { readOptions } from "../../core/parameters.ts";
import { compactTyped } from "../../core/typed.ts";
import { encodeUtf8 } from "../../core/utf8.ts";
import type { IssuedCodeRefusal } from "../events.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS, type Limits } from "../policy.ts";
import { authenticate, isSameText, randomId, shortened } from "../sealing/authentication.ts";
import type { Person } from "../sealing/person.ts";
import { type Decision, deny, denyCounted, type Denial, denyUntil, grant } from "../shell/decision.ts";
import { tell, timeOf, transact, type World } from "../shell/transact.ts";
import { isPurpose, MOST_PURPOSES } from "../state/format.ts";
import type { Issued, IssuedNow, State } from "../state/state.ts";
import { TwoFactorError } from "../two-factor-error.ts";

/** Options of `issueCode` and `verifyIssuedCode`. */
export interface IssuedCodeOptions {
  /** What the code is for: 1 to 32 printable ASCII characters except `"` and `\`. A person has codes for three purposes at most. */
  readonly purpose: string;
  /** The random id of the half-finished login or form that the code is for: 1 to 256 UTF-8 bytes. */
  readonly request: string;
}

/** What `issueCode` gives. */
export interface IssuedCode {
  /** Eight digits: send them to the person, and store them nowhere. */
  readonly code: string;
  /** Until when it is good. */
  readonly expiresAt: Date;
  /** From when on it can be asked for again. */
  readonly resendAt: Date;
}

/** What `verifyIssuedCode` gives. It is not a pass of a second factor. */
export interface VerifiedIssuedCode {
  /** What the code was for. */
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
  const isShort = typeof request === "string" && request.length <= MOST_REQUEST_BYTES;
  const bytes = isShort ? encodeUtf8(request) : undefined;
  if (!bytes || bytes.length < 1 || bytes.length > MOST_REQUEST_BYTES) {
    throw new OtpError("invalid-option", `request must be text of 1 to ${MOST_REQUEST_BYTES} UTF-8 bytes`);
  }
  return { purpose, request: request as string };
}

type Unchecked = { readonly [Name in keyof IssuedCodeOptions]: unknown };

export async function issueCode(world: World, userId: string, options: IssuedCodeOptions): Promise<IssuedCode> {
  const about = readIssued(options);
  const { limits } = world;
  return transact(world, userId, async (person, now): Promise<Decision<IssuedCode>> => {
    const { state } = person;
    const entry = entryOf(state, about.purpose);
    const live = liveCode(entry, now, limits);
    const repeated = live && (await derived(person, about, live.nonce));
    if (live && repeated && isSameText(repeated.tag, live.tag)) {
      const wait = live.resendAt - now;
      if (wait > 0 && wait <= limits.issuedCodeResend * 1000 + CLOCK_DIFFERENCE_MILLISECONDS) {
        return denySooner(Math.ceil(wait / 1000));
      }
      return issue(state, entry as Issued, { ...live, resendAt: now + limits.issuedCodeResend * 1000 }, repeated.code);
    }
    const today = Math.floor(now / DAY_MILLISECONDS);
    const counted = countedOn(entry, today, now);
    if (counted.count >= limits.issuedCodesPerDay) {
      return denySooner(Math.ceil(((counted.day + 1) * DAY_MILLISECONDS - now) / 1000));
    }
    const nonce = randomId();
    const { tag, code } = await derived(person, about, nonce);
    const next = withRoom(state, about.purpose, today, now, limits);
    if (!next) return deny("too-many-purposes");
    const made: IssuedNow = {
      nonce,
      tag,
      expiresAt: now + limits.issuedCodeLifetime * 1000,
      resendAt: now + limits.issuedCodeResend * 1000,
      tries: 0,
    };
    return issue(next, { purpose: about.purpose, day: counted.day, count: counted.count + 1, code: null }, made, code);
  });
}

function issue(state: State, entry: Issued, made: IssuedNow, code: string): Decision<IssuedCode> {
  const { expiresAt, resendAt } = made;
  return grant(
    { code, expiresAt: new Date(expiresAt), resendAt: new Date(resendAt) },
    withEntry(state, { ...entry, code: made }),
    [{ type: "code-issued", purpose: entry.purpose }],
  );
}

function denySooner(retryAfterSeconds: number): Denial {
  return denyUntil(retryAfterSeconds, { type: "throttled", retryAfterSeconds });
}

function entryOf({ issued }: State, purpose: string): Issued | undefined {
  return issued.find((each) => each.purpose === purpose);
}

function withEntry(state: State, entry: Issued): State {
  return { ...state, issued: [...state.issued.filter(({ purpose }) => purpose !== entry.purpose), entry] };
}

/** The code that is under way; nothing if it is over, or used up, or has more time left than there ever is: a clock was wrong. */
function liveCode(entry: Issued | undefined, now: number, limits: Limits): IssuedNow | undefined {
  const code = entry?.code;
  if (!code || now >= code.expiresAt || code.tries >= limits.issuedCodeAttempts) return undefined;
  const longest = limits.issuedCodeLifetime * 1000 + CLOCK_DIFFERENCE_MILLISECONDS;
  return code.expiresAt - now <= longest ? code : undefined;
}

/** How many codes there were today. The clock of the server that counted may have been ahead a little. */
export function countedOn(
  entry: Issued | undefined,
  today: number,
  now: number,
): { readonly day: number; readonly count: number } {
  if (!entry || entry.day < today) return { day: today, count: 0 };
  const isFuture = entry.day * DAY_MILLISECONDS > now + CLOCK_DIFFERENCE_MILLISECONDS;
  return isFuture ? { day: today, count: 0 } : entry;
}

/** The state with room for a purpose: only what is over and not counted today makes room. */
function withRoom(state: State, purpose: string, today: number, now: number, limits: Limits): State | undefined {
  if (entryOf(state, purpose) || state.issued.length < MOST_PURPOSES) return state;
  const issued = state.issued.filter((each) => liveCode(each, now, limits) || countedOn(each, today, now).count > 0);
  return issued.length < MOST_PURPOSES ? { ...state, issued } : undefined;
}

/** What is left of the issued codes when everything else goes: how many there were today. */
export function countsOfToday({ issued }: State, now: number): readonly Issued[] {
  const today = Math.floor(now / DAY_MILLISECONDS);
  return issued.filter((each) => countedOn(each, today, now).count > 0).map((each) => ({ ...each, code: null }));
}

/** The code of a request, and what recognizes the request: two parts of one MAC. */
async function derived(
  person: Person,
  { purpose, request }: IssuedCodeOptions,
  nonce: string,
): Promise<{ readonly code: string; readonly tag: string }> {
  const { key } = await person.openVault();
  const mac = await authenticate(key, ["issued-code", person.userId, purpose, request, nonce]);
  const number = mac.subarray(26).reduce((sum, byte) => sum * 256 + byte, 0); // 48 bits: no code is more likely than another
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
    const live = liveCode(entry, now, world.limits);
    if (!entry || !live) return refuse(purpose, "not-issued");
    const expected = await derived(person, about, live.nonce);
    const [isRequest, isRight] = [isSameText(expected.tag, live.tag), isSameText(expected.code, code)];
    if (!isRequest) return refuse(purpose, "other-request");
    if (isRight)
      return grant({ purpose }, withEntry(state, { ...entry, code: null }), [{ type: "issued-code-passed", purpose }]);
    const tried = withEntry(state, { ...entry, code: { ...live, tries: live.tries + 1 } });
    return denyCounted("code-rejected", tried, [{ type: "issued-code-refused", purpose, reason: "wrong" }]);
  });
}

function refuse(purpose: string, reason: IssuedCodeRefusal): Denial {
  return deny("code-rejected", { type: "issued-code-refused", purpose, reason });
}
