// Every published vector against the chosen face, with a mark for each row.
import { checkVectors } from "halfminute/vectors";

import { byId, element, setText } from "./dom.js";

let asked = 0;

export async function runVectors(face) {
  const run = ++asked;
  byId("vector-files").replaceChildren();
  setText("vectors-result", `Running with ${face.title} …`);
  const reports = await checkVectors(face.layers());
  if (run !== asked || !byId("vector-files")) return; // the face was changed, or the button pressed again
  byId("vector-files").append(...reports.map(fileItem));
  setText("vectors-result", `With ${face.title}: ${summary(reports.flatMap(({ rows }) => rows))}.`);
}

export function clearVectors() {
  asked++;
  setText("vectors-result", "");
  byId("vector-files").replaceChildren();
}

function summary(rows) {
  const right = rows.filter((wrong) => wrong.length === 0).length;
  return `${right} of ${rows.length} rows are right, ${rows.length - right} wrong`;
}

function fileItem({ file, title, rows }) {
  // One picture with one description, so that nobody has to listen to hundreds of ticks.
  const marks = rows.map((wrong, index) => {
    const isRight = wrong.length === 0;
    return element("span", { class: isRight ? "right" : "wrong", title: `row ${index}` }, isRight ? "✓" : "✗");
  });
  const faults = rows.flatMap((wrong, index) => (wrong.length > 0 ? [`row ${index}: ${wrong.join(", ")}`] : []));
  return element(
    "li",
    { "data-file": file },
    element("h3", {}, title),
    element("p", { class: "note" }, `${file}: ${summary(rows)}`),
    element("p", { class: "marks", role: "img", "aria-label": summary(rows) }, ...marks),
    ...faults.map((fault) => element("p", { class: "error" }, fault)),
  );
}
