// Between the scripts of test/examples, which talk JSON, and the tutorial's app, which shows pages
// with forms.
import { TwoFactorError, type TwoFactorErrorCode } from "halfminute/two-factor";

import { type Answer, type More, PATHS, requestOf, type Route, type Send } from "../examples/browser.ts";
import { CODES } from "./error-codes.ts";

/** What a page says, by what the scripts call it. */
const SAYINGS = new Map<string, string>([
  ["Sign in first", "sign-in-first"],
  ["Wrong e-mail address or password", "wrong-password"],
]);
const MESSAGES = new Map(CODES.map((code: TwoFactorErrorCode) => [new TwoFactorError(code).message, code]));

/** Posts a form; without a body, `more.text` is sent as it is. */
export async function post(url: string, body: unknown, cookie: string, more: More = {}): Promise<Answer> {
  const form = { type: "application/x-www-form-urlencoded", ...more, text: more.text ?? formOf(body) };
  return answerOf(await fetch(url, { ...requestOf(undefined, cookie, form), redirect: "manual" }));
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers: headers, text: await response.text(), body: {} };
}

type Field = string | number | boolean | object | null | undefined;

/**
 * As forms have it: a ticked box is "on", one that is not is left out, and what is within something
 * has brackets.
 */
function formOf(body: unknown): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(Object(body) as Readonly<Record<string, Field>>)) {
    if (value === undefined || value === null || value === false) continue;
    if (value === true) form.append(name, "on");
    else if (typeof value === "object") {
      for (const [key, inner] of Object.entries(value as Readonly<Record<string, unknown>>))
        form.append(`${name}[${key}]`, String(inner));
    } else form.append(name, String(value));
  }
  return form.toString();
}

/**
 * A `send` for the scripts. The cookies get the names that they would have in an app that speaks
 * nothing but https.
 */
export function sendForms(url: string): Send {
  const names = new Map<string, string>();
  const nameOutside = (name: string): string => {
    const id = /^browser-(.*)$/.exec(name)?.[1];
    const outside = id === undefined ? `__Host-${name}` : `__Secure-browser-${id.replaceAll("-", "").slice(0, 16)}`;
    names.set(outside, name);
    return outside;
  };
  const inside = (cookie: string): string =>
    cookie.replaceAll(/(^|; )([^=]+)(?==)/g, (_all, start: string, name: string) => start + (names.get(name) ?? name));

  return async (route, body, cookie, more) => {
    const address = `${url}${PATHS[route]}`;
    const request = requestOf(undefined, inside(cookie), { ...(more?.from !== undefined && { from: more.from }) });
    const answer =
      route === "home"
        ? await answerOf(await fetch(address, { ...request, redirect: "manual" }))
        : await post(address, body, inside(cookie), more);
    const set = answer.headers.getSetCookie();
    const session = set.find((each) => !each.startsWith("browser-"))?.split(";")[0];
    const next = answer.headers.get("Location");
    const page = next !== null && session !== undefined ? await pageOf(url + next, session) : answer.text;
    const headers = new Headers(answer.headers);
    headers.delete("Set-Cookie");
    for (const each of set)
      headers.append("Set-Cookie", nameOutside(each.split("=")[0] ?? "") + each.replace(/^[^=]+/, ""));
    const status = answer.status === 303 ? 200 : answer.status;
    return {
      status,
      headers,
      text: answer.text,
      body: status === 200 ? shown(route, page) : said(answer),
    };
  };
}

async function pageOf(url: string, cookie: string): Promise<string> {
  const response = await fetch(url, { headers: { cookie, "X-Forwarded-Proto": "https" } });
  return response.text();
}

function said({ status, text }: Answer): Answer["body"] {
  if (status === 429 && text.startsWith("Too many requests")) return { error: "too-many-requests" };
  const message = titleOf(text).replace(/ \(\d+ s\)$/, ""); // how long to wait
  const code = MESSAGES.get(message);
  return code === undefined ? { error: SAYINGS.get(message) ?? message } : { error: code, message };
}

/** What is on the page after a step. */
function shown(route: Route, text: string): Answer["body"] {
  const recoveryCodesLeft = Number(/Recovery codes: (\d+)/.exec(text)?.[1]);
  switch (route) {
    case "login":
      return { next: text.includes('formaction="/login/code"') ? "/login/code" : "/" };
    case "code":
      return { next: "/", recoveryCodesLeft };
    case "enroll":
      return {
        secret: /(?<=<\/svg><\/div>)[A-Z2-7 ]+/.exec(text)?.[0].replaceAll(" ", ""),
        qr: /<svg [^]*<\/svg>/.exec(text)?.[0],
      };
    case "confirm":
      return { recoveryCodes: text.match(/(?:[A-Z2-7]{4}-?){6}/g) };
    case "off":
      return { hasTwoFactor: !text.includes("Turn on two-factor") };
    case "home":
      return { welcome: titleOf(text).replace(/^Hello /, "") };
  }
}

function titleOf(text: string): string {
  return /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? "";
}
