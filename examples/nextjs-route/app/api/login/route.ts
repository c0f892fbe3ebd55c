// The first step of the login.
import { step } from "../../../lib/http.ts";

export const POST = step((account, { body, cookie }) => account.signIn(body, cookie));
