// examples/nextjs-route: the handlers are called as Next.js would call them. The pool is PostgreSQL in this process.
import type { PGlite } from "@electric-sql/pglite";
import { encodeBase32 } from "halfminute";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { GET as account } from "../../examples/nextjs-route/app/api/account/route.ts";
import { POST as login } from "../../examples/nextjs-route/app/api/login/route.ts";
import { POST as confirm } from "../../examples/nextjs-route/app/api/two-factor/confirm/route.ts";
import { POST as enroll } from "../../examples/nextjs-route/app/api/two-factor/enroll/route.ts";
import { POST as verify } from "../../examples/nextjs-route/app/api/two-factor/verify/route.ts";
import { pool } from "../../examples/nextjs-route/lib/database.ts";
import { hashPassword } from "../../examples/nextjs-route/lib/users.ts";
import { read } from "../docs/fences.ts";
import { describeLogin, EMAILS, PASSWORD, type Route, type Send, START } from "./login.ts";

vi.mock(import("../../examples/nextjs-route/lib/database.ts"), async () => {
  const { PGlite } = await import("@electric-sql/pglite");
  return { pool: new PGlite() as never };
});
vi.stubEnv("SEALING_KEY", encodeBase32(crypto.getRandomValues(new Uint8Array(32))));

const database = pool as unknown as PGlite;

beforeAll(async () => {
  await database.exec(read("examples/nextjs-route/schema.sql"));
  await database.exec(read("schema/postgres.sql"));
  const hash = await hashPassword(PASSWORD, "salt");
  const insert = "INSERT INTO users (id, email, salt, hash) VALUES ($1, $1, 'salt', $2)";
  for (const email of EMAILS) await pool.query(insert, [email, hash]);
}, START);
afterAll(() => database.close());

type Handler = (request: Request) => Promise<Response>;
const HANDLERS: Record<Route, [handler: Handler, path: string]> = {
  login: [login, "login"],
  code: [verify, "two-factor/verify"],
  enroll: [enroll, "two-factor/enroll"],
  confirm: [confirm, "two-factor/confirm"],
  home: [account, "account"],
};

const send: Send = async (route, body, cookie) => {
  const [handler, path] = HANDLERS[route];
  const request = new Request(`https://acme.test/api/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { cookie, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await handler(request);
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as Record<string, unknown> };
};

describeLogin("examples/nextjs-route", () => send);

it("a form of another site is refused", async () => {
  const body = JSON.stringify({ email: EMAILS[0], password: PASSWORD });
  const headers = { "content-type": "text/plain" };
  const request = new Request("https://acme.test/api/login", { method: "POST", headers, body });
  expect((await login(request)).status).toBe(415);
});
