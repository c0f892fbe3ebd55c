// A Worker that does the tasks of a storm inside workerd: a server of its own.
import { type D1Binding, d1Store } from "halfminute/stores/d1";

import { twoFactorTasks } from "./tasks.js";

type Attempts = Parameters<typeof twoFactorTasks.attempt>[1];

/** Takes a JSON text and gives one; `Response` is one that Node's types know too. */
export default {
  fetch: async (request: { json(): Promise<Attempts> }, env: { readonly DB: D1Binding }): Promise<Response> =>
    Response.json(await twoFactorTasks.attempt({ store: d1Store(env.DB) }, await request.json())),
};
