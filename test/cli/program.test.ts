// The program that is shipped, `dist/cli/main.js`, as a process. It must have been built: `npm run
// build`.
import { execFile, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import packageJson from "../../package.json" with { type: "json" };
import { readByJsqr, readByZbar, terminalScreenshot } from "../qr/readers.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const AT = "@1234567890";
const CODE = "401544"; // by oathtool 2.6.7
const WARNING = /^halfminute: warning: as an argument the secret is visible .*\n$/;

interface Outcome {
  readonly exitCode: unknown;
  readonly out: string;
  readonly error: string;
}

interface Around {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function halfminute(words: readonly string[], { stdin, env = {} }: Around = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, HALFMINUTE_SECRET: undefined, ...env }, timeout: 150_000 };
    const child = execFile(process.execPath, [MAIN, ...words], options, (fault, out, error) => {
      resolve({ exitCode: fault ? fault.code : 0, out, error });
    });
    child.stdin?.on("error", () => undefined); // of a program that does not read
    child.stdin?.end(stdin ?? "");
  });
}

/** With a shell's own pipes and files. `$H` is the program. */
function shell(script: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const H = `'${process.execPath}' '${MAIN}'`;
    const options = { env: { ...process.env, HALFMINUTE_SECRET: undefined, ...env }, timeout: 150_000 };
    execFile("sh", ["-c", script.replaceAll("$H", H)], options, (fault, out, error) => {
      resolve({ exitCode: fault ? fault.code : 0, out, error });
    });
  });
}

const folder = mkdtempSync(path.join(tmpdir(), "halfminute-"));
const file = path.join(folder, "secret file");

