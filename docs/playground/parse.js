// Pasted URIs, one a line: each is parsed by itself, and the parts of an export are put together.
import { parseOtpauthUri } from "halfminute";
import { assembleMigration, parseMigrationUri } from "halfminute/migration";

import { byId, element, messageOf, setText } from "./dom.js";

/** Lists the accounts of the pasted text; `use` is called with the one that is chosen. */
export function showParsed(use) {
  const { accounts, refused, faults } = parsed(byId("pasted").value);
  setText("parsed", summary(accounts.length, faults.length + refused.length));
  byId("parse-faults").replaceChildren(...faults.map((fault) => element("li", {}, fault)));
  const parts = [...accounts.map((account) => accountTable(account, use)), ...refused.map(refusedTable)];
  byId("accounts").replaceChildren(...parts);
}

function summary(read, left) {
  const accounts = read === 1 ? "1 account" : `${read} accounts`;
  if (left === 0) return read === 0 ? "Nothing to parse." : `${accounts}.`;
  return `${accounts}. ${left === 1 ? "1 problem" : `${left} problems`}, listed below.`;
}

/**
 * Bad lines and missing parts cost nothing else. A fault never quotes the line, which may hold a
 * secret.
 */
function parsed(text) {
  const accounts = [];
  const parts = [];
  const faults = [];
  for (const { line, number } of linesOf(text)) {
    try {
      if (/^otpauth-migration:/i.test(line)) parts.push({ uri: line, migration: parseMigrationUri(line) });
      else accounts.push(parseOtpauthUri(line));
    } catch (error) {
      faults.push(`Line ${number}: ${messageOf(error)}`);
    }
  }
  const exports = exportsOf(parts);
  return {
    accounts: [...exports.flatMap((one) => one.accounts), ...accounts],
    refused: exports.flatMap((one) => one.refused),
    faults: [...faults, ...exports.flatMap(missingFrom)],
  };
}

/** Lines without the empty ones and comments. Two URIs on one line are two. */
function linesOf(text) {
  const lines = text
    .split("\n")
    .flatMap((line, index) =>
      line
        .split(/\s+(?=(?:otpauth(?:-migration)?|steam):\/\/)/i)
        .map((part) => ({ line: part.trim(), number: index + 1 })),
    );
  return lines.filter(({ line }) => line !== "" && !line.startsWith("#"));
}

/**
 * The parts by their batch. Programs that number none give all of them the same number: a part that
 * is there already with other accounts belongs to another export.
 */
function exportsOf(parts) {
  const batches = new Map();
  const contents = new Set();
  const others = new Map();
  for (const { uri, migration } of parts) {
    const content = JSON.stringify(migration);
    if (contents.has(content)) continue;
    contents.add(content);
    const { id, index, size } = migration.batch;
    const before = others.get(`${id} ${size} ${index}`) ?? 0;
    others.set(`${id} ${size} ${index}`, before + 1);
    const batch = `${id} ${size} ${before}`;
    batches.set(batch, [...(batches.get(batch) ?? []), uri]);
  }
  return Array.from(batches.values(), (uris) => assembleMigration(uris));
}

function missingFrom({ missing, batch }) {
  if (missing.length === 0) return [];
  const numbers = missing.slice(0, 20).map((index) => index + 1);
  const rest = missing.length > numbers.length ? ` and ${missing.length - numbers.length} more` : "";
  return [`Of the ${batch.size} QR codes of an export these are missing: ${numbers.join(", ")}${rest}`];
}

function accountTable(account, use) {
  const { type, issuer = "(none)", accountName, secret, parameters, counter } = account;
  const { algorithm, digits, period } = parameters;
  const name = `${issuer}: ${accountName}`;
  const rows = { type, issuer, "account name": accountName, secret, algorithm, digits, period, counter };
  const table = tableOf(name, rows);
  if (type === "steam") {
    const why = "Steam Guard codes are five letters. This page cannot generate them; halfminute/steam can.";
    return element("div", {}, table, element("p", { class: "note" }, why));
  }
  const button = element("button", { type: "button", "aria-label": `Use this account: ${name}` }, "Use this account");
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
