// The playground's web server: serves a few folders of this checkout, read-only, on this machine
// only.
import { readFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import path from "node:path";

const ROOT = path.resolve(import.meta.dirname, "../..");
const HOME = "/docs/playground/";
const PAGE = `${HOME}index.html`;

/**
 * Paths that are served as files. Segments begin with a letter or digit, so none is `..` or hidden.
 */
const FILES = /^\/(?:docs\/playground|dist|node_modules\/qr)(?:\/\w[\w.-]*)+$/;

const TYPES: Readonly<Partial<Record<string, string>>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".map": "application/json",
  ".json": "application/json",
};

export function playgroundServer(): Server {
  return createServer((request, response) => {
    answer(request.method, request.url, response).catch(() => {
      if (!response.headersSent) refuse(response, 404);
      response.end();
    });
  });
}

async function answer(method: string | undefined, url: string | undefined, response: ServerResponse): Promise<void> {
  if (method !== "GET" && method !== "HEAD") {
    refuse(response, 405);
    return;
  }
  const [name = ""] = (url ?? "").split("?");
  if (name === "/") {
    response.writeHead(302, { Location: HOME }).end();
    return;
  }
  const body = await contentOf(name === HOME ? PAGE : name);
  const headers = await headersOf(name === HOME ? PAGE : name);
  response.writeHead(200, { ...headers, "Content-Length": body.length });
  response.end(method === "GET" ? body : undefined);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "Content-Type": "text/plain", "X-Content-Type-Options": "nosniff" }).end(`${status}\n`);
}

async function contentOf(name: string): Promise<Buffer> {
  if (!FILES.test(name) || !(path.extname(name) in TYPES)) throw new Error("not served");
  return readFile(path.join(ROOT, name));
}

async function headersOf(name: string): Promise<Record<string, string>> {
  return {
    "Content-Type": TYPES[path.extname(name)] ?? "",
    "Content-Security-Policy": `${await policy()}; frame-ancestors 'none'`, // which a meta element cannot say
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
  };
}

/** The policy is written once, in the page itself, so that it applies whatever serves the page. */
async function policy(): Promise<string> {
  const page = await readFile(path.join(ROOT, PAGE), "utf8");
  const [, content] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  if (content === undefined) throw new Error("the page has no policy");
  return content;
}
