-- The table of halfminute/stores/sqlite, as migrate() creates it. SQLite 3.37 or later. User ids are
-- compared byte by byte, which is SQLite's default. The body is JSON text, stored unchanged.
CREATE TABLE IF NOT EXISTS halfminute_two_factor (
  user_id TEXT NOT NULL PRIMARY KEY,
  revision TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
