// What goes into an account and what comes out of it, whatever carries it.
import { TwoFactorError } from "halfminute/two-factor";
import { TOO_MANY } from "./limits.ts";

/** Why a request is refused. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/**
 * The answer to an error. What the error itself says is shown only where it was made to be shown.
 */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: string; readonly message?: string };
}

export function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, headers: {}, body: { error: error.code } };
  if (error instanceof TwoFactorError) {
    const { status, headers, code, expose, message } = error;
    if (expose) return { status, headers, body: { error: code, message } };
  }
  // A body that cannot be read, or is too large, or too many of them. The parser's message may
  // quote it, and with it a code or password.
  const { statusCode, status = statusCode, headers = {} } = Object(error) as Partial<Record<string, unknown>>;
  if (typeof status === "number" && status >= 400 && status < 500) {
    const body = status === 429 ? TOO_MANY : { error: "bad-request" };
    return { status, headers: headers as Answer["headers"], body };
  }
  console.error(error); // a fault of ours. Its cause may quote values: keep this log private
  const fault = error instanceof TwoFactorError ? error.status : 500;
  return { status: fault, headers: {}, body: { error: "try-again-later" } };
}

/**
 * The texts of a JSON body; whatever is none is empty, which is never right. With a NUL it is none:
 * PostgreSQL takes no such text.
 */
export function textsOf(body: unknown): { email: string; password: string; code: string; remember: boolean } {
  const given = Object(body) as Readonly<Record<string, unknown>>;
  const own = (name: string) => (Object.hasOwn(given, name) ? given[name] : undefined);
  const text = (name: string) => {
    const value = own(name);
    return typeof value === "string" && !value.includes("\0") ? value : "";
  };
  return { email: text("email"), password: text("password"), code: text("code"), remember: own("remember") === true };
}

/** The cookies of a request, by name. */
export function cookiesOf(header = ""): (name: string) => string | undefined {
  const pairs = header.split(/; */).map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)] as const);
  return (name) => pairs.find(([key]) => key === name)?.[1];
}
