import { describe, expect, it } from "vitest";

import { AT, expectWrongUse, halfminute, SECRET } from "./world.ts";
import { named } from "../helpers/named.ts";

const stdin = SECRET;

/** When the step begins that lies at this moment, with steps of one second. */
async function startOf(moment: string): Promise<unknown> {
  const { exitCode, out } = await halfminute(["code", "--json", "--period", "1", `--at=${moment}`], { stdin });
  expect(exitCode).toBe(0);
  return (JSON.parse(out) as { startsAt: unknown }).startsAt;
}

describe("a moment", () => {
  it.each([
    ["@0", "1970-01-01T00:00:00.000Z"],
    [AT, "2009-02-13T23:31:30.000Z"],
    ["@01234567890", "2009-02-13T23:31:30.000Z"],
    ["@8640000000000", "+275760-09-13T00:00:00.000Z"],
    ["2009-02-13", "2009-02-13T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2009-02-13T23:31Z", "2009-02-13T23:31:00.000Z"],
    ["2009-02-13T23:31:30Z", "2009-02-13T23:31:30.000Z"],
    ["2009-02-13T23:31:30.999999999Z", "2009-02-13T23:31:30.000Z"],
    ["2009-02-14T00:31:30+01:00", "2009-02-13T23:31:30.000Z"],
    ["2009-02-14T00:31:30+0100", "2009-02-13T23:31:30.000Z"],
    ["2009-02-13 18:01:30-05:30", "2009-02-13T23:31:30.000Z"],
    ["2009-02-13 23:31:30 UTC", "2009-02-13T23:31:30.000Z"],
  ])("is read: %s", async (moment, startsAt) => {
    expect(await startOf(moment)).toBe(startsAt);
  });

  it.each([
    "2009-02-13T23:31",
    "2009-02-13T23:31:30",
    "2009-02-13 23:31:30",
    "2009-02-13T23:31:30.5",
    "2009-02-31T23:31:30",
  ])("is refused without a time zone: %s", async (moment) => {
    expectWrongUse(await halfminute(["code", `--at=${moment}`], { stdin }), /--at has a time but no time zone/);
  });

  it.each([
    "",
    " ",
    "Now",
    "today",
    "1234567890",
    "20090213",
    "2009",
    "2009-02",
    "2009-2-13",
    "13.02.2009",
    "02/13/2009",
    "2009-02-29",
    "2009-02-31",
    "2009-13-01",
    "2009-00-01",
    "2009-01-00",
    "2009-04-31T00:00Z",
    "2009-02-13T24:00:00Z",
    "2009-02-13T23:60Z",
    "2009-02-13T23:59:60Z",
    "2009-02-13T23Z",
    "2009-02-13Z",
    "2009-02-13T23:31:30z",
    "2009-02-13T23:31:30+99:99",
    "2009-02-13T23:31:30+01",
    "2009-02-13T23:31:30 CET",
    "2009-02-13 UTC",
    "Fri Feb 13 2009",
    "+002009-02-13",
    " 2009-02-13",
    "2009-02-13 ",
    "2009-02-13T23:31:30Z\n",
    "２００９-02-13",
  ])("is refused if it is not a date: %j", async (moment) => {
    expectWrongUse(await halfminute(["code", `--at=${moment}`], { stdin }), /--at must be a date such as/);
  });

  it.each(named(["@", "@-1", "@1.5", "@1e9", "@0x10", "@ 1", "@1234567890Z", "@8640000000001", `@${"9".repeat(400)}`]))(
    "is refused if it is not in whole Unix seconds: %s",
    async (_, moment) => {
      expectWrongUse(await halfminute(["code", `--at=${moment}`], { stdin }), /--at must have whole Unix seconds/);
    },
  );

  it("is refused before t0", async () => {
    expectWrongUse(await halfminute(["code", "--at", "0001-01-01"], { stdin }), /not before --t0/);
  });
});

describe("a numeric option", () => {
  const wrong = ["", " ", " 5", "5 ", "+5", "-5", "5.0", "5e0", "0x5", "0b1", "1_000", "five", "Infinity", "NaN", "٥"];
  it.each(named([...wrong, "9007199254740992", "9".repeat(400)]))("is refused as a number: %s", async (_, text) => {
    for (const name of ["digits", "period", "t0", "counter"]) {
      const outcome = await halfminute(["code", `--${name}=${text}`], { stdin });
      expectWrongUse(
        outcome,
        new RegExp(`^halfminute: --${name} must be a decimal integer from 0 to 9007199254740991$`),
      );
    }
    for (const name of ["look-behind", "look-ahead", "after"]) {
      expectWrongUse(await halfminute(["verify", "1", `--${name}=${text}`], { stdin }), `--${name} must be a decimal`);
    }
    expectWrongUse(await halfminute(["secret", `--bytes=${text}`]), "--bytes must be a decimal");
  });
});

describe("an algorithm", () => {
  it.each(["SHA-1", "SHA1", "sha1", "Sha-1"])("is SHA-1 by the name %s", async (name) => {
    expect((await halfminute(["code", "--counter", "0", "--algorithm", name], { stdin })).out).toBe("755224\n");
  });

  it.each(["", "1", "SHA", "SHA-2", "SHA--1", "SHA_1", "SHA-224", "SHA-384", "HmacSHA1", "MD5", " SHA1"])(
    "is refused by the name %j",
    async (name) => {
      expectWrongUse(
        await halfminute(["code", `--algorithm=${name}`], { stdin }),
        "--algorithm must be SHA-1, SHA-256",
      );
    },
  );
});
