import { OtpError, type OtpErrorCode } from "../../src/core/errors.ts";

/**
 * The code of the OtpError that a call throws; undefined if it throws none. Any other error goes
 * on.
 */
export function thrownCode(call: () => unknown): OtpErrorCode | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof OtpError) return error.code;
    throw error;
  }
  return undefined;
}

/** The same for a call that returns a promise, which must reject and never throw. */
export async function rejectedCode(call: () => Promise<unknown>): Promise<OtpErrorCode | undefined> {
  const promise = call();
  return promise.then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof OtpError) return error.code;
      throw error;
    },
  );
}
