// How the page reads and changes the document. Text is always set as text, never as markup.

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

/** Sets a text only if it differs, so that a screen reader does not repeat it. */
export function setText(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

/**
 * The number in a field, or undefined if the field is empty. Input that is not a number is NaN,
 * which halfminute refuses by name.
 */
export function numberIn(id) {
  const { value, valueAsNumber, validity } = byId(id);
  return value === "" && !validity.badInput ? undefined : valueAsNumber;
}

/** Options whose fields have other names on the page. */
const FIELDS = {
  lookBehind: "look behind",
  lookAhead: "look ahead",
  accountName: "account name",
};

/**
 * The text for an error. halfminute's messages never hold a secret or a code; other messages are
 * not shown.
 */
export function messageOf(error) {
  if (error?.name !== "OtpError") return "this browser cannot do this";
  return `${error.code}: ${error.message.replace(/^\w+/, (name) => FIELDS[name] ?? name)}`; // it begins with the option
}
