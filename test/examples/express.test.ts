// examples/frameworks/express.ts on Express 5 and on Express 4.
import type express from "express";
import { describe } from "vitest";

import { describeAll, isInstalled } from "./listening.ts";

const hasExpress = isInstalled("examples/frameworks", "express-4");
const FOLDER = "../../examples/frameworks";
const VERSIONS = [
  ["Express 5", "express"],
  ["Express 4", "express-4"],
] as const;

describe.runIf(hasExpress).each(VERSIONS)("examples/frameworks/express.ts, %s", (version, folder) => {
  describeAll(version, async (options) => {
    const { buildApp } = await import("../../examples/frameworks/express.ts");
    const loaded = (await import(`${FOLDER}/node_modules/${folder}/index.js`)) as { default: typeof express };
    return buildApp(loaded.default, { ...options, sessionSecret: "s".repeat(32) });
  });
});
