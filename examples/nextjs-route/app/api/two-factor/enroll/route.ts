// Shows a new secret. `code` is of the device that it replaces, or a recovery code.
import { step } from "../../../../lib/http.ts";

export const POST = step((account, { session, body }) => account.enroll(session, body));
