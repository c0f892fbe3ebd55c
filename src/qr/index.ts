// The public API of `halfminute/qr`. Only re-exports, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export { qrDataUrl, qrSvg, type QrSvgOptions } from "./svg.ts";
export { qrPng } from "./png.ts";
export { qrTerminal, type QrTerminalOptions } from "./terminal.ts";
export type { ErrorCorrection } from "./matrix.ts";
export type { QrOptions } from "./options.ts";
