// examples/nextjs-route: the handlers are called as Next.js would call them. The database is a
// PostgreSQL server, or one in this process where no server is installed.
import { encodeBase32 } from "halfminute";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { GET as account } from "../../examples/nextjs-route/app/api/account/route.ts";
import { POST as login } from "../../examples/nextjs-route/app/api/login/route.ts";
import { POST as confirm } from "../../examples/nextjs-route/app/api/two-factor/confirm/route.ts";
import { POST as enroll } from "../../examples/nextjs-route/app/api/two-factor/enroll/route.ts";
import { POST as off } from "../../examples/nextjs-route/app/api/two-factor/off/route.ts";
import { POST as verify } from "../../examples/nextjs-route/app/api/two-factor/verify/route.ts";
import { pool } from "../../examples/nextjs-route/lib/database.ts";
import { hashPassword } from "../../examples/nextjs-route/lib/users.ts";
import { read } from "../docs/fences.ts";
import { connect } from "../stores/connections.js";
import { hasPostgres, type Server, startPostgres } from "../stores/servers.ts";
import { describeAttacks, tiredAddress } from "./attacks.ts";
import { answerOf, EMAILS, PASSWORD, requestOf, type Route, type Send, START } from "./browser.ts";
import { describeJunk } from "./junk.ts";
import { describeLogin } from "./login.ts";
import { describeRaces, holds, RACERS } from "./races.ts";

type Query = (sql: string, values?: unknown[]) => Promise<unknown>;
interface Opened {
  readonly query: Query;
  close(): Promise<unknown>;
}

vi.mock(import("../../examples/nextjs-route/lib/database.ts"), () => ({ pool: { query: heldQuery } as never }));
vi.stubEnv("SEALING_KEY", encodeBase32(crypto.getRandomValues(new Uint8Array(32))));

const { hold, pass } = holds();
const servers: Server[] = [];
let database: Opened | undefined;

async function open(): Promise<Opened> {
  if (!hasPostgres()) {
    const { PGlite } = await import("@electric-sql/pglite");
    const lite = new PGlite();
    return { query: (sql, values) => lite.query(sql, values), close: () => lite.close() };
  }
  const server = await startPostgres();
  servers.push(server);
  const { connection, close } = await connect("pg", server.address);
  return { query: (sql, values) => connection.query(sql, values), close };
}

let passwordChecks = 0;

/** A query of the example, held where a race asks for it. */
async function heldQuery(sql: string, values?: unknown[]): Promise<unknown> {
  if (sql.startsWith("INSERT INTO sessions")) {
    await pass("login");
    await pass("code");
  }
  if (sql.includes("WHERE email =")) passwordChecks++;
  if (sql.startsWith("UPDATE users")) await pass("flag");
  const answer = await database?.query(sql, values);
  if (/(INSERT INTO|UPDATE) "?halfminute/.test(sql)) await pass("record");
  return answer;
}

beforeAll(async () => {
  database = await open();
  const schema = `${read("examples/nextjs-route/schema.sql")}${read("schema/postgres.sql")}`;
  for (const sql of schema.split(/;$/m)) await pool.query(sql);
  const hash = await hashPassword(PASSWORD, "salt");
  const insert = "INSERT INTO users (id, email, salt, hash) VALUES ($1, $1, 'salt', $2)";
  for (const email of [...EMAILS, ...RACERS]) await pool.query(insert, [email, hash]);
}, START);
afterAll(async () => {
  await database?.close();
  await Promise.all(servers.map((server) => server.stop()));
});

type Handler = (request: Request) => Promise<Response>;
const HANDLERS: Record<Route, [handler: Handler, path: string]> = {
  login: [login, "login"],
  code: [verify, "two-factor/verify"],
  enroll: [enroll, "two-factor/enroll"],
  confirm: [confirm, "two-factor/confirm"],
  off: [off, "two-factor/off"],
  home: [account, "account"],
};

const send: Send = async (route, body, cookie, more) => {
  const [handler, path] = HANDLERS[route];
  const request = new Request(`https://acme.test/api/${path}`, requestOf(body, cookie, more));
  return answerOf(await handler(request));
};

describeLogin("examples/nextjs-route", () => send);
describeJunk("examples/nextjs-route", () => send);
describeAttacks("examples/nextjs-route", () => ({
  send,
  passwordChecks: () => passwordChecks,
  async changePassword(email) {
    const change = "UPDATE users SET password_version = password_version + 1, stamp = stamp + 1 WHERE email = $1";
    await database?.query(change, [email]);
  },
}));
describeRaces("examples/nextjs-route", () => ({ send, hold }));

it("an address is free again after its minute, and the others of that minute are forgotten", async () => {
  await send("code", { code: "" }, "");
  const next = await tiredAddress(send);
  await pool.query("UPDATE attempts SET ends_at = ends_at - interval '1 minute'");
  expect(await next()).toBe(401);
  const { rows } = await pool.query("SELECT count FROM attempts");
  expect(rows).toEqual([{ count: 1 }]);
});

it("a form of another site is refused", async () => {
  const body = JSON.stringify({ email: EMAILS[0], password: PASSWORD });
  const headers = { "content-type": "text/plain" };
  const request = new Request("https://acme.test/api/login", { method: "POST", headers, body });
  expect((await login(request)).status).toBe(415);
});
