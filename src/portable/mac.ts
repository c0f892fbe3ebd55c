// Whole MACs, for what shows them or truncates them in its own way. All else needs no more than 31 bits of each.
import type { Algorithm } from "../core/parameters.ts";
import { OtpKey, wholeMac } from "./hmac.ts";

/** What makes the MAC of a counter (HS of RFC 4226 §5.3) by this key. The key schedule is done once. */
export function macsBy(key: Uint8Array, algorithm: Algorithm): (counter: number) => DataView {
  const scheduled = new OtpKey(key, algorithm);
  return (counter) => wholeMac(scheduled, algorithm, counter);
}
