-- SPDX-License-Identifier: GPL-3.0-or-later
-- Residents: the projection of Patient and its household.
CREATE TABLE IF NOT EXISTS person(
  subject INTEGER PRIMARY KEY,   -- rid of the Patient
  id TEXT NOT NULL,
  name TEXT,
  birth TEXT,                    -- as known: year, month or day
  sex TEXT,
  place INTEGER NOT NULL,        -- rid of the smallest stable place; 0 unknown. No place that a decision can change
  household TEXT,                -- id of the Group
  head INTEGER NOT NULL,         -- rid of the Patient who heads it; 0 none
  household_size INTEGER NOT NULL,
  cccd TEXT,
  insurance TEXT,
  phone TEXT,                    -- digits only
  numbers TEXT,                  -- further numbers that find the person: old ones, and those of replaced records
  ethnic_code TEXT,
  ethnic_name TEXT,
  dead TEXT,                     -- day, 'true', or NULL
  moved TEXT,                    -- day of moving out of the province, or NULL
  alive INTEGER NOT NULL,        -- 1 counts as a resident, 0 not (dead or moved away)
  synthetic INTEGER NOT NULL,
  words TEXT NOT NULL            -- tokens for person_find (docs/find.md)
);
CREATE INDEX IF NOT EXISTS person_id ON person(id);
-- Finding: rows by token, and by the first 1 to 6 characters of one. detail=none: which rows have a token, not where.
CREATE VIRTUAL TABLE IF NOT EXISTS person_find USING fts5(
  words, content='person', content_rowid='subject', tokenize='ascii', detail=none, columnsize=0, prefix='1 2 3 4 5 6');
-- Residents by smallest stable place.
CREATE TABLE IF NOT EXISTS person_total(
  place INTEGER NOT NULL,
  alive INTEGER NOT NULL,        -- sum: the living
  rows INTEGER NOT NULL,
  PRIMARY KEY(place)
) WITHOUT ROWID;
-- Records that a person's record replaces (Patient.link): they have no row in person.
CREATE TABLE IF NOT EXISTS person_replaced(
  subject INTEGER NOT NULL,      -- rid of the Patient that goes on
  replaced INTEGER NOT NULL,     -- rid
  id TEXT NOT NULL,              -- id of the replaced Patient
  PRIMARY KEY(subject, replaced)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS person_replaced_by ON person_replaced(replaced);
-- Who belongs to whom: RelatedPerson. A mother may be a resident with a record, or a name.
CREATE TABLE IF NOT EXISTS kin(
  subject INTEGER NOT NULL,      -- rid of the person (child)
  id TEXT NOT NULL,              -- of the RelatedPerson
  kind TEXT NOT NULL,            -- mother, father, guardian, other
  relative INTEGER NOT NULL,     -- rid of the relative's Patient, 0 none
  name TEXT,
  phone TEXT,
  PRIMARY KEY(subject, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kin_relative ON kin(relative) WHERE relative <> 0;
