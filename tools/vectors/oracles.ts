// The independent programs: calling oathtool, openssl and Python, and their versions.
import { execFileSync } from "node:child_process";
import path from "node:path";

import { found } from "./checks.ts";
import { type CodeInput, type HmacRow, type VectorFile } from "./rows.ts";

const PYTHON_PROGRAM = path.join(import.meta.dirname, "oracle.py");

function run(program: string, words: readonly string[], input: string | Buffer = ""): string {
  return execFileSync(program, words, { input, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["pipe", "pipe", "pipe"] });
}

/**
 * The code of a row, and of the requested number of counters after it. oathtool makes HOTP with
 * SHA-1 only; TOTP with steps of one second from 0 is HOTP of the time.
 */
export function oathtool(row: CodeInput, more = 0): string[] {
  const { key, algorithm, digits, counter, time = { seconds: counter, period: 1, t0: 0 } } = row;
  const isHotp = row.time === undefined && algorithm === "SHA-1";
  const mode = isHotp
    ? ["--hotp", `--counter=${counter}`]
    : [
        `--totp=${algorithm.replace("-", "")}`,
        `--time-step-size=${time.period}s`,
        `--start-time=@${time.t0}`,
        `--now=@${time.seconds}`,
      ];
  const words = [...mode, `--digits=${digits}`, `--window=${more}`, key];
  return run("oathtool", words).trim().split("\n");
}

export function opensslHmac({ algorithm, key, data }: Omit<HmacRow, "mac">): string {
  const hash = algorithm.replace("-", "").toLowerCase();
  const words = ["dgst", `-${hash}`, "-mac", "HMAC", "-macopt", `hexkey:${key}`];
  const output = run("openssl", words, Buffer.from(data, "hex"));
  return found(/([0-9a-f]+)\s*$/.exec(output)?.[1], "the MAC in openssl's output");
}

/** Calls one function of the Python program with every item. */
export function python(name: string, items: readonly unknown[]): unknown[] {
  return JSON.parse(run(pythonWithPyotp(), [PYTHON_PROGRAM], JSON.stringify({ name, items }))) as unknown[];
}

let knownPython: string | undefined;

function pythonWithPyotp(): string {
  const named = process.env["PYTHON"];
  const candidates = named === undefined ? ["python3", "/usr/bin/python3"] : [named];
  knownPython ??= candidates.find((candidate) => {
    try {
      return run(candidate, ["-c", "import pyotp; print('yes')"]).trim() === "yes";
    } catch {
      return false;
    }
  });
  return found(knownPython, "a python3 with pyotp; set PYTHON to one");
}

/** The names of the programs with their versions, as written in the files. */
export interface Programs {
  readonly oathtool: string;
  readonly openssl: string;
  readonly pyotp: string;
  readonly python: string;
  readonly node: string;
}

let knownPrograms: Programs | undefined;

export function programs(): Programs {
  knownPrograms ??= askForVersions();
  return knownPrograms;
}

function askForVersions(): Programs {
  const [pyotpVersion, pythonVersion] = found(python("versions", [null])[0], "versions") as [string, string];
  return {
    oathtool: `oathtool ${found(/[\d.]+/.exec(run("oathtool", ["--version"]))?.[0], "oathtool's version")}`,
    openssl: found(/^OpenSSL \S+/.exec(run("openssl", ["version"]))?.[0], "openssl's version"),
    pyotp: `pyotp ${pyotpVersion}`,
    python: `CPython ${pythonVersion}`,
    node: `Node.js ${process.versions.node}`,
  };
}

/** The source of rows that oathtool made. */
export function madeByOathtool(section: string): VectorFile["source"] {
  return { document: programs().oathtool, section, url: "https://www.nongnu.org/oath-toolkit/" };
}
