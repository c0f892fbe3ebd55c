// Remembering a browser, and recognizing it later. A recognized browser has not passed: it has
// passed once.
import { OtpError } from "../../core/errors.ts";
import { readOptions, requireInteger } from "../../core/parameters.ts";
import { CLOCK_DIFFERENCE_MILLISECONDS } from "../policy.ts";
import { isSameText, randomId } from "../sealing/authentication.ts";
import type { Person } from "../sealing/person.ts";
import { withoutTokens } from "../sealing/vault.ts";
import { type Decision, deny, grant, grantNothing } from "../shell/decision.ts";
import { transact, type World } from "../shell/transact.ts";
import { MOST_BROWSERS } from "../state/format.ts";
import type { Browser, State } from "../state/state.ts";
import { readName, requireId, requireText } from "../texts.ts";
import { TwoFactorError } from "../two-factor-error.ts";
import { macOf, readToken, tokenOf } from "./browser-token.ts";

/** How a browser is to be remembered. */
export interface RememberOptions {
  /**
   * What trust in the browser depends on, such as a number of the password that changes with it: 1
   * to 1024 UTF-8 bytes. With another one, the browser is unknown.
   */
  readonly binding: string;
  /**
   * What the person sees in the list: 1 to 128 UTF-8 bytes without control characters. Default:
   * none.
   */
  readonly name?: string | undefined;
  /** For how many days: an integer from 1 to 90. Default: 30. */
  readonly days?: number | undefined;
}

/** A browser that is remembered from now on. */
export interface RememberedBrowser {
  /** Names it. */
  readonly browserId: string;
  /** For a cookie of this browser: `HttpOnly`, `Secure`, `SameSite=Lax`. */
  readonly token: string;
  /** Until when: also when the cookie expires. */
  readonly expiresAt: Date;
}

/** What `recognizeBrowser` gives. */
export interface RecognizedBrowser extends RememberedBrowser {
  /**
   * When the person passed in it. This is not a pass: give it to `requireRecent` before anything
   * dangerous.
   */
  readonly verifiedAt: Date;
}

/** Options of `recognizeBrowser`. */
export interface RecognizeOptions {
  /** The same as when it was remembered. */
  readonly binding: string;
}

const DAY_MILLISECONDS = 86_400_000;
const MOST_DAYS = 90;
const MOST_BINDING_BYTES = 1024;
/** For so long, requests that overtake each other may bring the token before the one before. */
const OVERTAKING_MILLISECONDS = 60_000;

export interface Remembering {
  readonly binding: string;
  readonly name: string | null;
  readonly days: number;
}

/** What `remember` says, checked; nothing if no browser is to be remembered. */
export function readRemember(remember: RememberOptions | false | undefined): Remembering | undefined {
  if (remember === undefined || remember === false) return undefined;
  if (typeof remember !== "object") throw new OtpError("invalid-option", "remember must be { binding } or false");
  const given = readOptions<{ readonly binding: unknown; readonly name: unknown; readonly days: unknown }>(remember, {
    binding: undefined,
    name: undefined,
    days: 30,
  });
  return {
    binding: requireBinding(given.binding),
    name: readName(given.name),
    days: requireInteger(given.days, "days", 1, MOST_DAYS),
  };
}

function requireBinding(binding: unknown): string {
  return requireText(binding, "binding", MOST_BINDING_BYTES);
}

/**
 * The state with one more browser, in the place of the one that was used least recently if there
 * are too many.
 */
export async function withBrowser(
  person: Person,
  state: State,
  { binding, name, days }: Remembering,
  now: number,
): Promise<{ readonly next: State; readonly browser: RememberedBrowser }> {
  const expiresAt = now + days * DAY_MILLISECONDS;
  const browser: Browser = { id: randomId(), name, generation: 1, verifiedAt: now, expiresAt, steppedAt: now };
  const usedAt = ({ steppedAt }: Browser): number => (isYetToCome(steppedAt, now) ? 0 : steppedAt);
  const kept = state.browsers
    .filter((each) => isCurrent(each, now))
    .sort((one, other) => usedAt(other) - usedAt(one))
    .slice(0, MOST_BROWSERS - 1);
  const token = await tokenOf(await person.openVault(), person.userId, browser, 1, binding);
  return {
    next: { ...state, browsers: [...kept, browser] },
    browser: { browserId: browser.id, token, expiresAt: new Date(expiresAt) },
  };
}

