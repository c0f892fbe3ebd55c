// The pages about operations name what there is: every error that only operators can repair and the
// calls that it comes from, every limit, and only events that exist. Numbers on the pages of
// devices, codes and support are those of the source.
import { describe, expect, it } from "vitest";

import {
  guessProbability,
  type TwoFactor,
  TwoFactorError,
  type TwoFactorErrorCode,
} from "../../src/two-factor/index.ts";
import { codeOf, KEY, OTHER_KEY, World } from "../two-factor/world.ts";
import { read } from "./fences.ts";

function namesIn(file: string, pattern: RegExp): string[] {
  return Array.from(read(file).matchAll(pattern), ([, name = ""]) => name);
}

const CODES = namesIn("src/two-factor/two-factor-error.ts", /^ {2}\| "([\w-]+)"/gm);
const REASONS = namesIn("src/two-factor/events.ts", /^ \* - `([\w-]+)`(?:, `[\w-]+`)?:/gm);
const EVENTS = namesIn("src/two-factor/events.ts", /^ {2}readonly "?([\w-]+)"?: (?:\{|unknown|\w+Fields)/gm);
const LIMITS = namesIn("src/two-factor/policy.ts", /^ {2}readonly (\w+)\?: number/gm);

/** What stands in backticks in a cell. */
function wordsOf(cell: string): string[] {
  return Array.from(cell.matchAll(/`([\w-]+)`/g), ([, word = ""]) => word);
}

/** The first two cells of each row of the tables on a page, or of one of its sections. */
function rowsOf(name: string, heading?: string): (readonly [string, string])[] {
  const page = read(`docs/guide/operations/${name}.md`);
  const section = heading === undefined ? page : (page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "");
  const rows = Array.from(section.matchAll(/^ *\| ([^|]*[^|-][^|]*) \| ([^|]*)/gm));
  return rows.map(([, first = "", second = ""]) => [first, second] as const);
}

function firstCells(name: string, heading?: string): string[] {
  return rowsOf(name, heading).flatMap(([cell]) => wordsOf(cell));
}

it("the sources are read", () => {
  expect(CODES).toHaveLength(23);
  expect(EVENTS.length).toBeGreaterThan(25);
  expect(LIMITS).toHaveLength(18);
  expect(REASONS).toContain("wrong");
});

describe("there is a row for", () => {
  it("every error that only operators can repair", () => {
    const theirs = CODES.filter((code) => new TwoFactorError(code as TwoFactorErrorCode).status >= 500);
    const named = firstCells("errors-and-alerts", "What errors mean for you");
    expect(named.toSorted()).toEqual([...theirs, "OtpError"].toSorted());
  });

  it("every limit, and what a change of it does", () => {
    expect(firstCells("change-policy").toSorted()).toEqual([...LIMITS, "parameters"].toSorted());
  });
});

it("alerts and restores name events, errors and reasons that there are", () => {
  const known = new Set([...CODES, ...EVENTS, ...REASONS]);
  const alerts = firstCells("errors-and-alerts", "What to alert on");
  expect(alerts.length).toBeGreaterThan(12);
  expect(alerts.filter((name) => !known.has(name))).toEqual([]);
  const restores = firstCells("restore-backup", "Repair each person").filter((name) => name !== "imported");
  expect(restores.length).toBeGreaterThan(6);
  expect(restores.filter((name) => !EVENTS.includes(name))).toEqual([]);
});

/** A person with two devices, one that waits, a browser and a code under way. */
async function prepared(): Promise<{ readonly world: World; readonly calls: Readonly<Record<string, Call>> }> {
  const world = await new World().enrolled();
  const { twoFactor, deviceId } = world;
  const [secret, about, binding] = ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", { purpose: "p", request: "r" }, "password 1"];
  await twoFactor.importDevice("alice", { secret, add: true });
  const { browser } = await twoFactor.verify("alice", world.code(), { remember: { binding } });
  const { code } = await twoFactor.issueCode("alice", about);
  const pending = await twoFactor.enroll("alice", { accountName: "alice", add: true });
  const [browserId, token] = [browser?.browserId ?? "", browser?.token ?? ""];
  world.pass(60);
  const confirming = codeOf(pending.secret, world.counter);
  const another = "JBSWY3DPEHPK3PXP";
  return {
    world,
    calls: {
      enroll: (flow, id) => flow.enroll(id, { accountName: "alice", add: true }),
      confirm: (flow, id) => flow.confirm(id, confirming, { deviceId: pending.deviceId }),
      renameDevice: (flow, id) => flow.renameDevice(id, deviceId, "phone"),
      removeDevice: (flow, id) => flow.removeDevice(id, deviceId),
      importDevice: (flow, id) => flow.importDevice(id, { secret: another, add: true }),
      verify: (flow, id) => flow.verify(id, world.code()),
      verifyConsecutive: (flow, id) =>
        flow.verifyConsecutive(
          id,
          [-1, 0, 1].map((step) => world.code(step)),
        ),
      recognizeBrowser: (flow, id) => flow.recognizeBrowser(id, token, { binding }),
      forgetBrowser: (flow, id) => flow.forgetBrowser(id, browserId),
      forgetBrowsers: (flow, id) => flow.forgetBrowsers(id),
      issueCode: (flow, id) => flow.issueCode(id, { ...about, purpose: "q" }),
      verifyIssuedCode: (flow, id) => flow.verifyIssuedCode(id, code, about),
      renewRecoveryCodes: (flow, id) => flow.renewRecoveryCodes(id),
      issueRecoveryCode: (flow, id) => flow.issueRecoveryCode(id, { hours: 1 }),
      unlock: (flow, id) => flow.unlock(id),
      status: (flow, id) => flow.status(id),
      disable: (flow, id) => flow.disable(id),
      reseal: (flow, id) => flow.reseal(id),
    },
  };
}

type Call = (flow: TwoFactor, userId: string) => Promise<unknown>;

/**
 * What is wrong when each error of operators comes: the server that is asked, and sometimes what is
 * stored, or the user id.
 */
const FAULTS: Readonly<Record<string, (world: World) => readonly [flow: TwoFactor, userId: string]>> = {
  busy: (world) => {
    const store = { ...world.store, compareAndSet: () => Promise.resolve(false) };
    const sealingKeys = [OTHER_KEY, KEY].map((key, index) => ({ id: index === 0 ? "second" : "first", key }));
    return [world.another({ store, sealingKeys, policy: { raceRetries: 0 } }), "alice"];
  },
  "store-unavailable": (world) => {
    const store = { ...world.store, read: () => Promise.reject(new Error("no such table")) };
    return [world.another({ store }), "alice"];
  },
  "sealer-unavailable": (world) => {
    const fail = (): Promise<never> => Promise.reject(new Error("down"));
    return [world.another({ sealer: { keyIds: ["first"], seal: fail, open: fail } }), "alice"];
  },
  "seal-key-unknown": (world) => [world.another({ sealingKeys: [{ id: "second", key: OTHER_KEY }] }), "alice"],
  "state-corrupt": (world) => {
    world.store.records.set("alice", { revision: "r", body: "{}" });
    return [world.twoFactor, "alice"];
  },
  "invalid-user-id": (world) => [world.twoFactor, ""],
};

describe("which call rejects with what", () => {
  const source = read("src/two-factor/two-factor.ts");
  const methods = Array.from(source.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\n {2}(\w+)\(userId/g));
  const names = methods.map(([, , name = ""]) => name);
  const listed = new Map<string, readonly string[]>();
  for (const [first, second] of rowsOf("errors-and-alerts", "Which call rejects with what")) {
    const words = wordsOf(second).filter((word) => word !== "resume");
    const calls = second.startsWith("all but") ? names.filter((name) => !words.includes(name)) : words;
    for (const code of wordsOf(first)) listed.set(code, [...(listed.get(code) ?? []), ...calls].toSorted());
  }
  const everywhere = ["store-unavailable", "invalid-user-id"];

  it("is said of every code", () => {
    expect(names).toHaveLength(18);
    expect([...listed.keys(), ...everywhere].toSorted()).toEqual(CODES.toSorted());
  });

  it.each(Object.keys(FAULTS))("%s comes from just the calls that are listed", async (code) => {
    const found: string[] = [];
    for (const name of names) {
      const { world, calls } = await prepared();
      const [flow, userId] = FAULTS[code]?.(world) ?? [world.twoFactor, "alice"];
      const outcome = await calls[name]?.(flow, userId).then(
        () => "resolved",
        (error: unknown) => error,
      );
      if (outcome instanceof TwoFactorError) found.push(`${name}: ${outcome.code}`);
    }
    const expected = everywhere.includes(code) ? names : (listed.get(code) ?? []);
    expect(found.toSorted()).toEqual(expected.map((name) => `${name}: ${code}`).toSorted());
  });

  it("says what the doc blocks say of the others", () => {
    const theirs = CODES.filter((code) => !(code in FAULTS) && code !== "verification-required");
    for (const code of theirs) {
      const promising = methods.filter(([, block = ""]) => block.split("@throws")[1]?.includes(`\`${code}\``));
      expect(promising.map(([, , name = ""]) => name).toSorted(), code).toEqual(listed.get(code));
    }
    expect(read("src/two-factor/recent.ts")).toContain("@throws {@link TwoFactorError} `verification-required`");
    expect(listed.get("verification-required")).toEqual(["requireRecent"]);
  });
});

/** What a page states, and the number in the source that makes it true. */
const NUMBERS: readonly (readonly [page: string, statement: RegExp, file: string, source: RegExp])[] = [
  ["hardware-tokens", /`hotpLookAhead` \((\d+)\)/, "policy", /hotpLookAhead: \[(\d+),/],
  ["hardware-tokens", /looks at the next (\d+)\./, "devices/matching", /HOTP_STEPS = (\d+)/],
  ["hardware-tokens", /up to (\d+) steps each way/, "devices/matching", /SEARCHED_STEPS = (\d+)/],
  [
    "hardware-tokens",
    /`resynchronizeHotp` looks up to (\d+)/,
    "../core/verification",
    /RESYNCHRONIZATION_STEPS = ([\d_]+);/,
  ],
  ["hardware-tokens", /Seeds have (\d+) to/, "../core/verification", /LEAST_SECRET_BYTES = (\d+)/],
  ["hardware-tokens", /Seeds have \d+ to (\d+) bytes/, "sealing/vault", /MOST_SECRET_BYTES = (\d+)/],
  ["devices", /Names\*\* have 1 to (\d+) UTF-8 bytes/, "state/format", /MOST_NAME_BYTES = (\d+)/],
  ["remembered-browsers", /`name` is .*?1 to (\d+) UTF-8 bytes/, "state/format", /MOST_NAME_BYTES = (\d+)/],
  ["remembered-browsers", /text of 1 to (\d+) UTF-8 bytes that /, "browsers/recognizing", /MOST_BINDING_BYTES = (\d+)/],
  ["remembered-browsers", /`days` is 1 to (\d+)/, "browsers/recognizing", /MOST_DAYS = (\d+)/],
  ["remembered-browsers", /`days` is 1 to \d+, by default (\d+)/, "browsers/recognizing", /days: (\d+),/],
  ["remembered-browsers", /at most (\d+) \(30 days\)/, "recent", /MOST_SECONDS = ([\d_]+)/],
  ["issued-codes", /text of 1 to (\d+) UTF-8 bytes/, "issued/issued-codes", /MOST_REQUEST_BYTES = (\d+)/],
  ["issued-codes", /`issuedCodeLifetime` \| (\d+) seconds/, "policy", /issuedCodeLifetime: \[(\d+),/],
  ["issued-codes", /`issuedCodeAttempts` \| (\d+) /, "policy", /issuedCodeAttempts: \[(\d+),/],
  ["issued-codes", /`issuedCodesPerDay` \| (\d+) /, "policy", /issuedCodesPerDay: \[(\d+),/],
  ["issued-codes", /`issuedCodeResend` \| (\d+) seconds/, "policy", /issuedCodeResend: \[(\d+),/],
  ["support", /for 1 to (\d+) hours/, "recovery/recovering", /MOST_HOURS = (\d+)/],
  ["operations/user-ids", /text of 1 to (\d+) UTF-8 bytes/, "texts", /MOST_USER_ID_BYTES = (\d+)/],
  ["operations/key-service", /at most (\d+) printable/, "state/format", /MOST_SEALED_CHARACTERS = (\d+)/],
  ["operations/key-service", /by default (\d+) milliseconds/, "policy", /sealerTimeout: \[(\d+),/],
];

/** A page without the line ends that only keep lines short. */
function textOf(page: string): string {
  return read(`docs/guide/${page}.md`).replaceAll(/\s+/g, " ");
}

describe("numbers on the pages", () => {
  it.each(NUMBERS)("%s: %s", (page, statement, file, source) => {
    const stated = statement.exec(textOf(page))?.[1];
    expect(stated).toBeDefined();
    expect(stated).toBe(source.exec(read(`src/two-factor/${file}.ts`))?.[1]?.replaceAll("_", ""));
  });

  it("in words are those of the source", () => {
    const constant = (name: string): string =>
      new RegExp(`${name} = (\\d+)`).exec(read("src/two-factor/state/format.ts"))?.[1] ?? "";
    expect(["MOST_DEVICES", "MOST_BROWSERS", "MOST_PURPOSES"].map(constant)).toEqual(["5", "5", "3"]);
    expect(textOf("devices")).toContain("up to five devices");
    expect(textOf("remembered-browsers")).toContain("a sixth browser");
    expect(textOf("issued-codes")).toContain("codes for three purposes");
  });

  it("about tokens with 8 digits are the odds", () => {
    const oneIn = (digits: 6 | 8): string =>
      String(Math.round(1 / guessProbability(undefined, { days: 365, loginsPerDay: 1, digits })));
    expect(textOf("hardware-tokens")).toContain(
      `one chance in ${oneIn(8)} a year instead of ${oneIn(6)}, with one login a day`,
    );
  });
});
