// A QR code as SVG (W3C SVG 1.1): a background, one path, presentation attributes only. No style, script, id or link, so it
// works inline under a strict Content-Security-Policy and twice in one page.
import { OtpError } from "../core/errors.ts";
import { type QrOptions, readDrawing } from "./options.ts";

/** How {@link qrSvg} and {@link qrDataUrl} draw. */
export interface QrSvgOptions extends QrOptions {
  /** What screen readers say, 1 to 200 characters. It must not have the secret in it. Default: `QR code`. */
  readonly title?: string | undefined;
}

/**
 * Draws a QR code as SVG, for inline use in a page. It holds the text: treat it like a secret if that is one.
 *
 * @param text - What scanners read, mostly an `otpauth://` URI: up to 2331 bytes of UTF-8 with `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size, colours and title.
 * @returns One `<svg>` element, `width` and `height` in pixels. It can be scaled by CSS; best by whole numbers.
 * @throws {@link OtpError} `invalid-text` for what is no text; `text-too-long`; `invalid-options`, `unknown-option`,
 * `invalid-option`, also for colours that scanners cannot tell apart and a title with the secret in it.
 * @example
 * ```ts
 * import { buildOtpauthUri } from "halfminute";
 * import { qrSvg } from "halfminute/qr";
 *
 * const uri = buildOtpauthUri({ secret: "JBSWY3DPEHPK3PXP", issuer: "Acme Co", accountName: "alice" });
 * const svg = qrSvg(uri, { title: "QR code for your authenticator app" });
 * console.log(svg.slice(0, 75)); // <svg xmlns="http://www.w3.org/2000/svg" width="180" height="180" viewBox="0
 * console.log(svg.includes("JBSWY3DPEHPK3PXP")); // false
 * ```
 * @see ISO/IEC 18004; SVG 1.1 §8.3
 */
export function qrSvg(text: string, options?: QrSvgOptions): string {
  const { rows, scale, dark, light, title } = readDrawing(text, options, { title: "QR code" });
  const side = rows.length;
  // Without a stroke of their own they would inherit the one that a page's CSS for icons gives to svg.
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side * scale}" height="${side * scale}" viewBox="0 0 ${side} ${side}" ` +
    `role="img" shape-rendering="crispEdges"><title>${titleOf(title, text)}</title>` +
    `<rect width="${side}" height="${side}" fill="${light}" stroke="none"/>` +
    `<path d="${rows.map(outline).join("")}" fill="${dark}" stroke="none"/></svg>`
  );
}

/**
 * Draws a QR code as a `data:` URL of an SVG, for the `src` of an image. A usual URI makes one under 8 KB. Where a
 * Content-Security-Policy rules, it must allow `img-src data:`; {@link qrSvg} needs nothing.
 *
 * @param text - What scanners read, mostly an `otpauth://` URI: up to 2331 bytes of UTF-8 with `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size, colours and title. Give the image an `alt` too: its title is not read there.
 * @returns A URL of ASCII characters that needs no escaping in HTML attributes nor in CSS `url()`.
 * @throws {@link OtpError} `invalid-text` for what is no text; `text-too-long`; `invalid-options`, `unknown-option`,
 * `invalid-option`, also for colours that scanners cannot tell apart and a title with the secret in it.
 * @example
 * ```ts
 * import { qrDataUrl } from "halfminute/qr";
 *
 * const url = qrDataUrl("otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP&issuer=Acme");
 * console.log(url.slice(0, 27)); // data:image/svg+xml,%3Csvg%2
 * console.log(url.length < 8000); // true
 * ```
 * @see RFC 2397
 */
export function qrDataUrl(text: string, options?: QrSvgOptions): string {
  return `data:image/svg+xml,${encodeURIComponent(qrSvg(text, options))}`;
}

/** Along the foot of a row, and around each run of dark modules on the way. Back along the foot there is nothing to fill. */
function outline(row: string, y: number): string {
  const runs = row.replace(/0+|1+/g, (run) => (run < "1" ? `h${run.length}` : `v-1h${run.length}v1`));
  return `M0 ${y + 1}${runs}`;
}

/** Escaped, so that a data URL has neither apostrophes nor parentheses, which `encodeURIComponent` leaves. */
function titleOf(title: unknown, text: string): string {
  // Other values keep their names, which no title has.
  const values = text.split(/[?&#](secret=|data=|)/i).map(lettersOf);
  // Not in XML: control characters, halves of surrogate pairs, and the noncharacters among the unassigned.
  const isTitle = typeof title === "string" && /^[^\p{Cc}\p{Cs}\p{Cn}]{1,200}$/u.test(title);
  // A title is shown, read aloud and kept where the picture is not.
  if (!isTitle || values.some((value) => value.length > 7 && lettersOf(title).includes(value))) {
    throw new OtpError("invalid-option", "title must be one line, at most 200, no secret");
  }
  return title.replace(/[&<>"'()]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** However they are written: in lower case, in groups, percent-encoded. */
function lettersOf(text: string): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- unlike decodeURIComponent it takes every text
  return unescape(text).replace(/\W/g, "").toUpperCase();
}
