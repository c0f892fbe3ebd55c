// URIs and pictures of QR codes that people give to the playground.
import { expect, it } from "vitest";

import { buildMigrationUris } from "../../../src/migration/index.ts";
import { qrPng } from "../../../src/qr/index.ts";
import { inEachBrowser, OTHER_SECRET, RFC_SECRET } from "./page.ts";

const ALICE = `otpauth://totp/Acme:alice?secret=${RFC_SECRET}&issuer=Acme`;
const BOB = `otpauth://totp/Acme:bob?secret=${OTHER_SECRET}&issuer=Acme`;
const EXPORT = buildMigrationUris(
  ["carol", "dave", "erin"].map((accountName) => ({ secret: RFC_SECRET, accountName, issuer: "Acme" })),
  { maxBytes: 120, batchId: 1 },
);

/** A program that makes `files` of pictures, each with the QR code of a text. */
async function pictures(...texts: readonly string[]): Promise<string> {
  const all = await Promise.all(texts.map(async (text) => Buffer.from(await qrPng(text)).toString("base64")));
  return `const data = new DataTransfer();
    for (const [index, text] of ${JSON.stringify(all)}.entries()) {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], "picture-" + index + ".png", { type: "image/png" }));
    }`;
}

inEachBrowser((playground) => {
  const names = async (): Promise<(string | undefined)[]> =>
    (await playground.tables()).map((table) => table["account name"]);
  const faults = (): Promise<string[]> =>
    playground.tab.run(`[...document.querySelectorAll("#parse-faults li")].map((item) => item.textContent)`);

  async function parse(...lines: readonly (string | undefined)[]): Promise<string> {
    await playground.tab.fill({ pasted: lines.join("\n") });
    return playground.submit("parse", "parsed");
  }

  /** Gives pictures to the page by a program, and waits for what it says. */
  async function give(program: string): Promise<string> {
    await playground.tab.run(`{ ${program} }`);
    await playground.tab.until(`/\\.$/.test(document.getElementById("picture-result").textContent)`);
    return playground.tab.text("picture-result");
  }

  it("parses an otpauth URI, and generates the code of its account", async () => {
    const uri = `otpauth://hotp/Acme:bob?secret=${RFC_SECRET}&counter=7&digits=8&algorithm=SHA1`;
    expect(await parse(uri)).toBe("1 account.");
    expect(await playground.tables()).toEqual([
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
    await playground.tab.page.click("#accounts button");
    await playground.tab.until(`document.getElementById("code").textContent === "82162583"`); // RFC 4226, Appendix D
    expect(await playground.tab.text("uri")).toContain("otpauth://hotp/Acme:bob?");
  });

  it("parses each of several lines, and says which it cannot parse, without quoting them", async () => {
    const bad = `otpauth://totp/x?secret=${RFC_SECRET}!`;
    expect(await parse(ALICE, "", "# a comment", bad, ` ${BOB} ${ALICE.replace("alice", "zoe")}\r`)).toBe(
      "3 accounts. 1 problem, listed below.",
    );
    expect(await names()).toEqual(["alice", "bob", "zoe"]);
    const told = await faults();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^Line 4: invalid-secret: secret must be base32/);
    expect(told[0]).not.toContain(RFC_SECRET);
    expect(await parse("https://example.com/")).toBe("0 accounts. 1 problem, listed below.");
    expect(await faults()).toEqual([expect.stringMatching(/^Line 1: invalid-uri: /)]);
    expect(await parse("")).toBe("Nothing to parse.");
    expect(await faults()).toEqual([]);
  });

  it("parses a URI of Steam, and says what generates its codes", async () => {
    await parse(`otpauth://steam/Steam:bob?secret=${RFC_SECRET}`);
    expect((await playground.tables()).map(({ type }) => type)).toEqual(["steam"]);
    expect(await playground.tab.run(`document.querySelectorAll("#accounts button").length`)).toBe(0);
    expect(await playground.tab.run(`document.getElementById("accounts").textContent`)).toContain("halfminute/steam");
  });

  it("puts the parts of exports together, and says what is missing", async () => {
    expect(EXPORT.length).toBe(3);
    expect(await parse(EXPORT[2], ALICE, EXPORT[0], EXPORT[0])).toBe("3 accounts. 1 problem, listed below.");
    expect(await names()).toEqual(["carol", "erin", "alice"]);
    expect(await faults()).toEqual(["Of the 3 QR codes of an export these are missing: 2"]);
    const [other] = buildMigrationUris([{ secret: OTHER_SECRET, accountName: "frank" }], { batchId: 2 });
    expect(await parse(...EXPORT, other)).toBe("4 accounts.");
    // One whose algorithm is MD5: fields 1 and 4 of the message, by hand.
    const entry = [0x0a, 10, ...Buffer.from("0123456789"), 0x12, 1, 0x61, 0x20, 4];
    const data = encodeURIComponent(Buffer.from([0x0a, entry.length, ...entry]).toString("base64"));
    expect(await parse(`otpauth-migration://offline?data=${data}`)).toBe("0 accounts. 1 problem, listed below.");
    expect((await playground.tables())[0]).toMatchObject({ "account name": "a", place: "1" });
  });

  it("reads QR codes from pictures that are dropped, pasted and chosen", async () => {
    const dropped = await give(`${await pictures(ALICE)}
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));`);
    expect(dropped).toBe("1 QR code read from picture-0.png.");
    expect(await names()).toEqual(["alice"]);

    await playground.tab.run(`document.getElementById("picture-result").textContent = ""`);
    const field = `document.getElementById("pasted")`;
    await give(`${await pictures(BOB)}
      const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      if (!paste.clipboardData?.files.length) Object.defineProperty(paste, "clipboardData", { value: data });
      ${field}.dispatchEvent(paste);`);
    expect(await names()).toEqual(["alice", "bob"]);

    await playground.tab.run(`document.getElementById("picture-result").textContent = ""`);
    await give(`${await pictures(...EXPORT)}
      const input = document.getElementById("picture");
      input.files = data.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));`);
    expect(await names()).toEqual(["carol", "dave", "erin", "alice", "bob"]);
    expect(await playground.tab.run(`${field}.value.split("\\n")`)).toEqual([ALICE, BOB, ...EXPORT]);
  });

  it("reads every QR code of a picture, also small, mirrored and light on nothing", async () => {
    const draw = (paint: string): Promise<string> =>
      pictures(ALICE, BOB).then(
        (made) => `${made}
        (async () => {
          const [one, two] = await Promise.all([...data.files].map((file) => createImageBitmap(file)));
          const canvas = Object.assign(document.createElement("canvas"), { width: 600, height: 300 });
          const context = canvas.getContext("2d");
          ${paint}
          const blob = await new Promise((resolve) => canvas.toBlob(resolve));
          const drop = new DataTransfer();
          drop.items.add(new File([blob], "drawn.png", { type: "image/png" }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: drop, bubbles: true, cancelable: true }));
        })();`,
      );
    const both = "context.fillStyle = 'white'; context.fillRect(0, 0, 600, 300); context.drawImage(one, 0, 0);";
    expect(await give(await draw(`${both} context.drawImage(two, 300, 0);`))).toBe("2 QR codes read from drawn.png.");
    for (const [name, paint] of [
      ["small", "Object.assign(canvas, { width: 60, height: 60 }); context.drawImage(one, 0, 0, 60, 60);"],
      ["mirrored", "context.scale(-1, 1); context.drawImage(one, -400, 0);"],
      [
        "light on nothing",
        `context.drawImage(one, 0, 0);
         const image = context.getImageData(0, 0, one.width, one.height);
         for (let at = 0; at < image.data.length; at += 4) {
           image.data[at + 3] = image.data[at] < 128 ? 255 : 0;
           image.data.fill(255, at, at + 3);
         }
         context.clearRect(0, 0, 600, 300);
         context.putImageData(image, 0, 0);`,
      ],
    ] as const) {
      await playground.tab.fill({ pasted: "" });
      await playground.tab.run(`document.getElementById("picture-result").textContent = ""`);
      expect([name, await give(await draw(paint))]).toEqual([name, "1 QR code read from drawn.png."]);
      expect(await playground.tab.run(`document.getElementById("pasted").value`)).toBe(ALICE);
    }
  });

  it("says what a file is not", async () => {
    const drop = (bytes: string, name: string): string => `const data = new DataTransfer();
      data.items.add(new File([${bytes}], ${JSON.stringify(name)}));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));`;
    expect(await give(drop(`"text"`, "a.png"))).toBe("a.png is not a picture that this browser opens.");
    await playground.tab.run(`document.getElementById("picture-result").textContent = ""`);
    const plain = `await new Promise((resolve) =>
      Object.assign(document.createElement("canvas"), { width: 50, height: 50 }).toBlob(resolve))`;
    expect(await give(`(async () => { ${drop(plain, "plain.png")} })();`)).toBe("No QR code found in plain.png.");
  });

  it("says what is wrong with a field, and shows no code then", async () => {
    expect(await playground.codeAfter({ secret: "not base32!" })).toBe("");
    expect(await playground.tab.text("code-error")).toMatch(/^invalid-secret: /);
    expect(await playground.tab.text("uri")).toBe("");
    expect(await playground.codeAfter({ secret: RFC_SECRET, period: "" })).toBe("");
    expect(await playground.tab.text("code-error")).toMatch(/^invalid-option: period /);
    expect(await playground.codeAfter({ period: 30 })).toMatch(/^\d{6}$/);
    expect(await playground.tab.text("code-error")).toBe("");
  });
});
