-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was found at a site: one row a survey and field, the projection of SiteSurvey. Days are days since 1970-01-01.
CREATE TABLE IF NOT EXISTS survey_fact(
  subject INTEGER NOT NULL,      -- rid of the Location
  day INTEGER NOT NULL,          -- on which it was so
  recorded TEXT NOT NULL,        -- when it was entered (instant), or empty
  survey TEXT NOT NULL,          -- FHIR id of the SiteSurvey
  field INTEGER NOT NULL,        -- enum survey_field
  value TEXT NOT NULL,           -- as in a list: number, yes, no, text
  place TEXT NOT NULL,           -- FHIR id of the Location
  source TEXT NOT NULL,
  recorder TEXT,
  list TEXT,                     -- the list it came with
  PRIMARY KEY(subject, day, recorded, survey, field)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS survey_fact_list ON survey_fact(list) WHERE list IS NOT NULL;
