// The account as what an authenticator app scans: an otpauth URI, and the same as a QR code.
import { buildOtpauthUri } from "halfminute";
import { qrDataUrl } from "halfminute/qr";

import { byId, messageOf, setText } from "./dom.js";

export function showUri(account) {
  const picture = byId("qr");
  const { uri = "", url, error = "" } = drawn(account);
  setText("uri", uri);
  setText("uri-error", error);
  picture.hidden = url === undefined;
  if (url === undefined) picture.removeAttribute("src");
  else if (picture.getAttribute("src") !== url) picture.setAttribute("src", url);
}

function drawn(account) {
  try {
    const uri = buildOtpauthUri(account);
    return { uri, url: qrDataUrl(uri) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}
