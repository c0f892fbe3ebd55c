// The buttons that copy a text of the page.
import { byId, setText } from "./dom.js";

/** Each button names the element whose text or value it copies. */
export function onCopy({ signal }) {
  for (const button of document.querySelectorAll(".playground [data-copy]")) {
    button.addEventListener("click", () => copy(button), { signal });
  }
}

async function copy(button) {
  const source = byId(button.dataset.copy);
  const text = source.value ?? source.textContent;
  if (text === "") {
    say("There is nothing to copy.");
    return;
  }
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied the ${button.dataset.what}.`);
  } catch {
    say("This browser does not let the page copy.");
  }
}

function say(text) {
  if (byId("copied")) setText("copied", text);
}
