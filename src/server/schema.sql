-- Who may come in: local to this node, never exchanged. Only hashes of secrets are kept.

CREATE TABLE IF NOT EXISTS account(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,      -- what is typed at sign-in; a-z 0-9 . - _ @
  display TEXT NOT NULL,          -- shown on the pages
  role TEXT NOT NULL,             -- server/roles.c
  place TEXT,                     -- Location id of the post
  practitioner TEXT,              -- "Practitioner/x": the actor of log and audit
  password TEXT NOT NULL,         -- argon2id with its parameters and salt
  disabled INTEGER NOT NULL,
  english INTEGER NOT NULL,       -- language of the pages: 0 Vietnamese, 1 English
  created INTEGER NOT NULL        -- ms
);

-- Browser sessions: the cookie holds 32 random bytes, the row their hash.
CREATE TABLE IF NOT EXISTS session(
  hash BLOB PRIMARY KEY,          -- BLAKE2b-256 of the cookie's value
  account INTEGER NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_account ON session(account);

-- Bearer tokens of programs.
CREATE TABLE IF NOT EXISTS token(
  hash BLOB PRIMARY KEY,
  role TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) WITHOUT ROWID;

-- First answers of POSTs with X-Request-Id, for 24 hours.
CREATE TABLE IF NOT EXISTS answer(
  key BLOB PRIMARY KEY,           -- BLAKE2b-256 of actor, X-Request-Id, path, query and body
  wall INTEGER NOT NULL,
  status INTEGER NOT NULL,
  type TEXT,
  headers TEXT NOT NULL,          -- "Name: value" lines
  body BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_wall ON answer(wall);
