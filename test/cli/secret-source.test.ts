import { describe, expect, it } from "vitest";

import { AT, CODE, expectWrongUse, fileError, halfminute, SECRET, TOTP_URI, type World } from "./world.ts";

const OTHER = "MFRGGZDFMZTWQ2LK"; // another secret, whose code here is another one
const code = ["code", "--at", AT];
const env = { HALFMINUTE_SECRET: SECRET };
const files = { "a file": `${SECRET}\n` };
const WARNING =
  "halfminute: warning: as an argument the secret is visible to other users and kept in the shell's history\n";
const NOTE = "halfminute: the secret in HALFMINUTE_SECRET is used, and standard input is not read; give - to read it\n";
const PROMPT = "Secret: \n";

describe("the secret comes from", () => {
  it.each<[name: string, words: string[], world: World, error: string, stdinReads: number]>([
    ["a pipe", [], { stdin: SECRET }, "", 1],
    ["a pipe, asked for", ["-"], { stdin: SECRET }, "", 1],
    ["a pipe, asked for as a file", ["--secret-file", "-"], { stdin: SECRET }, "", 1],
    ["a pipe that no shell made", [], { stdin: SECRET, stdinKind: "other" }, "", 1],
    ["a terminal, asked for", ["-"], { typed: SECRET, stdinKind: "terminal" }, PROMPT, 0],
    ["a terminal", [], { typed: ` ${SECRET} `, stdinKind: "terminal" }, PROMPT, 0],
    ["a file", ["--secret-file", "a file"], { files }, "", 0],
    ["the environment", [], { env }, "", 0],
    ["an argument", [SECRET], {}, WARNING, 0],
    ["an argument that is a URI", [TOTP_URI], {}, WARNING, 0],
    ["an argument after --", ["--", SECRET], {}, WARNING, 0],
    ["an argument, not the environment", [SECRET], { env: { HALFMINUTE_SECRET: OTHER } }, WARNING, 0],
    ["an argument, not a pipe", [SECRET], { stdin: OTHER }, WARNING, 0],
    ["a file, not the environment", ["--secret-file", "a file"], { files, env: { HALFMINUTE_SECRET: OTHER } }, "", 0],
    ["a file, not a pipe", ["--secret-file", "a file"], { files, stdin: OTHER }, "", 0],
    ["a pipe, asked for, not the environment", ["-"], { stdin: SECRET, env: { HALFMINUTE_SECRET: OTHER } }, "", 1],
    ["the environment, not a pipe, and that is said", [], { env, stdin: OTHER }, NOTE, 0],
    ["the environment, not a scheduled job's input", [], { env, stdin: OTHER, stdinKind: "other" }, "", 0],
    ["the environment, not a terminal", [], { env, stdinKind: "terminal" }, "", 0],
  ])("%s", async (_, words, world, error, stdinReads) => {
    const outcome = await halfminute([...code, ...words], world);
    expect(outcome).toEqual({ exitCode: 0, out: `${CODE}\n`, error, stdinReads });
  });

  it.each([
    ["one line", SECRET],
    ["a line end", `${SECRET}\n`],
    ["a line end of Windows", `${SECRET}\r\n`],
    ["an old line end", `${SECRET}\r`],
    ["blank lines around it", `\n \r\n${SECRET}\n\t\n\n`],
    ["spaces around it", `  ${SECRET}\t\n`],
    ["a byte order mark", `\ufeff${SECRET}\n`],
    ["a URI with spaces around it", ` \t${TOTP_URI} `],
    ["a URI with a line end", `${TOTP_URI}\r\n`],
  ])("text with %s, whatever the source", async (_, text) => {
    const worlds: [string[], World][] = [
      [["-"], { stdin: text }],
      [["--secret-file", "f"], { files: { f: text } }],
      ...(text.startsWith("\ufeff") ? [] : ([[[], { env: { HALFMINUTE_SECRET: text } }]] as [string[], World][])),
    ];
    for (const [words, world] of worlds) {
      expect((await halfminute([...code, ...words], world)).out).toBe(`${CODE}\n`);
    }
  });
});

