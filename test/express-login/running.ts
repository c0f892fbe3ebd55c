// The demo app as a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

export interface Running {
  readonly url: string;
  /** All that it has written so far. */
  output(): string;
  /** As Ctrl-C in a terminal: the signal goes to the whole group. Gives the exit code. */
  interrupt(): Promise<number | null>;
}

const COMMAND = ["node", "--import", "tsx", "examples/express-login/server.ts"];

/** Starts it, and waits for its address. */
export async function start(
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = COMMAND,
  cwd: string = ROOT,
): Promise<Running> {
  const { child, output } = launch(environment, command, cwd);
  const ended = once(child, "exit") as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output());
      if (found) resolve(found[0]);
    });
    child.once("exit", () => {
      reject(new Error(output()));
    });
  });
  return {
    url,
    output,
    interrupt: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGINT");
      const [code] = await ended;
      return code;
    },
  };
}

/** Starts it, and waits for its end. */
export async function startInVain(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const { child, output } = launch(environment, COMMAND, ROOT);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output() };
}

function launch(
  environment: Readonly<Record<string, string>>,
  [program = "", ...words]: readonly string[],
  cwd: string,
): { child: ChildProcess; output: () => string } {
  const own = { DATABASE_URL: "", REDIS_URL: "", SEALING_KEY: "", PORT: "0" }; // whatever the machine has set
  const env = { ...process.env, ...own, ...environment };
  const child = spawn(program, words, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += String(data);
    });
  }
  return { child, output: () => output };
}
