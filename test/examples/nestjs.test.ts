// examples/nestjs: NestJS 11, by the shared scripts and by its own tests in Jest.
import { execFile } from "node:child_process";
import type { RequestListener } from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import type { AccountOptions } from "../../examples/account/account.ts";
import { ROOT } from "../helpers/packed.ts";

import { describeAll, isInstalled } from "./listening.ts";

/** It has compiler options of its own, which ours do not go with. */
interface Example {
  readonly createApp: (options: AccountOptions & { sessionSecret: string }) => Promise<App>;
}
interface App {
  getHttpAdapter(): { getInstance(): RequestListener };
}

describe.runIf(isInstalled("examples/nestjs", "@nestjs/core"))("examples/nestjs", () => {
  describeAll("NestJS", async (options) => {
    const { createApp } = (await import(path.join(ROOT, "examples/nestjs/src/app.ts"))) as Example;
    const app = await createApp({ ...options, sessionSecret: "s".repeat(32) });
    return app.getHttpAdapter().getInstance();
  });

  it.each([
    ["unit", []],
    ["e2e", ["--config", "test/jest-e2e.json"]],
  ])("passes its own %s tests", { timeout: 300_000 }, async (_kind, words) => {
    const folder = path.join(ROOT, "examples/nestjs");
    const jest = path.join(folder, "node_modules/jest/bin/jest.js");
    const { stderr } = await promisify(execFile)(process.execPath, [jest, ...words], { cwd: folder });
    expect(stderr).toMatch(/^Tests: +[1-9]\d* passed, [1-9]\d* total$/m);
  });
});
