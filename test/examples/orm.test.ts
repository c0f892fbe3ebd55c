// The stores of examples/orm on real servers, and the page that shows them. The folder has a lock
// of its own: its ORMs are too many for everybody who runs `npm test`.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { storeConformance } from "../../src/stores/conformance.ts";
import type { TwoFactorStore } from "../../src/two-factor/index.ts";
import { read } from "../docs/fences.ts";
import { ROOT } from "../helpers/packed.ts";
import { isThere } from "../helpers/there.ts";
import { hasMariadb, hasPostgres, type Server, startMariadb, startPostgres } from "../stores/servers.ts";

/**
 * The same as in connections.ts there, whose types are not those of a checkout without the ORMs.
 */
interface Connection {
  readonly store: TwoFactorStore;
  readonly makeTable: () => Promise<unknown>;
  readonly storeInTransaction?: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

const FOLDER = path.join(ROOT, "examples/orm");
const RECIPES = ["drizzle-postgres", "drizzle-mysql", "prisma", "prisma-mysql", "kysely", "knex", "users-table"];
const onPostgres = RECIPES.filter((name) => !name.endsWith("mysql"));
const onMariadb = RECIPES.filter((name) => name.endsWith("mysql"));

const hasOrms = isThere("the ORMs (npm ci in examples/orm)", () => {
  if (!existsSync(path.join(FOLDER, "node_modules/kysely"))) throw new Error("not there");
});

describe.runIf(hasOrms)("examples/orm", () => {
  let connections: Readonly<Record<string, (socket: string) => Connection>>;

  beforeAll(async () => {
    if (!isGenerated())
      execFileSync("npm", ["run", "--silent", "generate"], { cwd: FOLDER, stdio: ["ignore", "ignore", "inherit"] });
    const file = pathToFileURL(path.join(FOLDER, "connections.ts")).href;
    ({ connections } = (await import(file)) as { readonly connections: typeof connections });
  });

  it("every recipe is tested, and short", () => {
    expect(Object.keys(connections).toSorted()).toEqual(RECIPES.toSorted());
    for (const name of RECIPES) {
      const lines = read(`examples/orm/${name}.ts`).split("\n");
      expect(lines.filter((line) => line !== "" && !line.startsWith("import ")).length, name).toBeLessThanOrEqual(30);
    }
  });

  describe.runIf(hasPostgres())("PostgreSQL", () => {
    recipes(onPostgres, startPostgres);
  });
  describe.runIf(hasMariadb())("MariaDB", () => {
    recipes(onMariadb, startMariadb);
  });

  /** Each on a server of its own, because some have tables of the same name. */
  function recipes(names: readonly string[], start: () => Promise<Server>): void {
    describe.each(names)("%s", (name) => {
      let server: Server;
      const open: Connection[] = [];
      const connected = (socket: string): Connection => {
        const connection = connections[name]?.(socket);
        if (!connection) throw new Error(`connections.ts does not have ${name}`);
        open.push(connection);
        return connection;
      };
      let first: Connection;
      let second: Connection;

      beforeAll(async () => {
        server = await start();
        [first, second] = [connected(server.address), connected(server.address)];
        await first.makeTable();
      });
      afterAll(async () => {
        await Promise.all(open.map((connection) => connection.close()));
        await server.stop();
      });

      storeConformance(() => first.store, {
        test: it,
        secondConnection: () => second.store,
        brokenStore: () => connected("/nowhere").store,
        ...(name === "users-table" && { userIds: ["1", "2", "10", "11", "100"] }),
      });

      if (name === "users-table")
        it("who is not in the table gets no record", async () => {
          const record = { revision: "1", body: "{}" };
          expect(await first.store.compareAndSet("101", undefined, record)).toBe(false);
          expect(await first.store.read("101")).toBeUndefined();
          for (const id of ["01", " 1", "1.0", "1e0", "0x1", "one", ""]) {
            await expect(first.store.compareAndSet(id, undefined, record)).rejects.toThrow("user id");
            await expect(first.store.read(id)).rejects.toThrow("user id");
          }
          expect(await first.store.read("1")).toBeUndefined();
        });

      if (name === "kysely" || name === "knex")
        it("a transaction is refused", async () => {
          await expect(first.storeInTransaction?.()).rejects.toThrow("not a transaction");
        });
    });
  }

  it("they compile, and the compiler refuses transactions", { timeout: 300_000 }, () => {
    expect(complaints()).toEqual([]);
  });
});

/** Prisma's clients, at least as new as what they are made from. */
function isGenerated(): boolean {
  const changedAt = (file: string): number =>
    statSync(path.join(FOLDER, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const made = Math.min(...["postgres", "mysql"].map((name) => changedAt(`generated/${name}/client.ts`)));
  return ["schema.prisma", "schema-mysql.prisma", "package-lock.json"].every((file) => changedAt(file) <= made);
}

/**
 * Each is refused: without its comment the line is an error, and without the error the comment is
 * one.
 */
const TRANSACTIONS = `
import type { drizzle } from "drizzle-orm/node-postgres";
import type { drizzle as drizzleMysql } from "drizzle-orm/mysql2";
import * as postgres from "./drizzle-postgres.ts";
import * as mysql from "./drizzle-mysql.ts";
import type { PrismaClient as PostgresClient } from "./generated/postgres/client.ts";
import type { PrismaClient as MysqlClient } from "./generated/mysql/client.ts";
import { prismaStore } from "./prisma.ts";
import { prismaStore as prismaMysqlStore } from "./prisma-mysql.ts";
import { usersTableStore } from "./users-table.ts";

type Databases = [ReturnType<typeof drizzle>, ReturnType<typeof drizzleMysql>, PostgresClient, MysqlClient];
export async function refused(...[db, mysqlDb, prisma, mysqlPrisma]: Databases): Promise<void> {
  // @ts-expect-error
  await db.transaction(async (tx) => postgres.drizzleStore(tx));
  // @ts-expect-error
  await db.transaction(async (tx) => usersTableStore(tx));
  // @ts-expect-error
  await mysqlDb.transaction(async (tx) => mysql.drizzleStore(tx));
  // @ts-expect-error
  await prisma.$transaction(async (tx) => prismaStore(tx));
  // @ts-expect-error
  await mysqlPrisma.$transaction(async (tx) => prismaMysqlStore(tx));
  [postgres.drizzleStore(db), mysql.drizzleStore(mysqlDb), prismaStore(prisma), prismaMysqlStore(mysqlPrisma)];
}
`;

/** What the compiler says to the folder and a file with transactions. */
function complaints(): string[] {
  const config = ts.readConfigFile(path.join(FOLDER, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, FOLDER);
  const host = ts.createCompilerHost(options);
  const extra = path.posix.join(FOLDER, "refused.ts");
  const onDisk = { ...host };
  host.fileExists = (file) => file === extra || onDisk.fileExists(file);
  host.readFile = (file) => (file === extra ? TRANSACTIONS : onDisk.readFile(file));
  host.getSourceFile = (file, version) =>
    file === extra ? ts.createSourceFile(file, TRANSACTIONS, version) : onDisk.getSourceFile(file, version);
  const program = ts.createProgram([...fileNames, extra], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${path.basename(file?.fileName ?? "")}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}
