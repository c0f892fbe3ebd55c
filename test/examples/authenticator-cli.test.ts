// examples/authenticator-cli as a process, its codes against oathtool's.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { timeStep } from "halfminute";
import { buildMigrationUris } from "halfminute/migration";
import { generateSteamCode } from "halfminute/steam";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/programs.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const HEX = "3132333435363738393031323334353637383930";
const PASSPHRASE = "correct horse battery";
const folder = mkdtempSync(path.join(tmpdir(), "halfminute-authenticator-"));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The example in one file: so it starts several times as fast, and it is started often. */
const program = path.join(ROOT, "test-artifacts/authenticator-cli.mjs");
beforeAll(async () => {
  const entryPoints = [path.join(ROOT, "examples/authenticator-cli/main.ts")];
  await build({ entryPoints, outfile: program, bundle: true, packages: "external", platform: "node", format: "esm" });
});

let file = "";
let files = 0;
beforeEach(() => {
  files++;
  file = path.join(folder, `vault-${files}`);
});

interface Result {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(words: readonly string[], input: readonly string[] = [PASSPHRASE]): Promise<Result> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, AUTHENTICATOR_FILE: file }, timeout: 150_000 };
    const child = execFile(process.execPath, [program, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    child.stdin?.on("error", () => undefined); // it may have gone without reading
    child.stdin?.end(input.map((line) => `${line}\n`).join(""));
  });
}

/** The code and the seconds, and the time step in which both were made. */
async function codeOf(name: string, period = 30): Promise<{ code: string; seconds: number; at: Date }> {
  for (;;) {
    const before = timeStep({ period });
    const { stdout, stderr } = await run(["code", name]);
    if (timeStep({ period }).counter !== before.counter) continue;
    const [, code = "", seconds = ""] = /^(\S+) \((\d+) s left\)\n$/.exec(stdout) ?? [];
    expect(code, stderr).not.toBe("");
    return { code, seconds: Number(seconds), at: before.startsAt };
  }
}

const oathtool = (...words: string[]) => execFileSync("oathtool", [...words, HEX], { encoding: "utf8" }).trim();

describe.runIf(isThere("oathtool", "--version"))("codes are oathtool's", () => {
  it("of TOTP, with what its URI says and from an export", async () => {
    const uri = `otpauth://totp/Acme:alice?secret=${SECRET}&issuer=Acme&algorithm=SHA256&digits=8&period=60`;
    const accounts = ["bob", "carol"].map((accountName) => ({ secret: SECRET, issuer: "Acme", accountName }));
    const parts = buildMigrationUris(accounts, { maxBytes: 130, batchId: 1 });
    expect(parts.length).toBe(2);
    expect(await run(["add"], [PASSPHRASE, uri, ...parts.toReversed()])).toMatchObject({
      code: 0,
      stdout: "added 3\n",
    });
    expect((await run(["list"])).stdout).toBe("totp  Acme:alice\ntotp  Acme:bob\ntotp  Acme:carol\n");

    const alice = await codeOf("alice", 60);
    const now = (at: Date) => ["-N", `@${at.getTime() / 1000}`];
    expect(alice.code).toBe(oathtool("--totp=sha256", "-d", "8", "-s", "60s", ...now(alice.at)));
    expect(alice.seconds).toBeGreaterThanOrEqual(1);
    expect(alice.seconds).toBeLessThanOrEqual(60);
    const bob = await codeOf("Acme:bob");
    expect(bob.code).toBe(oathtool("--totp", ...now(bob.at)));
  });

  it("of HOTP, and no two are of one counter though several ask at once", async () => {
    await run(["add"], [PASSPHRASE, `otpauth://hotp/Acme:alice?secret=${SECRET}&counter=5`]);
    const results = await Promise.all(Array.from({ length: 3 }, () => run(["code", "alice"])));
    const codes = results.map(({ stdout }) => stdout.trim());
    expect(codes.toSorted()).toEqual(oathtool("--hotp", "-c", "5", "-w", "2").split("\n").toSorted());
  });
});

it("codes of Steam Guard are letters and digits", async () => {
  await run(["add"], [PASSPHRASE, `otpauth://steam/Steam:alice?secret=${SECRET}`]);
  const { code, at } = await codeOf("alice");
  expect(code).toBe(generateSteamCode(SECRET, { at }));
});

it("the file is its owner's alone, holds nothing readable, and opens with the passphrase only", async () => {
  await run(["add"], [PASSPHRASE, `otpauth://totp/Acme:alice?secret=${SECRET}`]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, "utf8");
  for (const word of [SECRET, "alice", "Acme"]) expect(text).not.toContain(word);
  const closed = { code: 1, stdout: "", stderr: "the passphrase is wrong, or the file was changed\n" };
  expect(await run(["list"], ["wrong"])).toEqual(closed);
  const { data, ...rest } = JSON.parse(text) as Record<string, string>;
  const bytes = Buffer.from(data ?? "", "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  writeFileSync(file, JSON.stringify({ ...rest, data: bytes.toString("base64") }));
  expect(await run(["list"])).toEqual(closed);
  expect(readdirSync(folder).filter((name) => /lock|new/.test(name))).toEqual([]);
});

it("what cannot be added changes nothing, and is not repeated", async () => {
  const uri = `otpauth://hotp/Acme:alice?secret=${SECRET}&counter=5`;
  await run(["add"], [PASSPHRASE, uri]);
  const before = readFileSync(file, "utf8");
  const accounts = ["bob", "carol"].map((accountName) => ({ secret: SECRET, accountName }));
  const [part = ""] = buildMigrationUris(accounts, { maxBytes: 130, batchId: 1 });
  const inputs = [[uri], ["otpauth://totp/bob?secret=!!!"], [uri.replace("alice", "bob"), "nonsense"], [part]];
  const results = await Promise.all(inputs.map((lines) => run(["add"], [PASSPHRASE, ...lines])));
  results.push(await run(["add", uri]), await run(["code", "nobody"]), await run(["add"], []));
  for (const { code, stdout, stderr } of results) {
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    for (const word of [SECRET, "!!!", "nonsense", PASSPHRASE]) expect(stderr).not.toContain(word);
  }
  expect(readFileSync(file, "utf8")).toBe(before);
  expect(readdirSync(folder).filter((name) => /lock|new/.test(name))).toEqual([]);
});

it("a name steers no terminal", async () => {
  await run(["add"], [PASSPHRASE, `otpauth://totp/%1B%5B2Jalice?secret=${SECRET}`]);
  const { stdout } = await run(["list"]);
  expect(stdout).toContain("alice");
  expect(stdout).not.toContain("\u001b");
});
