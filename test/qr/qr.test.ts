// What the pictures are made of, and what is refused.
import { inflateSync } from "node:zlib";

import { PNG } from "pngjs";
import encodeQR from "qr";
import { afterEach, describe, expect, it, vi } from "vitest";

import { OtpError } from "../../src/index.ts";
import { qrDataUrl, qrPng, qrSvg, type QrSvgOptions, qrTerminal } from "../../src/qr/index.ts";
import { zlib } from "../../src/qr/zlib.ts";
import { rejectedCode, thrownCode } from "../helpers/thrown.ts";
import { named } from "../helpers/named.ts";
import { modulesOf, pixelsOf, svgModules, terminalModules } from "./readers.ts";

const SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const TEXT = `otpauth://totp/Acme:alice?secret=${SECRET}&issuer=Acme`;

/** With something that the types forbid. */
type Wrong = never;

afterEach(() => {
  vi.unstubAllGlobals();
});

async function codes(text: unknown, options?: object): Promise<(string | undefined)[]> {
  return [
    thrownCode(() => qrSvg(text as Wrong, options)),
    thrownCode(() => qrDataUrl(text as Wrong, options)),
    await rejectedCode(() => qrPng(text as Wrong, options)),
    thrownCode(() => qrTerminal(text as Wrong, options)),
  ];
}

function all(code: string | undefined): (string | undefined)[] {
  return [code, code, code, code];
}

describe("the text of a QR code", () => {
  it.each([undefined, null, 5, {}, [], ["a"], new String("a"), "", "a\ud800", "\ud800a", "\udc00", "\udc00\ud800"])(
    "is refused: %j (%#)",
    async (text) => {
      expect(await codes(text)).toEqual(all("invalid-text"));
    },
  );

  it.each([
    ["L", 2953],
    ["M", 2331],
    ["Q", 1663],
    ["H", 1273],
  ] as const)("with %s has at most %i bytes", async (errorCorrection, most) => {
    const full = ["x".repeat(most), `${"é".repeat((most - 1) / 2)}x`, "1".repeat(most), "A".repeat(most)];
    for (const text of full) {
      expect(await codes(text, { errorCorrection })).toEqual(all(undefined));
      expect(await codes(`${text}x`, { errorCorrection })).toEqual(all("text-too-long"));
    }
    expect(await codes("😀".repeat(most / 4 + 1), { errorCorrection })).toEqual(all("text-too-long"));
    expect(await codes("x".repeat(5_000_000), { errorCorrection })).toEqual(all("text-too-long"));
    expect(await codes(`${"x".repeat(3000)}\ud800`, { errorCorrection })).toEqual(all("text-too-long"));
  });

  it("is refused by a message that says what it must be", () => {
    expect(() => qrSvg("")).toThrow(/^text is empty or malformed$/);
    expect(() => qrSvg("x".repeat(2332))).toThrow(/^text must have at most 2331 bytes$/);
  });

  it("is drawn at level M by default", () => {
    expect(qrSvg(TEXT)).toBe(qrSvg(TEXT, { errorCorrection: "M" }));
    expect(
      new Set(["L", "M", "Q", "H"].map((level) => qrSvg(TEXT, { errorCorrection: level as "L" }).length)).size,
    ).toBe(4);
    expect(thrownCode(() => qrSvg("x".repeat(2332)))).toBe("text-too-long");
  });

  it("is encoded without TextEncoder, which jsdom lacks", async () => {
    const text = `${TEXT}&note=é🔑`;
    const [svg, png] = [qrSvg(text), await qrPng(text)];
    vi.stubGlobal("TextEncoder", undefined);
    expect(qrSvg(text)).toBe(svg);
    expect(await qrPng(text)).toEqual(png);
  });

  it("is not encoded to find out that it is megabytes too long", async () => {
    const encode = vi.fn(encodeURIComponent);
    vi.stubGlobal("encodeURIComponent", encode);
    expect(new Set(await codes("é".repeat(1e6)))).toEqual(new Set(["text-too-long"]));
    expect(encode).not.toHaveBeenCalled();
  });

  it("is not in an error message", async () => {
    const calls: (() => unknown)[] = [
      () => qrSvg(TEXT.repeat(99)),
      () => qrPng(TEXT.repeat(99)),
      () => qrTerminal(`${TEXT}\ud800`),
      () => qrSvg(TEXT, { title: SECRET }),
      () => qrSvg(TEXT, { dark: SECRET }),
      () => qrSvg(TEXT, { errorCorrection: SECRET as "L" }),
      () => qrTerminal(TEXT, { background: SECRET as "any" }),
    ];
    for (const call of calls) {
      const error: unknown = await Promise.resolve()
        .then(call)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OtpError);
      expect(String(error) + JSON.stringify(error)).not.toContain(SECRET.slice(0, 8));
    }
  });
});

