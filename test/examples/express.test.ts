// examples/frameworks/express.ts on Express 5 and on Express 4.
import type express from "express";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

import { build, type Plugin } from "esbuild";
import { describe, expect, it } from "vitest";

import { read } from "../docs/fences.ts";
import { ROOT } from "../helpers/packed.ts";
import { describeAll, isInstalled } from "./listening.ts";
import { PATHS, requestOf, type Route } from "./browser.ts";

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

describe.runIf(hasExpress)("a wrong code, with and without what waits for a handler", () => {
  const PARTS = "examples/frameworks/express-parts.ts";
  const WAITING = "void handler(request, response).catch(next)";

  /**
   * The example in one file, on one of the versions. Without those lines it hands its handlers to
   * Express as they are.
   */
  async function programOf(framework: string, isWaiting: boolean): Promise<string> {
    const outfile = path.join(ROOT, `test-artifacts/${framework}-${isWaiting ? "waiting" : "alone"}.cjs`);
    const text = read(PARTS);
    expect(text.split(WAITING)).toHaveLength(2);
    const contents = isWaiting ? text : text.replace(WAITING, "handler(request, response)");
    const changed: Plugin = {
      name: "changed",
      setup: (builder) => {
        builder.onLoad({ filter: /express-parts\.ts$/ }, () => ({ contents, loader: "ts" }));
      },
    };
    const stdin = {
      contents: programText(framework),
      resolveDir: path.join(ROOT, "examples"),
      loader: "ts",
    } as const;
    await build({
      stdin,
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      plugins: [changed],
      logLevel: "error",
    });
    return outfile;
  }

  /** Signs in, gives a wrong code, and tries whether the process still answers. */
  async function outcomeOf(program: string): Promise<{ status: number | undefined; exitCode: number | undefined }> {
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(child, "exit").then(([code]) => code as number);
    try {
      const [port] = (await once(createInterface(child.stdout), "line")) as [string];
      const send = (route: Route, body: object, cookie = "") =>
        fetch(`http://127.0.0.1:${port}${PATHS[route]}`, requestOf(body, cookie));
      const { headers } = await send("login", { email: "alice", password: "right" });
      const cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const code = send("code", { code: "000000" }, cookie).then(
        (answer) => answer.status,
        () => undefined,
      );
      const status = await Promise.race([code, ended.then(() => undefined)]);
      const again = send("login", {}).then(
        () => undefined,
        () => ended,
      );
      return { status, exitCode: await again };
    } finally {
      child.kill();
    }
  }

  it.each([
    ["express-4", false, { status: undefined, exitCode: 1 }],
    ["express-4", true, { status: 401, exitCode: undefined }],
    ["express", false, { status: 401, exitCode: undefined }],
    ["express", true, { status: 401, exitCode: undefined }],
  ])("%s, %s", async (framework, isWaiting, expected) => {
    expect(await outcomeOf(await programOf(framework, isWaiting))).toEqual(expected);
  });
});

/** One person, who has a second factor. */
function programText(framework: string): string {
  return `
    import express from "./frameworks/node_modules/${framework}/index.js";
    import { memoryStore } from "halfminute/stores/memory";
    import { createTwoFactor } from "halfminute/two-factor";
    import { buildApp } from "./frameworks/express.ts";
    const alice = { id: "1", email: "alice", hasTwoFactor: true, stamp: 0, passwordVersion: 1 };
    const users = { find: async () => alice, checkPassword: async (email) => email && alice };
    const options = { store: memoryStore(), sealingKeys: [{ id: "1", key: new Uint8Array(32).fill(7) }] };
    const app = buildApp(express, { users, ...options, sessionSecret: "secret" });
    const importing = createTwoFactor({ issuer: "Acme", ...options }).importDevice("1", { secret: "A".repeat(32) });
    importing.then(() => { const server = app.listen(0, () => console.log(server.address().port)); });
  `;
}
