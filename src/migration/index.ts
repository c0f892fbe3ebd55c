// The public API of `halfminute/migration`. Only re-exports, no logic.
export { OtpError, type OtpErrorCode } from "../core/errors.ts";
export { type AssembledMigration, assembleMigration } from "./assemble.ts";
export { buildMigrationUris, type MigrationUrisOptions } from "./build.ts";
export type { MigrationAccount, RefusalReason } from "./entry.ts";
export { type Migration, type MigrationBatch, parseMigrationUri, type RefusedAccount } from "./parse.ts";
