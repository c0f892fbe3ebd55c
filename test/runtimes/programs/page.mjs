// For browsers: the suite in a secure context, and what is left outside of one.
/* global isSecureContext */
import * as halfminute from "halfminute";

import { collect } from "./adapter.mjs";
import { results } from "./all-results.mjs";

export async function secure() {
  if (!isSecureContext) throw new Error("this page is no secure context");
  return results();
}

export function insecure() {
  return collect(outside, { halfminute });
}

function outside({ test, expect, library }) {
  test("outside a secure context codes ask for one, and the rest works", async () => {
    expect(isSecureContext).toBe(false);
    expect((await library.generateTotp("MFRGGZDF").catch((error) => error)).code).toBe("no-webcrypto");
    expect(library.decodeBase32(library.generateSecret()).length).toBe(20);
    expect(library.parseOtpauthUri("otpauth://totp/a?secret=MY").secret).toBe("MY");
  });
}
