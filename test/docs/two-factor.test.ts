// Every error code of the two-factor flow is explained, can happen, and has its row in the guide;
// every event and every default too.
import { describe, expect, it } from "vitest";

import {
  type DeviceType,
  guessProbability,
  requireRecent,
  TwoFactorError,
  type TwoFactorErrorCode,
} from "../../src/two-factor/index.ts";
import { codeOf, refusal, World } from "../two-factor/world.ts";
import { CODES, SOURCE } from "./error-codes.ts";
import { read } from "./fences.ts";

const guide = read("docs/guide/what-to-show.md") + read("docs/guide/limit-guessing.md");

/** How each code comes about. */
const PROVOCATIONS: Record<TwoFactorErrorCode, (world: World) => Promise<unknown>> = {
  "code-rejected": (world) => world.twoFactor.verify("alice", world.wrongCode()),
  "clock-off": (world) => world.twoFactor.verifyConsecutive("alice", [world.code(5), world.code(6), world.code(7)]),
  throttled: (world) => {
    world.setStanding(10, 30, world.now + 1000);
    return world.twoFactor.verify("alice", world.code());
  },
  restricted: (world) => {
    world.setStanding(0, 900);
    return world.twoFactor.verify("alice", world.code());
  },
  locked: (world) => {
    world.setStanding(100, 300);
    return world.twoFactor.verify("alice", world.code());
  },
  "not-enrolled": (world) => world.twoFactor.verify("bob", "123456"),
  "already-enrolled": (world) => world.twoFactor.enroll("alice", { accountName: "a" }),
  "not-pending": (world) => world.twoFactor.confirm("bob", "123456", { deviceId: world.deviceId }),
  "already-confirmed": (world) => world.twoFactor.confirm("alice", "123456", { deviceId: world.deviceId }),
  superseded: async (world) => {
    const store = { ...world.store };
    store.compareAndSet = async (...call) => {
      store.compareAndSet = (...again) => world.store.compareAndSet(...again);
      await world.twoFactor.enroll("alice", { accountName: "a", replace: true });
      return world.store.compareAndSet(...call);
    };
    await world.another({ store }).enroll("alice", { accountName: "a", replace: true });
  },
  "parameters-ignored": async (world) => {
    const twoFactor = world.another({ parameters: { digits: 8 } });
    const { deviceId, secret } = await twoFactor.enroll("bob", { accountName: "b" });
    await twoFactor.confirm("bob", codeOf(secret, world.counter), { deviceId });
  },
  "device-unknown": (world) => world.twoFactor.renameDevice("alice", "A".repeat(26), "phone"),
  "too-many-devices": (world) =>
    world.another({ policy: { maxDevices: 1 } }).enroll("alice", { accountName: "a", add: true }),
  "last-device": (world) => world.twoFactor.removeDevice("alice", world.deviceId),
  "browser-unknown": (world) => world.twoFactor.recognizeBrowser("alice", undefined, { binding: "password 1" }),
  // An async function, because this one throws.
  "verification-required": async () => {
    await Promise.resolve();
    requireRecent(undefined, { within: 300 });
  },
  "too-many-purposes": async (world) => {
    for (const purpose of ["a", "b", "c", "d"]) await world.twoFactor.issueCode("alice", { purpose, request: "r" });
  },
  busy: (world) =>
    world
      .another({ store: { ...world.store, compareAndSet: () => Promise.resolve(false) }, policy: { raceRetries: 0 } })
      .verify("alice", world.code()),
  "store-unavailable": (world) =>
    world.another({ store: { ...world.store, read: () => Promise.reject(new Error("down")) } }).status("alice"),
  "sealer-unavailable": (world) => {
    const down = (): Promise<never> => Promise.reject(new Error("down"));
    return world.another({ sealer: { keyIds: ["first"], seal: down, open: down } }).verify("alice", world.code());
  },
  "seal-key-unknown": (world) =>
    world.another({ sealingKeys: [{ id: "other", key: new Uint8Array(32).fill(1) }] }).verify("alice", world.code()),
  "state-corrupt": (world) => {
    world.store.records.set("alice", { revision: "r", body: "{}" });
    return world.twoFactor.status("alice");
  },
  "invalid-user-id": (world) => world.twoFactor.status(""),
};

