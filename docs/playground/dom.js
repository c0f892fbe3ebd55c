// The few words in which the page speaks to the document. Text is always set as text, never as markup.

/** The element with that id, which index.html has. */
export function byId(id) {
  return document.getElementById(id);
}

/** A new element with attributes and children; texts become text nodes. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** Sets a text only if it is another one, so that a screen reader is not told the same thing again. */
export function setText(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

/** The number in a field, or undefined if the field is empty. What is no number is NaN, which halfminute refuses by name. */
export function numberIn(id) {
  const { value, valueAsNumber, validity } = byId(id);
  return value === "" && !validity.badInput ? undefined : valueAsNumber;
}

/** The options whose fields have other names on the page. */
const FIELDS = {
  lookBehind: "steps behind",
  lookAhead: "steps ahead",
  after: "last accepted step",
  accountName: "account name",
};

/** What to tell of an error: halfminute's own messages never hold a secret or a code; others are not shown. */
export function messageOf(error) {
  if (error?.name !== "OtpError") return "this cannot be done in this browser";
  if (error.code === "invalid-secret") return "invalid-secret: secret must be base32"; // a field holds text and nothing else
  return `${error.code}: ${error.message.replace(/^\w+/, (name) => FIELDS[name] ?? name)}`; // it begins with the option
}
