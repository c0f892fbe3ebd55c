// What happens when: an input, a click, the clock. Each part of the page is a file of its own.
// Nothing here sends or stores anything.
import { generateSecret } from "halfminute";

import { moment, readAccount, showFieldsOf, writeAccount, writeSecret } from "./account.js";
import { showCode, turnRing } from "./code.js";
import { onCopy } from "./copy.js";
import { byId } from "./dom.js";
import { chosenFace } from "./faces.js";
import { showParsed } from "./parse.js";
import { onPictures, readPictures } from "./picture.js";
import { showUri } from "./uri.js";
import { clearVectors, runVectors } from "./vectors.js";
import { clearVerification, showVerification } from "./verify.js";

const TICK = 250; // milliseconds

/**
 * Brings the page to life. Returns a function that ends it, for a site that shows another page
 * instead.
 */
export function start() {
  const ending = new AbortController();
  const on = (id, type, react) => byId(id).addEventListener(type, react, { signal: ending.signal });

  on("account", "input", accountChanged);
  on("generate", "click", generate);
  on("run", "click", () => runVectors(chosenFace()));
  on("faces", "change", () => {
    clearVectors();
    accountChanged();
  });
  const submits = {
    account: accountChanged,
    verification: () => showVerification(chosenFace(), readAccount(), moment()),
    parse: () => showParsed(use),
  };
  for (const [id, react] of Object.entries(submits)) {
    on(id, "submit", (event) => {
      event.preventDefault(); // a form never goes anywhere; the policy would not let it
      react();
    });
  }
  onCopy(ending);
  onPictures((files) => readPictures(files, () => showParsed(use)), ending);
  generate();
  const timer = setInterval(tick, TICK);
  return () => {
    clearInterval(timer);
    ending.abort();
  };
}

function accountChanged() {
  const account = readAccount();
  showFieldsOf(account.type);
  showUri(account);
  clearVerification();
  return codeChanged();
}

async function codeChanged() {
  await showCode(chosenFace(), readAccount(), moment());
  if (byId("code")) tick();
}

function tick() {
  const isOld = turnRing(chosenFace(), readAccount(), moment());
  if (isOld) codeChanged();
}

function generate() {
  writeSecret(generateSecret({ algorithm: readAccount().parameters.algorithm }));
  return accountChanged();
}

function use(account) {
  writeAccount(account);
  accountChanged();
  byId("secret").focus();
}
