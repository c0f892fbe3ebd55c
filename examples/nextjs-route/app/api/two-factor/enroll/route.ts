// Shows a new secret. `code` is of the device that it replaces, or a recovery code.
import { qrSvg } from "halfminute/qr";

import { handle, textsOf } from "../../../../lib/http.ts";
import { personOf } from "../../../../lib/session.ts";
import { twoFactor } from "../../../../lib/two-factor.ts";

export const POST = handle(async (request) => {
  const { id, email, has_two_factor: replace } = await personOf(request);
  const { code } = await textsOf(request);
  if (replace) await twoFactor().verify(id, code);
  const { secret, uri, expiresAt } = await twoFactor().enroll(id, { accountName: email, replace });
  return Response.json({ secret, qr: qrSvg(uri), expiresAt });
});
