import jsQR from "jsqr";
import { describe, expect, it } from "vitest";

import type { Io } from "../../src/cli/io.ts";
import { buildMigrationUris } from "../../src/migration/index.ts";
import { qrSvg, qrTerminal } from "../../src/qr/index.ts";
import { pixelsOf, readByJsqr, terminalScreenshot } from "../qr/readers.ts";
import { expectWrongUse, fileError, halfminute, HOTP_URI, SECRET, STEAM_URI, TOTP_URI, type World } from "./world.ts";

/** What a phone reads from the terminal. */
function scan(out: string, isBackgroundDark = true): string | undefined {
  const { data, width, height } = pixelsOf(terminalScreenshot(out.trimEnd(), isBackgroundDark));
  return jsQR.default(new Uint8ClampedArray(data), width, height)?.data;
}

const [EXPORT_URI = ""] = buildMigrationUris([{ secret: SECRET, accountName: "alice" }]);

describe("halfminute qr draws in the terminal", () => {
  it.each([TOTP_URI, HOTP_URI, STEAM_URI, EXPORT_URI, `${TOTP_URI}&image=https%3A%2F%2Fa.example%2Fa.png`])(
    "the QR code of %s",
    async (uri) => {
      const { exitCode, out, error } = await halfminute(["qr"], { stdin: `${uri}\n`, isShown: true });
      expect([exitCode, error]).toEqual([0, ""]);
      expect(scan(out)).toBe(uri);
      expect(scan(out, false)).toBe(uri);
    },
  );

  it("from each source, with a warning for an argument", async () => {
    const drawn = `${qrTerminal(TOTP_URI, { background: "dark" })}\n`;
    expect(await halfminute(["qr", "-"], { stdin: TOTP_URI })).toMatchObject({ out: drawn, error: "" });
    expect(await halfminute(["qr", "--secret-file", "f"], { files: { f: TOTP_URI } })).toMatchObject({ out: drawn });
    expect(await halfminute(["qr"], { env: { HALFMINUTE_SECRET: TOTP_URI } })).toMatchObject({ out: drawn });
    const outcome = await halfminute(["qr", TOTP_URI]);
    expect(outcome.out).toBe(drawn);
    expect(outcome.error).toMatch(/^halfminute: warning: as an argument the secret is visible/);
  });

  it("with the options of uri", async () => {
    const words = ["--account", "alice", "--issuer", "Acme"];
    expect(scan((await halfminute(["qr", ...words], { stdin: SECRET })).out)).toBe(TOTP_URI);
    const hotp = await halfminute(["qr", ...words, "--type", "hotp", "--counter", "1"], { stdin: SECRET });
    expect(scan(hotp.out)).toBe(HOTP_URI);
  });

  it("the QR code of a new secret with --new, and tells the secret, for nothing else has it", async () => {
    const { out } = await halfminute(["qr", "--new", "--account", "alice"], { stdinKind: "terminal" });
    const [, code = "", uri] = /^([\s\S]*)\n(otpauth:.*)\n$/.exec(out) ?? [];
    expect(uri).toMatch(/^otpauth:\/\/totp\/alice\?secret=[A-Z2-7]{32}$/);
    expect(scan(code)).toBe(uri);
  });

  it("in the way that its options tell", async () => {
    const options = ["--background", "dark", "--error-correction", "L", "--margin", "5"];
    const { out } = await halfminute(["qr", ...options], { stdin: TOTP_URI });
    expect(out).toBe(`${qrTerminal(TOTP_URI, { background: "dark", errorCorrection: "L", margin: 5 })}\n`);
    const { out: json } = await halfminute(["qr", "--json"], { stdin: TOTP_URI });
    expect(JSON.parse(json)).toEqual({ uri: TOTP_URI, terminal: qrTerminal(TOTP_URI) });
  });

  it("unless the terminal is too narrow, and says so", async () => {
    const world = { stdin: TOTP_URI, isShown: true };
    expect((await halfminute(["qr"], { ...world, io: { columns: 45 } })).exitCode).toBe(0);
    const narrow = await halfminute(["qr"], { ...world, io: { columns: 44 } });
    expectWrongUse(
      narrow,
      /: the QR code takes 45 columns and the terminal has 44; make it wider, or use --svg or --png$/,
    );
    expect((await halfminute(["qr", "--margin", "0"], { ...world, io: { columns: 40 } })).exitCode).toBe(0);
    expect((await halfminute(["qr", "--json"], { ...world, io: { columns: 40 } })).exitCode).toBe(0);
  });

  it.each<[string, World]>([
    ["a pipe", { isShown: false }],
    ["NO_COLOR", { env: { NO_COLOR: "1" } }],
    ["TERM=dumb", { env: { TERM: "dumb" } }],
  ])("without colors for %s, unless they are asked for", async (_, world) => {
    const { out } = await halfminute(["qr"], { stdin: TOTP_URI, isShown: true, ...world });
    expect(out).not.toContain("\u001b");
    expect(scan(out)).toBe(TOTP_URI);
    const colored = await halfminute(["qr", "--background", "any"], { stdin: TOTP_URI, isShown: true, ...world });
    expect(colored.out).toBe(`${qrTerminal(TOTP_URI)}\n`);
  });
});

