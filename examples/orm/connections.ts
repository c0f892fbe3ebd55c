// How each store gets its client and its table. The test opens them by the names of the files.
import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { PrismaPg } from "@prisma/adapter-pg";
import * as kit from "drizzle-kit/api";
import { sql } from "drizzle-orm";
import { drizzle as drizzleMysql } from "drizzle-orm/mysql2";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import type { TwoFactorStore } from "halfminute/two-factor";
import createKnex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import { createPool } from "mysql2";
import { Pool } from "pg";

import * as mysql from "./drizzle-mysql.ts";
import * as postgres from "./drizzle-postgres.ts";
import { PrismaClient as MysqlClient } from "./generated/mysql/client.ts";
import { PrismaClient as PostgresClient } from "./generated/postgres/client.ts";
import { createTable, knexStore } from "./knex.ts";
import { type Database, kyselyStore } from "./kysely.ts";
import { prismaStore } from "./prisma.ts";
import { prismaStore as prismaMysqlStore } from "./prisma-mysql.ts";
import { users, usersTableStore } from "./users-table.ts";

/** drizzle-kit takes these types from a package that it does not bring. */
const mysqlKit = kit as unknown as {
  generateMySQLDrizzleJson(tables: object): Promise<object>;
  generateMySQLMigration(before: object, after: object): Promise<string[]>;
};

export interface Connection {
  readonly store: TwoFactorStore;
  /** Makes the table that the ORM describes. */
  readonly makeTable: () => Promise<unknown>;
  /** A store where one must not be. */
  readonly storeInTransaction?: () => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** By the name of the file, on a Unix socket: PostgreSQL's folder, MariaDB's file. */
export const connections: Readonly<Record<string, (socket: string) => Connection>> = {
  "drizzle-postgres": (socket) => {
    const db = drizzlePostgres(new Pool(postgresAt(socket)));
    const makeTable = async (): Promise<void> => {
      for (const text of await postgresMigration({ twoFactor: postgres.twoFactor })) await db.execute(text);
    };
    const storeInTransaction = () => db.transaction((tx) => Promise.resolve(postgres.drizzleStore(tx as never)));
    return { store: postgres.drizzleStore(db), makeTable, storeInTransaction, close: () => db.$client.end() };
  },
  "drizzle-mysql": (socket) => {
    const pool = createPool({ socketPath: socket, user: "root", database: "test" });
    const db = drizzleMysql({ client: pool });
    const makeTable = async (): Promise<void> => {
      const before = await mysqlKit.generateMySQLDrizzleJson({});
      const after = await mysqlKit.generateMySQLDrizzleJson({ twoFactor: mysql.twoFactor });
      for (const text of await mysqlKit.generateMySQLMigration(before, after)) await db.execute(text);
    };
    const storeInTransaction = () => db.transaction((tx) => Promise.resolve(mysql.drizzleStore(tx as never)));
    return { store: mysql.drizzleStore(db), makeTable, storeInTransaction, close: () => pool.promise().end() };
  },
  prisma: (socket) => {
    const prisma = new PostgresClient({ adapter: new PrismaPg(postgresAt(socket)) });
    const table = "CREATE TABLE two_factor (user_id text PRIMARY KEY, revision text NOT NULL, body text NOT NULL)";
    return {
      store: prismaStore(prisma),
      storeInTransaction: () => prisma.$transaction((tx) => Promise.resolve(prismaStore(tx as never))),
      makeTable: () => prisma.$executeRawUnsafe(table),
      close: () => prisma.$disconnect(),
    };
  },
  "prisma-mysql": (socket) => {
    const settings = { socketPath: socket, user: "root", database: "test", acquireTimeout: 500 };
    const prisma = new MysqlClient({ adapter: new PrismaMariaDb(settings) });
    const columns = "user_id varbinary(1024) PRIMARY KEY, revision varbinary(256) NOT NULL, body mediumblob NOT NULL";
    const makeTable = () => prisma.$executeRawUnsafe(`CREATE TABLE two_factor (${columns})`);
    const storeInTransaction = () => prisma.$transaction((tx) => Promise.resolve(prismaMysqlStore(tx as never)));
    return { store: prismaMysqlStore(prisma), makeTable, storeInTransaction, close: () => prisma.$disconnect() };
  },
  kysely: (socket) => {
    const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: new Pool(postgresAt(socket)) }) });
    const makeTable = () =>
      db.schema
        .createTable("two_factor")
        .addColumn("user_id", "text", (column) => column.primaryKey())
        .addColumn("revision", "text", (column) => column.notNull())
        .addColumn("body", "text", (column) => column.notNull())
        .execute();
    const storeInTransaction = () =>
      db.transaction().execute((transaction) => Promise.resolve(kyselyStore(transaction)));
    return { store: kyselyStore(db), makeTable, storeInTransaction, close: () => db.destroy() };
  },
  knex: (socket) => {
    const log = { error: () => undefined }; // what matters is that queries reject
    const knex = createKnex({ client: "pg", connection: postgresAt(socket), log });
    const makeTable = async () => createTable(knex);
    const storeInTransaction = () => knex.transaction((transaction) => Promise.resolve(knexStore(transaction)));
    return { store: knexStore(knex), makeTable, storeInTransaction, close: () => knex.destroy() };
  },
  "users-table": (socket) => {
    const db = drizzlePostgres(new Pool(postgresAt(socket)));
    const makeTable = async (): Promise<void> => {
      for (const text of await postgresMigration({ users })) await db.execute(text);
      await db.execute(sql`INSERT INTO users (email) SELECT n || '@example.com' FROM generate_series(1, 100) AS n`);
    };
    const storeInTransaction = () => db.transaction((tx) => Promise.resolve(usersTableStore(tx as never)));
    return { store: usersTableStore(db), makeTable, storeInTransaction, close: () => db.$client.end() };
  },
};

function postgresAt(host: string): { host: string; user: string; database: string } {
  return { host, user: "postgres", database: "postgres" };
}

function postgresMigration(tables: Record<string, unknown>): Promise<string[]> {
  return kit.generateMigration(kit.generateDrizzleJson({}), kit.generateDrizzleJson(tables));
}
