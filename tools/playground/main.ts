// npm run playground: serves docs/playground/ on this machine and prints the URL. PORT sets the
// port; 0 means any free one.
import type { AddressInfo } from "node:net";

import { playgroundServer } from "./server.ts";

const HOST = "127.0.0.1"; // WebCrypto is there, as on https: a browser trusts this address
const DEFAULT_PORT = 6238; // as in RFC 6238

const given = process.env["PORT"] ?? String(DEFAULT_PORT);
const server = playgroundServer();
server.on("error", (error) => {
  console.error(`the playground cannot listen on port ${given}: ${error.message}`);
  process.exitCode = 1;
});
if (/^\d{1,5}$/.test(given) && Number(given) < 65_536) {
  server.listen(Number(given), HOST, () => {
    console.log(`The playground is at http://${HOST}:${(server.address() as AddressInfo).port}/ (Ctrl+C ends it)`);
  });
} else {
  console.error("PORT must be a number from 0 to 65535");
  process.exitCode = 2;
}