describe("options of a QR code", () => {
  it.each([
    { errorCorrection: "m" },
    { errorCorrection: "low" },
    { errorCorrection: ["M"] },
    { errorCorrection: 0 },
    { errorCorrection: null },
    { errorCorrection: "constructor" },
    { margin: -1 },
    { margin: 33 },
    { margin: "4" },
    { margin: NaN },
    { margin: 1.5 },
    { margin: null },
  ])("are refused everywhere: %j (%#)", async (options) => {
    expect(await codes(TEXT, options)).toEqual(all("invalid-option"));
  });

  it.each([
    { scale: 0 },
    { scale: 33 },
    { scale: 1.5 },
    { scale: "4" },
    { scale: Infinity },
    { scale: null },
    { dark: "black" },
    { dark: "#00" },
    { dark: "#0000" },
    { dark: "#00000000" },
    { dark: "000" },
    { dark: "red#000" },
    { dark: 0 },
    { dark: '#000"/><script>' },
    { dark: "#000\n" },
    { dark: "url(#a)" },
    { light: "transparent" },
    { light: null },
    { light: "#ggg" },
    { light: ["#fff"] },
    { dark: "#fff", light: "#000" },
    { dark: "#fff" },
    { light: "#000" },
    { dark: "#808080" },
    { light: "#7f7f7f" },
    { dark: "#ff0" },
    { dark: "#f00", light: "#0f0" },
  ])("are refused for pictures: %j (%#)", async (options) => {
    expect((await codes(TEXT, options)).slice(0, 3)).toEqual(all("invalid-option").slice(1));
    expect(thrownCode(() => qrTerminal(TEXT, options as Wrong))).toBe("unknown-option");
  });

  it.each<[string, (text: never, options?: never) => unknown, object]>([
    ["errorCorrection must be L or M or Q or H", qrSvg, { errorCorrection: "m" }],
    ["margin must be an integer from 0 to 32", qrSvg, { margin: 33 }],
    ["scale must be an integer from 1 to 32", qrSvg, { scale: 33 }],
    ["dark must be like #1a2b3c", qrSvg, { dark: "black" }],
    ["light must be like #1a2b3c", qrSvg, { light: "white" }],
    ["dark must be much darker than light", qrSvg, { dark: "#fff" }],
    ["title must be one line, at most 200 characters, no secret", qrSvg, { title: "" }],
    ["background must be any or light or dark", qrTerminal, { background: "" }],
  ])("are refused by name and rule: %s", (message, call, options) => {
    expect(() => call(TEXT as Wrong, options as Wrong)).toThrow(new RegExp(`^${message}$`));
  });

  // Brightness is 30 % of red, 60 % of green and 10 % of blue; black and white differ by 255.
  it.each([
    [{ light: "#00d20f" }, undefined], // just half: 126 + 1.5
    [{ light: "#00d20e" }, "invalid-option"],
    [{ light: "#aa8000" }, undefined], // 51 + 76.8
    [{ light: "#aa7f00" }, "invalid-option"],
    [{ dark: "#0000ff", light: "#00ff00" }, undefined], // 153 - 25.5
    [{ dark: "#0100ff", light: "#00ff00" }, "invalid-option"],
  ])("have enough contrast or not: %j", (options, code) => {
    expect(thrownCode(() => qrSvg(TEXT, options))).toBe(code);
  });

  it.each([{ border: 4 }, { color: "#000" }, { errorCorrectionLevel: "M" }, { background: "any" }])(
    "are unknown: %j",
    async (options) => {
      expect((await codes(TEXT, options)).slice(0, 3)).toEqual(all("unknown-option").slice(1));
    },
  );

  it("have a title for SVG alone, and a background for the terminal", async () => {
    expect(await codes(TEXT, { title: "a" })).toEqual([undefined, undefined, "unknown-option", "unknown-option"]);
    expect(await codes(TEXT, { background: "dark" })).toEqual([...all("unknown-option").slice(1), undefined]);
    for (const background of ["", "Dark", null, ["any"], "constructor"]) {
      expect(thrownCode(() => qrTerminal(TEXT, { background } as Wrong))).toBe("invalid-option");
    }
  });

  it.each([5, "M", null, [], new Date()])("are refused if they are not a plain object: %j", async (options) => {
    expect(await codes(TEXT, options as Wrong)).toEqual(all("invalid-options"));
  });

  it("are not chosen by a polluted prototype", async () => {
    const before = [qrSvg(TEXT), qrTerminal(TEXT), await qrPng(TEXT)];
    const polluted = Object.prototype as Record<string, unknown>;
    const names = {
      mask: 3,
      version: 30,
      scale: 7,
      margin: 1,
      border: 9,
      textEncoder: () => new Uint8Array(3),
      title: "x",
    };
    Object.assign(polluted, names);
    try {
      expect([qrSvg(TEXT), qrTerminal(TEXT), await qrPng(TEXT)]).toEqual(before);
    } finally {
      for (const name of Object.keys(names)) Reflect.deleteProperty(polluted, name);
    }
  });
});

