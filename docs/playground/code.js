// The code of the account, and a ring that says how long it lasts (RFC 6238 §4.2: a step is a
// number and an interval).
import { byId, messageOf, setText } from "./dom.js";

let asked = 0;
let shownStep;

/** Computes and shows the code. A slower answer to an earlier question is dropped. */
export async function showCode(face, account, at) {
  const question = ++asked;
  byId("code").setAttribute("aria-busy", "true");
  const answer = await codeOf(face, account, at);
  if (question !== asked || !byId("code")) return; // a later question, or another page of the site
  byId("code").removeAttribute("aria-busy");
  setText("code", answer.code ?? "");
  setText("code-error", answer.error ?? "");
  shownStep = answer.error === undefined ? answer.step : undefined;
  setText("step", account.type === "hotp" || !answer.code ? "" : `Time step ${answer.step}`);
}

async function codeOf({ otp }, { type, secret, counter, parameters }, at) {
  try {
    if (type === "hotp") return { code: await otp.generateHotp(secret, counter, parameters) };
    const step = otp.timeStep({ period: parameters.period, at }).counter;
    return { code: await otp.generateTotp(secret, { ...parameters, at }), step };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/**
 * Turns the ring to a time. Returns whether the code on the page belongs to an earlier step and no
 * new one is being computed: asking again before a slow answer would drop it each time.
 */
export function turnRing({ otp }, account, at) {
  const isShown = account.type === "totp" && shownStep !== undefined;
  byId("ring").toggleAttribute("hidden", !isShown);
  if (!isShown) return false;
  const { counter, endsAt, secondsRemaining } = otp.timeStep({ period: account.parameters.period, at });
  const left = isCalm() ? secondsRemaining : (endsAt - at) / 1000;
  byId("ring-left").setAttribute("stroke-dashoffset", String(100 - (100 * left) / account.parameters.period));
  setText("seconds", String(secondsRemaining));
  return counter !== shownStep && !byId("code").hasAttribute("aria-busy");
}

/** For people who do not want movement the ring goes by whole seconds. */
function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
