// A pasted URI taken apart: one account, or all that a Google Authenticator export holds.
import { parseOtpauthUri } from "halfminute";
import { assembleMigration } from "halfminute/migration";

import { byId, element, messageOf, setText } from "./dom.js";

/** Shows the accounts of the pasted text; `use` is called with the one that is chosen for “Make codes”. */
export function showInspection(use) {
  const { said, accounts = [], refused = [] } = takenApart(byId("pasted").value.trim());
  setText("inspected", said);
  const parts = [...accounts.map((account) => accountTable(account, use)), ...refused.map(refusedTable)];
  byId("accounts").replaceChildren(...parts);
}

function takenApart(text) {
  try {
    if (!/^otpauth-migration:/i.test(text)) return { said: "An otpauth URI.", accounts: [parseOtpauthUri(text)] };
    const { accounts, refused, missing, batch } = assembleMigration(text.split(/\s*\n\s*/));
    const found = `An export. Accounts: ${accounts.length}. Cannot be used: ${refused.length}.`;
    const parts = missing.map((index) => index + 1).join(", ");
    const rest = parts === "" ? "It is complete." : `Of its ${batch.size} QR codes these are missing: ${parts}.`;
    return { said: `${found} ${rest}`, accounts, refused };
  } catch (error) {
    return { said: messageOf(error) };
  }
}

function accountTable(account, use) {
  const { type, issuer = "(none)", accountName, secret, parameters, counter } = account;
  const { algorithm, digits, period } = parameters;
  const rows = { type, issuer, "account name": accountName, secret, algorithm, digits, period, counter };
  const table = tableOf(`${issuer}: ${accountName}`, rows);
  if (type === "steam") {
    const why = "Its codes are five letters, which the form above does not make: halfminute/steam does.";
    return element("div", {}, table, element("p", { class: "note" }, why));
  }
  const button = element("button", { type: "button" }, "Make its codes");
  button.addEventListener("click", () => {
    use(account);
  });
  return element("div", {}, table, button);
}

function refusedTable({ issuer = "(none)", accountName = "(none)", reason, part, index }) {
  return tableOf("Cannot be used", {
    issuer,
    "account name": accountName,
    reason,
    "QR code": part + 1,
    place: index + 1,
  });
}

function tableOf(caption, rows) {
  const present = Object.entries(rows).filter(([, value]) => value !== undefined);
  const body = present.map(([name, value]) =>
    element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, String(value))),
  );
  return element("table", {}, element("caption", {}, caption), element("tbody", {}, ...body));
}
