// What the pages in docs/guide/migrating say of other libraries is so: their calls and options
// beside ours, and every difference, are run with the versions in bench/thirdparty.
import { createHmac } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import * as halfminute from "../../../src/index.ts";
import { parseOtpauthUri } from "../../../src/index.ts";
import dropIn from "../../../src/speakeasy/index.ts";
import { generateHotp } from "../../../src/sync.ts";
import { ROOT } from "../../helpers/packed.ts";
import { read } from "../fences.ts";
import { EXTRAS } from "./extras.ts";
import { allPeers, areInstalled, type Peer, speakeasy } from "./libraries.ts";
import * as measured from "./outcomes.ts";
import { codeIn, evaluate, FOLDER, tableOf } from "./tables.ts";

const { CODE, HERE, MOMENT, SECRET, STEP } = measured;
const isThere = areInstalled();
const peers = isThere ? await allPeers() : [];
const { dependencies } = JSON.parse(read("bench/thirdparty/package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** What the expressions on a page may name, on both sides. */
const common = (code: string): Readonly<Record<string, unknown>> => ({
  secret: SECRET,
  bytes: Buffer.from("12345678901234567890"),
  text: "12345678901234567890",
  code,
  counter: STEP,
  issuer: "Acme",
  accountName: "alice@example.com",
  uri: `otpauth://totp/Acme:alice%40example.com?secret=${SECRET}&issuer=Acme`,
});

beforeAll(() => {
  vi.useFakeTimers({ now: MOMENT, toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

/** The answers of two libraries, made comparable. */
function meaning(value: unknown, expression: string): unknown {
  if (/generateSecret|new Secret\(\{ size|generateTOTP\(\)/.test(expression)) {
    return halfminute.decodeSecret(String(value)).length >= 10 ? "a secret" : value;
  }
  if (/\bcode\b/.test(expression)) return accepts(value) ? "accepted" : "refused";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value === "string" && value.startsWith("otpauth:")) return parseOtpauthUri(value);
  return value;
}

const accepts = (value: unknown): boolean =>
  typeof value === "number" || (Boolean(value) && (value as { readonly valid?: boolean }).valid !== false);

it("every page has its library, and says which version was run", () => {
  const pages = readdirSync(path.join(ROOT, FOLDER)).filter((name) => name !== "README.md");
  const names = pages.map((name) => name.replace(/\.md$/, ""));
  expect(names).toEqual(Object.keys(EXTRAS).toSorted());
  if (isThere) expect(peers.map(({ page }) => page).toSorted()).toEqual(names);
  for (const { page, name } of peers) {
    const version = dependencies[name]?.replace(/^npm:\w+@/, "");
    expect(read(`${FOLDER}/${page}.md`), page).toMatch(new RegExp(`\\b${version}\\b`));
  }
});

describe.skipIf(!isThere)("calls", () => {
  const rows = peers.flatMap((peer) =>
    tableOf(peer.page, "The calls").map((cells) => ({ peer, page: peer.page, cells })),
  );

  it("are on every page", () => {
    expect(new Set(rows.map(({ page }) => page)).size).toBe(peers.length);
  });

  it.each(rows)("$page: $cells", async ({ peer, cells: [left = "", right = ""] }) => {
    const [there, here] = [codeIn(left) ?? "", codeIn(right)];
    const around = right.includes("lookAhead") ? [-5, -4, 4, 5].map((delta) => generateHotp(SECRET, STEP + delta)) : [];
    for (const code of [CODE, "123456", ...around]) {
      const theirs = meaning(await evaluate(there, { ...peer.scope(), ...common(code) }), there);
      expect(theirs).toBeDefined();
      if (here === undefined) continue;
      const names = { ...halfminute, ...common(code) };
      expect(meaning(await evaluate(here, names), here)).toEqual(theirs);
    }
  });
});

describe.skipIf(!isThere)("options", () => {
  const rows = peers.flatMap((peer) =>
    tableOf(peer.page, "The options").map((cells) => ({ peer, page: peer.page, cells })),
  );

  it("are on pages of libraries that have some", () => {
    expect(new Set(rows.map(({ page }) => page)).size).toBe(peers.length - 1);
  });

  it.each(rows)("$page: $cells", async ({ peer, cells: [left, right] }) => {
    const there = (await evaluate(`{ ${codeIn(left)} }`, {})) as object as Record<string, unknown>;
    const here = (await evaluate(`{ ${codeIn(right)} }`, {})) as object as Record<string, unknown>;
    if ("lookAhead" in here) {
      const window = (of: Peer, options: object): Promise<string> =>
        measured.windowOf((code) => of.verify?.(SECRET, code, options as Record<string, unknown>));
      expect(await window(peer, there)).toBe(await window(HERE, here));
    } else {
      expect(await peer.generate(SECRET, there)).toBe(HERE.generate(SECRET, here));
    }
  });
});

describe.skipIf(!isThere)("what behaves differently", () => {
  it.each(peers)("$page", async (peer) => {
    const columns = [peer, ...(peer.page === "speakeasy" ? [speakeasy(dropIn as never)] : []), HERE];
    const rows = new Map<string, string[]>();
    const add = async (label: string, measure: (of: Peer) => Promise<string>): Promise<void> => {
      const cells = [];
      for (const column of columns) cells.push(await measure(column));
      if (new Set(cells).size > 1) rows.set(label, cells);
    };
    for (const [label, measure] of Object.entries(measured.CODES)) {
      await add(label, async ({ verify }) => (peer.verify && verify ? measure(verify) : "none"));
    }
    for (const [label, odd] of Object.entries(peer.page === "notp" ? {} : measured.SECRETS)) {
      await add(label, (of) => measured.readingOf(of, odd));
    }
    for (const [label, secret] of Object.entries(measured.MISSING)) {
      await add(label, (of) => measured.withoutSecret(of, secret, codeOfEmptyKey()));
    }
    const extras = EXTRAS[peer.page]?.(peer) ?? [];
    const stands = columns[1] === HERE ? [] : (EXTRAS[peer.page]?.(columns[1] as Peer) ?? []);
    for (const [index, [label, there, here]] of extras.entries()) {
      const measures = [there, ...(stands[index] ? [stands[index][1]] : []), here];
      await add(label, async (of) => String(await measures[columns.indexOf(of)]?.()));
    }
    const shown = tableOf(peer.page, "What behaves differently");
    if (process.env["SHOW"]) console.log(Array.from(rows, (row) => `| ${row.flat().join(" | ")} |`).join("\n"));
    expect(Object.fromEntries(shown.map(([label, ...cells]) => [label, cells]))).toEqual(Object.fromEntries(rows));
  });
});

function codeOfEmptyKey(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(STEP));
  const mac = createHmac("sha1", "").update(counter).digest();
  const number = mac.readUInt32BE(mac.readUInt8(19) & 15) & 0x7fffffff;
  return String(number % 1e6).padStart(6, "0");
}
