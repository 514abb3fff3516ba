-- SPDX-License-Identifier: GPL-3.0-or-later
-- Places: the projection of Location. Other rooms read it through network.h.
CREATE TABLE IF NOT EXISTS place(
  subject INTEGER PRIMARY KEY,   -- rid of the Location
  id TEXT NOT NULL,              -- its FHIR id
  kind INTEGER NOT NULL,         -- enum place_kind
  code TEXT,                     -- administrative unit or facility code
  name TEXT,
  folded TEXT,                   -- name without marks and without the word for its kind: 'na son'
  parent INTEGER NOT NULL,       -- rid of partOf; 0 none
  latitude REAL,
  longitude REAL,
  population INTEGER,            -- published figure
  assumed INTEGER NOT NULL       -- 1: tagged as a draft
);
CREATE INDEX IF NOT EXISTS place_parent ON place(parent);
CREATE INDEX IF NOT EXISTS place_id ON place(id);
CREATE INDEX IF NOT EXISTS place_folded ON place(folded) WHERE kind BETWEEN 1 AND 5;
