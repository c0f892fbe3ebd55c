// What `halfminute/qr` does in any runtime with what the web has. Plain JavaScript, as suite.js.
/* global DecompressionStream, Response */

const TEXT = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";

/** The matrix of "a", level M. */
const SMALL = [
  "111111100101101111111",
  "100000101011001000001",
  "101110101101001011101",
  "101110101011001011101",
  "101110100100101011101",
  "100000100011001000001",
  "111111101010101111111",
  "000000001100000000000",
  "100000101011011001110",
  "100110000001110111001",
  "001011100110101100000",
  "010101011001111101010",
  "110100111101111111111",
  "000000001100100000101",
  "111111100111010011110",
  "100000100010001000111",
  "101110100111010011100",
  "101110100101111101000",
  "101110100101110111011",
  "100000100011111101000",
  "111111101010100100110",
];

export function qrConformance({ test, expect, library }) {
  const { qrDataUrl, qrPng, qrSvg, qrTerminal } = library;

  test("the terminal's text is the matrix", () => {
    expect(modulesOf(qrTerminal("a", { background: "light", margin: 0 }))).toEqual(SMALL);
    expect(qrTerminal(TEXT).split("\n").length).toBe(23);
  });

  test("SVG and data URL", () => {
    const svg = qrSvg(TEXT, { title: "é <" });
    expect(svg.slice(0, 99)).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="180" viewBox="0 0 45 45" role="img" sha',
    );
    expect(svg.includes("<title>é &#60;</title>")).toBe(true);
    const url = qrDataUrl(TEXT, { title: "é <" });
    expect(decodeURIComponent(url.slice("data:image/svg+xml,".length))).toBe(svg);
  });

  test("PNG, compressed where the runtime can, and stored", async () => {
    const compressed = await qrPng("a", { scale: 1, margin: 0 });
    expect(await pixelsOf(compressed)).toEqual(SMALL);
    const { CompressionStream } = globalThis;
    globalThis.CompressionStream = undefined;
    const png = await qrPng("a", { scale: 1, margin: 0 }).finally(() => {
      globalThis.CompressionStream = CompressionStream;
    });
    expect(png.length).toBe(57 + 6 + 12 + 11 + 84); // its chunks, zlib's frame, 21 lines of 4 bytes
    expect(await pixelsOf(png)).toEqual(SMALL);
  });

  test("errors have their codes", async () => {
    expect(codeOf(() => qrSvg(""))).toBe("invalid-text");
    expect(codeOf(() => qrTerminal("x".repeat(2332)))).toBe("text-too-long");
    expect(codeOf(() => qrDataUrl("a", { dark: "red" }))).toBe("invalid-option");
    expect(await qrPng("\ud800").catch((error) => error.code)).toBe("invalid-text");
  });
}

function codeOf(call) {
  try {
    return call();
  } catch (error) {
    return error.code;
  }
}

const UPPER = " ▀▄█";

function modulesOf(text) {
  const lines = text.split("\n").map((line) => [...line].map((character) => UPPER.indexOf(character)));
  const rows = lines.flatMap((line) => [line.map((ink) => ink & 1), line.map((ink) => ink >> 1)]);
  return rows.slice(0, -1).map((row) => row.join(""));
}

/** The lines of the picture's one IDAT chunk. */
async function pixelsOf(png) {
  const view = new DataView(png.buffer, png.byteOffset);
  let at = 8;
  while (String.fromCharCode(...png.subarray(at + 4, at + 8)) !== "IDAT") at += 12 + view.getUint32(at);
  const data = png.slice(at + 8, at + 8 + view.getUint32(at));
  const bytes = globalThis.DecompressionStream ? await inflated(data) : data.subarray(7, -4); // stored in one block
  return Array.from({ length: 21 }, (_, y) =>
    Array.from(bytes.subarray(4 * y + 1, 4 * y + 4), (byte) => byte.toString(2).padStart(8, "0"))
      .join("")
      .slice(0, 21),
  );
}

async function inflated(data) {
  const stream = new Response(data).body.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
