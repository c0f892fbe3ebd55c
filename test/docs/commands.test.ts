// The shell commands of the pages: each is of a known program, and the scripts, files, options,
// settings and packages that it names are there. What can be run at once is run. Those of `console`
// fences are run in examples.test.ts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { halfminute } from "../cli/world.ts";
import { ROOT } from "../helpers/packed.ts";
import { allFences, read, writtenPages } from "./fences.ts";
import { PAGES as TUTORIAL } from "./tutorial.ts"; // its test runs its commands

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { name: ownName, scripts, devDependencies } = JSON.parse(read("package.json")) as Manifest;
const NPM_ITSELF = ["install", "ci"];

/** What a page tells to run in an app that another program made. */
const ELSEWHERE: Readonly<Record<string, string>> = { "examples/nextjs-route/README.md": "npm run dev" };

/** Looks at the words behind a program; answers what is wrong with them, or nothing. */
type Check = (words: readonly string[], file: string) => string | undefined | Promise<string | undefined>;

const missing = (names: readonly string[], isThere: (name: string) => boolean): string | undefined => {
  const lost = names.filter((name) => !isThere(name));
  return lost.length === 0 ? undefined : `not there: ${lost.join(", ")}`;
};

/** Whether the sources beside a page name a setting, an option or a database. */
function isNamedBeside(file: string, word: string): boolean {
  return sourcesIn(path.join(ROOT, path.dirname(file))).some((source) => isNamedIn(source, word));
}

/** Not in `node_modules`: a link there leads back to this repository. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sourcesIn(name);
    return /\.(?:ts|mjs|jsonc)$/.test(entry.name) ? [name] : [];
  });
}

function isNamedIn(file: string, word: string): boolean {
  return new RegExp(`\\b${word}\\b`).test(readFileSync(file, "utf8"));
}

/** A file beside the page, or one of the package as it is installed. */
function isFileOf(page: string, name: string): boolean {
  const own = name.startsWith("node_modules/halfminute/") ? name.slice("node_modules/halfminute/".length) : undefined;
  return existsSync(path.join(ROOT, own ?? path.join(path.dirname(page), name)));
}

const runsScript: Check = ([script = "", ...words]) => {
  const command = scripts[script];
  if (command === undefined) return "no such script";
  const program = command.match(/[\w/.-]+\.(?:mjs|ts)/g)?.at(-1);
  const options = words.filter((word) => /^--./.test(word)).map((word) => word.slice(2));
  return missing(options, (option) => program !== undefined && isNamedIn(path.join(ROOT, program), option));
};

const npm: Check = ([command = "", ...words], file) => {
  if (command === "run") return runsScript(words, file);
  if (command === "install") return missing(words, (name) => name === ownName || name in devDependencies);
  return command === "ci" ? missing(words, () => false) : runsScript([command, ...words], file);
};

/**
 * Cloudflare's program is not installed here: the commands that it has, and of the words those that
 * we chose.
 */
const wrangler: Check = (words, file) => {
  const command = words.join(" ");
  const known =
    /^d1 create (\w+)$/.exec(command) ??
    /^d1 execute (\w+)(?: --remote)? --file (\S+)$/.exec(command) ??
    /^secret put (\w+)$/.exec(command) ??
    /^(?:dev|deploy)$/.exec(command);
  if (!known) return "no known command";
  return missing(known.slice(1), (word) => (word.includes(".") ? isFileOf(file, word) : isNamedBeside(file, word)));
};

/**
 * Packages for the program, each after a `-p`. Its words name files of the reader, so that only its
 * command is looked at.
 */
const withPackages: Check = async (words) => {
  const program = words.findIndex((word, index) => word !== "-p" && words[index - 1] !== "-p");
  const packages = words.slice(0, Math.max(program, 0)).filter((word) => word !== "-p");
  const lost = missing(packages, (name) => name === ownName || name in devDependencies);
  if (lost !== undefined || words[program] !== ownName) return lost ?? "unknown";
  return (await halfminute(["help", words[program + 1] ?? ""])).exitCode === 0 ? undefined : "no such command";
};

const NPX: Readonly<Record<string, Check>> = {
  wrangler,
  "-p": (words, file) => withPackages(["-p", ...words], file),
  halfminute: async (words) => ((await halfminute(words)).exitCode === 0 ? undefined : "it fails"),
  tsx: ([program = "", command = ""]) => {
    if (!existsSync(path.join(ROOT, program))) return "no such program";
    return command === "" || isNamedIn(path.join(ROOT, program), command) ? undefined : "no such command";
  },
};

/** The client of a database that reads SQL from a file: `mysql app < FILE`. */
const readsSql: Check = ([, arrow, name = "", ...words], file) =>
  arrow === "<" && words.length === 0 ? missing([name], () => isFileOf(file, name)) : "not looked at";

