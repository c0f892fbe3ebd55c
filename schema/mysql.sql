-- The table of halfminute/stores/mysql: what migrate() makes. MySQL 8, or MariaDB 10.3 or later.
-- Ids and revisions are bytes of UTF-8, compared byte by byte: no collation folds case or pads spaces.
-- The body is JSON text as bytes, kept as it was written.
CREATE TABLE IF NOT EXISTS halfminute_two_factor (
  `user_id` VARBINARY(1024) NOT NULL PRIMARY KEY,
  `revision` VARBINARY(256) NOT NULL,
  `body` MEDIUMBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
