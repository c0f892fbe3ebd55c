CREATE TABLE users (id text PRIMARY KEY, email text UNIQUE NOT NULL, salt text NOT NULL, hash text NOT NULL, has_two_factor boolean NOT NULL DEFAULT false, stamp integer NOT NULL DEFAULT 0, password_version integer NOT NULL DEFAULT 1);
CREATE TABLE sessions (id text PRIMARY KEY, user_id text NOT NULL, stamp integer NOT NULL, with_code boolean NOT NULL, ends_at timestamptz NOT NULL, device_id text);
CREATE TABLE attempts (address text PRIMARY KEY, count integer NOT NULL, ends_at timestamptz NOT NULL);
CREATE INDEX attempts_end ON attempts (ends_at);
