// Workers in workerd, the runtime of Cloudflare Workers. miniflare brings it, from the lock of
// test/runtimes: it is too large for everybody who runs `npm test`.
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { build } from "esbuild";

import { type D1Binding, type D1Session } from "../../src/stores/d1.ts";
import { ROOT } from "./packed.ts";
import { isThere } from "./there.ts";

export type Database = D1Binding & D1Session;

export interface Worker {
  dispatchFetch(url: string, init?: RequestInit): Promise<Response>;
  /** A binding that this process can use; each call goes into the runtime. */
  getD1Database(binding: string): Promise<Database>;
  dispose(): Promise<void>;
}
type Miniflare = new (options: object) => Worker;

export const MINIFLARE = path.join(ROOT, "test/runtimes/node_modules/miniflare");

export function hasWorkerd(): boolean {
  return isThere("miniflare (npm ci in test/runtimes)", () => {
    if (!existsSync(MINIFLARE)) throw new Error("not there");
  });
}

/** Runs a file as a Worker. `options` are those of miniflare. */
export async function startWorker(file: string, options: object): Promise<Worker> {
  const { outputFiles } = await build({
    entryPoints: [path.join(ROOT, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker"],
    logLevel: "error",
  });
  return startScript(outputFiles[0]?.text ?? "", options);
}

/** Runs a module in the runtime. */
export async function startScript(script: string, options: object): Promise<Worker> {
  const { Miniflare } = (await import(pathToFileURL(path.join(MINIFLARE, "dist/src/index.js")).href)) as {
    readonly Miniflare: Miniflare;
  };
  return new Miniflare({ modules: true, script, cf: false, compatibilityDate: "2026-07-01", ...options }); // cf: asks a server
}
