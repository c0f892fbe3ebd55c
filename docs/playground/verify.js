// A code is verified against a window of steps (RFC 6238 §5.2, RFC 4226 §7.2); the window is drawn,
// with the step that matched.
import { byId, element, messageOf, numberIn, setText } from "./dom.js";

let asked = 0;

export async function showVerification(face, account, at) {
  const question = ++asked;
  const { verdict, steps = [] } = await verification(face, account, at);
  if (question !== asked || !byId("verdict")) return;
  setText("verdict", verdict);
  byId("window").replaceChildren(...steps.map((step) => drawnStep(step)));
}

/** A result for the previous account says nothing about this one. */
export function clearVerification() {
  asked++;
  setText("verdict", "");
  byId("window").replaceChildren();
}

async function verification(face, account, at) {
  try {
    const limits = readLimits(account.type);
    const match = await matchOf(face.otp, account, limits, at);
    const steps = await stepsOf(face.otp, account, limits, { at, match });
    return { verdict: verdictOf(match, account.type, steps), steps };
  } catch (error) {
    return { verdict: messageOf(error) };
  }
}

function readLimits(type) {
  const lookAhead = numberIn("look-ahead");
  if (type === "hotp") return { lookAhead };
  return { lookBehind: numberIn("look-behind"), lookAhead, after: numberIn("after") ?? null };
}

function matchOf(otp, { type, secret, counter, parameters }, limits, at) {
  const code = byId("typed").value;
  return type === "hotp"
    ? otp.verifyHotp(secret, code, counter, { ...parameters, ...limits })
    : otp.verifyTotp(secret, code, { ...parameters, ...limits, at });
}

function verdictOf(match, type, steps) {
  if (!match) return `null: ${usedUp(steps)}.`;
  const { counter, delta } = match;
  const next = type === "hotp" ? `the next counter is ${counter + 1}` : `store ${counter} as the last accepted step`;
  return `The code matches step ${counter} (delta ${signed(delta)}); ${next}.`;
}

/**
 * Which steps a rejected code belongs to: used ones, or none. Spaces and hyphens are ignored, as
 * halfminute ignores them.
 */
function usedUp(steps) {
  const code = byId("typed").value.replaceAll(/[ -]/g, "");
  const used = steps.filter((step) => step.isUsed && step.code === code).map(({ counter }) => counter);
  if (used.length === 0) return "the code matches no step of the window";
  return `the code was used: step ${used.join(" and step ")} is not after the last accepted step`;
}

/**
 * Every step of the window with its code. Steps up to the last accepted one are there, but cannot
 * match.
 */
async function stepsOf(otp, { type, secret, counter, parameters }, limits, { at, match }) {
  const { algorithm, digits, period } = parameters;
  const here = type === "hotp" ? counter : otp.timeStep({ period, at }).counter;
  const { lookBehind = 1, lookAhead = type === "hotp" ? 0 : 1, after = null } = limits;
  const first = type === "hotp" ? here : Math.max(0, here - lookBehind);
  const counters = Array.from({ length: here + lookAhead - first + 1 }, (_, index) => first + index);
  const codes = await Promise.all(counters.map((step) => otp.generateHotp(secret, step, { algorithm, digits })));
  return counters.map((step, index) => ({
    counter: step,
    delta: step - here,
    code: codes[index],
    isMatch: match?.counter === step,
    isUsed: after !== null && step <= after,
  }));
}

function drawnStep({ counter, delta, code, isMatch, isUsed }) {
  const marks = [isMatch && "matched", isUsed && "used", delta === 0 && "now"].filter(Boolean);
  return element(
    "li",
    { class: marks.join(" "), "data-counter": counter },
    element("span", { class: "delta" }, delta === 0 ? "0" : signed(delta)),
    element("span", { class: "code" }, code),
    element("span", { class: "counter" }, `step ${counter}`),
    element("span", { class: "marks" }, marks.map((mark) => (mark === "matched" ? "✓ matched" : mark)).join(", ")),
  );
}

function signed(delta) {
  return delta > 0 ? `+${delta}` : String(delta).replace("-", "−");
}
