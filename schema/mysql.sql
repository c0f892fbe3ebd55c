-- The table of halfminute/stores/mysql, as migrate() creates it. MySQL 8 or MariaDB 10.3, or later.
-- User ids and revisions are UTF-8 bytes, compared byte by byte: no collation folds case or pads.
-- The body is JSON text as bytes, stored unchanged.
CREATE TABLE IF NOT EXISTS halfminute_two_factor (
  `user_id` VARBINARY(1024) NOT NULL PRIMARY KEY,
  `revision` VARBINARY(256) NOT NULL,
  `body` MEDIUMBLOB NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;
