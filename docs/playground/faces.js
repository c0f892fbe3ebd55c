// The two faces of the package: the same names on WebCrypto, with promises, and synchronous. `await` takes both.
import * as webcrypto from "halfminute";
import * as synchronous from "halfminute/sync";

// Built for this page: what the package does not give out.
import { FACES as INNER } from "../../dist/cli/vector-faces.js";

const [onWebCrypto, onOwnHashes] = INNER;

const FACES = {
  webcrypto: { id: "webcrypto", title: "WebCrypto", otp: webcrypto, inner: onWebCrypto },
  synchronous: { id: "synchronous", title: "the synchronous face", otp: synchronous, inner: onOwnHashes },
};

/** The face that is chosen on the page. */
export function chosenFace() {
  return FACES[document.querySelector("input[name=face]:checked").value];
}

export function onFaceChange(react) {
  document.getElementById("faces").addEventListener("change", react);
}