const PROGRAMS: Readonly<Record<string, Check>> = {
  npm,
  npx: ([program = "", ...words], file) => NPX[program]?.(words, file) ?? (program in NPX ? undefined : "unknown"),
  mysql: readsSql,
  sqlite3: readsSql,
  psql: ([, flag, name = ""], file) => (flag === "-f" ? missing([name], () => isFileOf(file, name)) : "not looked at"),
  openssl: (words) => (/^rand -(?:hex|base64) \d+$/.test(words.join(" ")) ? undefined : "not looked at"),
  echo: ([what = "", arrow, ...words], file) => {
    const [, setting = ""] = /^"(\w+)=…"$/.exec(what) ?? [];
    return arrow === ">" && words.length === 1 ? missing([setting], (name) => isNamedBeside(file, name)) : "unknown";
  },
};

/** Everything that a line is about to do, and what is wrong with it. */
async function faultsIn(file: string, line: string): Promise<string[]> {
  const text = line.replace(/(?:^|\s+)#.*$/, "").replace(/ &$/, "");
  const inner = Array.from(text.matchAll(/\$\(([^()]*)\)/g), ([, command = ""]) => command);
  const words = text.replaceAll(/\$\([^()]*\)/g, "…").split(/\s+/);
  const start = words.findIndex((word) => word !== "export" && !/^\w+=/.test(word));
  const settings = words.slice(0, start < 0 ? undefined : start).filter((word) => word !== "export");
  const lost = missing(
    settings.map((word) => word.replace(/=.*/, "")),
    (name) => isNamedBeside(file, name),
  );
  const rest = start < 0 ? [] : words.slice(start);
  const below = await Promise.all(inner.map((command) => faultsIn(file, command)));
  const own = await faultOf(file, rest);
  return [lost, own].filter((fault) => fault !== undefined).concat(below.flat());
}

async function faultOf(file: string, [program = "", ...words]: readonly string[]): Promise<string | undefined> {
  if (program === "" || ELSEWHERE[file] === [program, ...words].join(" ")) return undefined;
  const check = PROGRAMS[program];
  return check ? check(words, file) : `unknown program: ${program}`;
}

describe("commands", () => {
  const shell = allFences().filter(({ language, file }) => language === "sh" && !TUTORIAL.includes(file));
  const lines = shell.flatMap(({ name, file, text }) => text.split("\n").map((line) => ({ name, file, line })));
  const commands = lines.filter(({ line }) => line !== "");

  it("are found, on every kind of page", () => {
    const pages = new Set(commands.map(({ file }) => file));
    for (const page of ["README.md", "CONTRIBUTING.md", "bench/README.md", "vectors/README.md"]) {
      expect(pages).toContain(page);
    }
    for (const page of ["docs/playground/README.md", "examples/fastify/README.md", "test/runtimes/README.md"]) {
      expect(pages).toContain(page);
    }
    expect(commands.map(({ line }) => line)).toEqual(expect.arrayContaining(["npm start", "npm test"]));
  });

  it.each(commands)("$name: $line", async ({ file, line }) => {
    expect(await faultsIn(file, line)).toEqual([]);
  });

  it("in running text name scripts that there are", () => {
    const named = writtenPages().flatMap((file) =>
      Array.from(read(file).matchAll(/`npm (?:run )?([\w:-]+)[^`\n]*`/g), ([, script = ""]) => script),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(
      named.filter(
        (script) =>
          ![...NPM_ITSELF, "audit", "login", "pack", "publish", "version", "view"].includes(script) &&
          !(script in scripts),
      ),
    ).toEqual([]);
  });
});

describe("the test notices", () => {
  it.each([
    "npm run none",
    "npm none",
    "npm run bench -- --none",
    "npm install none",
    "npx none",
    "npx halfminute none",
    "npx halfminute secret --none",
    "npx -p halfminute -p none halfminute import export.png",
    "npx -p halfminute none import export.png",
    "npx -p halfminute halfminute none",
    "npx tsx examples/none.ts",
    "npx tsx examples/authenticator-cli/main.ts none",
    "npx wrangler none",
    "npx wrangler d1 none",
    "npx wrangler d1 create nowhere",
    "npx wrangler secret put NONE",
    "npx wrangler d1 execute acme --file none.sql",
    'psql "$DATABASE_URL" -f none.sql',
    'psql "$DATABASE_URL" -f node_modules/halfminute/schema/none.sql',
    "mysql app < none.sql",
    "sqlite3 app.db < node_modules/halfminute/schema/none.sql",
    "sqlite3 app.db < schema.sql extra",
    "export NONE=1",
    "NONE=1 npm start",
    "NONE=1 npm start &",
    "export SEALING_KEY=$(npx halfminute none)",
    'echo "NONE=$(npx halfminute secret)" > .dev.vars',
    "none",
  ])("%s", async (line) => {
    expect(await faultsIn("examples/hono-workers/README.md", line)).toHaveLength(1);
  });
});
