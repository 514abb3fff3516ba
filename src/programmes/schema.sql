-- SPDX-License-Identifier: GPL-3.0-or-later
-- Programmes: chronic care, growth of children, check-ups, the desk. Days are days since 1970-01-01 of +07:00, months year * 12 + month - 1.
-- No row knows what day it is today (docs/programmes.md).
CREATE TABLE IF NOT EXISTS programme(
  subject INTEGER NOT NULL,      -- rid of the Patient
  programme INTEGER NOT NULL,    -- enum programme_number
  place INTEGER NOT NULL,        -- rid of the smallest stable place of residence; 0 unknown
  enrolled_on INTEGER NOT NULL,
  enrolled_month INTEGER NOT NULL,
  care_until INTEGER NOT NULL,   -- under care until; later lost, or out, or dead
  reading_until INTEGER,         -- the last measurement speaks until
  severity INTEGER,              -- the last measurement is not controlled: the smaller the worse; NULL controlled or none
  last_visit INTEGER,
  last_day INTEGER,              -- the last measurement of the programme
  systolic INTEGER,              -- the last plausible blood pressure
  diastolic INTEGER,
  sugar TEXT,                    -- the last sugar as typed, "8.2"
  sugar_kind INTEGER,            -- enum sugar_kind
  sugar_unit INTEGER,            -- enum sugar_unit
  due_on INTEGER,                -- next visit expected; NULL: dead or out of the programme
  call_on INTEGER,               -- due_on, or the day after which to call again; NULL: taken off the list until seen again
  called_on INTEGER,             -- last call since the last visit
  called TEXT,                   -- its outcome
  month_outcome INTEGER NOT NULL,   -- enum course_state: of the monthly and the quarterly cohort
  quarter_outcome INTEGER NOT NULL,
  PRIMARY KEY(subject, programme)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS programme_overdue ON programme(programme, call_on, subject, place, care_until, due_on)
  WHERE call_on IS NOT NULL;
CREATE INDEX IF NOT EXISTS programme_uncontrolled ON programme(programme, severity, subject, place, reading_until, care_until)
  WHERE severity IS NOT NULL;
CREATE INDEX IF NOT EXISTS programme_lost ON programme(programme, -care_until, subject, place) WHERE due_on IS NOT NULL;
CREATE INDEX IF NOT EXISTS programme_place ON programme(programme, place, due_on, called_on, care_until);
-- Cohorts: sums of it.
CREATE TABLE IF NOT EXISTS programme_cohort(
  programme INTEGER NOT NULL, enrolled_month INTEGER NOT NULL, place INTEGER NOT NULL,
  month_outcome INTEGER NOT NULL, quarter_outcome INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY(programme, enrolled_month, place, month_outcome, quarter_outcome)
) WITHOUT ROWID;
-- The whole course of everybody, in both countings: half-open intervals of equal status.
CREATE TABLE IF NOT EXISTS programme_interval(
  subject INTEGER NOT NULL,
  programme INTEGER NOT NULL,
  basis INTEGER NOT NULL,        -- enum course_basis
  from_day INTEGER NOT NULL,
  until_day INTEGER NOT NULL,    -- 2147483647: open
  place INTEGER NOT NULL,
  state INTEGER NOT NULL,        -- enum course_state
  counted INTEGER NOT NULL,
  at_target INTEGER NOT NULL,
  PRIMARY KEY(subject, programme, basis, from_day)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS programme_interval_place
  ON programme_interval(programme, basis, place, until_day, from_day, state, counted, at_target);
-- Children under five: the last measures and what they say.
CREATE TABLE IF NOT EXISTS child(
  subject INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  born_on INTEGER NOT NULL,
  five_on INTEGER NOT NULL,      -- the day from which growth is no longer followed
  last_day INTEGER,              -- last measured
  next_on INTEGER NOT NULL,      -- next measure expected
  weight INTEGER,                -- g
  length INTEGER,                -- mm, as measured
  signs INTEGER NOT NULL,        -- sum of growth_sign of the last measures
  z_length INTEGER,              -- hundredths; NULL none or not plausible
  z_weight INTEGER,
  z_weight_for_length INTEGER
);
CREATE INDEX IF NOT EXISTS child_due ON child(next_on, subject, place, five_on);
CREATE INDEX IF NOT EXISTS child_worst ON child(IFNULL(z_length, 9999), subject, place, five_on, last_day) WHERE signs & 63 <> 0;
CREATE INDEX IF NOT EXISTS child_place ON child(place, five_on, born_on, last_day, next_on, signs, z_length, z_weight, z_weight_for_length);
-- Yearly check-ups: who belongs to a group that is switched on, and from when the next is due.
CREATE TABLE IF NOT EXISTS check_up(
  subject INTEGER PRIMARY KEY,
  place INTEGER NOT NULL,
  due_on INTEGER,                -- NULL: none due (any more)
  until_day INTEGER NOT NULL,    -- out of the group from here (a child grows up); 2147483647: stays
  last_day INTEGER,              -- last check-up
  grp TEXT                       -- code of the group
);
CREATE INDEX IF NOT EXISTS check_up_due ON check_up(due_on, subject, place, until_day) WHERE due_on IS NOT NULL;
DROP INDEX IF EXISTS check_up_place; -- of nodes made before: nothing asked it
CREATE INDEX IF NOT EXISTS check_up_place_due ON check_up(place, due_on, subject, until_day) WHERE due_on IS NOT NULL;
-- The desk: visits that have begun and are not finished.
CREATE TABLE IF NOT EXISTS arrival(
  subject INTEGER NOT NULL,
  encounter TEXT NOT NULL,       -- id
  place INTEGER NOT NULL,
  organization TEXT,             -- id
  day INTEGER NOT NULL,
  arrived INTEGER NOT NULL,      -- instant, ms
  status TEXT NOT NULL,
  reason TEXT,                   -- what for, in words
  reason_code TEXT,              -- of urn:tram:visit: the sheet that is the next step
  taken_by TEXT,                 -- name of who sees the person
  PRIMARY KEY(subject, encounter)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS arrival_day ON arrival(organization, day, arrived, subject, place);
-- Who saw whom: the last day of each practitioner with a person.
CREATE TABLE IF NOT EXISTS seen(
  subject INTEGER NOT NULL,
  practitioner TEXT NOT NULL,    -- id
  place INTEGER NOT NULL,
  newest INTEGER NOT NULL,       -- minus the day: newest first
  PRIMARY KEY(subject, practitioner)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS seen_practitioner ON seen(practitioner, newest, subject, place);