/** Later than any server's clock can be. */
function isYetToCome(moment: number, now: number): boolean {
  return moment > now + CLOCK_DIFFERENCE_MILLISECONDS;
}

export function isCurrent({ expiresAt }: Browser, now: number): boolean {
  return now < expiresAt && !isYetToCome(expiresAt - MOST_DAYS * DAY_MILLISECONDS, now);
}

export async function recognizeBrowser(
  world: World,
  userId: string,
  token: string | undefined,
  options: RecognizeOptions,
): Promise<RecognizedBrowser> {
  const binding = requireBinding(readOptions<{ readonly binding: unknown }>(options, { binding: undefined }).binding);
  const read = readToken(token);
  if (!read) throw new TwoFactorError("browser-unknown");
  return transact(world, userId, async (person, now): Promise<Decision<RecognizedBrowser>> => {
    const browser = person.state.browsers.find(({ id }) => id === read.id);
    if (!browser || !isCurrent(browser, now)) return deny("browser-unknown");
    const vault = await person.openVault();
    const mac = await macOf(vault, userId, browser, read.generation, binding);
    if (!isSameText(mac, read.mac)) return deny("browser-unknown");
    const answered = generationFor(browser, read.generation, now);
    if (answered === undefined) return denyReused(person.state, browser);
    const { id: browserId, generation, expiresAt, verifiedAt } = browser;
    const stepped = { ...browser, generation: answered, steppedAt: now };
    return grant(
      {
        browserId,
        token: await tokenOf(vault, userId, browser, answered, binding),
        expiresAt: new Date(expiresAt),
        verifiedAt: new Date(verifiedAt),
      },
      answered === generation ? undefined : withBrowsers(person.state, stepped),
      [{ type: "browser-recognized", browserId }],
    );
  });
}

/**
 * Which token a browser with a genuine one is given; nothing if that one was stolen, for whoever
 * has a later one has it from this. The answer with the present token may be lost, or on its way
 * while another tab asks; so the token before it is good until its successor was presented. A token
 * of the future is one of a database that was restored since.
 */
function generationFor({ generation, steppedAt }: Browser, presented: number, now: number): number | undefined {
  if (presented >= generation) return presented + 1;
  const since = now - steppedAt;
  const isOvertaken = since <= OVERTAKING_MILLISECONDS && since >= -CLOCK_DIFFERENCE_MILLISECONDS;
  return presented === generation - 1 || (presented === generation - 2 && isOvertaken) ? generation : undefined;
}

function denyReused(state: State, browser: Browser): Decision<never> {
  const next = { ...state, browsers: state.browsers.filter(({ id }) => id !== browser.id) };
  return { ...deny("browser-unknown", { type: "browser-token-reused", browserId: browser.id }), next };
}

function withBrowsers(state: State, browser: Browser): State {
  return { ...state, browsers: state.browsers.map((each) => (each.id === browser.id ? browser : each)) };
}

export async function forgetBrowser(world: World, userId: string, browserId: string): Promise<undefined> {
  requireId(browserId, "browserId");
  return transact(world, userId, ({ state }): Decision<undefined> => {
    const browsers = state.browsers.filter(({ id }) => id !== browserId);
    if (browsers.length === state.browsers.length) return grantNothing();
    return grant(undefined, { ...state, browsers }, [{ type: "browsers-forgotten", browserId }]);
  });
}

export function forgetBrowsers(world: World, userId: string): Promise<undefined> {
  return transact(world, userId, async (person): Promise<Decision<undefined>> => {
    const { state } = person;
    if (state.devices.length === 0) return grantNothing();
    const vault = withoutTokens(await person.openVault());
    const event = { type: "browsers-forgotten", browserId: null } as const;
    return grant(undefined, { ...state, browsers: [] }, [event], vault);
  });
}
