-- SPDX-License-Identifier: GPL-3.0-or-later
-- Boundaries of communes, imported at run time (GeoJSON): no resource, no log, this node's own.
CREATE TABLE IF NOT EXISTS boundary(
  code TEXT PRIMARY KEY,         -- administrative unit
  name TEXT NOT NULL,
  geometry TEXT NOT NULL         -- GeoJSON Polygon or MultiPolygon, WGS 84
) WITHOUT ROWID;
