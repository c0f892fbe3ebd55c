// The demo app in this process, over a database of its own, and the mail that it sends.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { createApp } from "../../examples/express-login/app.ts";
import type { Data } from "../../examples/express-login/data.ts";
import { openSqlite } from "../../examples/express-login/database/sqlite.ts";
import { Outbox } from "./people.ts";
import { serve } from "./visitor.ts";

export interface World {
  readonly url: string;
  readonly data: Data;
  readonly outbox: Outbox;
  readonly close: () => Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), "halfminute-demo-"));
  const database = await openSqlite(path.join(folder, "demo.db"));
  const data: Data = { database, keys: [{ id: "test", key: randomBytes(32) }] };
  const outbox = new Outbox();
  const { url, close } = await serve(createApp(database, data.keys, outbox.send));
  return {
    url,
    data,
    outbox,
    async close() {
      await close();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}
