// Express 5 with no error handler at all: a rejection that nobody handles still answers as it
// should.
import type { AddressInfo, Server } from "node:net";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { World } from "./world.ts";

interface App {
  get(
    path: string,
    handler: (request: { query: Record<string, string> }, response: { send(text: string): void }) => unknown,
  ): void;
  listen(port: number): Server;
  set(name: string, value: unknown): void;
}

const EXPRESS: string = "express"; // has no types of its own
const { default: express } = (await import(EXPRESS)) as { default: () => App };

describe("an unhandled rejection", () => {
  let server: Server;
  let world: World;

  beforeAll(() => {
    const app = express();
    app.set("env", "production");
    app.get("/login", async ({ query }, response) => {
      await world.twoFactor.verify(query["user"] ?? "", query["code"] ?? "");
      response.send("welcome");
    });
    server = app.listen(0);
  });

  afterAll(() => {
    server.close();
  });

  async function login(
    user: string,
    code: string,
  ): Promise<{ status: number; text: string; retryAfter: string | null }> {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/login?user=${user}&code=${code}`);
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get("Retry-After") };
  }

  it("has the status and the headers of the error, and the text of no stack", async () => {
    vi.spyOn(console, "error").mockReturnValue(); // where Express writes them
    world = await new World().enrolled();
    expect(await login("alice", world.wrongCode())).toMatchObject({ status: 401, retryAfter: null });
    expect(await login("bob", world.code())).toMatchObject({ status: 409, retryAfter: null });
    world.setStanding(8, 24, world.now + 16_000);
    const throttled = await login("alice", world.code());
    expect(throttled).toMatchObject({ status: 429, retryAfter: "16" });
    expect(throttled.text).not.toContain("verify");
    expect(throttled.text).not.toContain(world.code());
    world.store.records.set("alice", { revision: "r", body: "damaged" });
    expect(await login("alice", world.code())).toMatchObject({ status: 500, retryAfter: null });
    vi.spyOn(world.store, "read").mockRejectedValue(new Error("canary"));
    const failed = await login("alice", world.code());
    expect(failed.status).toBe(503);
    expect(failed.text).not.toContain("canary");
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("does not happen if the person may pass", async () => {
    world = await new World().enrolled();
    expect(await login("alice", world.code())).toMatchObject({ status: 200, text: "welcome" });
  });
});
