// The example's Worker on a database whose statements wait where a race asks for it. The table
// `holds` says which: the test writes it from outside. It also counts the looks for a password.
import app from "../../../examples/hono-workers/worker.ts";
import type { Database } from "../../../examples/hono-workers/database.ts";
import type { Point } from "../races.ts";

interface Bindings {
  readonly DB: Database;
  readonly SEALING_KEY: string;
}

async function pass(db: Database, ...points: readonly Point[]): Promise<void> {
  for (const point of points) {
    const reach = "UPDATE holds SET state = 'reached' WHERE point = ? AND state = 'wanted'";
    const { meta } = await db.prepare(reach).bind(point).run();
    for (let state = meta.changes === 1 ? "reached" : ""; state === "reached";) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const row = await db.prepare("SELECT state FROM holds").bind().first<{ readonly state: string }>();
      state = row?.state ?? "";
      if (state === "failed") throw new Error("the connection is gone");
    }
  }
}

let passwordChecks = 0;

function held(db: Database): Database {
  const prepare: Database["prepare"] = (sql) => ({
    bind(...values) {
      const statement = db.prepare(sql).bind(...values);
      return {
        bind: (...others) => statement.bind(...others),
        first() {
          if (sql.includes("WHERE email =")) passwordChecks++;
          return statement.first();
        },
        async run() {
          if (sql.startsWith("INSERT INTO sessions")) await pass(db, "login", "code");
          if (sql.startsWith("UPDATE users")) await pass(db, "flag");
          const result = await statement.run();
          if (/^(INSERT INTO|UPDATE) "halfminute_two_factor"/.test(sql)) await pass(db, "record");
          return result;
        },
      };
    },
    first: () => db.prepare(sql).bind().first(),
    run: () => db.prepare(sql).bind().run(),
  });
  return { prepare, withSession: () => ({ prepare }) };
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    if (new URL(request.url).pathname === "/password-checks") return Response.json(passwordChecks);
    // A refusal before the body is read would reset the connection: the client would see no answer.
    const whole = request.body ? new Request(request, { body: await request.arrayBuffer() }) : request;
    return app.fetch(whole, { ...env, DB: held(env.DB) });
  },
};
