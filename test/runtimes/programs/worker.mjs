// For workerd: answers with the results.
/* global Response */
import { faces } from "./faces.mjs";
import { collect, suitesOf } from "./suites.mjs";

export default {
  fetch: async () => Response.json(await collect(suitesOf(faces))),
};
