// For browsers: the suites in a secure context, and what is left outside of one.
/* global isSecureContext */
import { faces } from "./faces.mjs";
import { collect, suitesOf } from "./suites.mjs";

export async function secure() {
  if (!isSecureContext) throw new Error("this page is not a secure context");
  return collect(suitesOf(faces));
}

export function insecure() {
  return collect({ halfminute: outside });
}

function outside({ test, expect }) {
  const library = faces.halfminute;
  test("outside a secure context codes ask for one, and the rest works", async () => {
    expect(isSecureContext).toBe(false);
    expect((await library.generateTotp("MFRGGZDF").catch((error) => error)).code).toBe("no-webcrypto");
    expect(library.decodeBase32(library.generateSecret()).length).toBe(20);
    expect(library.parseOtpauthUri("otpauth://totp/a?secret=MY").secret).toBe("MY");
  });
}