describe("reading the secret is wrong use", () => {
  it.each<[name: string, words: string[], world: World, message: RegExp]>([
    ["when nothing is typed", [], { stdinKind: "terminal" }, /the typed text is empty/],
    ["when nonsense is typed", [], { stdinKind: "terminal", typed: "GEZDGNBV1" }, /must be base32/],
    [
      "when too much is typed",
      [],
      { stdinKind: "terminal", typed: "G".repeat(65537) },
      /the typed text is longer than 65536 char/,
    ],
    ["when there is neither a secret nor input", [], {}, /standard input is empty/],
    ["with an empty pipe", [], { stdin: "" }, /standard input is empty/],
    ["with a pipe of line ends", ["-"], { stdin: "\r\n \n" }, /standard input is empty/],
    ["with an empty file", ["--secret-file", "f"], { files: { f: "" } }, /the secret file is empty/],
    ["with an empty variable", [], { env: { HALFMINUTE_SECRET: "" } }, /HALFMINUTE_SECRET is empty/],
    ["with an empty variable and a pipe", [], { env: { HALFMINUTE_SECRET: "" }, stdin: SECRET }, /is empty|not read/],
    ["with an empty argument", [""], { stdin: SECRET, env }, /the argument for the secret is empty/],
    ["with an empty name of a file", ["--secret-file", ""], { stdin: SECRET, env }, /the secret file cannot be read/],
    ["with an argument and a file", [SECRET, "--secret-file", "a file"], { files }, /two secrets are given/],
    ["with - and a file", ["-", "--secret-file", "a file"], { files, stdin: SECRET }, /two secrets are given/],
    ["with - twice", ["-", "--secret-file", "-"], { stdin: SECRET }, /two secrets are given/],
    ["with an empty argument and a file", ["", "--secret-file", "a file"], { files }, /two secrets are given/],
    ["with two arguments", [SECRET, SECRET], {}, /several accounts must be otpauth URIs; URI 1 is not/],
    ["with two lines", [], { stdin: `${SECRET}\n${SECRET}\n` }, /standard input has several lines/],
    ["with two lines in a file", ["--secret-file", "f"], { files: { f: "A\rB" } }, /the secret file has several lines/],
    ["with two lines in the environment", [], { env: { HALFMINUTE_SECRET: "A\nB" } }, /_SECRET has several lines/],
    ["with two lines in an argument", ["A\nB"], {}, /the argument for the secret has several lines/],
    ["with no such file", ["--secret-file", SECRET], {}, /the secret file cannot be read \(ENOENT: no such file\)/],
    ["with the name of a file", ["secret.txt"], { files }, /not a secret; to read a file, use --secret-file/],
    ["with an export", ["otpauth-migration://offline?data=AAAA"], {}, /use halfminute import --table/],
    ["when a pipe breaks", ["-"], { stdin: fileError("EIO", SECRET) }, /standard input cannot be read \(EIO\)/],
    ["when a pipe breaks strangely", ["-"], { stdin: new Error(SECRET) }, /cannot be read \(unknown error\)/],
    ["when bytes are not text", ["-"], { stdin: Uint8Array.of(0xff, 0xfe, 0x47, 0) }, /must be base32/],
    ["with more than 64 KiB", ["-"], { stdin: " ".repeat(65537) }, /standard input is longer than 65536 bytes/],
    ["with a big file", ["--secret-file", "f"], { files: { f: "\n".repeat(65537) } }, /secret file is longer/],
  ])("%s", async (_, words, world, message) => {
    const outcome = await halfminute([...code, ...words], world);
    const { error } = outcome;
    expectWrongUse({ ...outcome, error: error.replace(NOTE, "").replace(PROMPT, "") }, message);
  });
});

it("Ctrl-C ends the question for a secret, and nothing is said", async () => {
  for (const words of [code, ["verify", CODE], ["uri", "--account", "a"], ["inspect"], [...code, "-"]]) {
    const { exitCode, out, error } = await halfminute(words, { stdinKind: "terminal", typed: null });
    expect([exitCode, out, error]).toEqual([130, "", PROMPT]);
  }
});

it("a secret source of 64 KiB is still read", async () => {
  expect((await halfminute(code, { stdin: SECRET.padEnd(65536, "\n") })).out).toBe(`${CODE}\n`);
});

it("the reader of a secret source is given its limit before it reads", async () => {
  const limits: number[] = [];
  const read = (limit: number): Promise<Uint8Array> => {
    limits.push(limit);
    return Promise.resolve(new TextEncoder().encode(SECRET));
  };
  await halfminute([...code, "-"], { io: { readStdin: read } });
  await halfminute([...code, "--secret-file", "f"], { io: { readFile: (_, limit) => read(limit) } });
  expect(limits).toEqual([65536, 65536]);
});

it("verify has the same sources of the secret, after the code", async () => {
  const verify = ["verify", CODE, "--at", AT];
  const outcomes = [
    await halfminute([...verify, SECRET]),
    await halfminute([...verify, "-"], { stdin: SECRET }),
    await halfminute(verify, { stdin: SECRET }),
    await halfminute(verify, { env }),
    await halfminute([...verify, "--secret-file", "a file"], { files }),
  ];
  for (const { exitCode, out } of outcomes) expect([exitCode, out]).toEqual([0, "ok, delta 0, counter 41152263\n"]);
  expect(outcomes.map(({ error }) => error)).toEqual([WARNING, "", "", "", ""]);
  expect((await halfminute(verify, { stdinKind: "terminal", typed: SECRET })).error).toBe(PROMPT);
});

it("uri has the same sources of the secret", async () => {
  const uri = ["uri", "--account", "alice", "--issuer", "Acme"];
  const outcomes = [
    await halfminute([...uri, SECRET]),
    await halfminute([...uri, "-"], { stdin: SECRET }),
    await halfminute(uri, { stdin: SECRET }),
    await halfminute(uri, { env }),
    await halfminute([...uri, "--secret-file", "a file"], { files }),
  ];
  for (const { exitCode, out } of outcomes) expect([exitCode, out]).toEqual([0, `${TOTP_URI}\n`]);
  expect(outcomes.map(({ error }) => error)).toEqual([WARNING, "", "", "", ""]);
});
