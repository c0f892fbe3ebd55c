// For workerd: answers with the results.
/* global Response */
import { results } from "./all-results.mjs";

export default {
  fetch: async () => Response.json(await results()),
};