describe("a QR code as SVG", () => {
  it("is a background, one path, and nothing that a strict policy would stop", () => {
    const svg = qrSvg(TEXT, { dark: "#123", light: "#FEDCBA", scale: 3, margin: 5 });
    const side = 21 + 4 * 4 + 2 * 5; // version 5
    expect(svg).toMatch(
      new RegExp(
        `^<svg xmlns="http://www\\.w3\\.org/2000/svg" width="${side * 3}" height="${side * 3}" viewBox="0 0 ${side} ${side}" ` +
          'role="img" shape-rendering="crispEdges"><title>QR code</title>' +
          `<rect width="${side}" height="${side}" fill="#FEDCBA" stroke="none"/>` +
          '<path d="[Mhv\\d -]+" fill="#112233" stroke="none"/></svg>$',
      ),
    );
    expect(svg).not.toMatch(/h\d+h|v1v/); // one step for each run of modules keeps it short
  });

  it("has four modules of quiet zone and four pixels a module", () => {
    expect(qrSvg("a")).toContain('width="116" height="116" viewBox="0 0 29 29"');
    expect(qrSvg("a", { margin: 0 })).toContain('width="84" height="84" viewBox="0 0 21 21"');
  });

  it("has a title that may be the text if it has seven letters, but not with eight", () => {
    expect(qrSvg("example", { title: "example" })).toContain("<title>example</title>");
    expect(thrownCode(() => qrSvg("examples", { title: "examples" }))).toBe("invalid-option");
  });

  it("has a title that is escaped", () => {
    const svg = qrSvg(TEXT, { title: `<script>"&'()</script>` });
    expect(svg).toContain("<title>&#60;script&#62;&#34;&#38;&#39;&#40;&#41;&#60;/script&#62;</title>");
    expect(qrSvg(TEXT, { title: "QR-код для входу, 二维码 👩‍💻" })).toContain(
      "<title>QR-код для входу, 二维码 👩‍💻</title>",
    );
  });

  it.each(
    named<unknown>([
      "",
      "a\nb",
      "\u0000",
      "\u001b[m",
      "\u0085",
      "a\ud800",
      "\ufffe",
      "\uffff",
      "a".repeat(201),
      5,
      null,
      ["a"],
      {},
    ]),
  )("is refused with the title %s", (_, title) => {
    expect(thrownCode(() => qrSvg(TEXT, { title } as QrSvgOptions))).toBe("invalid-option");
  });

  it.each([
    SECRET,
    `key ${SECRET}.`,
    SECRET.toLowerCase(),
    SECRET.replace(/.{4}/g, "$& "),
    SECRET.replace(/.{4}/g, "$&-"),
  ])("is refused with the title %j, which holds the secret", (title) => {
    expect(thrownCode(() => qrSvg(TEXT, { title }))).toBe("invalid-option");
    expect(thrownCode(() => qrSvg(SECRET, { title }))).toBe("invalid-option");
  });

  it.each([
    `otpauth://totp/a?secret=%47${SECRET.slice(1)}`,
    `otpauth://totp/a?secret=${SECRET.replace(/.{4}/g, "$&%20")}`,
    `otpauth://totp/a?client_secret=abc&secret=${SECRET}`,
    `otpauth://totp/secret=x?secret=${SECRET}#x`,
    `otpauth://totp/a?data=x&issuer=a&SECRET=${SECRET}&digits=6`,
    `otpauth-migration://offline?data=${SECRET}%2B`,
    `steam://${SECRET}`,
    ` STEAM://${SECRET}/`,
    `otpauth://totp/a?%73ecret=${SECRET}`,
    `otpauth://totp/a?issuer=A&amp;secret=${SECRET}`,
    `otpauth://totp/a?issuer=A& secret%20=${SECRET}`,
    `otpauth://totp/a?issuer=A& amp;secret=${SECRET}`,
  ])("is refused with the secret as title for %s", (text) => {
    for (const title of [SECRET, SECRET.toLowerCase(), `%47${SECRET.slice(1)}`]) {
      expect(thrownCode(() => qrSvg(text, { title }))).toBe("invalid-option");
    }
    expect(qrSvg(text, { title: "a, Acme & Söhne 100%" })).toContain("<title>a, Acme");
  });

  it.each(["a", "QR", "code", "日本", "otpauth://totp/a?secret=", "otpauth://totp/a?secret=%%%"])(
    "has the usual title though the text is short: %j",
    (text) => {
      expect(qrSvg(text)).toContain("<title>QR code</title>");
    },
  );

  it("holds neither text nor secret outside of its path", () => {
    for (const picture of [qrSvg(TEXT), decodeURIComponent(qrDataUrl(TEXT)), qrTerminal(TEXT)]) {
      expect(picture).not.toMatch(/secret|acme|alice|otpauth/i);
      expect(picture).not.toContain(SECRET.slice(0, 6));
    }
  });

  it("has, as a data URL, no character that HTML, CSS or URLs take for their own", () => {
    const url = qrDataUrl(TEXT, { title: `Qr's "é" (#1) 100% 日本` });
    expect(url).toMatch(/^data:image\/svg\+xml,[\w.!~*%-]+$/);
    const { pathname } = new URL(url);
    expect(decodeURIComponent(pathname.slice("image/svg+xml,".length))).toBe(
      qrSvg(TEXT, { title: `Qr's "é" (#1) 100% 日本` }),
    );
  });
});

