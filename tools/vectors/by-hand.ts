// The files written by hand: their rows stay, are checked with other programs where possible, and
// are formatted.
import { readFileSync } from "node:fs";

import { check, checkSame, found } from "./checks.ts";
import { vectorPath } from "./folder.ts";
import { oathtool, opensslHmac, programs, python } from "./oracles.ts";
import { type HmacRow, type VectorFile } from "./rows.ts";

export function handWrittenFiles(): Record<string, VectorFile> {
  const valid = read("otpauth-valid.json");
  const refused = read("otpauth-refused.json");
  const base32 = read("base32-refused.json");
  const secrets = read("secrets.json");
  const refusedSecrets = read("secrets-refused.json");
  checkEach(valid, "otpauth", "uri", ({ account }) => ({ account }));
  checkEach(refused, "otpauth", "uri", ({ code }) => ({ code }));
  checkEach(secrets, "secret", "text", ({ key }) => ({ key }));
  checkEach(refusedSecrets, "secret", "text", ({ code }) => ({ code }));
  checkSame("secrets.json, oathtool", codesOf(secrets), secrets.rows.map(oathtoolCode));
  checkEach(base32, "is_base32", "text", () => false);
  const reader = [`a second reader on urllib.parse, ${programs().python}, in tools/vectors/oracle.py`];
  const secretReader = [`a second reader on Python's base64, ${programs().python}, in tools/vectors/oracle.py`];
  return {
    "otpauth-valid.json": { ...valid, confirmedBy: reader },
    "otpauth-refused.json": { ...refused, confirmedBy: reader },
    "secrets.json": { ...secrets, confirmedBy: [programs().oathtool, ...secretReader] },
    "secrets-refused.json": { ...refusedSecrets, confirmedBy: secretReader },
    "base32-refused.json": {
      ...base32,
      confirmedBy: [`${programs().python} base64: not what it writes for the bytes it reads`],
    },
    "rfc2202-hmac-sha1.json": confirmedHmacs("rfc2202-hmac-sha1.json"),
    "rfc4231-hmac-sha2.json": confirmedHmacs("rfc4231-hmac-sha2.json"),
  };
}

type SecretRow = { readonly key: string; readonly seconds: number; readonly code: string };

function codesOf({ rows }: VectorFile): string[] {
  return (rows as readonly SecretRow[]).map(({ code }) => code);
}

/** The code of the key that every authenticator shows. */
function oathtoolCode(row: object): string {
  const { key, seconds } = row as SecretRow;
  const time = { seconds, period: 30, t0: 0 };
  return found(oathtool({ key, algorithm: "SHA-1", digits: 6, counter: Math.floor(seconds / 30), time })[0], "a code");
}

const PUBLISHED_COPY =
  "the copy of the RFC's values in nodejs/node, test/parallel/test-crypto-hmac.js, commit 0073954f33bbbb2e7f279db561b0335beba4715c";

function confirmedHmacs(name: string): VectorFile {
  const file = read(name);
  const rows = file.rows as readonly HmacRow[];
  const macs = rows.map(({ mac }) => mac);
  checkSame(`${name}, openssl`, macs, rows.map(opensslHmac));
  checkSame(`${name}, Python`, macs, python("mac", rows));
  return { ...file, confirmedBy: [programs().openssl, `${programs().python} hmac`, PUBLISHED_COPY] };
}

function read(name: string): VectorFile {
  return JSON.parse(readFileSync(vectorPath(name), "utf8")) as VectorFile;
}

type HandWrittenRow = Readonly<Record<string, unknown>>;

function checkEach(
  { rows }: VectorFile,
  question: string,
  field: string,
  expected: (row: HandWrittenRow) => unknown,
): void {
  const given = rows as readonly HandWrittenRow[];
  const texts = given.map((row) => row[field]);
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  check(repeated === undefined, `twice: ${JSON.stringify(repeated)}`);
  const answers = python(question, texts);
  for (const [index, row] of given.entries()) checkSame(JSON.stringify(row[field]), answers[index], expected(row));
}
