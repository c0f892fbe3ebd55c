// Every runtime that must run the package, one row each:
//
//   name    what the runner and the table call it
//   needs   the files without which it cannot be had
//   run     (stage, signal) → { version, counts, failures }, see stage.mjs and programs/
//   moves   how many numbers of its version the table shows, if the system brings it: then this
//           checkout does not choose the version
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { CHROMIUM, FIREFOX, launchChromium, launchFirefox } from "../helpers/browsers.ts";
import { ROOT } from "../helpers/packed.ts";
import { launchWebKit, SCREEN, WEBKIT } from "./webkit.mjs";

const HERMES = {
  "linux x64": "linux64-bin/hermes",
  "darwin x64": "osx-bin/hermes",
  "darwin arm64": "osx-bin/hermes",
  "win32 x64": "win64-bin/hermes.exe",
};
const DENO = ["run", "--no-remote", "--no-prompt", "--node-modules-dir=manual"]; // and no permission
const exe = process.platform === "win32" ? ".exe" : "";
const run = promisify(execFile);

export const runtimes = [
  ...["20", "22", "24", "26"].flatMap(node),
  importing("Bun", installed("bun/bin/bun.exe"), ["--no-install"]), // its name on every system
  importing("Deno", installed(`deno/deno${exe}`), DENO, ["--allow-read"]),
  { name: "workerd", needs: [installed("miniflare")], run: inWorkerd },
  { name: "edge-runtime", needs: [installed("@edge-runtime/vm")], run: inEdgeRuntime },
  browser("Chromium", [CHROMIUM], launchChromium, 1),
  browser("Firefox", [FIREFOX], launchFirefox, 1),
  browser("WebKit", [WEBKIT, SCREEN], launchWebKit, 2),
  { name: "Jest", needs: [path.join(ROOT, "test/package/loaders/node_modules/jest")], run: inJest },
  engine("QuickJS", "quickjs-emscripten", process.execPath, [path.join(import.meta.dirname, "quickjs.mjs")], asModule),
  engine("Hermes", "hermes-engine-cli", hermes(), ["-strict"], asOldScript),
];

function installed(name) {
  return path.join(import.meta.dirname, "node_modules", name);
}

function versionOf(folder) {
  return JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")).version;
}

/** Three rows: all ways in which it loads packages. */
function node(major) {
  const binary = installed(`node-${major}/bin/node`);
  return [
    importing(`Node ${major}, import`, binary),
    command(`Node ${major}, require`, binary, ["--no-warnings"], "require.cjs"),
    command(`Node ${major}, require of CommonJS`, binary, ["--no-experimental-require-module"], "require.cjs"),
  ];
}

/** A runtime that is a program for the command line. */
function command(name, binary, options, program) {
  return { name, needs: [binary], run: (stage, signal) => printed(binary, [...options, stage.file(program)], signal) };
}

/**
 * One that also runs the command that npm installed, which has all rows of the vectors, and may
 * need permissions.
 */
function importing(name, binary, options = [], permissions = []) {
  const { needs, run } = command(name, binary, options, "import.mjs");
  const both = async (stage, signal) => {
    const results = await run(stage, signal);
    const main = stage.file("node_modules/halfminute/dist/cli/main.js");
    const words = [...options, ...permissions, main, "vectors", "--json"];
    const { passed } = await printed(binary, words, signal); // its exit code says if a row failed
    return { ...results, counts: { ...results.counts, command: { cases: 0, rows: passed } } };
  };
  return { name, needs, run: both };
}

async function printed(binary, words, signal) {
  return JSON.parse((await run(binary, words, { signal })).stdout);
}

function hermes() {
  const file = HERMES[`${process.platform} ${process.arch}`] ?? "binary for this system";
  return installed(`hermes-engine-cli/${file}`);
}

/** An engine with nothing but the language: a program that takes a script. */
function engine(name, npmName, binary, options, scriptOf) {
  return {
    name,
    needs: [binary],
    run: async (stage, signal) => {
      const file = stage.file(`${name}.mjs`);
      writeFileSync(file, await scriptOf(stage));
      const { stdout } = await run(binary, [...options, file], { signal });
      if (!stdout.startsWith("{")) throw new Error(`no results, but: ${stdout || "nothing"}`);
      return { version: versionOf(installed(npmName)), ...JSON.parse(stdout) };
    },
  };
}

function asModule(stage) {
  return stage.bundle("bare.mjs", { format: "esm", platform: "neutral" });
}

/**
 * Without classes, block scope and what came after ES2016. Syntax only: what the engine's library
 * lacks stays missing.
 */
async function asOldScript(stage) {
  const { transformAsync } = await import("@babel/core");
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
    return { version, ...(await answerOf(miniflare)) };
  } finally {
    await miniflare.dispose();
  }
}

async function inEdgeRuntime(stage) {
  const { EdgeVM } = await import("@edge-runtime/vm");
  const initialCode = await stage.bundle("edge.mjs", { format: "iife", conditions: ["edge-light", "worker"] });
  return { version: versionOf(installed("@edge-runtime/vm")), ...(await answerOf(new EdgeVM({ initialCode }))) };
}

async function answerOf(worker) {
  const response = await worker.dispatchFetch("http://localhost/");
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** In a secure context, and what is left outside of one: a `data:` page. */
function browser(name, needs, launch, moves) {
  const run = async (stage, signal) => {
    const script = await stage.bundle("page.mjs", { format: "iife", globalName: "programs" });
    const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(EMPTY)).listen(0);
    await once(server, "listening");
    const browser = await launch(signal);
    try {
      const resultsOf = async (program, url) => {
        const page = await browser.newPage();
        await page.goto(url);
        return page.evaluate(`${script}; programs.${program}()`);
      };
      const secure = await resultsOf("secure", `http://localhost:${server.address().port}/`);
      const insecure = await resultsOf("insecure", `data:text/html,${EMPTY}`);
      secure.counts.halfminute.cases += insecure.counts.halfminute.cases;
      return {
        version: (await browser.version()).replace(/^\D+/, ""),
        counts: secure.counts,
        failures: [...secure.failures, ...insecure.failures],
      };
    } finally {
      await browser.close();
      server.close();
      server.closeAllConnections();
    }
  };
  return { name, needs, run, moves };
}

const EMPTY = "<!doctype html>";

/** Its CommonJS, with its defaults. */
async function inJest(stage, signal) {
  const folder = path.join(ROOT, "test/package/loaders/node_modules/jest");
  const env = { ...process.env, COUNTS: stage.file("jest.json") };
  copyFileSync(stage.file("jest.cjs"), stage.file("jest.test.cjs")); // by its name Jest knows it as a test
  await run(process.execPath, [path.join(folder, "bin/jest.js")], { cwd: stage.folder, env, signal }); // or it says what failed
  return { version: versionOf(folder), counts: JSON.parse(readFileSync(env.COUNTS, "utf8")), failures: [] };
}