describe("the matrix of a QR code", () => {
  it.each(["L", "M", "Q", "H"] as const)("is the one of qr at level %s", async (level) => {
    const ecc = { L: "low", M: "medium", Q: "quartile", H: "high" }[level] as "low";
    const rows = encodeQR(TEXT, "raw", { ecc, border: 4 }).map((row) => row.map(Number).join(""));
    expect(terminalModules(qrTerminal(TEXT, { errorCorrection: level }), false)).toEqual(rows);
    expect(modulesOf(await qrPng(TEXT, { errorCorrection: level, scale: 1 }))).toEqual(rows);
    expect(svgModules(qrSvg(TEXT, { errorCorrection: level }))).toEqual(rows);
  });

  it.each([0, 1, 2, 3, 5, 32])("is framed by a margin of %i", async (margin) => {
    const inner = encodeQR(TEXT, "raw", { border: 1 })
      .map((row) => row.map(Number).join("").slice(1, -1))
      .slice(1, -1);
    const side = "0".repeat(margin);
    const empty = Array<string>(margin).fill("0".repeat(inner.length + 2 * margin));
    const rows = [...empty, ...inner.map((row) => side + row + side), ...empty];
    expect(modulesOf(await qrPng(TEXT, { margin, scale: 1 }))).toEqual(rows);
    expect(svgModules(qrSvg(TEXT, { margin, scale: 9 }))).toEqual(rows);
    expect(terminalModules(qrTerminal(TEXT, { margin }), true)).toEqual(rows);
    expect(terminalModules(qrTerminal(TEXT, { margin, background: "dark" }), true)).toEqual(rows);
  });
});

/** Length, type and data of each chunk. */
function chunksOf(png: Uint8Array): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  const bytes = Buffer.from(png);
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const end = at + 8 + bytes.readUInt32BE(at);
    chunks.push({ type: bytes.toString("latin1", at + 4, at + 8), data: bytes.subarray(at + 8, end) });
  }
  return chunks;
}

