// What support can do beside the demo app, and what it cannot.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { support } from "../../examples/express-login/support.ts";
import { expectOn, peopleAt } from "./people.ts";
import { ROOT } from "./running.ts";
import { newAddress } from "./visitor.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const { newName, visitor, enrolled, halfway } = peopleAt(() => world.url, { codeTo: () => "" });
const ask = (...words: string[]): Promise<string> => support(words, world.data, world.outbox.send);

describe("support", () => {
  it("ends a lock, and the person is told", async () => {
    const person = await enrolled();
    const { database } = world.data;
    const userId = (await database.get(`name:${person.name}`)) ?? "";
    const record = await database.twoFactorStore.read(userId);
    const body = record?.body.replace('"failures":0,', '"failures":100,') ?? "";
    await database.twoFactorStore.compareAndSet(userId, record?.revision, { revision: "locked", body });
    expect(await ask("status", person.name)).toMatch(/: locked; apps: 1, recovery codes: 10, browsers: 0$/);
    const browser = await halfway(person);
    expect((await browser.post("/second-step", { code: "000000" })).text).toContain("ask support");
    expect(await ask("unlock", person.name.toUpperCase())).toMatch(/^Unlocked\. person-\d+: active; /);
    expect((await browser.post("/second-step", { code: "000000" })).status).toBe(401);
    await vi.waitFor(() => {
      expect(world.outbox.to(person.name).map(({ text }) => text)).toContainEqual(
        expect.stringMatching(/^Support ended a lock or a wait/),
      );
    });
  });

  it("hands out a recovery code that passes once, and the account shows it until then", async () => {
    const person = await enrolled();
    const [line, code = ""] = (await ask("recovery-code", person.name)).split("\n");
    expect(line).toMatch(/^Recovery code for person-\d+, good once, until /);
    expect((await person.browser.get("/security")).text).toContain("Support made a recovery code for you");
    const browser = await halfway(person);
    expectOn(await browser.post("/second-step", { code }));
    expect((await (await halfway(person)).post("/second-step", { code })).status).toBe(401);
    expect((await person.browser.get("/security")).text).not.toContain("Support made a recovery code for you");
    await vi.waitFor(() => {
      expect(JSON.stringify(world.outbox.to(person.name))).toContain("Support made a recovery code for you.");
    });
    expect(JSON.stringify(world.outbox.to(person.name))).not.toContain(code);
  });

  it("says in a line what it cannot do", async () => {
    const name = newName();
    await expect(ask("unlock", name)).rejects.toThrow(`There is no account with the name ${name}.`);
    await visitor().signUp(name);
    for (const command of ["unlock", "recovery-code"]) {
      await expect(ask(command, name)).rejects.toThrow(`${name} has no second factor.`);
    }
    for (const words of [[], ["unlock"], ["toString", name], ["unlock", name, newAddress()]]) {
      await expect(ask(...words)).rejects.toThrow(/^usage: support\.ts COMMAND NAME/);
    }
  });

  it("is a command on the app's own data", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
    const env = { ...process.env, DATABASE_URL: "", REDIS_URL: "", SEALING_KEY: "", DATA_FOLDER: folder };
    const command = ["--import", "tsx", "examples/express-login/support.ts", "unlock", "nobody"];
    const failed = promisify(execFile)("node", command, { cwd: ROOT, env });
    await expect(failed).rejects.toThrow(/\nThere is no account with the name nobody\.\n$/);
    rmSync(folder, { recursive: true });
  });
});
