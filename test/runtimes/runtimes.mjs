// Every runtime that must run the package, one row each:
//
//   name    what the runner calls it; the first word goes before the version
//   needs   the file without which it cannot be had
//   faces   the subpaths of the package that must work in it
//   run     (stage, signal) → { version, passed, failures }, see stage.mjs and programs/
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const ALL_FACES = ["halfminute", "halfminute/sync"];
const CHROMIUM = "/usr/bin/chromium";
const CHROMIUM_OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const HERMES = {
  "linux x64": "linux64-bin/hermes",
  "darwin x64": "osx-bin/hermes",
  "darwin arm64": "osx-bin/hermes",
  "win32 x64": "win64-bin/hermes.exe",
};
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
  engine("quickjs", "quickjs-emscripten", process.execPath, [path.join(import.meta.dirname, "quickjs.mjs")], asModule),
  engine("hermes", "hermes-engine-cli", hermes(), ["-strict"], asOldScript),
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

function hermes() {
  const file = HERMES[`${process.platform} ${process.arch}`] ?? "binary for this system";
  return installed(`hermes-engine-cli/${file}`);
}

/**
 * An engine with nothing but the language, and so for the face that needs no more: a program that
 * takes a script.
 */
function engine(name, npmName, binary, options, scriptOf) {
  const run = async (stage, signal) => {
    const file = stage.file(`${name}.mjs`);
    writeFileSync(file, await scriptOf(stage));
    const { stdout } = await promisify(execFile)(binary, [...options, file], { signal });
    if (!stdout.startsWith("{")) throw new Error(`no results, but: ${stdout || "nothing"}`);
    const { version } = JSON.parse(readFileSync(installed(`${npmName}/package.json`), "utf8"));
    return { version, ...JSON.parse(stdout) };
  };
  return { name, needs: binary, faces: ["halfminute/sync"], run };
}

function asModule(stage) {
  return stage.bundle("bare.mjs", { format: "esm", platform: "neutral" });
}

/**
 * Without classes, block scope and what came after ES2016. Syntax only: what the engine's library
 * lacks stays missing.
 */
async function asOldScript(stage) {
  const { transformAsync } = (await import("@babel/core")).default;
  const options = { format: "iife", platform: "neutral", target: "es2016", supported: { bigint: true } };
  const script = await stage.bundle("bare.mjs", options);
  // What esbuild leaves. Hermes takes `let` and `const`, but as if they were `var`.
  const plugins = ["@babel/plugin-transform-classes", "@babel/plugin-transform-block-scoping"];
  const alone = { configFile: false, babelrc: false, sourceType: "script", compact: false };
  return (await transformAsync(script, { ...alone, cwd: import.meta.dirname, plugins })).code;
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