describe("a QR code as PNG", () => {
  const runtimes: Record<string, () => void> = {
    "a CompressionStream": () => undefined,
    "no CompressionStream": () => {
      vi.stubGlobal("CompressionStream", undefined);
    },
    "no Response": () => {
      vi.stubGlobal("Response", undefined);
    },
    "a CompressionStream without deflate": () => {
      vi.stubGlobal("CompressionStream", () => {
        throw new TypeError("unsupported");
      });
    },
    "a CompressionStream that fails later": () => {
      const failing = (): TransformStream =>
        new TransformStream({
          transform: () => {
            throw new Error("broken");
          },
        });
      vi.stubGlobal("CompressionStream", failing);
    },
  };

  it.each(Object.keys(runtimes))("is valid with %s", async (runtime) => {
    const usual = pixelsOf(await qrPng(TEXT, { scale: 8 }));
    runtimes[runtime]?.();
    const png = await qrPng(TEXT, { scale: 8, dark: "#102030", light: "#fed" });
    expect(png.constructor).toBe(Uint8Array);
    const chunks = chunksOf(png);
    expect(chunks.map(({ type }) => type)).toEqual(["IHDR", "PLTE", "IDAT", "IEND"]);
    const side = 45 * 8;
    const [header, palette, image] = chunks.map(({ data }) => data);
    expect([header?.readUInt32BE(0), header?.readUInt32BE(4), ...(header?.subarray(8) ?? [])]).toEqual([
      side,
      side,
      1,
      3,
      0,
      0,
      0,
    ]);
    expect(palette?.toString("hex")).toBe("ffeedd102030");
    expect(inflateSync(image ?? "").length).toBe(side * (1 + side / 8));
    expect(png.length < 2000).toBe(runtime === "a CompressionStream");
    const { data, width } = pixelsOf(png); // checks every CRC
    expect(width).toBe(side);
    const isRight = data.every((value, at) => {
      const isDark = usual.data[at - (at % 4)] === 0;
      return value === [...(isDark ? [0x10, 0x20, 0x30] : [0xff, 0xee, 0xdd]), 255][at % 4];
    });
    expect(isRight).toBe(true);
  });

  it("may be many blocks long without compression", async () => {
    const text = "x".repeat(2331);
    const compressed = pixelsOf(await qrPng(text, { scale: 9, margin: 3 })).data;
    vi.stubGlobal("CompressionStream", undefined);
    const png = await qrPng(text, { scale: 9, margin: 3 });
    expect(png.length).toBeGreaterThan(4 * 65_535);
    expect(PNG.sync.read(Buffer.from(png)).data.equals(compressed)).toBe(true);
  });

  // A block of RFC 1951 §3.2.4 holds at most 65535 bytes.
  it.each([1, 65_534, 65_535, 65_536, 131_070])("holds %i bytes in blocks of which one is the last", async (length) => {
    vi.stubGlobal("CompressionStream", undefined);
    const bytes = new Uint8Array(length).fill(7);
    const written = await zlib(bytes);
    expect(inflateSync(written).equals(bytes)).toBe(true);
    expect(written.length).toBe(2 + 5 * Math.ceil(length / 65_535) + length + 4);
  });

  it("has whole bytes in each line at every width", async () => {
    for (let scale = 1; scale <= 9; scale++) {
      const { data, width } = pixelsOf(await qrPng("a", { scale, margin: 0 }));
      expect([width, data.length]).toEqual([21 * scale, 4 * (21 * scale) ** 2]);
    }
  });
});

describe("a QR code in the terminal", () => {
  it("sets its colors in each line and gives them back, or has no escape sequence at all", () => {
    const lines = qrTerminal(TEXT).split("\n");
    expect(lines.length).toBe(23);
    // eslint-disable-next-line no-control-regex -- escape sequences
    for (const line of lines) expect(line).toMatch(/^(\u001b\[38;5;(16|231);48;5;(16|231)m▀+)+\u001b\[m$/);
    for (const background of ["light", "dark"] as const) {
      for (const line of qrTerminal(TEXT, { background }).split("\n")) expect(line).toMatch(/^[ ▀▄█]{45}$/);
    }
  });
});
