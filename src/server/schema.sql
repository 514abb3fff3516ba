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

-- What is known of a browser session besides its account.
CREATE TABLE IF NOT EXISTS session_note(
  hash BLOB PRIMARY KEY,          -- of session
  peer TEXT,                      -- address at sign-in
  agent TEXT,                     -- browser at sign-in
  way TEXT NOT NULL,              -- 'password' or 'pin'
  post TEXT                       -- id of the chosen PractitionerRole; NULL: the first one
) WITHOUT ROWID;

-- Changing user on a shared computer: a browser is known by a cookie of its own; who has signed in there with the password lately
-- may do so with the PIN.
CREATE TABLE IF NOT EXISTS pin(
  account INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,             -- argon2id
  set_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS device_account(
  device BLOB NOT NULL,           -- BLAKE2b-256 of the cookie tram-device
  account INTEGER NOT NULL,
  password_ms INTEGER NOT NULL,   -- last sign-in with the password in this browser
  failures INTEGER NOT NULL,      -- wrong PINs since
  PRIMARY KEY(device, account)
) WITHOUT ROWID;

-- Posts: the projection of PractitionerRole. Rights begin and end with them; nothing here depends on today.
CREATE TABLE IF NOT EXISTS post(
  subject INTEGER PRIMARY KEY,    -- rid of the PractitionerRole
  id TEXT NOT NULL,
  practitioner TEXT NOT NULL,     -- 'Practitioner/x'
  role TEXT NOT NULL,             -- code of urn:tram:role
  place TEXT,                     -- id of the Location
  from_day INTEGER,               -- civil days; NULL open
  until_day INTEGER,              -- last day, inclusive
  active INTEGER NOT NULL,
  sensitive INTEGER NOT NULL      -- classes of fhir/sensitive.h that this post has a right for
);
CREATE INDEX IF NOT EXISTS post_practitioner ON post(practitioner);

-- Records opened for somebody beyond the places of the post: the projection of AuditEvent of type urn:tram:audit|opening.
CREATE TABLE IF NOT EXISTS opening(
  subject INTEGER PRIMARY KEY,    -- rid of the AuditEvent
  id TEXT NOT NULL,
  kind TEXT NOT NULL,             -- presence: for the staff of the place; reason: for the one who opened
  person INTEGER NOT NULL,        -- rid of the Patient
  place TEXT,                     -- id of the Location of the post
  who TEXT NOT NULL,              -- 'Practitioner/x' or 'Account/x'
  who_name TEXT,
  role TEXT,
  reason TEXT,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS opening_who ON opening(who, until_ms);
CREATE INDEX IF NOT EXISTS opening_place ON opening(place, until_ms);
