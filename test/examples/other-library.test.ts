// The test vectors run against a library from npm, as the example shows.
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";

it("the vectors find otpauth right at every layer that it has", async () => {
  const file = path.join(ROOT, "examples/other-library.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, ["--test-reporter=tap", file], { cwd: ROOT });
  expect(stdout).toMatch(/^ok \d+ - rfc6238-appendix-b\.json: totp$/m);
  expect(stdout).toMatch(/^# pass [2-9]\d$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
