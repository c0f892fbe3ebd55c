-- The table of halfminute/stores/postgres, as migrate() creates it. PostgreSQL 13 or later, in a
-- database with the encoding UTF8. User ids are compared byte by byte; with COLLATE "C" the index
-- stays valid when the system's locales change. The body is JSON text, stored unchanged: jsonb would
-- change it.
CREATE TABLE IF NOT EXISTS halfminute_two_factor (
  user_id text COLLATE "C" PRIMARY KEY,
  revision text NOT NULL,
  body text NOT NULL
);
