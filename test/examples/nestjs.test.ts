// examples/nestjs: NestJS 11, by the shared scripts and by its own tests in Jest.
import { describe } from "vitest";

import { describeAll, isInstalled } from "./listening.ts";

describe.runIf(isInstalled("examples/nestjs", "@nestjs/core"))("examples/nestjs", () => {
  describeAll("NestJS", async (options) => {
    const { createApp } = await import("../../examples/nestjs/src/app.ts");
    const app = await createApp({ ...options, sessionSecret: "s".repeat(32) });
    return app.getHttpAdapter().getInstance();
  });
});
