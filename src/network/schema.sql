-- SPDX-License-Identifier: GPL-3.0-or-later
-- Places in time: the projection of Location, of what refers to it and of the decisions that name it. Other rooms read it
-- through network.h. Days are days since 1970-01-01; -2147483648 since ever, 2147483647 still.
-- Tables of earlier forms.
DROP TABLE IF EXISTS place;
DROP TABLE IF EXISTS place_version;
CREATE TABLE IF NOT EXISTS place_state(
  subject INTEGER NOT NULL,      -- rid of the Location
  from_day INTEGER NOT NULL,     -- the version holds from this day
  until_day INTEGER NOT NULL,    -- until the day before this one
  id TEXT NOT NULL,              -- its FHIR id
  kind INTEGER NOT NULL,         -- enum place_kind
  code TEXT,                     -- administrative unit or facility code
  name TEXT,
  folded TEXT,                   -- name without marks and without the word for its kind: 'na son'
  parent INTEGER NOT NULL,       -- rid of the area it lies in; 0 none
  latitude REAL,
  longitude REAL,
  population INTEGER,            -- published figure
  assumed INTEGER NOT NULL,      -- 1: no source says so
  suspended INTEGER NOT NULL,
  manager TEXT,                  -- ids of places
  director TEXT,
  insurer TEXT,
  point_of INTEGER NOT NULL,     -- rid of the station of a point; 0 none
  services TEXT,                 -- codes joined by spaces
  decision TEXT,                 -- id of the decision that began this version
  operational INTEGER NOT NULL,  -- the day from which it was done
  holdings TEXT,                 -- posts, leadership … in the order of HOLDINGS, -1 not stated; NULL: none stated
  PRIMARY KEY(subject, from_day)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS place_state_parent ON place_state(parent, from_day);
CREATE INDEX IF NOT EXISTS place_state_id ON place_state(id);
CREATE INDEX IF NOT EXISTS place_state_folded ON place_state(folded) WHERE kind BETWEEN 1 AND 5 OR kind BETWEEN 10 AND 12;
-- Who follows whom.
CREATE TABLE IF NOT EXISTS place_link(
  subject INTEGER NOT NULL,      -- rid of the place that ends or is divided
  id TEXT NOT NULL,              -- its FHIR id
  successor TEXT NOT NULL,       -- FHIR id
  kind INTEGER NOT NULL,         -- enum link_kind
  what TEXT NOT NULL,            -- of a receiver: of what; else empty
  share REAL NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  decision TEXT NOT NULL,
  PRIMARY KEY(subject, from_day, kind, successor, what)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS place_link_id ON place_link(id, from_day);
