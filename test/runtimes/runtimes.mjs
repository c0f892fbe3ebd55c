// Every runtime that must run the package, one row each:
//
//   name    what the runner calls it; the first word goes before the version
//   needs   the file without which it cannot be had
//   faces   the subpaths of the package that must work in it
//   run     (stage, signal) → { version, passed, failures }, see stage.mjs and programs/
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const ALL_FACES = ["halfminute", "halfminute/sync"];
const CHROMIUM = "/usr/bin/chromium";
const CHROMIUM_OPTIONS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const exe = process.platform === "win32" ? ".exe" : "";

export const runtimes = [
  command("node 20", installed("node-20/bin/node")),
  command("node 22", installed("node-22/bin/node")),
  command("node 24", installed("node-24/bin/node")),
  command("node 26", installed("node-26/bin/node")),
  command("bun", installed("bun/bin/bun.exe"), ["--no-install"]), // its name on every system
  command("deno", installed(`deno/deno${exe}`), ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual"]),
  { name: "workerd", needs: installed("miniflare"), faces: ALL_FACES, run: inWorkerd },
  { name: "chromium", needs: CHROMIUM, faces: ALL_FACES, run: inChromium },
];

function installed(name) {
  return path.join(import.meta.dirname, "node_modules", name);
}

/** A runtime that is a program for the command line. */
function command(name, binary, options = []) {
  const run = async (stage, signal) => {
    const { stdout } = await promisify(execFile)(binary, [...options, stage.file("print.mjs")], { signal });
    return JSON.parse(stdout);
  };
  return { name, needs: binary, faces: ALL_FACES, run };
}

async function inWorkerd(stage) {
  const { Miniflare } = await import("miniflare");
  const { compatibilityDate, version } = await import("workerd"); // the one that miniflare brings
  const script = await stage.bundle("worker.mjs", { format: "esm", conditions: ["workerd", "worker"] });
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate, cf: false }); // cf: asks a server
  try {
    const response = await miniflare.dispatchFetch("http://localhost/");
    if (!response.ok) throw new Error(await response.text());
    return { version, ...(await response.json()) };
  } finally {
    await miniflare.dispose();
  }
}

async function inChromium(stage) {
  const { chromium } = await import("playwright-core");
  const script = await stage.bundle("page.mjs", { format: "iife", globalName: "programs" });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_OPTIONS });
  try {
    const page = await browser.newPage();
    // Every address is answered here. Only the name decides whether it is a secure context.
    await page.route("**", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
    await page.goto("http://localhost/");
    const secure = await page.evaluate(`${script}; programs.secure()`);
    await page.goto("http://halfminute.test/");
    const insecure = await page.evaluate(`${script}; programs.insecure()`);
    return {
      version: browser.version(),
      passed: secure.passed + insecure.passed,
      failures: [...secure.failures, ...insecure.failures],
    };
  } finally {
    await browser.close();
  }
}
