// Shows a new secret. `code` is of the device that it replaces, or a recovery code.
import { qrSvg } from "halfminute/qr";

import { handle, textsOf } from "../../../../lib/http.ts";
import { personOf, showedDevice } from "../../../../lib/session.ts";
import { needsTwoFactor, twoFactor } from "../../../../lib/two-factor.ts";

export const POST = handle(async (request) => {
  const user = await personOf(request);
  const replace = await needsTwoFactor(user);
  const { code } = await textsOf(request);
  if (replace) await twoFactor().verify(user.id, code);
  const options = { accountName: user.email, replace };
  const { deviceId, secret, uri, expiresAt } = await twoFactor().enroll(user.id, options);
  await showedDevice(request, deviceId);
  return Response.json({ secret, qr: qrSvg(uri), expiresAt });
});
