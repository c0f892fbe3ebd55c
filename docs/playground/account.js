// The form “Generate a code” is one account, and the time for which its code is computed.
import { byId, numberIn } from "./dom.js";

/** The account that the form describes. halfminute checks it. */
export function readAccount() {
  const type = byId("type").value;
  const shape = { algorithm: byId("algorithm").value, digits: Number(byId("digits").value) };
  const names = { issuer: byId("issuer").value.trim() || undefined, accountName: byId("account-name").value.trim() };
  const common = { type, secret: byId("secret").value, ...names };
  return type === "hotp"
    ? { ...common, parameters: shape, counter: numberIn("counter") ?? NaN }
    : { ...common, parameters: { ...shape, period: numberIn("period") ?? NaN } };
}

/** The time that is set, or now. */
export function moment() {
  const seconds = numberIn("time");
  return seconds === undefined ? new Date() : new Date(seconds * 1000);
}

/** Fills the form with an account. */
export function writeAccount(account) {
  byId("secret").value = account.secret;
  byId("type").value = account.type;
  byId("algorithm").value = account.parameters.algorithm;
  byId("digits").value = String(account.parameters.digits);
  byId("period").value = String(account.parameters.period ?? 30);
  byId("counter").value = String(account.counter ?? 0);
  byId("issuer").value = account.issuer ?? "";
  byId("account-name").value = account.accountName;
}

export function writeSecret(secret) {
  byId("secret").value = secret;
}

/** Shows the fields of this type of account, and hides those of the other. */
export function showFieldsOf(type) {
  byId("look-ahead").max = type === "hotp" ? "1000" : "10";
  for (const field of document.querySelectorAll(".playground [data-for]")) field.hidden = field.dataset.for !== type;
}
