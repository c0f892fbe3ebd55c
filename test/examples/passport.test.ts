// examples/frameworks/passport.ts: Passport 0.7 on Express 5.
import { describe } from "vitest";

import { describeAll, isInstalled } from "./listening.ts";

describe.runIf(isInstalled("examples/frameworks", "passport"))("examples/frameworks/passport.ts", () => {
  describeAll("Passport", async (options) => {
    const { buildApp } = await import("../../examples/frameworks/passport.ts");
    return buildApp({ ...options, sessionSecret: "s".repeat(32) });
  });
});
