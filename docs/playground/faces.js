// The two faces of the package: the same names on WebCrypto, with promises, and synchronous.
// `await` takes both.
import * as webcrypto from "halfminute";
import * as synchronous from "halfminute/sync";
import { synchronousFace, webCryptoFace } from "halfminute/vectors";

const FACES = {
  webcrypto: { id: "webcrypto", title: "WebCrypto", otp: webcrypto, layers: webCryptoFace },
  synchronous: { id: "synchronous", title: "the synchronous face", otp: synchronous, layers: synchronousFace },
};

/** The face that is chosen on the page. */
export function chosenFace() {
  return FACES[document.querySelector("input[name=face]:checked").value];
}
