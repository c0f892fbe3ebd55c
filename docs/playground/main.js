// What happens when: an input, a click, the clock. Each part of the page is a file of its own. Nothing here sends or stores anything.
import { generateSecret } from "halfminute";

import { moment, readAccount, showFieldsOf, writeAccount, writeSecret } from "./account.js";
import { showCode, turnRing } from "./code.js";
import { byId } from "./dom.js";
import { chosenFace, onFaceChange } from "./faces.js";
import { showInspection } from "./inspect.js";
import { showUri } from "./uri.js";
import { clearVectors, runVectors } from "./vectors.js";
import { clearVerification, showVerification } from "./verify.js";

const TICK = 250; // milliseconds

function accountChanged() {
  const account = readAccount();
  showFieldsOf(account.type);
  showUri(account);
  clearVerification();
  return codeChanged();
}

async function codeChanged() {
  await showCode(chosenFace(), readAccount(), moment());
  tick();
}

function tick() {
  const isOld = turnRing(chosenFace(), readAccount(), moment());
  if (isOld) codeChanged();
}

/** A form never goes anywhere: neither does the policy let it. */
function onSubmit(id, react) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    react();
  });
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

byId("account").addEventListener("input", accountChanged);
byId("generate").addEventListener("click", generate);
byId("run").addEventListener("click", () => runVectors(chosenFace()));
onSubmit("account", accountChanged);
onSubmit("verification", () => showVerification(chosenFace(), readAccount(), moment()));
onSubmit("inspection", () => {
  showInspection(use);
});
onFaceChange(() => {
  clearVectors();
  accountChanged();
});
await generate();
setInterval(tick, TICK);
