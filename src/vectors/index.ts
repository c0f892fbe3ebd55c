// The published test vectors, as data.
import rfc4226 from "../../vectors/rfc4226-appendix-d.json" with { type: "json" };

/**
 * Returns the codes of RFC 4226 Appendix D, by counter.
 *
 * @returns Ten codes of six digits.
 * @example
 * ```ts
 * import { hotpCodes } from "halfminute/vectors";
 *
 * console.log(hotpCodes()[0]); // 755224
 * ```
 * @see RFC 4226 Appendix D
 */
export function hotpCodes(): readonly string[] {
  return rfc4226.rows.map(({ code }) => code);
}
