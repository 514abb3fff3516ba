/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A compiled view, for the files of this room.
 */
#ifndef VIEWS_VIEWS_INT_H
#define VIEWS_VIEWS_INT_H

#include "views.h"

struct path { struct fhirpath *compiled; str text; const char *at; /* where it stands in the definition */ };

enum each { EACH_ITSELF, EACH_ITEM, EACH_ITEM_OR_NULL, EACH_REPEAT };

/* One select: its columns stand at [first, first + column_count) of the row, those of nested selects and of the union behind. */
struct select {
    enum each each;
    struct path *paths; /* of forEach, or all of repeat */
    size_t path_count;
    size_t first, column_count;
    struct path *columns;
    struct select *nested, *branches; /* branches: unionAll; all fill the same columns */
    size_t nested_count, branch_count;
};

struct view {
    struct arena *arena;
    fhir_type type;
    struct { struct view_column *at; size_t len, cap; } columns;
    struct select root; /* its nested ones are the definition's select */
    struct path *where;
    size_t where_count;
    struct fhirpath_variable *variables; /* %rowIndex first, then the constants */
    size_t variable_count;
};

#endif
