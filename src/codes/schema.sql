-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lists of codes that were imported: versions (ValueSet) and their codes (CodeSystem, in pieces).
CREATE TABLE IF NOT EXISTS code_version(
  subject INTEGER PRIMARY KEY,   -- rid of the ValueSet
  id TEXT NOT NULL,              -- its id: the version that the pieces name
  list TEXT NOT NULL,            -- icd-10, medicine, service
  active INTEGER NOT NULL,       -- 0: taken back
  valid_from INTEGER NOT NULL,   -- day from which it is in force
  applied TEXT NOT NULL,         -- instant of the import
  title TEXT NOT NULL,           -- name of the file
  person TEXT,                   -- who imported it
  codes INTEGER NOT NULL         -- how many codes its pieces have together
);
CREATE TABLE IF NOT EXISTS code(
  subject INTEGER NOT NULL,      -- rid of the CodeSystem
  n INTEGER NOT NULL,            -- its place in the piece
  version TEXT NOT NULL,         -- code_version.id
  code TEXT NOT NULL,
  vi TEXT NOT NULL,
  en TEXT,
  more TEXT,                     -- further columns: name, tab, value, line feed
  PRIMARY KEY(subject, n)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS code_of_version ON code(version, code);
