// A code proves that the app has the secret. Shows the recovery codes, this once.
import { handle, textsOf } from "../../../../lib/http.ts";
import { beginSession, personOf } from "../../../../lib/session.ts";
import { twoFactor } from "../../../../lib/two-factor.ts";
import { requireTwoFactor } from "../../../../lib/users.ts";

export const POST = handle(async (request) => {
  const { id } = await personOf(request);
  const { code } = await textsOf(request);
  const { recoveryCodes } = await twoFactor().confirm(id, code);
  await requireTwoFactor(id);
  return Response.json({ recoveryCodes }, { headers: await beginSession(request, id, true) });
});
