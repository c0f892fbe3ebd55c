// What serves the playground: these files and no others, to this machine, under the policy that the
// page states itself.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { playgroundServer } from "../../tools/playground/server.ts";
import { ROOT } from "../helpers/packed.ts";

const FOLDER = path.join(ROOT, "docs/playground");
const page = readFileSync(path.join(FOLDER, "index.html"), "utf8");
const [, policy = ""] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
const [, importMap = ""] = /<script type="importmap">([^]*?)<\/script>/.exec(page) ?? [];

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let server: Server;
let port: number;

beforeAll(async () => {
  server = playgroundServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Asks with the path as it stands: `fetch` would take the dots out first. */
function ask(name: string, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path: name, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, body });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the policy of the playground", () => {
  const hash = createHash("sha256").update(importMap).digest("base64");

  it("lets the page load its own files and nothing else, and connect nowhere", () => {
    const own = [`script-src 'self' 'sha256-${hash}'`, "style-src 'self'", "img-src data:"];
    const rest = ["connect-src 'none'", "base-uri 'none'", "form-action 'none'"];
    expect(policy.split("; ")).toEqual(["default-src 'none'", ...own, ...rest]);
  });

  it("is a header too, with what only a header can say", async () => {
    const { headers, status } = await ask("/docs/playground/");
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-security-policy": `${policy}; frame-ancestors 'none'`,
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });

  it("is said on the page, and the page has nothing inline that it would have to allow", () => {
    expect(page.replaceAll(/\s+/g, " ")).toContain("Nothing leaves this page.");
    const scripts = page.match(/<script[^>]*>/g);
    expect(scripts).toEqual(['<script type="importmap">', '<script type="module" src="main.js">']);
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
    // The one name groups the two faces. Fields without a name are never part of an address.
    expect(new Set(page.match(/(?<!<meta )\bname="[^"]*"/g))).toEqual(new Set(['name="face"']));
  });
});

describe("the server of the playground", () => {
  it("answers every address of the import map, as scripts", async () => {
    const { imports } = JSON.parse(importMap) as { imports: Record<string, string> };
    for (const [name, relative] of Object.entries(imports)) {
      const { status, headers } = await ask(new URL(relative, "http://host/docs/playground/").pathname);
      expect([name, status, headers["content-type"]]).toEqual([name, 200, "text/javascript; charset=utf-8"]);
    }
  });

  it("answers with the files as they are", async () => {
    for (const name of ["dist/index.js", "docs/playground/style.css", "dist/vectors.js", "node_modules/qr/index.js"]) {
      expect((await ask(`/${name}`)).body, name).toBe(readFileSync(path.join(ROOT, name), "utf8"));
    }
    expect(await ask("/dist/index.js", "HEAD")).toMatchObject({ status: 200, body: "" });
    expect(await ask("/")).toMatchObject({ status: 302, headers: { location: "/docs/playground/" } });
  });

  it.each([
    "/package.json",
    "/src/index.ts",
    "/.git",
    "/node_modules/vitest/package.json",
    "/docs/security.md",
    "//",
    "/dist/../package.json",
    "/dist/%2e%2e/package.json",
    "/dist/..%2fpackage.json",
    "/dist/cli/../../package.json",
    "/dist\\..\\package.json",
    "/dist//index.js",
    "/dist/",
    "/dist",
    "/distant/index.js",
    "/node_modules/qr/../vite/package.json",
    "/docs/playground/../../package.json",
    "/docs/playground/README.md",
    "/docs/playground/none.js",
    "/dist/index.js%00",
    "http://127.0.0.1/package.json",
    "*",
    "/vectors/steam.json",
  ])("does not have %s", async (name) => {
    const { status, body } = await ask(name);
    expect([status, body]).toEqual([404, "404\n"]);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("does not take %s", async (method) => {
    expect((await ask("/dist/index.js", method)).status).toBe(405);
  });
});

describe("npm run playground", () => {
  function start(given: string): ChildProcess {
    const main = path.join(ROOT, "tools/playground/main.ts");
    const env = { ...process.env, PORT: given };
    return spawn(process.execPath, ["--import", "tsx", main], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  }

  it("runs this program", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(scripts["playground"]).toBe("node tools/ready.mjs && tsx tools/playground/main.ts");
    expect(existsSync(path.join(ROOT, "tools/playground/main.ts"))).toBe(true);
  });

  it("says where it is, and listens there alone", async () => {
    const program = start("0");
    try {
      const [line] = (await once(program.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
      const [, address = "", chosen] = /(http:\/\/127\.0\.0\.1:(\d+)\/)/.exec(line.toString()) ?? [];
      expect((await fetch(address)).url).toBe(`${address}docs/playground/`);
      const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
      for (const { address: other } of others.filter(({ family, internal }) => family === "IPv4" && !internal)) {
        const socket = connect(Number(chosen), other);
        const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
        expect(error.code).toBe("ECONNREFUSED");
      }
    } finally {
      program.kill();
    }
  });

  it.each(["", "x", "70000", "-1"])("refuses PORT=%j", async (given) => {
    const program = start(given);
    expect(await once(program, "exit")).toEqual([2, null]);
  });

  it("says so where the port is taken", async () => {
    const program = start(String(port));
    expect(await once(program, "exit")).toEqual([1, null]);
  });
});

/** The relative luminance of a color, and the contrast of two (WCAG 2.2). */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const channels = (color.slice(1).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16) / 255);
    const [red = 0, green = 0, blue = 0] = channels.map((c) =>
      c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the colors of the playground", () => {
  const style = readFileSync(path.join(FOLDER, "style.css"), "utf8");
  const pairs = [...style.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)];
  const themes = [2, 3].map(
    (which) => Object.fromEntries(pairs.map((pair) => [pair[1], pair[which]])) as Record<string, string>,
  );

  it.each([
    ["light", 0],
    ["dark", 1],
  ])("have enough contrast in the %s", (_, index) => {
    const theme = themes[index] ?? {};
    const texts = ["text", "quiet", "good", "bad"].flatMap((text) => [
      [text, "ground"],
      [text, "panel"],
    ]);
    const marks = [
      ["line", "ground"],
      ["line", "panel"],
      ["accent", "ground"],
      ["accent", "panel"],
    ];
    const low = (pairs: string[][], least: number): string[][] =>
      pairs.filter(([one = "", other = ""]) => !(contrast(theme[one] ?? "", theme[other] ?? "") >= least));
    expect(
      low(
        [...texts, ["on-accent", "accent"], ["text", "good-ground"], ["good", "good-ground"], ["quiet", "good-ground"]],
        4.5,
      ),
    ).toEqual([]);
    expect(low(marks, 3)).toEqual([]);
  });

  it("would not pass if they had none", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeLessThan(4.5);
  });
});
