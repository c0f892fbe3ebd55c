// What services print, people paste and programs write, by the command line: the same reading rules
// as in the library.
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { AT, halfminute } from "./world.ts";

interface File {
  readonly rows: readonly unknown[];
}

function vectors(name: string): readonly unknown[] {
  return (JSON.parse(readFileSync(`vectors/${name}.json`, "utf8")) as File).rows;
}

interface SecretRow {
  readonly text: string;
  readonly seconds: number;
  readonly code: string;
}

interface Account {
  readonly type: string;
  readonly issuer?: string;
  readonly accountName: string;
  readonly secret: string;
}

interface UriRow {
  readonly uri: string;
  readonly account: Account;
  readonly writer?: string;
}

describe("a secret", () => {
  // Standard input has one line: line ends inside are for the library alone.
  const rows = (vectors("secrets") as readonly SecretRow[]).filter(({ text }) => !/[\r\n]/.test(text.trim()));

  it.each(rows)("$text makes $code", async ({ text, seconds, code }) => {
    const outcome = await halfminute(["code", "--at", `@${seconds}`], { stdin: text });
    expect(outcome).toMatchObject({ exitCode: 0, out: `${code}\n`, error: "" });
  });

  it.each([
    ["JBSW Y3DP 1", "letter 9 is not base32"],
    ["JBSWY3DPA", "9 letters leave 5 bits"],
  ])("%s is refused with the rule and the place", async (text, rule) => {
    const outcome = await halfminute(["code"], { stdin: text });
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toContain(rule);
    expect(outcome.error).not.toMatch(/JBSW|Y3DP/);
  });
});

describe("a code that is typed", () => {
  const stdin = "JBSWY3DPEHPK3PXP";

  it.each(["742275\n", "742\t275", "742\u00a0275", "742–275", "７４２２７５", "\ufeff742 275"])(
    "%j is accepted",
    async (code) => {
      const outcome = await halfminute(["verify", "--at", AT, "--", code], { stdin });
      expect(outcome).toMatchObject({ exitCode: 0, out: "ok, delta 0, counter 41152263\n" });
    },
  );

  it.each(["٧٤٢٢٧٥", "742275a", "742.275"])("%j is refused", async (code) => {
    expect(await halfminute(["verify", "--at", AT, "--", code], { stdin })).toMatchObject({ exitCode: 1 });
  });

  it("is not checked with --after that counts seconds", async () => {
    const outcome = await halfminute(["verify", "--at", AT, "--after", "1234567890", "742275"], { stdin });
    expect(outcome).toMatchObject({ exitCode: 2, out: "" });
    expect(outcome.error).toContain("--after must be a counter, such as match.counter, not Unix seconds");
  });
});

describe("a URI from the vectors", () => {
  const rows = (vectors("otpauth-valid") as readonly UriRow[]).filter(
    ({ writer, uri }) => writer !== undefined && !/[\r\n]/.test(uri.trim()),
  );

  it.each(rows)("of $writer is inspected", async ({ uri, account }) => {
    const outcome = await halfminute(["inspect", "--show-secret", "--json"], { stdin: uri });
    expect(outcome).toMatchObject({ exitCode: 0, error: "" });
    const { type, issuer, accountName, secret } = JSON.parse(outcome.out) as Account;
    expect({ type, issuer, accountName, secret }).toEqual({
      type: account.type,
      issuer: account.issuer ?? null,
      accountName: account.accountName,
      secret: account.secret,
    });
  });

  it.each(rows)("of $writer is imported with its secret", async ({ uri, account }) => {
    const { exitCode, out } = await halfminute(["import", "--uris"], { stdin: uri });
    expect(exitCode).toBe(0);
    expect(out).toContain(`secret=${account.secret}`);
    const again = await halfminute(["import", "--json"], { stdin: out });
    const [{ type, secret } = { type: "", secret: "" }] = (JSON.parse(again.out) as { accounts: Account[] }).accounts;
    expect({ type, secret }).toEqual({ type: account.type, secret: account.secret });
  });
});
