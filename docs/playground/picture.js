// Pictures of QR codes: chosen, dropped or pasted. The browser opens the picture, and the decoder
// finds the codes in its pixels.
import { decodeQRBatch } from "qr/decode.js";

import { byId, setText } from "./dom.js";

/**
 * A phone's picture is searched at this size: its codes are still far larger than they need to be.
 */
const MOST_SIDE = 2048; // pixels

/** For retries of the decoder, in milliseconds; a clear picture needs none. */
const LIMITS = { effort: 50, timeLimit: 2000 };

const WHITE = "#ffffff";
const BLACK = "#000000"; // for light codes on nothing

/**
 * As it is; enlarged, for small modules; in a mirror; and on black. The first that shows a code is
 * enough.
 */
const VIEWS = [
  { scale: 1, paper: WHITE },
  { scale: 2, paper: WHITE },
  { scale: 4, paper: WHITE },
  { scale: 1, paper: WHITE, isMirrored: true },
  { scale: 1, paper: BLACK },
];

let asked = 0;

/**
 * Adds the text of each QR code to the lines to parse; `react` is called when there are new ones.
 */
export async function readPictures(files, react) {
  const question = ++asked;
  setText("picture-result", "Reading …");
  const results = [];
  for (const file of files) results.push(await textsIn(file));
  const field = byId("pasted");
  if (question !== asked || !field) return;
  const texts = results.flatMap((result) => result.texts ?? []).map((text) => text.replaceAll(/\s+/g, " "));
  if (texts.length > 0) field.value = [field.value.trimEnd(), ...texts].filter(Boolean).join("\n");
  setText("picture-result", results.map(resultOf).join(" "));
  if (texts.length > 0) react();
}

function resultOf({ name, texts }) {
  if (texts === undefined) return `${name} is not a picture that this browser opens.`;
  if (texts.length === 0) return `No QR code found in ${name}.`;
  return texts.length === 1 ? `1 QR code read from ${name}.` : `${texts.length} QR codes read from ${name}.`;
}

async function textsIn(file) {
  const name = file.name || "the picture";
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { name };
  }
  for (const view of VIEWS) {
    const texts = await codesIn(bitmap, view);
    if (texts.length > 0) return { name, texts };
  }
  return { name, texts: [] };
}

async function codesIn(bitmap, view) {
  const image = drawn(bitmap, view);
  const [results] = await decodeQRBatch([image], { ...LIMITS, maxSize: { width: image.width, height: image.height } });
  return [...new Set(results.filter((result) => typeof result === "string"))];
}

/** The pixels of a picture, at a size that the decoder takes. */
function drawn(bitmap, { scale, paper, isMirrored }) {
  const factor = Math.min(scale, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(Math.round(bitmap.width * factor), 1);
  const height = Math.max(Math.round(bitmap.height * factor), 1);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  if (isMirrored) context.setTransform(-1, 0, 0, 1, width, 0);
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/**
 * Calls `react` with the files of a drop anywhere on the page, of a paste, and of the file field.
 */
export function onPictures(react, { signal }) {
  const take = (event, files) => {
    const all = [...(files ?? [])];
    if (all.length === 0) return;
    event.preventDefault();
    react(all);
  };
  document.addEventListener(
    "paste",
    (event) => {
      const isText = event.clipboardData?.types.includes("text/plain"); // for the field that has the focus
      if (!isText) take(event, event.clipboardData?.files);
    },
    { signal },
  );
  document.addEventListener("drop", (event) => take(event, event.dataTransfer?.files), { signal });
  // Without this a browser opens the dropped file in place of the page.
  document.addEventListener("dragover", (event) => takeOver(event), { signal });
  byId("picture").addEventListener(
    "change",
    (event) => {
      take(event, event.target.files);
      event.target.value = ""; // so that the same file can be chosen again
    },
    { signal },
  );
}

function takeOver(event) {
  if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
}
