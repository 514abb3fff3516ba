/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of one resource. A select gives, for each item it goes through, its columns times the rows of each nested select times those of
 * its union; %rowIndex is the number of the item in the nearest forEach or repeat.
 */
#include "views_int.h"

enum { ROWS_MAX = 1000000, ITEMS_MAX = 100000 };

struct run {
    struct arena *arena;
    const struct view *view;
    const struct json *resource;
    struct fhirpath_variable *variables;
    size_t made; /* rows, all in all */
};

static err evaluate(struct run *r, const struct path *p, const struct value *on, int64_t index, struct values *out) {
    struct fhirpath_context context = {.resource = r->resource, .has_input = true, .input = *on, .variables = r->variables, .variable_count = r->view->variable_count};
    struct value number = value_integer(index);
    r->variables[0].values = (struct values){&number, 1, 1};
    err e = fhirpath_evaluate(r->arena, p->compiled, &context, out);
    return e.code ? err_make(r->arena, e.code, NULL, "%s: %.*s", p->at, STR_ARG(e.detail)) : OK_ERR;
}

static struct values *new_row(struct run *r) { return ARENA_ARRAY(r->arena, struct values, r->view->columns.len + 1); }

static err too_many(struct run *r) { return err_make(r->arena, ERR_TOO_COSTLY, NULL, "one resource gives more than %d rows", ROWS_MAX); }

/* Every row of `left` with every row of `right`: where right has values left has none. */
static err multiply(struct run *r, const struct view_rows *left, const struct view_rows *right, struct view_rows *out) {
    for (size_t i = 0; i < left->len; i++)
        for (size_t k = 0; k < right->len; k++) {
            if (++r->made > ROWS_MAX) return too_many(r);
            struct values *row = new_row(r);
            for (size_t c = 0; c < r->view->columns.len; c++) row[c] = left->at[i][c].len ? left->at[i][c] : right->at[k][c];
            VEC_PUSH(r->arena, out, row);
        }
    return OK_ERR;
}

static err run_select(struct run *r, const struct select *s, const struct value *on, int64_t index, struct view_rows *out);

/* The columns on one item; on NULL all are null. */
static err run_columns(struct run *r, const struct select *s, const struct value *on, int64_t index, struct values *row) {
    for (size_t i = 0; on && i < s->column_count; i++) {
        const struct view_column *column = &r->view->columns.at[s->first + i];
        struct values *cell = &row[s->first + i];
        TRY(evaluate(r, &s->columns[i], on, index, cell));
        if (cell->len > 1 && !column->collection)
            return err_make(r->arena, ERR_INVALID, NULL, "%s: column %.*s is no collection, but has %zu values", s->columns[i].at, STR_ARG(column->name), cell->len);
    }
    return OK_ERR;
}

static err run_item(struct run *r, const struct select *s, const struct value *on, int64_t index, struct view_rows *out) {
    struct view_rows rows = {0}, part, product;
    struct values *row = new_row(r);
    TRY(run_columns(r, s, on, index, row));
    VEC_PUSH(r->arena, &rows, row);
    for (size_t i = 0; i < s->nested_count + (s->branch_count > 0); i++) {
        part = product = (struct view_rows){0};
        if (i < s->nested_count) TRY(run_select(r, &s->nested[i], on, index, &part));
        for (size_t b = 0; i == s->nested_count && b < s->branch_count; b++) TRY(run_select(r, &s->branches[b], on, index, &part));
        TRY(multiply(r, &rows, &part, &product));
        rows = product;
    }
    for (size_t i = 0; i < rows.len; i++) VEC_PUSH(r->arena, out, rows.at[i]);
    return OK_ERR;
}

/* What repeat reaches, depth first. */
static err gather(struct run *r, const struct select *s, const struct value *on, int64_t index, int depth, struct values *out) {
    if (depth > JSON_DEPTH || out->len > ITEMS_MAX) return too_many(r);
    for (size_t p = 0; p < s->path_count; p++) {
        struct values found = {0};
        TRY(evaluate(r, &s->paths[p], on, index, &found));
        for (size_t i = 0; i < found.len; i++) {
            values_add(r->arena, out, found.at[i]);
            TRY(gather(r, s, &found.at[i], index, depth + 1, out));
        }
    }
    return OK_ERR;
}

static err run_select(struct run *r, const struct select *s, const struct value *on, int64_t index, struct view_rows *out) {
    struct values items = {0};
    if (s->each == EACH_ITSELF) return run_item(r, s, on, index, out);
    if (on && s->each == EACH_REPEAT) TRY(gather(r, s, on, index, 0, &items));
    else if (on) TRY(evaluate(r, &s->paths[0], on, index, &items));
    for (size_t i = 0; i < items.len; i++) TRY(run_item(r, s, &items.at[i], (int64_t)i, out));
    return !items.len && s->each == EACH_ITEM_OR_NULL ? run_item(r, s, NULL, 0, out) : OK_ERR;
}

static err fits(struct run *r, const struct value *on, bool *out) {
    *out = true;
    for (size_t i = 0; i < r->view->where_count && *out; i++) {
        struct values v = {0};
        struct value one;
        TRY(evaluate(r, &r->view->where[i], on, 0, &v));
        bool truth = v.len == 1 && value_to_system(r->arena, &v.at[0], &one) && one.kind == VALUE_BOOLEAN;
        if (v.len && !truth) return err_make(r->arena, ERR_INVALID, NULL, "%s: a boolean is expected", r->view->where[i].at);
        *out = truth && one.boolean;
    }
    return OK_ERR;
}

err view_run(struct arena *a, const struct view *view, const struct json *resource, struct view_rows *out) {
    struct run r = {.arena = a, .view = view, .resource = resource};
    struct value on = value_element(view->type, resource, NULL);
    bool yes;
    if (fhir_type_of(resource) != view->type) return OK_ERR;
    r.variables = ARENA_ARRAY(a, struct fhirpath_variable, view->variable_count);
    memcpy(r.variables, view->variables, view->variable_count * sizeof *r.variables);
    TRY(fits(&r, &on, &yes));
    return yes ? run_item(&r, &view->root, &on, 0, out) : OK_ERR;
}