describe("halfminute qr writes", () => {
  it("pictures into files", async () => {
    const written = new Map<string, Uint8Array>();
    const words = ["qr", "--svg", "a.svg", "--png=b.png", "--scale", "3"];
    const { exitCode, out, error } = await halfminute(words, { stdin: TOTP_URI, written });
    expect([exitCode, out, error]).toEqual([0, "written, readable by you only\n", ""]);
    expect(new TextDecoder().decode(written.get("a.svg"))).toBe(`${qrSvg(TOTP_URI, { scale: 3 })}\n`);
    expect(readByJsqr(written.get("b.png") ?? new Uint8Array())).toBe(TOTP_URI);
    const { out: json } = await halfminute([...words, "--json"], { stdin: TOTP_URI });
    expect(JSON.parse(json)).toEqual({ uri: TOTP_URI, svg: "a.svg", png: "b.png" });
  });

  it("over a file only if it may", async () => {
    for (const option of ["--svg", "--png"]) {
      const written = new Map<string, Uint8Array>();
      const world = { stdin: TOTP_URI, files: { f: "mine" }, written };
      expectWrongUse(
        await halfminute(["qr", option, "f"], world),
        `the file for ${option} cannot be written (EEXIST); it`,
      );
      expect(written.size).toBe(0);
      expect((await halfminute(["qr", option, "f", "--force"], world)).exitCode).toBe(0);
      expect(written.size).toBe(1);
    }
  });

  it("and does not tell the name of a file that cannot be written", async () => {
    const io = { createFile: () => Promise.reject(new Error(`no space for ${SECRET}`)) };
    expectWrongUse(await halfminute(["qr", "--svg", SECRET], { stdin: TOTP_URI, io }), /written \(unknown error\)$/);
  });

  it.each(["create", "write", "keep"])("both files or neither, if one fails to %s", async (step) => {
    const written = new Map<string, Uint8Array>();
    const fault = (): Promise<never> => Promise.reject(fileError("ENOSPC", "b"));
    const createFile: Io["createFile"] = (file) => {
      if (step === "create" && file === "b") return fault();
      return Promise.resolve({
        place: file,
        kind: "a new file" as const,
        write: (bytes) => {
          written.set(file, bytes);
          return step === "write" && file === "b" ? fault() : Promise.resolve();
        },
        keep: () => (step === "keep" && file === "b" ? fault() : Promise.resolve()),
        drop: () => Promise.resolve(void written.delete(file)),
      });
    };
    const words = ["qr", "--new", "--account", "alice", "--svg", "a", "--png", "b"];
    expectWrongUse(await halfminute(words, { io: { createFile } }), /the file for --png cannot be written \(ENOSPC\)$/);
    expect([...written.keys()]).toEqual([]);
  });

  it("never two pictures into what is one file after all", async () => {
    const nothing = (): Promise<void> => Promise.resolve();
    const io = {
      createFile: () =>
        Promise.resolve({ place: "/a", kind: "a new file" as const, write: nothing, keep: nothing, drop: nothing }),
    };
    expectWrongUse(
      await halfminute(["qr", "--svg", "a", "--png", "b"], { stdin: TOTP_URI, io }),
      /must name two files$/,
    );
  });
});

describe("halfminute qr refuses", () => {
  it.each([
    [[], SECRET, /not an otpauth URI; a secret alone needs --account/],
    [[], "https://example.com", /URI/],
    [[], "otpauth://totp/a", /URI/],
    [[], "otpauth-migration://offline?data=x", /URI/],
    [["--account", "a"], TOTP_URI, /the secret must be base32: /],
    [["--issuer", "a"], TOTP_URI, /--account is needed/],
    [["--new"], "", /--account is needed/],
    [["--scale", "4"], TOTP_URI, /--scale: only for --svg and --png/],
    [["--force"], TOTP_URI, /--force: only for --svg and --png/],
    [["--svg", "f", "--background", "dark"], TOTP_URI, /--background: only without --svg and --png/],
    [["--svg", "f", "--png", "f"], TOTP_URI, /--svg and --png must name two files/],
    [["--svg", "f", "--png", "./f"], TOTP_URI, /--svg and --png must name two files/],
    [["--svg", "f", "--scale", "33"], TOTP_URI, /--scale must be an integer from 1 to 32/],
    [["--margin", "33"], TOTP_URI, /--margin must be an integer from 0 to 32/],
    [["--error-correction", "X"], TOTP_URI, /--error-correction must be one of M, L, Q, H/],
    [["--background", "X"], TOTP_URI, /--background must be one of any, light, dark/],
    [[], `${TOTP_URI}&x=${"x".repeat(2300)}`, /too long for a QR code/],
  ])("wrong use with %j (case %#)", async (words, stdin, message) => {
    expectWrongUse(await halfminute(["qr", ...words], { stdin }), message);
  });

  it("wrong use before it asks for a secret", async () => {
    for (const words of [
      ["--scale", "4"],
      ["--background", "x"],
      ["--issuer", "x"],
      ["--svg", "f", "--png", "f"],
      ["--svg", "f", "--png", "x/../f"],
    ]) {
      expect((await halfminute(["qr", ...words], { stdin: TOTP_URI })).stdinReads).toBe(0);
    }
  });
});
