// The demo app as a process: what it prints, what it makes, how it ends.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { sealingKeys } from "../../examples/express-login/keys.ts";
import { start, startInVain } from "./running.ts";
import { Visitor } from "./visitor.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the process", () => {
  it("prints where it keeps its data, the address and what to do, and ends cleanly on Ctrl-C", async () => {
    const DATA_FOLDER = path.join(folder, "new", "data");
    const running = await start({ DATA_FOLDER });
    const browser = new Visitor(running.url);
    expect((await browser.get("/")).path).toBe("/sign-in");
    expect(await running.interrupt()).toBe(0);
    expect(running.output()).toContain(`Database: SQLite, ${DATA_FOLDER}/demo.db`);
    expect(running.output()).toContain("Sign up, choose Turn on");
    expect(running.output()).toContain("Warning: SEALING_KEY is not set");
    expect(running.output()).toMatch(/Stopping\.\n$/);
    const made = readdirSync(DATA_FOLDER);
    expect(made).toEqual(expect.arrayContaining(["demo.db", "sealing-key"]));
    for (const name of made) expect(statSync(path.join(DATA_FOLDER, name)).mode & 0o777).toBe(0o600);
    expect(statSync(DATA_FOLDER).mode & 0o777).toBe(0o700);
    expect(running.output()).not.toContain(readFileSync(path.join(DATA_FOLDER, "sealing-key"), "utf8").trim());
  });

  it("says in one line why it does not start", async () => {
    const running = await start({ DATA_FOLDER: path.join(folder, "first") });
    const port = new URL(running.url).port;
    const [taken, odd, key] = await Promise.all([
      startInVain({ DATA_FOLDER: path.join(folder, "second"), PORT: port }),
      startInVain({ DATA_FOLDER: path.join(folder, "second"), PORT: "http" }),
      startInVain({ DATA_FOLDER: path.join(folder, "second"), SEALING_KEY: "secret" }),
    ]);
    await running.interrupt();
    expect(taken.code).toBe(1);
    expect(taken.output).toContain(`Port ${port} is in use. Choose another one: PORT=${Number(port) + 1} npm start\n`);
    expect(odd).toEqual({
      code: 1,
      output: "The demo app cannot start: PORT must be a number from 0 to 65535.\n",
    });
    expect(key.code).toBe(1);
    expect(key.output).toMatch(/^The demo app cannot start: SEALING_KEY must be 32 bytes in base64[^\n]*\n$/);
    for (const { output } of [taken, odd, key]) expect(output).not.toContain("    at ");
  });
});

describe("sealing keys", () => {
  const key = (letter: string): string => Buffer.from(letter.repeat(32)).toString("base64");

  it("are made once, and are one for all that start at once", () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const file = path.join(folder, "key");
    const [made] = sealingKeys(file);
    expect(made?.key).toHaveLength(32);
    expect(sealingKeys(file)).toEqual([made]);
    writeFileSync(file, "", { mode: 0o600 });
    expect(() => sealingKeys(file)).toThrow(/32 bytes in base64/);
  });

  it("that others can read are refused", () => {
    const file = path.join(folder, "open-key");
    writeFileSync(file, key("a"), { mode: 0o644 });
    expect(() => sealingKeys(file)).toThrow(/chmod 600/);
  });

  it("come from the environment, the newest first, each with a name of its own", () => {
    vi.stubEnv("SEALING_KEY", `${key("a")},${key("b")}`);
    const keys = sealingKeys("unused");
    vi.stubEnv("SEALING_KEY", key("b"));
    expect(sealingKeys("unused")).toEqual([keys[1]]);
    expect(keys[0]?.id).not.toBe(keys[1]?.id);
    for (const wrong of ["ab".repeat(32), "a".repeat(43), key("a").slice(0, -1), `${key("a")},`]) {
      vi.stubEnv("SEALING_KEY", wrong);
      expect(() => sealingKeys("unused"), wrong).toThrow(/^SEALING_KEY must be 32 bytes in base64\. Make one: openssl/);
    }
    vi.unstubAllEnvs();
  });
});
