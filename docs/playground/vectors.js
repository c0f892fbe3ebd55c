// Every published vector against the chosen face, with a mark for each row.
import { vectorFiles } from "halfminute/vectors";

import { byId, element, setText } from "./dom.js";
import { checkRow } from "./vector-checks.js";

let asked = 0;

export async function runVectors(face) {
  const run = ++asked;
  byId("vector-files").replaceChildren();
  setText("vectors-result", `Running with ${face.title} …`);
  const all = [];
  for (const file of vectorFiles) {
    const results = await resultsOf(file, face);
    if (run !== asked) return; // the face was changed, or the button pressed again
    byId("vector-files").append(fileItem(file, results));
    all.push(...results);
  }
  setText("vectors-result", `With ${face.title}: ${summary(all)}.`);
}

export function clearVectors() {
  asked++;
  setText("vectors-result", "");
  byId("vector-files").replaceChildren();
}

async function resultsOf({ $schema, rows }, face) {
  const results = [];
  for (const row of rows) results.push(await checkRow($schema, row, face));
  return results;
}

function summary(results) {
  const right = results.filter(({ isRight }) => isRight).length;
  return `${right} of ${results.length} rows are right, ${results.length - right} wrong`;
}

function fileItem({ file, title }, results) {
  // One picture with one description, so that nobody has to listen to hundreds of ticks.
  const marks = results.map(({ isRight }, index) =>
    element("span", { class: isRight ? "right" : "wrong", title: `row ${index}` }, isRight ? "✓" : "✗"),
  );
  const faults = results.flatMap(({ wrong }, index) => (wrong.length > 0 ? [`row ${index}: ${wrong.join(", ")}`] : []));
  return element(
    "li",
    { "data-file": file },
    element("h3", {}, title),
    element("p", { class: "note" }, `${file}: ${summary(results)}`),
    element("p", { class: "marks", role: "img", "aria-label": summary(results) }, ...marks),
    ...faults.map((fault) => element("p", { class: "error" }, fault)),
  );
}
