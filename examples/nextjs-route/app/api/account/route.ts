// Something that only people who are signed in may see.
import { handle } from "../../../lib/http.ts";
import { personOf } from "../../../lib/session.ts";

export const GET = handle(async (request) => Response.json({ welcome: (await personOf(request)).email }));
