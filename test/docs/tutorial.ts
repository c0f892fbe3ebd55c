// The app of docs/guide/add-second-factor.md and its page about TypeScript, made by the pages' own
// commands and files in a folder of its own.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { type Project, ROOT, unpackedProject } from "../helpers/packed.ts";
import { type Fence, fencesIn, read } from "./fences.ts";

export const PAGES: readonly string[] = [
  "docs/guide/add-second-factor.md",
  "docs/guide/add-second-factor-typescript.md",
];
/** It is a dependency of no other test, so it is installed there alone. */
const LIMITER = "examples/frameworks/node_modules/express-rate-limit";

export interface Tutorial {
  /** Of the app. */
  readonly folder: string;
  /** What the page installed. */
  readonly installed: readonly string[];
  remove(): void;
}

const fences = PAGES.flatMap((page) => fencesIn(page, read(page)));
const inLanguage = (language: string): string[] =>
  fences.filter((fence: Fence) => fence.language === language).map(({ text }) => text);

export const [SQLITE = "", POSTGRES = ""] = inLanguage("js save=database.js");
export const [APP = ""] = inLanguage("js save=app.js");
const [BEGIN = "", START = "", CONVERT = "", COMPILE = ""] = inLanguage("sh");

/** Every fence of the page, so that none is left out. */
export const LANGUAGES: readonly string[] = fences.map(({ language }) => language);
const START_COMMAND = START.trim();

/**
 * In place of `npm install`: links what is named. Whatever else npm and npx are asked for, they do,
 * without a network.
 */
const NPM = `#!/bin/sh
if [ "$1" != install ]; then PATH=\${PATH#*:} exec npm --offline "$@"; fi
shift
test -e package.json || echo '{}' > package.json
for name; do
  case $name in
    -D) continue ;;
    halfminute) from=$PACKED ;;
    express-rate-limit) from=${path.join(ROOT, LIMITER)} ;;
    *) from=${path.join(ROOT, "node_modules")}/$name ;;
  esac
  test -d "$from" || exit 1
  mkdir -p "node_modules/$(dirname "$name")"
  ln -sfn "$from" "node_modules/$name"
  echo "$name" >> "$INSTALLED"
done`;
const NPX = `#!/bin/sh
test "$1" = tsc || exit 1
shift
exec "${process.execPath}" "${path.join(ROOT, "node_modules/typescript/bin/tsc")}" "$@"`;

/** Follows the page up to the first start. */
export function follow(database = SQLITE, app = APP): Tutorial {
  const packed: Project = unpackedProject();
  const parent = mkdtempSync(path.join(tmpdir(), "halfminute-tutorial-"));
  const bin = path.join(parent, "bin");
  mkdirSync(bin);
  for (const [name, text] of Object.entries({ npm: NPM, npx: NPX })) {
    writeFileSync(path.join(bin, name), text, { mode: 0o755 });
  }
  const log = path.join(parent, "installed");
  writeFileSync(log, "");
  process.env["PACKED"] = packed.packageFolder;
  inShell(BEGIN, parent);
  const folder = path.join(parent, "acme");
  writeFileSync(path.join(folder, "database.js"), database);
  writeFileSync(path.join(folder, "app.js"), app);
  if (database === POSTGRES) symlinkSync(path.join(ROOT, "node_modules/pg"), path.join(folder, "node_modules/pg"));
  return {
    folder,
    installed: readFileSync(log, "utf8").trim().split("\n"),
    remove() {
      rmSync(parent, { recursive: true, force: true });
      packed.remove();
    },
  };
}

function inShell(commands: string, cwd: string): void {
  const parent = existsSync(path.join(cwd, "bin")) ? cwd : path.dirname(cwd);
  const PATH = `${path.join(parent, "bin")}:${process.env["PATH"] ?? ""}`;
  const env = { ...process.env, PATH, INSTALLED: path.join(parent, "installed") };
  execFileSync("bash", ["-ec", commands], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * As the page says: new lines go to the top, the others take the place of those that begin alike.
 */
function withTypes(text: string, fence: string): string {
  const lines = fence.trimEnd().split("\n");
  const placeOf = (line: string): RegExp | undefined => {
    const [, start] = /^((?:async )?function \w+| +if )\(/.exec(line) ?? [];
    return start === undefined ? undefined : new RegExp(`^${start}\\(.*$`, "gm");
  };
  const typed = lines.reduce((body, line) => {
    const place = placeOf(line);
    if (place && body.match(place)?.length !== 1) throw new Error(`not once in the file: ${line}`);
    return place ? body.replace(place, () => line) : body;
  }, text);
  return `${lines.filter((line) => !placeOf(line)).join("\n")}\n${typed}`;
}

/** Goes on to TypeScript, and compiles it. For PostgreSQL as the page says: without `if`. */
export function convert({ folder }: Tutorial, database = SQLITE): void {
  inShell(CONVERT, folder);
  const isPostgres = database === POSTGRES;
  if (isPostgres) symlinkSync(path.join(ROOT, "node_modules/@types/pg"), path.join(folder, "node_modules/@types/pg"));
  for (const name of ["database.ts", "app.ts"]) {
    const file = path.join(folder, name);
    const [types = ""] = inLanguage(`ts heads=${name}`);
    const lines = isPostgres ? types.replace(/^ +if .*\n/m, "") : types;
    writeFileSync(file, withTypes(readFileSync(file, "utf8"), lines));
    rmSync(file.replace(/ts$/, "js")); // what runs was compiled
  }
  inShell(COMPILE, folder);
}

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** With the command of the page. */
export async function start(folder: string, PORT: number, DATABASE_URL: string): Promise<Running> {
  const [program = "", ...words] = START_COMMAND.split(" ");
  const env = { ...process.env, PORT: String(PORT), DATABASE_URL };
  const child = spawn(program === "node" ? process.execPath : program, words, { cwd: folder, env, stdio: "pipe" });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      resolve();
    });
  });
  const url = `http://localhost:${PORT}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the app ended: ${said}`);
    const isUp = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isUp) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
