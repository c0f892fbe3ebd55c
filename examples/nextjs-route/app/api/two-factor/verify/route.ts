// The second step of the login: a code or a recovery code.
import { step } from "../../../../lib/http.ts";

export const POST = step((account, { session, body }) => account.passCode(session, body));
