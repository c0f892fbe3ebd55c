-- halfminute/schema/sqlite.sql
CREATE TABLE halfminute_two_factor (user_id TEXT PRIMARY KEY NOT NULL, revision TEXT NOT NULL, body TEXT NOT NULL) STRICT;
-- The app's own
CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, email TEXT UNIQUE NOT NULL, salt TEXT NOT NULL, hash TEXT NOT NULL, has_two_factor INTEGER NOT NULL DEFAULT 0, stamp INTEGER NOT NULL DEFAULT 0, password_version INTEGER NOT NULL DEFAULT 1);
CREATE TABLE sessions (id TEXT PRIMARY KEY NOT NULL, user_id TEXT NOT NULL, stamp INTEGER NOT NULL, with_code INTEGER NOT NULL, ends_at INTEGER NOT NULL, device_id TEXT);
CREATE TABLE attempts (address TEXT PRIMARY KEY NOT NULL, count INTEGER NOT NULL, ends_at INTEGER NOT NULL);
CREATE INDEX attempts_end ON attempts (ends_at);
