// A code proves that the app has the secret. Shows the recovery codes, this once.
import { handle, textsOf } from "../../../../lib/http.ts";
import { beginSession, personOf } from "../../../../lib/session.ts";
import { needsTwoFactor, twoFactor } from "../../../../lib/two-factor.ts";
import { requireTwoFactor } from "../../../../lib/users.ts";

export const POST = handle(async (request) => {
  const user = await personOf(request);
  const { code } = await textsOf(request);
  const { recoveryCodes } = await twoFactor()
    .confirm(user.id, code, { deviceId: user.device_id ?? "" })
    .catch(async (error: unknown) => {
      // It may be on all the same: the answer of the store was lost, or this was sent twice.
      if (!user.has_two_factor && (await needsTwoFactor(user))) await requireTwoFactor(user);
      throw error;
    });
  return Response.json({ recoveryCodes }, { headers: await beginSession(request, await requireTwoFactor(user), true) });
});
