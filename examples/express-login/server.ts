// The start: a server over the data, and a clean end on Ctrl-C.
import type { AddressInfo } from "node:net";

import { createApp } from "./app.ts";
import { lineOf, openData } from "./data.ts";
import type { Database } from "./database/database.ts";

const HOST = "127.0.0.1";

async function start(): Promise<void> {
  const port = readPort(process.env["PORT"] ?? "3000");
  const { database, keys } = await openData();
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
    console.log("Mail that the app sends is printed here. examples/express-login/README.md says what to try next.");
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

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

start().catch((error: unknown) => {
  fail(`The demo app cannot start: ${lineOf(error)}`);
});
