// A slow way between a browser and an app: answers wait until they are let through.
import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

export interface SlowWay {
  readonly url: string;
  /** From now on answers to this method wait. Without one, all that wait are let through. */
  hold(method?: "GET" | "POST"): void;
  /** Resolves when so many answers have waited since the last `hold`. */
  waiting(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function slowWay(app: string): Promise<SlowWay> {
  let heldMethod: string | undefined;
  let held: (() => void)[] = [];
  let listeners: (() => void)[] = [];

  /** The app has answered, and the browser does not know it yet. */
  const pass = (method: string | undefined): Promise<void> =>
    new Promise((resolve) => {
      if (method !== heldMethod) {
        resolve();
        return;
      }
      held.push(resolve);
      for (const listen of listeners) listen();
    });

  const server = createServer((request, response) => {
    const { method, headers, url: path } = request;
    const forwarded = send(new URL(path ?? "/", app), { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        void pass(method).then(() => {
          response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(chunks));
        });
      });
    });
    request.pipe(forwarded); // also of a browser that has given up: the app has the request by then
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(method) {
      heldMethod = method;
      for (const resolve of held) resolve();
      held = [];
      listeners = [];
    },
    waiting: (count) =>
      new Promise((resolve) => {
        const listen = (): void => {
          if (held.length >= count) resolve();
        };
        listeners.push(listen);
        listen();
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
