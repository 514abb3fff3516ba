-- SPDX-License-Identifier: GPL-3.0-or-later
-- Format 3 of a node's database. docs/store.md explains it; house.md says why.
CREATE TABLE setting(
  key TEXT PRIMARY KEY,          -- 'key' (16 bytes: keyed hashes), 'origin' (own incarnation), 'name' …
  value
) WITHOUT ROWID;

-- Incarnations of nodes whose log entries are here; id 1 … are local short numbers for the 64-bit origin.
CREATE TABLE origin(
  id INTEGER PRIMARY KEY,
  origin INTEGER NOT NULL UNIQUE, -- the random 64-bit number (as a signed integer)
  whole INTEGER NOT NULL          -- all entries 1 … whole are here (gaps may follow)
);

-- The log: pos is this node's order of arrival; (origin, seq) is the identity that sync compares.
CREATE TABLE log(
  pos INTEGER PRIMARY KEY,
  origin INTEGER NOT NULL,        -- origin.id
  seq INTEGER NOT NULL,           -- 1, 2, 3 … of that origin
  clock INTEGER NOT NULL,         -- hybrid logical clock, ms << 16 | counter: with the origin the version id
  wall INTEGER NOT NULL,          -- ms: when this node stored it; never decreasing; meta.lastUpdated
  actor TEXT,                     -- reference of the account; NULL: system
  chain BLOB,                     -- hash chain of the origin up to here (32 bytes); NULL while an earlier entry is missing
  items BLOB NOT NULL,            -- rids of the versions, varints: first, then differences (zigzag)
  UNIQUE(origin, seq)
);

-- Dictionaries of the body compression: never removed; a frame names its own.
CREATE TABLE dict(
  id INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  samples INTEGER NOT NULL,       -- bodies it was trained on
  bytes BLOB NOT NULL             -- the dictionary as a zstd frame
);

-- One row for each resource ever seen here, with the shown head.
CREATE TABLE res(
  rid INTEGER PRIMARY KEY,        -- local number, never leaves the node
  type INTEGER NOT NULL,          -- fhir_type (number of the table `type`)
  id NOT NULL,                    -- BLOB of 16 bytes for a lower-case UUID, else TEXT
  flags INTEGER NOT NULL,         -- 1 stub (referenced, not here), 2 deleted, 4 conflict, 8 invalid, from 16 the classes of fhir/sensitive.h; live: flags & 3 = 0
  dt INTEGER NOT NULL,            -- clinical date, minutes since 1970-01-01T00:00Z; 0 for types without one
  pos INTEGER NOT NULL,           -- log.pos of the shown version; 0 for a stub
  depth INTEGER NOT NULL,         -- edit depth of the shown version
  patient INTEGER NOT NULL,       -- rid of the person in whose compartment it is; own rid for a Patient; 0 none
  place INTEGER NOT NULL,         -- Patient: rid of the residence Location; 0 none
  parents BLOB,                   -- versions it follows: 16 bytes each, clock and origin big-endian; NULL none
  body BLOB                       -- zstd frame without magic number; NULL for stub and deleted
);
CREATE UNIQUE INDEX res_id ON res(type, id);
CREATE INDEX res_dt ON res(type, dt) WHERE flags & 3 = 0;

-- Every version that is not the shown head.
CREATE TABLE hist(
  rid INTEGER NOT NULL,
  pos INTEGER NOT NULL,
  op INTEGER NOT NULL,            -- enum version_op
  depth INTEGER NOT NULL,
  parents BLOB,
  body BLOB,
  PRIMARY KEY(rid, pos)
) WITHOUT ROWID;

-- Resources with more than one head: all their heads.
CREATE TABLE head(
  rid INTEGER NOT NULL,
  pos INTEGER NOT NULL,
  PRIMARY KEY(rid, pos)
) WITHOUT ROWID;

