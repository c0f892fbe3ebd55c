// examples/frameworks/koa.ts: Koa 3.
import { describe } from "vitest";

import { describeAll, isInstalled } from "./listening.ts";

describe.runIf(isInstalled("examples/frameworks", "koa"))("examples/frameworks/koa.ts", () => {
  describeAll("Koa", async (options) => {
    const { buildApp } = await import("../../examples/frameworks/koa.ts");
    const sessions = new Map<string, unknown>();
    const sessionStore = {
      get: (id: string) => Promise.resolve(structuredClone(sessions.get(id))),
      set: (id: string, session: unknown) => Promise.resolve(void sessions.set(id, structuredClone(session))),
      destroy: (id: string) => Promise.resolve(void sessions.delete(id)),
    };
    const handler = buildApp({ ...options, sessionStore }).callback();
    return (request, response) => void handler(request, response);
  });
});
