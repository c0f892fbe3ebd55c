// WebKitGTK by its driver, which speaks the WebDriver protocol, on a screen that nobody sees.
/* global fetch */
// cspell:ignore displayfd nolisten
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export const WEBKIT = "/usr/bin/WebKitWebDriver";
export const SCREEN = "/usr/bin/Xvfb";

/** As what the other drivers launch, with one page. */
export async function launchWebKit(signal) {
  const children = [];
  const start = (program, words, options) => {
    const child = spawn(program, words, options);
    children.push(child);
    return child;
  };
  const end = () => children.forEach((child) => child.kill());
  signal.addEventListener("abort", end);
  const screen = start(SCREEN, ["-displayfd", "1", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const [display] = await once(screen.stdout, "data");
  const port = await freePort();
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}` };
  if (process.getuid() === 0) env.WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS = "1"; // it does not start for root
  start(WEBKIT, [`--port=${port}`], { env, stdio: "ignore" });
  while (!(await accepts(port))) {
    signal.throwIfAborted();
    await delay(50);
  }
  const ask = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/session${path}`, { method, body: JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const capabilities = { alwaysMatch: { timeouts: { script: 600_000 } } }; // run.mjs has a limit of its own
  const session = await ask("POST", "", { capabilities });
  const command = (name, body) => ask("POST", `/${session.sessionId}/${name}`, body);
  return {
    version: () => session.capabilities.browserVersion,
    newPage: () => ({
      goto: (url) => command("url", { url }),
      evaluate: async (program) => {
        const { value, error } = await command("execute/async", { script: EVALUATE, args: [program] });
        if (error !== undefined) throw new Error(error);
        return value;
      },
    }),
    close: async () => {
      await ask("DELETE", `/${session.sessionId}`);
      end();
    },
  };
}

const EVALUATE = `const [program, done] = arguments;
  (0, eval)(program).then((value) => done({ value }), (error) => done({ error: String(error) }));`;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

function accepts(port) {
  return fetch(`http://127.0.0.1:${port}/status`).then(
    () => true,
    () => false,
  );
}
