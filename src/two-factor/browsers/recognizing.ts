// Remembering a browser, and recognizing it later. Recognition is not a pass, only a sign of an
// earlier one.
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

/** How to remember a browser. */
export interface RememberOptions {
  /**
   * A value that trust in the browser depends on, such as a version number of the password: 1 to
   * 1024 UTF-8 bytes. With a different binding, the browser is unknown.
   */
  readonly binding: string;
  /** The name to show in a list: 1 to 128 UTF-8 bytes without control characters. Default: none. */
  readonly name?: string | undefined;
  /** How long to remember it, in days: an integer from 1 to 90. Default: 30. */
  readonly days?: number | undefined;
}

/** A remembered browser. */
export interface RememberedBrowser {
  /** The id of the browser. */
  readonly browserId: string;
  /** The value for a cookie of this browser: `HttpOnly`, `Secure`, `SameSite=Lax`. */
  readonly token: string;
  /** When it is forgotten, and when the cookie should expire. */
  readonly expiresAt: Date;
}

/** The result of `recognizeBrowser`. */
export interface RecognizedBrowser extends RememberedBrowser {
  /**
   * When the person passed in this browser. This is not a pass: give it to `requireRecent` before
   * sensitive actions.
   */
  readonly verifiedAt: Date;
}

/** Options of `recognizeBrowser`. */
export interface RecognizeOptions {
  /** The binding that was given to `remember`. */
  readonly binding: string;
}

const DAY_MILLISECONDS = 86_400_000;
const MOST_DAYS = 90;
const MOST_BINDING_BYTES = 1024;
/** For this long, overlapping requests may bring the token before the previous one. */
const OVERTAKING_MILLISECONDS = 60_000;

export interface Remembering {
  readonly binding: string;
  readonly name: string | null;
  readonly days: number;
}

/** The checked option `remember`; `undefined` if the browser is not to be remembered. */
export function readRemember(remember: RememberOptions | false): Remembering | undefined {
  if (remember === false) return undefined;
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
 * The state with one more browser, which replaces the least recently used one if there are too
 * many.
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

/** Later than any server's clock could be. */
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
 * The number of the next token for a browser with a genuine one; `undefined` if that one was
 * copied, because its later token was already used. The response with the current token may be
 * lost, or still in transit while another tab asks; so the previous token is valid until its
 * successor is presented. A token from the future means that the database was restored.
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
