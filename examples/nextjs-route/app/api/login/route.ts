// The first step of the login.
import { handle, Refusal, textsOf } from "../../../lib/http.ts";
import { beginSession } from "../../../lib/session.ts";
import { needsTwoFactor } from "../../../lib/two-factor.ts";
import { checkPassword } from "../../../lib/users.ts";

export const POST = handle(async (request) => {
  const { email, password } = await textsOf(request);
  const user = await checkPassword(email, password);
  if (!user) throw new Refusal(401, "wrong e-mail address or password");
  const isHalf = await needsTwoFactor(user);
  const headers = await beginSession(request, user, false, isHalf ? 5 : 60);
  return Response.json({ next: isHalf ? "/login/code" : "/" }, { headers });
});
