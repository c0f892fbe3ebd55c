import { expect, it } from "vitest";

import { OtpError } from "../../../src/core/errors.ts";

it("an OtpError is an Error with a name, a code and a message", () => {
  const error = new OtpError("invalid-secret", "secret must be base32 text");
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe("OtpError: secret must be base32 text");
  expect(error.code).toBe("invalid-secret");
  expect(error.stack).toContain("errors.test.ts");
});
