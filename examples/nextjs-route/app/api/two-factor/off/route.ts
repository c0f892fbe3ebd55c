// Turns the second factor off, with a code.
import { step } from "../../../../lib/http.ts";

export const POST = step((account, { session, body }) => account.turnOff(session, body));