-- Numbers of things whose place in the program's tables may change with a release.
CREATE TABLE type(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE slot(
  id INTEGER PRIMARY KEY,         -- even; id + 1 carries the `identifier` of a reference slot
  type TEXT NOT NULL,
  expression TEXT NOT NULL,
  kind INTEGER NOT NULL,
  fingerprint INTEGER NOT NULL,   -- of expression, kind and version of the extraction
  ready INTEGER NOT NULL,         -- 0 while it is being re-extracted: a search on it answers "incomplete"
  UNIQUE(type, expression, kind)
);
CREATE TABLE system(
  id INTEGER PRIMARY KEY,         -- 1 … 2^20 - 2
  url TEXT NOT NULL UNIQUE
);

-- ---- search index: derived from the bodies, rebuilt at will -----------------------------------------------------------
-- token, reference, uri
CREATE TABLE ix(
  slot INTEGER NOT NULL,
  key INTEGER NOT NULL,           -- store/index.h: index_token_key, target rid, index_uri_key
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, key, dt, rid)
) WITHOUT ROWID;
-- dates and periods: [lo, hi) in ms
CREATE TABLE ixd(
  slot INTEGER NOT NULL,
  span INTEGER NOT NULL,          -- 0: hi - lo is at most INDEX_SPAN_MS (a day), 1: longer
  lo INTEGER NOT NULL,
  hi INTEGER NOT NULL,
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, span, lo, hi, dt, rid)
) WITHOUT ROWID;
-- numbers and quantities: doubles rounded outward, lo <= value <= hi
CREATE TABLE ixn(
  slot INTEGER NOT NULL,
  unit INTEGER NOT NULL,          -- token key of (system, code) of the unit; of the unit text without code; 0 none
  lo REAL NOT NULL,
  hi REAL NOT NULL,
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, unit, lo, hi, dt, rid)
) WITHOUT ROWID;
-- strings, folded
CREATE TABLE ixs(
  slot INTEGER NOT NULL,
  val TEXT NOT NULL,              -- at most INDEX_STRING_BYTES bytes of the folded text
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, val, dt, rid)
) WITHOUT ROWID;
-- composites of Observation: token and quantity, token and date (unit 0, lo and hi in ms), token and string
CREATE TABLE ixcn(
  slot INTEGER NOT NULL,
  key INTEGER NOT NULL,
  unit INTEGER NOT NULL,
  lo REAL NOT NULL,
  hi REAL NOT NULL,
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, key, unit, lo, hi, dt, rid)
) WITHOUT ROWID;
CREATE TABLE ixcs(
  slot INTEGER NOT NULL,
  key INTEGER NOT NULL,
  val TEXT NOT NULL,
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(slot, key, val, dt, rid)
) WITHOUT ROWID;
-- the patient compartment in date order
CREATE TABLE compartment(
  patient INTEGER NOT NULL,
  type INTEGER NOT NULL,
  dt INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  PRIMARY KEY(patient, type, dt, rid)
) WITHOUT ROWID;

-- ---- projections ------------------------------------------------------------------------------------------------------
CREATE TABLE projection(
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID;
-- subjects whose rows could not be computed: logged, shown by check, tried again at the next change and by rebuild
CREATE TABLE stale(
  projection TEXT NOT NULL,
  subject INTEGER NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY(projection, subject)
) WITHOUT ROWID;

-- ---- local to this node -----------------------------------------------------------------------------------------------
-- Who read or did what (store_audit). A row with action 'gap' tells that reads before it may be missing (crash).
CREATE TABLE audit(
  id INTEGER PRIMARY KEY,
  wall INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  why TEXT,
  peer TEXT,                      -- from where
  type TEXT,
  resource TEXT,                  -- id
  patient INTEGER NOT NULL,       -- rid of the person; 0 none
  post TEXT                       -- role and place under which it was done: 'nurse@station-1'
);
CREATE INDEX audit_patient ON audit(patient, wall) WHERE patient <> 0;
-- Whom a search has shown: from audit.resource of the rows with action 'find', their rids with blanks between.
CREATE TABLE audit_shown(
  patient INTEGER NOT NULL,
  audit INTEGER NOT NULL,         -- audit.id
  PRIMARY KEY(patient, audit)
) WITHOUT ROWID;
-- The hash chain over the rows of audit, a seal for each block that was drained (store/audit.c).
CREATE TABLE audit_seal(
  last INTEGER PRIMARY KEY,       -- audit.id of the block's last row
  first INTEGER NOT NULL,
  seal BLOB NOT NULL              -- BLAKE2b-256 of the seal before and the rows of the block
);