/** The rows of a table of the guide, by their first cell. */
function rowsOf(heading: string): Map<string, string[]> {
  const [, section = ""] = guide.split(`\n## ${heading}\n`);
  const rows = section.split("\n## ")[0]?.matchAll(/^\| `([\w-]+)` +\|(.*)\|$/gm) ?? [];
  return new Map(Array.from(rows, ([, name = "", rest = ""]) => [name, rest.split("|").map((cell) => cell.trim())]));
}

describe("error codes", () => {
  it("are all there", () => {
    expect(CODES.toSorted()).toEqual(Object.keys(PROVOCATIONS).toSorted());
  });

  it.each(CODES)("%s is explained in the guide, with its status", (code) => {
    const { status } = new TwoFactorError(code);
    expect(rowsOf("What to show").get(code)?.[0], "the status in the guide").toBe(String(status));
  });

  it.each(CODES)("%s is explained in the source, with its status, and can happen", async (code) => {
    const { status } = new TwoFactorError(code);
    expect(SOURCE).toContain(` * - \`${code}\` (${status}): `);
    const error = await refusal(PROVOCATIONS[code](await new World().enrolled()));
    expect(error).toMatchObject({ code, status, expose: status < 500 });
    expect([401, 409, 429, 500, 503]).toContain(status);
  });
});

it("every event has a row in the guide", () => {
  const fields = /interface TwoFactorEventFields \{([\s\S]*?)^\}/m.exec(read("src/two-factor/events.ts"))?.[1] ?? "";
  const types = Array.from(fields.matchAll(/^ {2}readonly "?([\w-]+)"?:/gm), ([, type = ""]) => type);
  expect(types.length).toBeGreaterThan(25);
  expect(Array.from(rowsOf("What to log, and who to notify").keys()).toSorted()).toEqual(types.toSorted());
});

describe("every limit", () => {
  const policy = read("src/two-factor/policy.ts").replace(/\n {3}\* /g, " "); // doc blocks on one line
  const block = /ROWS[^{]*\{([\s\S]*?)^\};/m.exec(policy)?.[1] ?? "";
  const rows = Array.from(block.matchAll(/^ {2}(\w+): \[([\d_]+), ([\d_]+), ([\d_]+)\]/gm), (row) =>
    row.slice(1).map((text) => text.replaceAll("_", "")),
  );

  it("has a row in the guide, with its default", () => {
    expect(rows).toHaveLength(18);
    for (const [name = "", usual = "", least = "", most = ""] of rows) {
      const cells = rowsOf("The limits").get(name);
      expect(cells?.slice(0, 2), name).toEqual([usual, `${least} to ${most}`]);
    }
  });

  it("says its range and default in the source", () => {
    for (const [name = "", usual = "", least = "", most = ""] of rows) {
      const range = `from ${least} to ${most}`;
      const doc = new RegExp(
        String.raw`${range}\.[^;]* Default: ${usual}[ .][^;]*\n {2}(?: \*/\n {2})?readonly ${name}\?`,
      );
      expect(policy, name).toMatch(doc);
    }
  });
});

describe("the odds, by devices", () => {
  const page = read("docs/guide/devices.md");
  const rows = Array.from(page.matchAll(/^\| (\d [^|]+based) +\| +(\d+) +\| +(\d+) +\| +(\d+) +\|$/gm));

  it("are in a table of the guide for one to five devices, counters, and both", () => {
    expect(rows).toHaveLength(8);
  });

  it.each(rows.map(([, devices = "", ...odds]) => [devices.trim(), odds] as const))(
    "are right for %s",
    (text, odds) => {
      const devices = text.split(", ").flatMap((part) => {
        const [count = "", type = ""] = part.split(" ");
        return Array<DeviceType>(Number(count)).fill(type === "time-based" ? "totp" : "hotp");
      });
      const computed = [0, 1, 10].map((loginsPerDay) =>
        Math.round(1 / guessProbability(undefined, { days: 365, loginsPerDay, devices })),
      );
      expect(computed).toEqual(odds.map(Number));
    },
  );
});
