// A QR code as SVG (W3C SVG 1.1): a background, one path, presentation attributes only. No style,
// script, id or link, so it works inline under a strict Content-Security-Policy, and more than once
// in a page.
import { OtpError } from "../core/errors.ts";
import { type QrOptions, readDrawing } from "./options.ts";

/** Options of {@link qrSvg} and {@link qrDataUrl}. */
export interface QrSvgOptions extends QrOptions {
  /**
   * The text for screen readers: one line of 1 to 200 characters, without the secret. Default:
   * `QR code`.
   */
  readonly title?: string | undefined;
}

/**
 * Draws a QR code as SVG, for inline use in a page. It contains the text: if that is a secret,
 * treat the picture as a secret.
 *
 * @param text - The text to encode, usually an `otpauth://` URI: 1 to 2331 bytes of UTF-8 with
 * `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size, colors and title.
 * @returns One `<svg>` element with `width` and `height` in pixels. CSS can scale it, best by whole
 * numbers.
 * @throws {@link OtpError} `invalid-text` if `text` is not a string, is empty or is not
 * well-formed; `text-too-long`; `invalid-options`, `unknown-option`, `invalid-option`, also for
 * colors with too little contrast and a title that contains the secret.
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
  // An explicit stroke, because the shapes would inherit one that a page's CSS sets on svg icons.
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side * scale}" height="${side * scale}" viewBox="0 0 ${side} ${side}" ` +
    `role="img" shape-rendering="crispEdges"><title>${titleOf(title, text)}</title>` +
    `<rect width="${side}" height="${side}" fill="${light}" stroke="none"/>` +
    `<path d="${rows.map(outline).join("")}" fill="${dark}" stroke="none"/></svg>`
  );
}

/**
 * Draws a QR code as the `data:` URL of an SVG, for the `src` of an image. A typical URI gives less
 * than 8 KB. A Content-Security-Policy must allow `img-src data:`; {@link qrSvg} needs nothing.
 *
 * @param text - The text to encode, usually an `otpauth://` URI: 1 to 2331 bytes of UTF-8 with
 * `errorCorrection` M (L 2953, Q 1663, H 1273).
 * @param options - Error correction, size, colors and title. Also give the image an `alt`: screen
 * readers do not read the title inside an image.
 * @returns A URL of ASCII characters that needs no escaping in HTML attributes or CSS `url()`.
 * @throws {@link OtpError} `invalid-text` if `text` is not a string, is empty or is not
 * well-formed; `text-too-long`; `invalid-options`, `unknown-option`, `invalid-option`, also for
 * colors with too little contrast and a title that contains the secret.
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

/** Draws along the bottom edge, boxing each dark run; the closing edge adds no area. */
function outline(row: string, y: number): string {
  const runs = row.replace(/0+|1+/g, (run) => (run < "1" ? `h${run.length}` : `v-1h${run.length}v1`));
  return `M0 ${y + 1}${runs}`;
}

const SECRET_BEGINS = /(?:[?&#]\s*(?:amp;)?|^\s*steam:\/\/)((?:\s|%20)*(?:secret|data)(?:\s|%20)*=|)/i;

/**
 * Also escapes apostrophes and parentheses, which `encodeURIComponent` would leave in a data URL.
 */
function titleOf(title: unknown, text: string): string {
  // Other values keep their parameter names, so no title contains them. Names may be encoded too.
  const values = text
    .replace(/%[4-7][\da-f]/gi, decodeURIComponent)
    .split(SECRET_BEGINS)
    .map(lettersOf);
  // Not allowed in XML: control characters, lone surrogates, and noncharacters, which are
  // unassigned.
  const isTitle = typeof title === "string" && /^[^\p{Cc}\p{Cs}\p{Cn}]{1,200}$/u.test(title);
  // A title is shown, read aloud and stored where the picture is not.
  if (!isTitle || values.some((value) => value.length > 7 && lettersOf(title).includes(value))) {
    throw new OtpError("invalid-option", "title must be one line, at most 200 characters, no secret");
  }
  return title.replace(/[&<>"'()]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Ignores case, grouping and percent-encoding. */
function lettersOf(text: string): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- unlike decodeURIComponent it accepts any text
  return unescape(text).replace(/\W/g, "").toUpperCase();
}
