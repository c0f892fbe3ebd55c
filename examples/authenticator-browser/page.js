// Reads what is typed or pasted, and shows its codes.
import { OtpError, parseOtpauthUri } from "halfminute/sync";

import { countDown } from "./countdown.js";

const byId = (id) => document.getElementById(id);
const [uri, code, seconds, problem] = ["uri", "code", "seconds", "problem"].map(byId);
let stop = () => {};

uri.addEventListener("input", () => {
  stop();
  for (const element of [code, seconds, problem]) element.textContent = "";
  if (uri.value === "") return;
  try {
    const account = parseOtpauthUri(uri.value.trim());
    if (account.type !== "totp") problem.textContent = "This page shows time-based codes only.";
    else stop = countDown(account, code, seconds);
  } catch (error) {
    if (!(error instanceof OtpError)) throw error;
    problem.textContent = error.message; // it never contains the secret
  }
});
