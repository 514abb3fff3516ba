-- SPDX-License-Identifier: GPL-3.0-or-later
-- Care: visits, blood pressure, the hypertension programme. Days are days since 1970-01-01 of +07:00, months year * 12 + month - 1.
-- No row knows what day it is today (docs/blood-pressure.md).
CREATE TABLE IF NOT EXISTS visit(
  subject INTEGER PRIMARY KEY,   -- rid of the Patient
  last_day INTEGER NOT NULL,     -- latest encounter that took place
  visits INTEGER NOT NULL,
  organization TEXT              -- id of the Organization of the latest
);
-- One row for each person and month with a plausible reading; the values are those of the last one.
CREATE TABLE IF NOT EXISTS blood_pressure_month(
  subject INTEGER NOT NULL,
  month INTEGER NOT NULL,
  place INTEGER NOT NULL,        -- rid of the smallest stable place of residence; 0 unknown
  visits INTEGER NOT NULL,       -- encounters with a reading; readings without encounter count once a day
  last_day INTEGER NOT NULL,
  last_visits INTEGER NOT NULL,  -- visits on that day
  systolic INTEGER NOT NULL,
  diastolic INTEGER NOT NULL,
  controlled INTEGER NOT NULL,   -- 1: below 140/90
  PRIMARY KEY(subject, month)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS blood_pressure_month_day ON blood_pressure_month(last_day, place, last_visits);
-- Sums of it: rows = persons.
CREATE TABLE IF NOT EXISTS blood_pressure_total(
  month INTEGER NOT NULL,
  place INTEGER NOT NULL,
  visits INTEGER NOT NULL,
  controlled INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY(month, place)
) WITHOUT ROWID;
-- Everybody enrolled or with a reading: the days on which states begin and end (care/blood_pressure.h).
CREATE TABLE IF NOT EXISTS hypertension(
  subject INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  enrolled_on INTEGER,           -- NULL: not in the programme
  counted_from INTEGER,
  care_until INTEGER,
  reading_until INTEGER,
  controlled_until INTEGER,
  due_on INTEGER,
  last_day INTEGER,              -- the last plausible reading
  systolic INTEGER,
  diastolic INTEGER,
  observation TEXT,
  episode TEXT
);
CREATE INDEX IF NOT EXISTS hypertension_place
  ON hypertension(place, enrolled_on, counted_from, care_until, reading_until, controlled_until, due_on);