beforeAll(() => {
  writeFileSync(file, `${SECRET}\r\n`);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the program reads the secret", () => {
  const code = ["code", "--at", AT];
  const answer = { exitCode: 0, out: `${CODE}\n`, error: "" };

  it("from standard input", async () => {
    expect(await halfminute(code, { stdin: SECRET })).toEqual(answer);
    expect(await halfminute([...code, "-"], { stdin: `${SECRET}\n` })).toEqual(answer);
  });

  it("from a file", async () => {
    expect(await halfminute([...code, "--secret-file", file])).toEqual(answer);
  });

  it("from the environment", async () => {
    expect(await halfminute(code, { env: { HALFMINUTE_SECRET: SECRET } })).toEqual(answer);
  });

  it("from an argument, with a warning", async () => {
    const outcome = await halfminute([...code, SECRET]);
    expect(outcome).toMatchObject({ exitCode: 0, out: `${CODE}\n` });
    expect(outcome.error).toMatch(WARNING);
  });

  it("from the environment even if the other end of standard input stays open", async () => {
    const env = { ...process.env, HALFMINUTE_SECRET: SECRET };
    const child = spawn(process.execPath, [MAIN, ...code], { env, stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (piece) => (out += String(piece)));
    const exitCode = await new Promise((resolve) => child.on("close", resolve));
    child.stdin.destroy();
    expect([exitCode, out]).toEqual([0, `${CODE}\n`]);
  });

  it("not from an empty standard input", async () => {
    const outcome = await halfminute(code);
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toMatch(/^halfminute: standard input is empty/);
  });

  it("not from a file that is not there, whose name it does not tell", async () => {
    for (const name of [path.join(folder, SECRET), folder]) {
      const outcome = await halfminute([...code, "--secret-file", name]);
      expect(outcome).toMatchObject({ exitCode: 2, out: "" });
      expect(outcome.error).toMatch(
        /^halfminute: the secret file cannot be read \((ENOENT: no such file|EISDIR: it is a folder)\)\n/,
      );
      expect(outcome.error).not.toContain(folder);
    }
  });

  it("not from more than 64 KiB, and leaves the rest unread", async () => {
    const child = spawn(process.execPath, [MAIN, ...code, "-"], { stdio: ["pipe", "ignore", "pipe"] });
    let error = "";
    child.stderr.on("data", (piece) => (error += String(piece)));
    // Without an end it would be a better test, but one that fills the memory if it fails.
    child.stdin.on("error", () => undefined);
    const isReadToTheEnd = new Promise((resolve) => {
      child.stdin.write(Buffer.alloc(32 * 1024 * 1024), (fault) => {
        resolve(!fault);
        child.stdin.end();
      });
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(2);
    expect(error).toMatch(/^halfminute: standard input is longer than 65536 bytes\n/);
    expect(await isReadToTheEnd).toBe(false);
  });
});

describe("the program", () => {
  it("makes a secret and its URI, and each is read by the commands after it", async () => {
    const { out: secret } = await halfminute(["secret"]);
    expect(secret).toMatch(/^[A-Z2-7]{32}\n$/);
    const { out: uri } = await halfminute(["uri", "--account", "alice"], { stdin: secret });
    expect(uri).toBe(`otpauth://totp/alice?secret=${secret}`);
    const { out: code } = await halfminute(["code", "--at", AT], { stdin: uri });
    const { out: ok } = await halfminute(["verify", code.trim(), "--at", AT], { stdin: secret });
    expect(ok).toBe("ok, delta 0, counter 41152263\n");
  });

  it("tells by the exit code of verify whether a code is right", async () => {
    const verify = ["verify", "--at", AT, "-"];
    expect(await halfminute([...verify.slice(0, 1), CODE, ...verify.slice(1)], { stdin: SECRET })).toEqual({
      exitCode: 0,
      out: "ok, delta 0, counter 41152263\n",
      error: "",
    });
    expect(await halfminute([...verify.slice(0, 1), "401545", ...verify.slice(1)], { stdin: SECRET })).toEqual({
      exitCode: 1,
      out: "refused\n",
      error: "",
    });
    expect(await halfminute([...verify.slice(0, 1), CODE, ...verify.slice(1)], { stdin: "x1" })).toMatchObject({
      exitCode: 2,
      out: "",
    });
  });

  it("finds the shipped files with vectors, and they pass", async () => {
    const { exitCode, out, error } = await halfminute(["vectors", "--json"]);
    expect([exitCode, error]).toEqual([0, ""]);
    const report = JSON.parse(out) as Record<string, unknown>;
    expect(report).toMatchObject({ ok: true, failed: 0, version: packageJson.version });
    expect(report["runtime"]).toMatch(/^(node|bun|deno) \d+\./);
    expect(report["passed"]).toBeGreaterThan(500);
  });

  it("prints the version of the package with --version", async () => {
    expect(await halfminute(["--version"])).toEqual({ exitCode: 0, out: `${packageJson.version}\n`, error: "" });
  });

  it("refuses to run without a command", async () => {
    const outcome = await halfminute([]);
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toContain("halfminute: a command is missing\nCommands: secret, ");
  });

  it.skipIf(process.platform === "win32")("can be started as a program", () => {
    expect(statSync(MAIN).mode & 0o111).toBe(0o111);
    expect(execFileSync(MAIN, ["--version"], { encoding: "utf8" })).toBe(`${packageJson.version}\n`);
  });
});

describe.skipIf(process.platform === "win32")("in a shell", () => {
  it("a pipe gets the code and nothing else", async () => {
    expect(await shell(`printf %s ${SECRET} | $H code --at ${AT}`)).toEqual({
      exitCode: 0,
      out: `${CODE}\n`,
      error: "",
    });
  });

  it("a pipe beside the environment is not read, and that is said", async () => {
    const env = { HALFMINUTE_SECRET: SECRET };
    for (const script of [`echo x | $H code --at ${AT}`, `$H code --at ${AT} < '${file}'`]) {
      const outcome = await shell(script, env);
      expect(outcome).toMatchObject({ exitCode: 0, out: `${CODE}\n` });
      expect(outcome.error).toMatch(/^halfminute: the secret in HALFMINUTE_SECRET is used, and standard input is not/);
    }
    expect((await shell(`$H code --at ${AT} < /dev/null`, env)).error).toBe("");
  });

  it("a closed standard input is refused, unless the environment has the secret", async () => {
    expect(await shell(`$H code --at ${AT} <&-`)).toMatchObject({ exitCode: 2, out: "" });
    expect(await shell(`$H code --at ${AT} <&-`, { HALFMINUTE_SECRET: SECRET })).toMatchObject({ out: `${CODE}\n` });
  });

  it.each([
    ["--help", 0],
    [`code --at ${AT} - < '${file}'`, 0],
    ["vectors", 0],
    [`verify 401545 --at ${AT} - < '${file}'`, 1], // nobody reads "refused", and it stays refused
    [`verify ${CODE} --at ${AT} - < '${file}'`, 0],
  ])("%s into a pipe that nobody reads ends quietly", async (words, exitCode) => {
    // `true` is gone long before the program writes.
    const outcome = await shell(`{ sleep 0.2; $H ${words}; echo $? >&2; } | true`);
    expect(outcome).toEqual({ exitCode: 0, out: "", error: `${exitCode}\n` });
  });

  it("an error that nobody reads ends quietly too", async () => {
    expect(await shell(`{ { sleep 0.2; $H bogus; } 2>&1 >&3 | true; } 3>&1`)).toMatchObject({ out: "", error: "" });
    expect(await shell(`$H bogus 2>&-; echo $?`)).toEqual({ exitCode: 0, out: "2\n", error: "" });
  });

  it.runIf(statSync("/dev/full", { throwIfNoEntry: false }))(
    "an answer that cannot be written is not a success",
    () => {
      const stdio = ["ignore", openSync("/dev/full", "w"), "pipe"] as const;
      expect(() => execFileSync(process.execPath, [MAIN, "--help"], { stdio: [...stdio] })).toThrow(
        expect.objectContaining({
          status: 2,
          stderr: Buffer.from("halfminute: the answer cannot be written (ENOSPC)\n"),
        }),
      );
    },
  );
});

describe.skipIf(process.platform === "win32")("halfminute qr", () => {
  const uri = `otpauth://totp/Acme:alice%40example.com?secret=${SECRET}&issuer=Acme`;
  const modeOf = (name: string): number => statSync(path.join(folder, name)).mode & 0o777;

  it.runIf(isThere("zbarimg"))("in a pipe behind uri is read from the screen", async () => {
    const words = "--issuer Acme --account alice@example.com";
    const { out, error } = await shell(`$H uri ${words} - < '${file}' | $H qr --background any`);
    expect(error).toBe("");
    for (const isDark of [true, false]) {
      const screenshot = path.join(folder, "screen.png");
      writeFileSync(screenshot, terminalScreenshot(out.trimEnd(), isDark));
      expect(readByZbar([screenshot])).toEqual({ "screen.png": uri });
    }
  });

  it("writes files for their owner only, and over others if so told", async () => {
    const svg = path.join(folder, "a.svg");
    const png = path.join(folder, "a.png");
    const files = `--svg '${svg}' --png '${png}'`;
    const script = `umask 0; printf %s '${uri}' | $H qr ${files}`;
    expect(await shell(script)).toEqual({ exitCode: 0, out: "written, readable by you only\n", error: "" });
    expect([modeOf("a.svg"), modeOf("a.png")]).toEqual([0o600, 0o600]);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg .*<\/svg>\n$/);
    expect(readByJsqr(readFileSync(png))).toBe(uri);

    writeFileSync(svg, "mine");
    chmodSync(svg, 0o666);
    expect((await shell(script)).error).toMatch(
      /^halfminute: the file for --svg cannot be written \(EEXIST\); it exists/,
    );
    expect([readFileSync(svg, "utf8"), modeOf("a.svg")]).toEqual(["mine", 0o666]);
    expect((await shell(`${script} --force`)).exitCode).toBe(0);
    expect([readFileSync(svg, "utf8").length > 999, modeOf("a.svg")]).toEqual([true, 0o600]);
  });

  it("follows no link without --force, and tells no name", async () => {
    symlinkSync(path.join(folder, "target"), path.join(folder, "link"));
    const outcome = await shell(`printf %s '${uri}' | $H qr --png '${path.join(folder, "link")}'`);
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toMatch(/\(EEXIST\)/);
    expect(outcome.error).not.toContain(folder);
    expect((await shell(`printf %s '${uri}' | $H qr --png '${folder}/none/${SECRET}'`)).error).toMatch(/\(ENOENT\)\n/);
  });

  it("with --force replaces a link and leaves what it leads to", async () => {
    const [target, link] = [path.join(folder, "theirs"), path.join(folder, "link to theirs")];
    writeFileSync(target, "theirs");
    chmodSync(target, 0o644);
    symlinkSync(target, link);
    expect((await shell(`printf %s '${uri}' | $H qr --png '${link}' --force`)).exitCode).toBe(0);
    expect([readFileSync(target, "utf8"), modeOf("theirs")]).toEqual(["theirs", 0o644]);
    expect([lstatSync(link).isFile(), modeOf("link to theirs")]).toEqual([true, 0o600]);
    expect(readByJsqr(readFileSync(link))).toBe(uri);
  });

  it("with --force goes through the names of open files", async () => {
    const open = path.join(folder, "open.png");
    expect(await shell(`printf %s '${uri}' | $H qr --png /dev/fd/3 --force 3> '${open}'`)).toMatchObject({
      exitCode: 0,
      out: "written to an open file\n",
    });
    expect(readByJsqr(readFileSync(open))).toBe(uri);
  });

  it.each(["", "--force"])("leaves nothing behind if one file cannot be written %s", async (force) => {
    const empty = path.join(folder, `nothing${force}`);
    mkdirSync(empty);
    mkdirSync(path.join(folder, `alias${force}`));
    const script = `cd '${empty}'; $H qr --new --account a ${force} --svg a.svg --png`;
    for (const png of ["none/b.png", "."])
      expect(await shell(`${script} ${png}`)).toMatchObject({ exitCode: 2, out: "" });
    symlinkSync(empty, path.join(folder, `alias${force}`, "same"));
    const outcome = await shell(`${script} '../alias${force}/same/a.svg'`);
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toMatch(force ? /must name two files/ : /EEXIST/);
    expect(readdirSync(empty)).toEqual([]);
  });

  it("with --force leaves the mode of what is not a file", async () => {
    const pipe = path.join(folder, "pipe");
    const script = `mkfifo -m 666 '${pipe}'; cat '${pipe}' >/dev/null & printf %s '${uri}' | $H qr --png '${pipe}' --force; wait`;
    expect(await shell(script)).toMatchObject({ exitCode: 0, error: "", out: "written to a pipe\n" });
    expect(modeOf("pipe")).toBe(0o666);
  });

  it("with --force writes to what the shell has opened, and says what that is", async () => {
    const [drawn, both] = [path.join(folder, "drawn.svg"), path.join(folder, "both.png")];
    const script = `printf %s '${uri}' | $H qr --force --svg`;
    expect(await shell(`bash -c "${script} >(cat > '${drawn}')"`)).toMatchObject({
      exitCode: 0,
      error: "",
      out: "written to a pipe\n",
    });
    expect(await shell(`${script} /dev/stdout | cat`)).toMatchObject({
      exitCode: 0,
      out: `${readFileSync(drawn, "utf8")}written to a pipe\n`,
    });
    expect(readFileSync(drawn, "utf8")).toMatch(/^<svg .*<\/svg>\n$/);
    expect((await shell(`${script} /dev/null --png '${both}'`)).out).toBe("written to a device and a new file\n");
  });

  it.runIf(process.getuid?.() === 0)(
    "with --force gives nothing to a pipe of somebody else, waited for or not",
    async () => {
      const theirs = path.join(folder, "their pipe");
      const link = path.join(folder, "link to their pipe");
      await shell(`mkfifo -m 666 '${theirs}'`);
      chownSync(theirs, 65534, 65534);
      symlinkSync(theirs, link);
      const got = path.join(folder, "got");
      for (const name of [theirs, link]) {
        const script = `cat '${theirs}' > '${got}' & printf %s '${uri}' | $H qr --png '${name}' --force; code=$?; kill $!; exit $code`;
        const outcome = await shell(script);
        expect(outcome).toMatchObject({ exitCode: 2, out: "" });
        expect(outcome.error).toMatch(
          /^halfminute: the file for --png cannot be written; it is not your own pipe or device\n/,
        );
        expect(readFileSync(got).length).toBe(0);
        expect((await shell(`printf %s '${uri}' | $H qr --png '${name}' --force`)).exitCode).toBe(2);
      }
    },
  );
});

/** Under CI it must be there; elsewhere its absence is said aloud. */
function isThere(program: string): boolean {
  try {
    execFileSync(program, ["--version"]);
    return true;
  } catch {
    if (process.env["CI"]) throw new Error(`${program} is required under CI`);
    console.warn(`SKIPPED: ${program} is not installed, so nothing was compared with it`);
    return false;
  }
}
