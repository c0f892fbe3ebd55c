// The house of src/: a file imports only from lower floors, so that a change is felt above it and
// never below.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

/**
 * Lowest first. A folder stands for all its files, which may import each other; `core` has floors
 * of its own.
 */
const FLOORS: readonly (readonly string[])[] = [
  ["core/errors.ts"],
  ["core/parameters.ts", "core/platform.ts", "core/typed.ts", "core/utf8.ts"],
  ["core/base32.ts", "core/base64.ts", "core/counter.ts", "core/time-step.ts", "core/truncation.ts", "core/code.ts"],
  ["core/secret.ts", "core/verification.ts"],
  ["otpauth"],
  ["webcrypto", "portable"],
  ["index.ts", "sync.ts"],
  ["qr", "migration", "speakeasy", "steam", "two-factor"],
  ["vectors", "stores"],
  ["cli"],
];

/** No store may import another: each is there for those who have its database, and no other. */
const STORES = ["memory", "sqlite", "postgres", "mysql", "redis", "d1", "conformance"].map(
  (name) => `stores/${name}.ts`,
);

/** The ways to prove who one is: none of them knows another. */
const WAYS = ["devices", "recovery", "browsers", "issued"];

/**
 * The flow has floors of its own, lowest first; its other files stand on the lowest one, or put the
 * ways together.
 */
const FLOW: readonly (readonly string[])[] = [["state"], ["sealing", "texts"], ["shell"], WAYS];
const UNDER_THE_FLOW = ["two-factor-error", "policy", "store", "events", "within", "passed"];

interface Source {
  readonly name: string;
  readonly text: string;
}

function sources(): Source[] {
  const names = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return names.map((name) => ({
    name: name.split(path.sep).join("/"),
    text: readFileSync(path.join(SRC, name), "utf8"),
  }));
}

/** What stands on a floor: a folder, a face, or one file of the core. */
function room(name: string): string {
  return name.startsWith("core/") ? name : (name.split("/")[0] ?? name);
}

function floor(name: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room(name)));
}

