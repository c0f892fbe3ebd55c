// The playground in real browsers: its codes are oathtool's, every vector holds on both faces, and nothing leaves the page.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { encodeBase32, generateTotp, parseOtpauthUri } from "../../src/index.ts";
import { buildMigrationUris } from "../../src/migration/index.ts";
import { playgroundServer } from "../../tools/playground/server.ts";
import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/programs.ts";
import { algorithm, digits } from "../properties/arbitraries.ts";
import { readByJsqr } from "../qr/readers.ts";
import { BROWSERS, type Tab } from "./browsers.ts";

const RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const THIRD_SECRET = "MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U";
const MOMENT = 1_234_567_890; // of RFC 6238, Appendix B; step 41152263 begins then
const FACES = ["webcrypto", "synchronous"] as const;
const CASES = 8; // for each face in each browser
const run = promisify(execFile);
const hasOathtool = isThere("oathtool", "--version");

let server: Server;
let address: string;

beforeAll(async () => {
  server = playgroundServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const totpCase = fc.record({
  secret: fc.uint8Array({ minLength: 10, maxLength: 70 }).map((bytes) => encodeBase32(bytes)),
  algorithm,
  digits,
  period: fc.integer({ min: 1, max: 300 }),
  seconds: fc.integer({ min: 1_000_000_000, max: 20_000_000_000 }),
});

async function oathtool(words: readonly string[], secret: string): Promise<string> {
  const { stdout } = await run("oathtool", [...words, "-b", secret]);
  return stdout.trim();
}

describe.each(BROWSERS.filter(({ open }) => open))("in $name", ({ open }) => {
  let tab: Tab;

  beforeAll(async () => {
    tab = await (open as () => Promise<Tab>)();
  });

  afterAll(() => tab.close());

  beforeEach(async () => {
    await tab.page.goto(`${address}/`);
    await tab.until(`document.getElementById("code").textContent !== ""`);
  });

  afterEach(() => {
    expect(tab.errors.splice(0)).toEqual([]);
  });

  const choose = (face: string): Promise<void> => tab.page.click(`input[value=${face}]`);

  /** The code that the page shows for what is in its fields now. */
  async function codeAfter(fields: Readonly<Record<string, string | number>>): Promise<string> {
    await tab.fill(fields);
    await tab.until(`!document.getElementById("code").hasAttribute("aria-busy")`);
    return tab.text("code");
  }

  it("computes by the face that is chosen", async () => {
    await tab.run(`{
      globalThis.signed = 0;
      const { sign } = SubtleCrypto.prototype;
      SubtleCrypto.prototype.sign = function (...words) { signed++; return sign.apply(this, words); };
    }`);
    const signedBy = async (face: string): Promise<boolean> => {
      await choose(face);
      await tab.run("signed = 0");
      await codeAfter({ secret: RFC_SECRET });
      return tab.run("signed > 0");
    };
    expect([await signedBy("synchronous"), await signedBy("webcrypto")]).toEqual([false, true]);
  });

  describe.each(FACES)("with %s", (face) => {
    it.runIf(hasOathtool)("shows oathtool's TOTP codes", async () => {
      await choose(face);
      for (const { secret, algorithm, digits, period, seconds } of fc.sample(totpCase, CASES)) {
        const words = [`--totp=${algorithm.replace("-", "").toLowerCase()}`, "-d", `${digits}`, "-s", `${period}s`];
        const expected = await oathtool([...words, "-N", `@${seconds}`], secret);
        const shown = await codeAfter({ moment: seconds, secret, algorithm, digits, period });
        expect(shown, `${secret} ${algorithm} ${digits} ${period} ${seconds}`).toBe(expected);
      }
    });

    it.runIf(hasOathtool)("shows oathtool's HOTP codes", async () => {
      await choose(face);
      await tab.fill({ type: "hotp" });
      for (const counter of [0, 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1]) {
        const expected = await oathtool(["--hotp", "-d", "7", "-c", `${counter}`], RFC_SECRET);
        expect(await codeAfter({ secret: RFC_SECRET, digits: 7, counter }), `${counter}`).toBe(expected);
      }
    });

    it.runIf(hasOathtool)("shows oathtool's code of the present step, and the next one when it is over", async () => {
      await choose(face);
      await tab.fill({ secret: RFC_SECRET });
      const shown = `/Time step (\\d+)/.exec(document.getElementById("step").textContent)?.[1]`;
      const expected = async (step: number): Promise<string> => oathtool(["--totp", "-N", `@${step * 30}`], RFC_SECRET);
      const step = Number(await tab.until(shown));
      await shiftClock(tab, 60);
      const later = Number(await tab.until(`Number(${shown}) > ${step} && ${shown}`));
      expect(later - step).toBeGreaterThanOrEqual(2);
      expect(later - step).toBeLessThanOrEqual(3); // a step may have ended meanwhile
      const [code, now] = await tab.run<[string, string]>(`[document.getElementById("code").textContent, ${shown}]`);
      expect(code).toBe(await expected(Number(now)));
    });

    it("says which step a code matched, and draws the window", async () => {
      await choose(face);
      await tab.fill({ secret: RFC_SECRET, moment: 1_234_567_890 });
      const at = new Date((1_234_567_890 + 30) * 1000);
      const limits = { "look-behind": 2, "look-ahead": 3, after: 41_152_262 };
      await tab.fill(limits);
      await tab.fill({ typed: await generateTotp(RFC_SECRET, { at }) });
      await tab.page.click("#verification button");
      await tab.until(`document.getElementById("verdict").textContent`);
      expect(await tab.text("verdict")).toBe(
        "The code matches step 41152264 (delta +1); store 41152264 as the last accepted step.",
      );
      expect(await drawnWindow()).toEqual([
        ["41152261", "used"],
        ["41152262", "used"],
        ["41152263", "now"],
        ["41152264", "matched"],
        ["41152265", ""],
        ["41152266", ""],
      ]);
      const codes = await tab.run<string[]>(
        `[...document.querySelectorAll("#window .code")].map((e) => e.textContent)`,
      );
      expect(codes[3]).toBe(await generateTotp(RFC_SECRET, { at }));

      await tab.fill({ after: 41_152_264 });
      await tab.page.click("#verification button");
      await tab.until(`document.getElementById("verdict").textContent.startsWith("null")`);
      expect(await tab.text("verdict")).toBe("null: the code matches only what is used up: step 41152264.");
      expect((await drawnWindow()).map(([, marks]) => marks)).toEqual(["used", "used", "used now", "used", "", ""]);
      await tab.fill({ secret: `${RFC_SECRET}GE` }); // an answer about another secret does not stay
      expect(await tab.text("verdict")).toBe("");
      expect(await drawnWindow()).toEqual([]);
    });

    it("verifies HOTP codes ahead only", async () => {
      await choose(face);
      await tab.fill({ type: "hotp" });
      await tab.fill({ secret: RFC_SECRET, counter: 1, "look-ahead": 2, typed: "969429" });
      await tab.page.click("#verification button");
      await tab.until(`document.getElementById("verdict").textContent`);
      expect(await tab.text("verdict")).toBe("The code matches step 3 (delta +2); the next counter is 4.");
      expect(await drawnWindow()).toEqual([
        ["1", "now"],
        ["2", ""],
        ["3", "matched"],
      ]);
    });

    it("ticks every vector", async () => {
      await choose(face);
      await tab.page.click("#run");
      await tab.until(`/ right, /.test(document.getElementById("vectors-result").textContent)`);
      const marks = await tab.run<Record<string, string>>(
        `Object.fromEntries([...document.querySelectorAll("[data-file]")].map((item) =>
          [item.dataset.file, item.querySelector(".marks").textContent]))`,
      );
      expect(marks).toEqual(Object.fromEntries(VECTOR_FILES.map(({ name, rows }) => [name, "✓".repeat(rows.length)])));
      expect(await tab.text("vectors-result")).toContain(", 0 wrong");
    });
  });

  function drawnWindow(): Promise<[counter: string, marks: string][]> {
    return tab.run(
      `[...document.querySelectorAll("#window li")].map((item) => [item.dataset.counter, item.className])`,
    );
  }

  it("writes the account as a URI and as a QR code that another program reads", async () => {
    const fields = { secret: RFC_SECRET, algorithm: "SHA-256", digits: 8, period: 60, issuer: "Ac & Me" };
    await codeAfter({ ...fields, "account-name": "alice+é@example.com" });
    const uri = await tab.text("uri");
    expect(parseOtpauthUri(uri)).toEqual({
      type: "totp",
      secret: RFC_SECRET,
      issuer: "Ac & Me",
      accountName: "alice+é@example.com",
      parameters: { algorithm: "SHA-256", digits: 8, period: 60 },
    });
    await tab.until(`document.getElementById("qr").complete`);
    const picture = await tab.page.$("#qr");
    expect(readByJsqr((await picture?.screenshot()) as Uint8Array)).toBe(uri);
  });

  it("takes an otpauth URI apart, and makes its codes", async () => {
    await tab.fill({ pasted: `otpauth://hotp/Acme:bob?secret=${RFC_SECRET}&counter=7&digits=8&algorithm=SHA1` });
    await tab.page.click("#inspection button");
    expect(await tables()).toEqual([
      {
        type: "hotp",
        issuer: "Acme",
        "account name": "bob",
        secret: RFC_SECRET,
        algorithm: "SHA-1",
        digits: "8",
        counter: "7",
      },
    ]);
    await tab.page.click("#accounts button");
    await tab.until(`document.getElementById("code").textContent === "82162583"`); // RFC 4226, Appendix D: 82162583 of counter 7
    expect(await tab.text("uri")).toContain("otpauth://hotp/Acme:bob?");
  });

  it("takes a URI of Steam apart, and says who makes its codes", async () => {
    await tab.fill({ pasted: `otpauth://steam/Steam:bob?secret=${RFC_SECRET}` });
    await tab.page.click("#inspection button");
    expect((await tables()).map(({ type }) => type)).toEqual(["steam"]);
    expect(await tab.run(`document.querySelectorAll("#accounts button").length`)).toBe(0);
    expect(await tab.run(`document.getElementById("accounts").textContent`)).toContain("halfminute/steam");
  });

  it("limits the window as halfminute does, and names a field as the page does", async () => {
    const most = (): Promise<string> => tab.run(`document.getElementById("look-ahead").max`);
    expect(await most()).toBe("10");
    await tab.fill({ type: "hotp" });
    expect(await most()).toBe("1000");
    await tab.fill({ type: "totp", "look-ahead": 11 });
    await tab.run(`document.getElementById("verification").noValidate = true`);
    await tab.page.click("#verification button");
    await tab.until(`document.getElementById("verdict").textContent`);
    expect(await tab.text("verdict")).toMatch(/^invalid-option: steps ahead must be an integer from 0 to 10/);
    await codeAfter({ secret: "not base32!" });
    expect(await tab.text("code-error")).toBe("invalid-secret: secret must be base32");
  });

  it("takes an export apart, and says what is missing of it", async () => {
    const names = ["alice", "bob", "carol"];
    const accounts = names.map((accountName) => ({ secret: RFC_SECRET, accountName, issuer: "Acme" }));
    const uris = buildMigrationUris(accounts, { maxBytes: 120, batchId: 1 });
    expect(uris.length).toBe(3);
    await tab.fill({ pasted: [uris[2], uris[0]].join("\n") });
    await tab.page.click("#inspection button");
    expect(await tab.text("inspected")).toBe(
      "An export. Accounts: 2. Cannot be used: 0. Of its 3 QR codes these are missing: 2.",
    );
    expect((await tables()).map((table) => table["account name"])).toEqual(["alice", "carol"]);
    // One whose algorithm is MD5: fields 1 and 4 of the message, by hand.
    const entry = [0x0a, 10, ...Buffer.from("0123456789"), 0x12, 1, 0x61, 0x20, 4];
    const data = encodeURIComponent(Buffer.from([0x0a, entry.length, ...entry]).toString("base64"));
    await tab.fill({ pasted: `otpauth-migration://offline?data=${data}` });
    await tab.page.click("#inspection button");
    expect(await tab.text("inspected")).toBe("An export. Accounts: 0. Cannot be used: 1. It is complete.");
    expect((await tables())[0]).toMatchObject({ "account name": "a", place: "1" });
  });

  function tables(): Promise<Record<string, string>[]> {
    return tab.run(`[...document.querySelectorAll("#accounts table")].map((table) =>
      Object.fromEntries([...table.rows].map((row) => [row.cells[0].textContent, row.cells[1].textContent])))`);
  }

  it("tells what is wrong with a field, and shows no code then", async () => {
    expect(await codeAfter({ secret: "not base32!" })).toBe("");
    expect(await tab.text("code-error")).toMatch(/^invalid-secret: /);
    expect(await tab.text("uri")).toBe("");
    expect(await codeAfter({ secret: RFC_SECRET, period: "" })).toBe("");
    expect(await tab.text("code-error")).toMatch(/^invalid-option: period /);
    expect(await codeAfter({ period: 30 })).toMatch(/^\d{6}$/);
    expect(await tab.text("code-error")).toBe("");
    await tab.fill({ pasted: "https://example.com/" });
    await tab.page.click("#inspection button");
    expect(await tab.text("inspected")).toMatch(/^invalid-uri: /);
  });

  describe("when answers are slow", () => {
    const totp = (seconds: number, secret: string): Promise<string> =>
      oathtool(["--totp", "-N", `@${seconds}`], secret);
    const isHeld = (count: number): Promise<boolean> => tab.until(`held.length === ${count}`);
    const shown = (): Promise<string[]> => Promise.all([tab.text("code"), tab.text("step")]);

    beforeEach(async () => {
      await choose("webcrypto");
      await stopClock(tab, MOMENT);
      await codeAfter({ secret: RFC_SECRET });
      await holdAnswers(tab);
    });

    it.runIf(hasOathtool)("waits for one, and shows it though it is late", async () => {
      const before = [await totp(MOMENT, RFC_SECRET), "Time step 41152263"];
      expect(await shown()).toEqual(before);
      await tab.run(`present += 30_000`);
      await isHeld(1);
      await tab.run(`present += 30_000`); // this step is over too, and the ring turns on
      await tab.run(`turns = 0`);
      await tab.until(`turns > 3`);
      expect(await tab.run(`held.length`)).toBe(1);
      expect(await shown()).toEqual(before);
      await release(tab, 0);
      expect(await shown()).toEqual([await totp(MOMENT + 30, RFC_SECRET), "Time step 41152264"]);
      await isHeld(2); // asked at once, for the step of now
      await release(tab, 1);
      expect(await shown()).toEqual([await totp(MOMENT + 60, RFC_SECRET), "Time step 41152265"]);
      await tab.run(`turns = 0`);
      await tab.until(`turns > 3`);
      expect(await tab.run(`held.length`)).toBe(2);
    });

    it.runIf(hasOathtool).each([
      ["before", [0, 1]],
      ["after", [1, 0]],
    ])("drops one that comes %s that of a later question", async (_when, order) => {
      const before = await shown();
      await tab.fill({ secret: OTHER_SECRET });
      await isHeld(1);
      await tab.fill({ secret: THIRD_SECRET });
      await isHeld(2);
      expect(await shown()).toEqual(before);
      const expected = [await totp(MOMENT, THIRD_SECRET), "Time step 41152263"];
      for (const index of order) {
        await release(tab, index);
        if (index === 1 || order[0] === 1) expect(await shown()).toEqual(expected);
        else expect(await shown()).toEqual(before);
      }
      expect(await tab.run(`document.getElementById("code").hasAttribute("aria-busy")`)).toBe(false);
    });
  });

  it("tells the code to screen readers, and the seconds not", async () => {
    const live = `[...document.querySelectorAll("output, [aria-live], [role=alert], [role=timer], [role=status]")]`;
    expect(await tab.run(`${live}.map(({ id }) => id).sort()`)).toEqual(
      ["code", "code-error", "inspected", "uri-error", "vectors-result", "verdict"].sort(),
    );
    expect(await tab.run(`document.getElementById("seconds").closest("[aria-hidden=true]") !== null`)).toBe(true);
    // The same code is not set again, which would be said again.
    await tab.run(`{
      globalThis.changes = 0;
      new MutationObserver((records) => (changes += records.length)).observe(
        document.getElementById("code"), { childList: true, characterData: true, subtree: true });
    }`);
    await codeAfter({ moment: 1_234_567_890, secret: RFC_SECRET });
    const before = await tab.run<number>("changes");
    expect(before).toBeGreaterThan(0);
    await codeAfter({ moment: 1_234_567_891 });
    expect(await tab.run("changes")).toBe(before);
  });

  it("can be used by keyboard alone, and every field has a name", async () => {
    const fields = `[...document.querySelectorAll("input, select, textarea, button")]`;
    expect(await tab.run(`${fields}.length`)).toBeGreaterThan(15);
    expect(await tab.run(`${fields}.filter((one) => !(one.labels?.length || one.textContent.trim())).length`)).toBe(0);
    await tab.run(`document.getElementById("secret").focus()`);
    await tab.page.keyboard.press("Tab");
    expect(await tab.run(`document.activeElement.id`)).toBe("generate");
    const before = await tab.run(`document.getElementById("secret").value`);
    await tab.page.keyboard.press("Enter");
    expect(await tab.until(`document.getElementById("secret").value`)).not.toBe(before);
    await tab.run(`document.getElementById("typed").focus()`);
    await tab.page.keyboard.press("1");
    await tab.page.keyboard.press("Enter");
    await tab.until(`document.getElementById("verdict").textContent.startsWith("null")`);
  });

  it("fits a screen of 320 pixels", async () => {
    await tab.resize(320, 640);
    try {
      await tab.fill({ pasted: `otpauth://totp/${"a".repeat(60)}?secret=${RFC_SECRET.repeat(3)}` });
      await tab.page.click("#inspection button");
      await tab.page.click("#verification button");
      await tab.page.click("#run");
      await tab.until(`/ right, /.test(document.getElementById("vectors-result").textContent)`);
      expect(await tab.run(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(320);
    } finally {
      await tab.resize(1000, 800);
    }
  });

  it("leaves no trace: the address and all that is stored stay as they were", async () => {
    await codeAfter({ secret: RFC_SECRET });
    await tab.page.click("#verification button");
    await tab.page.click("#inspection button");
    expect(await tab.run("location.href")).toBe(`${address}/docs/playground/`);
    expect(await tab.run("[document.cookie, localStorage.length, sessionStorage.length]")).toEqual(["", 0, 0]);
    expect(await tab.run("indexedDB.databases().then((all) => all.length)")).toBe(0);
  });

  it("sends nothing anywhere but to where it came from, and could not", async () => {
    const pages = tab.requests.filter((url) => !url.startsWith("data:"));
    expect(pages.length).toBeGreaterThan(20);
    expect(pages.filter((url) => !url.startsWith(`${address}/`))).toEqual([]);
    expect(pages.filter((url) => /[?#]/.test(url))).toEqual([]);
    const refused = await tab.run<string[]>(`(async () => {
      const seen = [];
      document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
      const image = new Image();
      image.src = ${JSON.stringify(`${address}/docs/playground/style.css`)};
      const answers = [
        await fetch("/dist/index.js").then(() => "fetched", () => "refused"),
        await fetch("https://example.com/").then(() => "fetched", () => "refused"),
        await new Promise((resolve) => {
          const request = new XMLHttpRequest();
          request.onload = () => resolve("fetched");
          request.onerror = () => resolve("refused");
          request.open("GET", "/dist/index.js");
          request.send();
        }),
      ];
      navigator.sendBeacon("/dist/index.js", "x");
      await new Promise((resolve) => setTimeout(resolve, 300));
      return [...answers, ...new Set(seen)].sort();
    })()`);
    expect(refused).toEqual(["connect-src", "img-src", "refused", "refused", "refused"]);
    expect(tab.requests.filter((url) => url.startsWith("https:"))).toEqual([]);
    tab.errors.splice(0); // the console tells of what was refused
  });
});

/** Puts the page's clock forward. */
async function shiftClock(tab: Tab, seconds: number): Promise<void> {
  await tab.run(`{
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...words) { super(...(words.length > 0 ? words : [Real.now() + ${seconds * 1000}])); }
      static now() { return Real.now() + ${seconds * 1000}; }
    };
  }`);
}

/** Stops the page's clock at a moment, in seconds; `present`, in milliseconds, moves it. */
async function stopClock(tab: Tab, seconds: number): Promise<void> {
  await tab.run(`{
    globalThis.present = ${seconds * 1000};
    globalThis.Date = class extends Date {
      constructor(...words) { super(...(words.length > 0 ? words : [present])); }
      static now() { return present; }
    };
  }`);
}

/** From now on what WebCrypto signs is in `held` until it is released. `turns` counts how often the ring was turned. */
async function holdAnswers(tab: Tab): Promise<void> {
  await tab.run(`{
    globalThis.held = [];
    const { sign } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.sign = async function (...words) {
      const answer = await sign.apply(this, words);
      await new Promise((resolve) => held.push(resolve));
      return answer;
    };
    globalThis.turns = 0;
    new MutationObserver(() => turns++).observe(document.getElementById("ring-left"), { attributes: true });
  }`);
}

/** Lets one answer go, and waits until the page has done with it what it does. */
async function release(tab: Tab, index: number): Promise<void> {
  await tab.run(`(held[${index}](), new Promise((resolve) => setTimeout(resolve)))`);
}

interface VectorFile {
  readonly name: string;
  readonly rows: readonly object[];
}

const VECTOR_FILES: readonly VectorFile[] = readdirSync(path.join(ROOT, "vectors"))
  .filter((name) => name.endsWith(".json"))
  .map((name) => {
    const text = readFileSync(path.join(ROOT, "vectors", name), "utf8");
    const { rows } = JSON.parse(text) as { rows: object[] };
    return { name, rows };
  });
