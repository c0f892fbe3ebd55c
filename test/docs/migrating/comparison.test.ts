// Rows of docs/comparison.md that outcomes.ts measures are what these versions do.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { read } from "../fences.ts";
import { allPeers, areInstalled, type Peer } from "./libraries.ts";
import { CODES, HERE, MOMENT, readingOf, SECRET, SECRETS, verdict, windowOf, withoutSecret } from "./outcomes.ts";
import { tableOf } from "./tables.ts";

const isThere = areInstalled();
const all: readonly Peer[] = isThere ? await allPeers() : [];
const PAGES = ["speakeasy", "otplib-13", "otpauth", "epic-web-totp"];
const columns = [HERE, ...PAGES.map((page) => all.find((peer) => peer.page === page))].filter((peer) => !!peer);

type Measure = (peer: Peer) => Promise<string>;
const ofCode =
  (label: string): Measure =>
  async ({ verify }) =>
    (verify && (await CODES[label]?.(verify))) ?? "";
const ofSecret =
  (label: string): Measure =>
  async (peer) => {
    const odd = SECRETS[label];
    return odd ? readingOf(peer, odd) : "";
  };

/** By heading and row; what a cell says has to begin with it. */
const MEASURED: Readonly<Record<string, Readonly<Record<string, Measure>>>> = {
  "Calls and answers": {
    "Unknown option name": async (peer) => {
      const answer = await verdict(() => peer.generate(SECRET, { nonsense: 1 }));
      return answer === "accepted" ? "ignored" : answer;
    },
    "Number as a code": ofCode("number 401544 as a code"),
    'Code `"005 924"`': ofCode('code `"005 924"`, `"005-924"`'),
    'Code `"5924ab"` for `005924`': ofCode('code `"5924ab"` for `005924`'),
    "Six digits that are not ASCII": ofCode("six digits that are not ASCII"),
  },
  "Windows, time and used codes": {
    "TOTP window, default": ofCode("no window given"),
    "Right code at step 2^31": ofCode("right code at step 2^31"),
  },
  Secrets: {
    "Secret of 10 bytes": ofSecret("secret of 10 bytes"),
  },
};

beforeAll(() => {
  vi.useFakeTimers({ now: MOMENT, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

describe.skipIf(!isThere)("the comparison", () => {
  const rows = Object.entries(MEASURED).flatMap(([heading, some]) =>
    Object.keys(some).map((label) => [heading, label]),
  );

  it.each(rows)("%s: %s", async (heading = "", label = "") => {
    const cells = tableOf("../../comparison", heading).find(([first]) => first === label) ?? [];
    for (const [index, peer] of columns.entries()) {
      const measured = (await MEASURED[heading]?.[label]?.(peer)) ?? "";
      expect(measured, peer.page).not.toBe("");
      expect(cells[index + 1]?.slice(0, measured.length), peer.page).toBe(measured);
    }
  });

  it("has an empty key where it says so, and a text as the window", async () => {
    const cells = tableOf("../../comparison", "Secrets").find(([label]) => label === 'Secret `""`, verifying') ?? [];
    for (const [index, peer] of columns.entries()) {
      const measured = await withoutSecret(peer, "", "000000");
      expect(measured === "throws", peer.page).toBe(cells[index + 1] === "throws");
    }
    const [here, speakeasy, , otpauth] = columns;
    const ofText = (peer?: Peer): Promise<string> =>
      windowOf((code) => peer?.verify?.(SECRET, code, { window: "1", lookAhead: "1" }));
    expect([await ofText(here), await ofText(speakeasy)]).toEqual(["throws", "1 behind, 10 ahead"]);
    expect(await ofText(otpauth)).toBe("1 step each way");
    expect(read("docs/comparison.md")).toMatch(/\| 1 behind, 10 ahead +\|/);
  });

  it("has the columns of the versions that were run", () => {
    const { dependencies } = JSON.parse(read("bench/thirdparty/package.json")) as {
      dependencies: Record<string, string>;
    };
    for (const name of ["speakeasy", "otplib", "otpauth", "@epic-web/totp"]) {
      expect(read("docs/comparison.md").split(`${name} ${dependencies[name] ?? "?"}`)).toHaveLength(5);
    }
  });
});
