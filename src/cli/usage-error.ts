// A mistake at the command line. Its message repeats nothing that may be a secret or a code.
import type { OtpError } from "../core/errors.ts";

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The core's error in the words of the command line. */
export function explain(error: OtpError): string {
  if (error.code === "text-too-long") return "the URI is too long for a QR code; --error-correction L holds the most";
  if (error.code === "invalid-secret") {
    return error.message.includes("base64") ? "the secret must be standard base64" : `the ${error.message}`;
  }
  return error.message.replace(API_NAME, (name) => OPTIONS[name] ?? name);
}

/** The core's messages begin with the name of an option; a second one may come anywhere. */
const API_NAME = /^\w+|\b(?:issuer|accountName|t0)\b/g;

const OPTIONS: Readonly<Partial<Record<string, string>>> = {
  accountName: "--account",
  algorithm: "--algorithm",
  after: "--after",
  at: "--at",
  byteLength: "--bytes",
  digits: "--digits",
  errorCorrection: "--error-correction",
  issuer: "--issuer",
  lookAhead: "--look-ahead",
  lookBehind: "--look-behind",
  margin: "--margin",
  maxBytes: "--max-bytes",
  period: "--period",
  scale: "--scale",
  scheme: "--scheme",
  t0: "--t0",
  type: "--type",
};
