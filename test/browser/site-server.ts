// The built site as a static web server gives it out, below a path.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";

const TYPES: Readonly<Partial<Record<string, string>>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

export function siteServer(folder: string, base: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "", "http://site");
    const name = decodeURIComponent(pathname.slice(base.length)).replace(/(?<=^|\/)$/, "index.html");
    const file = path.join(folder, name);
    const isInside = pathname.startsWith(base) && file.startsWith(folder + path.sep);
    (isInside ? readFile(file) : Promise.reject(new Error("elsewhere"))).then(
      (body) => {
        response.writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
}
