// An example on a port of its own, as its proxy talks to it, and all that is tried with it.
import { existsSync } from "node:fs";
import type { RequestListener } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { memoryStore } from "halfminute/stores/memory";
import { afterAll } from "vitest";

import type { AccountOptions } from "../../examples/account/account.ts";
import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/there.ts";
import { describeAttacks, type World } from "./attacks.ts";
import { answerOf, PATHS, requestOf, type Send } from "./browser.ts";
import { describeLogin } from "./login.ts";
import { describeJunk } from "./junk.ts";
import { people } from "./people.ts";
import { describeRaces, heldStore, holds } from "./races.ts";

/** Whether `npm ci` was run in the folder of an example. */
export function isInstalled(folder: string, name: string): boolean {
  return isThere(`${name} (npm ci in ${folder})`, () => {
    if (!existsSync(path.join(ROOT, folder, "node_modules", name))) throw new Error("not there");
  });
}

type Build = (options: AccountOptions) => Promise<RequestListener>;

/** All scripts, against an app that has its people in memory. */
export function describeAll(name: string, build: Build): void {
  const start = async (store = memoryStore(), beforeFlag?: () => Promise<void>): Promise<World> => {
    const { users, ...counts } = people(beforeFlag);
    const sealingKeys = [{ id: "1", key: crypto.getRandomValues(new Uint8Array(32)) }];
    return { ...counts, send: await listen(await build({ users, store, sealingKeys })) };
  };
  describeLogin(name, async () => (await start()).send);
  describeAttacks(name, () => start());
  describeJunk(name, async () => (await start()).send);
  describeRaces(name, async () => {
    const { hold, pass } = holds();
    const { send } = await start(heldStore(memoryStore(), pass), () => pass("flag"));
    return { send, hold };
  });
}

const closers: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

async function listen(handler: RequestListener): Promise<Send> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return async (route, body, cookie, more) => {
    const response = await fetch(`http://127.0.0.1:${port}${PATHS[route]}`, requestOf(body, cookie, more));
    return answerOf(response);
  };
}
