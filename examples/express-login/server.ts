// The start: a database, the keys, a server, and a clean end on Ctrl-C.
import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { createApp } from "./app.ts";
import { type Database, openDatabase } from "./database/database.ts";
import { sealingKeys } from "./keys.ts";

const HOST = "127.0.0.1";

async function start(): Promise<void> {
  const port = readPort(process.env["PORT"] ?? "3000");
  process.umask(0o077); // what is made here is for this user alone
  const folder = path.resolve(process.env["DATA_FOLDER"] ?? path.join(import.meta.dirname, "data"));
  mkdirSync(folder, { recursive: true });
  const keys = sealingKeys(path.join(folder, "sealing-key"));
  const database = await openDatabase(path.join(folder, "demo.db"));
  const server = createApp(database, keys).listen(port, HOST);

  server.on("error", (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === "EADDRINUSE";
    fail(isTaken ? `Port ${port} is in use. Choose another one: PORT=${port + 1} npm start` : error.message);
    void database.close();
  });
  server.on("listening", () => {
    const { port: real } = server.address() as AddressInfo;
    console.log(`Database: ${database.name}`);
    console.log(`\nThe demo app runs. Open  http://${HOST}:${real}/sign-up`);
    console.log("Sign up, choose Turn on, scan the QR code with an authenticator app, and enter its code.");
    console.log("Ctrl-C stops it.");
  });
  const stop = (): void => {
    console.log("\nStopping.");
    process.once("SIGINT", () => process.exit(130)); // a second Ctrl-C does not wait
    server.close(() => void end(database));
    setTimeout(() => {
      server.closeAllConnections();
    }, 2000).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

async function end(database: Database): Promise<void> {
  await database.close();
  process.exit(0);
}

function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65536) return Number(text);
  throw new Error("PORT must be a number from 0 to 65535.");
}

/** One line for people rather than a stack. */
function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

start().catch((error: unknown) => {
  const { message, code } = Object(error) as { message?: string; code?: string };
  fail(`The demo app cannot start: ${message || code || "unknown error"}`);
});
