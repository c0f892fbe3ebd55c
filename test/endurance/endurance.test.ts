// The endurance run fails where it must: it ends with the first thing that is accepted twice.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { hasRedis } from "../stores/servers.ts";

const RUN = fileURLToPath(new URL("run.ts", import.meta.url));
const run = promisify(execFile);

describe.runIf(hasRedis())("an endurance run", () => {
  it.each([
    ["over a store that never writes", "never writes"],
    ["over a Redis that goes back to a snapshot", "snapshots"],
  ])("fails %s", async (_, fault) => {
    const words = ["--import", "tsx", RUN, "--stores", "Redis", "--seconds", "100", "--fault", fault];
    await expect(run(process.execPath, words)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/VIOLATED after .*: Redis: accepted (again|twice)/) as string,
    });
  });
});
