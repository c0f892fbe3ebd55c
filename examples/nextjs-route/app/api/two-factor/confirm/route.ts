// A code proves that the app has the secret. Shows the recovery codes, this once.
import { step } from "../../../../lib/http.ts";

export const POST = step((account, { session, body }) => account.confirm(session, body));
