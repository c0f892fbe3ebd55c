// The second step of the login: a code or a recovery code.
import { handle, textsOf } from "../../../../lib/http.ts";
import { beginSession, sessionOf } from "../../../../lib/session.ts";
import { twoFactor } from "../../../../lib/two-factor.ts";
import { requireTwoFactor } from "../../../../lib/users.ts";

export const POST = handle(async (request) => {
  const user = await sessionOf(request);
  const { code } = await textsOf(request);
  const { recoveryCodesLeft } = await twoFactor().verify(user.id, code); // rejects unless the person may pass
  // The flag is missing if the function ended between confirming the device and setting it.
  const now = user.has_two_factor ? user : await requireTwoFactor(user);
  return Response.json({ next: "/", recoveryCodesLeft }, { headers: await beginSession(request, now, true) });
});
