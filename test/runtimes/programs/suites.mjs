// Every suite there is for what a runtime loaded of the package: subpath → module. As a function of
// these modules, because each runtime loads them in its own way.
import { qrConformance } from "./qr-suite.js";
import { conformance } from "./suite.js";

export { collect, register } from "./adapter.mjs";

const SUITES = {
  halfminute: codes,
  "halfminute/sync": codes,
  "halfminute/steam": vectors,
  "halfminute/qr": qrConformance,
  "halfminute/stores/memory": memory,
};

/** Subpath → function of { test, expect }. */
export function suitesOf(faces) {
  const names = Object.keys(SUITES).filter((name) => faces[name]);
  return Object.fromEntries(
    names.map((name) => [name, (parts) => SUITES[name]({ ...parts, library: faces[name], faces })]),
  );
}

function codes(parts) {
  conformance(parts);
  vectors(parts);
}

/** Every row of every file that the library has a function for, at each of its layers. */
function vectors({ test, library, faces }) {
  test("test vectors", async () => {
    const reports = await faces["halfminute/vectors"].checkVectors(library);
    const rows = reports.flatMap(({ file, rows }) => rows.map((layers, index) => ({ file, index, layers })));
    const wrong = rows.filter(({ layers }) => layers.length > 0);
    if (wrong.length > 0) {
      throw new Error(wrong.map(({ file, index, layers }) => `${file}, row ${index}: ${layers.join(", ")}`).join("; "));
    }
    return rows.length;
  });
}

function memory({ test, library, faces }) {
  const { storeConformance } = faces["halfminute/stores/conformance"];
  storeConformance(library.memoryStore, { test, skip: () => undefined }); // it has no connection
}
