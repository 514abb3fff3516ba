/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Flat tables out of resources: ViewDefinitions of SQL-on-FHIR 2 (sql-on-fhir.org). A view is compiled once and may be run from any thread.
 */
#ifndef VIEWS_VIEWS_H
#define VIEWS_VIEWS_H

#include "fhirpath/fhirpath.h"

struct view;
struct view_column { str name, type; bool collection; };

/* Checks and compiles a definition, which must live as long as the view; both in `a`. ERR_INVALID "select[0].column[1].path: why". */
err view_compile(struct arena *a, const struct json *definition, struct view **out);
/* The type of resource the view is about, and its columns in order. */
fhir_type view_type(const struct view *view);
const struct view_column *view_columns(const struct view *view, size_t *count);

/* A row has one list of values for each column: none is null, several only where the column is a collection. */
struct view_rows { struct values **at; size_t len, cap; };

/* Adds the rows of one resource; none when it has another type or does not fit `where`. ERR_INVALID names the column and says why. */
err view_run(struct arena *a, const struct view *view, const struct json *resource, struct view_rows *out);

/* A line of CSV (RFC 4180), of the names or of one row; the row as a JSON object. Both end with a line feed. */
void view_write_names(struct buf *out, const struct view *view);
void view_write_csv(struct arena *a, struct buf *out, const struct view *view, const struct values *row);
void view_write_json(struct arena *a, struct buf *out, const struct view *view, const struct values *row);

#endif