/** What is wrong with the imports of one file. */
function faults({ name, text }: Source): string[] {
  const found: string[] = [];
  if (floor(name) < 0) found.push(`${name} stands on no floor`);
  for (const { fileName } of ts.preProcessFile(text).importedFiles) {
    const fault = importFault(name, fileName);
    if (fault) found.push(`${name} imports ${fileName}: ${fault}`);
  }
  if (
    name !== "core/platform.ts" &&
    room(name) !== "cli" &&
    /\bcrypto\b/.test(withoutComments(text).replace(/"[^"]*"/g, ""))
  ) {
    found.push(`${name} names crypto, which only core/platform.ts may`);
  }
  return found;
}

function importFault(name: string, specifier: string): string | undefined {
  if (specifier.startsWith("node:")) return room(name) === "cli" ? undefined : "only cli/ may use Node";
  if (specifier === "qr" && name === "qr/matrix.ts") return undefined;
  if (name === "cli/picture.ts" && ["pngjs", "jpeg-js"].includes(specifier)) return undefined;
  if (name === "cli/qr-codes.ts" && specifier === "qr/decode.js") return undefined;
  if (room(name) === "vectors" && /^\.\.\/\.\.\/vectors\/[\w.-]+\.json$/.test(specifier)) return undefined;
  if (!specifier.startsWith(".")) return "the core has no dependency";
  if (name === "vectors/files.ts" && /^\.\.\/\.\.\/vectors\/[\w.-]+\.json$/.test(specifier)) return undefined;
  if (!specifier.endsWith(".ts")) return "sources are imported with their ending";
  const target = path.posix.join(path.posix.dirname(name), specifier);
  if (target.startsWith("..")) return "it lies outside the sources";
  if (room(name) === "stores" && STORES.includes(target)) return "a store imports no other store";
  if (room(name) === "two-factor" && room(target) === "two-factor") return flowFault(name, target);
  const isSibling = name.includes("/") && room(name) === room(target);
  return isSibling || floor(target) < floor(name) ? undefined : "it is not on a lower floor";
}

function flowFault(name: string, target: string): string | undefined {
  const [from, to] = [flowFloor(name), flowFloor(target)];
  if (folderOf(name) === folderOf(target)) return undefined;
  if (WAYS.includes(folderOf(name)) && WAYS.includes(folderOf(target))) return "a way to pass imports no other way";
  return to < from ? undefined : "it is not on a lower floor of the flow";
}

function folderOf(name: string): string {
  return name.split("/").length > 2 ? (name.split("/")[1] ?? "") : "";
}

function flowFloor(name: string): number {
  const stands = folderOf(name) || path.posix.basename(name, ".ts");
  if (UNDER_THE_FLOW.includes(stands)) return -1;
  const floor = FLOW.findIndex((rooms) => rooms.includes(stands));
  return floor < 0 ? FLOW.length : floor;
}

/** Files that reach themselves by their imports, types included. */
function circles(files: readonly Source[]): string[] {
  const imports = new Map(
    files.map(({ name, text }) => [
      name,
      ts.preProcessFile(text).importedFiles.map(({ fileName }) => path.posix.join(path.posix.dirname(name), fileName)),
    ]),
  );
  const reached = (from: string, seen: Set<string>): Set<string> => {
    for (const target of imports.get(from) ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      reached(target, seen);
    }
    return seen;
  };
  return [...imports.keys()].filter((name) => reached(name, new Set()).has(name));
}

/** The same thing on two faces, or in two formats, may have the same name. */
const SHARED_NAMES = ["index.ts", "hotp.ts", "totp.ts", "keys.ts", "build.ts", "parse.ts"];

/** File names that stand for different things in different folders. */
function namesakes(names: readonly string[]): string[] {
  const bases = names.map((name) => path.posix.basename(name)).filter((base) => !SHARED_NAMES.includes(base));
  return bases.filter((base, index) => bases.indexOf(base) < index);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

describe("every source file", () => {
  const files = sources();
  it("that is a store is there", () => {
    expect(STORES.filter((store) => !files.some(({ name }) => name === store))).toEqual([]);
  });
  it("is found", () => {
    expect(files.length).toBeGreaterThan(15);
  });
  it.each(files)("$name imports from below", (file) => {
    expect(faults(file)).toEqual([]);
  });
  it("is not on a circle of imports", () => {
    expect(circles(files)).toEqual([]);
  });
  it("has a name that stands for one thing", () => {
    expect(namesakes(files.map(({ name }) => name))).toEqual([]);
  });
  const faces = files.map(({ name }) => name).filter((name) => /^(\w+|[\w-]+\/index)\.ts$/.test(name));
  it.each(faces)("that is a public face only names things: %s", (face) => {
    const index = files.find(({ name }) => name === face)?.text ?? "";
    expect(withoutComments(index)).toMatch(/^(\s*export (type )?\{[^}]*\} from "\.\.?\/[^"]+";)+\s*$/);
  });
  it("of the wings has a face", () => {
    const wings = ["qr", "migration", "speakeasy", "steam", "two-factor", "vectors"];
    expect(faces.toSorted()).toEqual(["index.ts", "sync.ts", ...wings.map((wing) => `${wing}/index.ts`)].toSorted());
  });
});

it("CONTRIBUTING.md has the same floors", () => {
  const page = readFileSync(new URL("../CONTRIBUTING.md", import.meta.url), "utf8");
  const rows = Array.from(page.matchAll(/^- \*\*(\d+)\*\* ([^:]+):/gm), ([, number = "", files = ""]) => ({
    number: Number(number),
    rooms: Array.from(files.matchAll(/`([^`]+)`/g), ([, name = ""]) => name.replace(/\/$/, "")),
  }));
  expect(rows.reverse()).toEqual(FLOORS.map((rooms, index) => ({ number: index + 1, rooms })));
});

describe("the test of the floors notices", () => {
  it("a circle of imports, and a name that stands for two things", () => {
    const circle = [
      { name: "a/x.ts", text: 'import type { y } from "./y.ts";' },
      { name: "a/y.ts", text: 'import { z } from "../b/z.ts";' },
      { name: "b/z.ts", text: 'export { x } from "../a/x.ts";' },
      { name: "b/w.ts", text: 'import { x } from "../a/x.ts";' },
    ];
    expect(circles(circle)).toEqual(["a/x.ts", "a/y.ts", "b/z.ts"]);
    expect(namesakes(["a/index.ts", "b/index.ts", "a/text.ts", "b/text.ts"])).toEqual(["text.ts"]);
  });
  it.each([
    ["core/base32.ts", 'import { x } from "./secret.ts";'],
    ["core/base32.ts", 'import { x } from "./counter.ts";'],
    ["core/base32.ts", 'export { x } from "../index.ts";'],
    ["otpauth/build.ts", 'import { x } from "../webcrypto/keys.ts";'],
    ["webcrypto/keys.ts", 'import { x } from "../portable/keys.ts";'],
    ["portable/keys.ts", 'import { x } from "../webcrypto/keys.ts";'],
    ["sync.ts", 'import { x } from "./index.ts";'],
    ["webcrypto/keys.ts", 'const x = await import("../cli/main.ts");'],
    ["webcrypto/keys.ts", 'import { createHmac } from "node:crypto";'],
    ["webcrypto/keys.ts", "const key = globalThis.crypto;"],
    ["core/secret.ts", 'import { x } from "qr";'],
    ["cli/main.ts", 'import { x } from "qr";'],
    ["cli/main.ts", 'const { x } = await import("pngjs");'],
    ["cli/picture.ts", 'import { x } from "qr";'],
    ["qr/svg.ts", 'import { x } from "qr";'],
    ["qr/matrix.ts", 'import { x } from "qr/decode.js";'],
    ["index.ts", 'import { x } from "./qr/index.ts";'],
    ["core/secret.ts", 'import { x } from "./errors";'],
    ["core/secret.ts", 'import x from "../../package.json";'],
    ["stores/sqlite.ts", 'import { memoryStore } from "./memory.ts";'],
    ["stores/suite/cases.ts", 'import { memoryStore } from "../memory.ts";'],
    ["stores/redis.ts", 'import { createClient } from "redis";'],
    ["two-factor/store.ts", 'import { memoryStore } from "../stores/memory.ts";'],
    ["two-factor/browsers/x.ts", 'import { x } from "../devices/matching.ts";'],
    ["two-factor/issued/x.ts", 'import { x } from "../recovery/recovery-codes.ts";'],
    ["two-factor/shell/transact.ts", 'import { x } from "../devices/matching.ts";'],
    ["two-factor/state/format.ts", 'import { x } from "../sealing/vault.ts";'],
    ["two-factor/devices/x.ts", 'import { x } from "../passing.ts";'],
    ["helpers.ts", ""],
  ])("what %s must not have: %s", (name, text) => {
    expect(faults({ name, text })).toHaveLength(1);
  });

  it.each([
    ["otpauth/build.ts", 'import { x } from "./label.ts"; import { y } from "../core/secret.ts";'],
    ["qr/matrix.ts", 'import x from "qr"; import { y } from "../core/errors.ts";'],
    ["stores/sqlite.ts", 'import { x } from "./shared.ts"; import { type Y } from "../two-factor/store.ts";'],
    ["cli/picture.ts", 'const { x } = await import("pngjs"); const { y } = await import("jpeg-js");'],
    ["cli/qr-codes.ts", 'const { x } = await import("qr/decode.js");'],
    ["cli/main.ts", 'import { x } from "node:fs"; import { y } from "../index.ts";'],
  ])("nothing wrong in %s: %s", (name, text) => {
    expect(faults({ name, text })).toEqual([]);
  });
});
