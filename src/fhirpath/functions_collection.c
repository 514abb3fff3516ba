/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Existence, filtering, subsetting, combining, tree navigation (FHIRPath 5.1 to 5.4, 5.8), aggregate (7).
 */
#include "functions.h"

#include <stdlib.h>

/* ---- existence (5.1) ---------------------------------------------------------------------------------------------------------- */

static enum truth truth_from(bool v) { return v ? TRUTH_TRUE : TRUTH_FALSE; }

TEST(t_empty) { (void)e, (void)call, (void)outer; return *out = truth_from(input->len == 0), true; }
FUNCTION(f_count) { (void)call, (void)outer; return give(e, out, value_integer((int64_t)input->len)); }

TEST(t_not) {
    (void)outer;
    enum truth t;
    if (!truth_of(e, call, input, &t)) return false;
    *out = t == TRUTH_EMPTY ? t : truth_from(t == TRUTH_FALSE);
    return true;
}

/* Truth of argument 0 for each item, until `stop` is found: *found tells. */
static bool any_item(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, bool stop_at, bool *found) {
    *found = false;
    for (size_t i = 0; i < input->len && !*found; i++) {
        enum truth t;
        if (!argument_truth(e, call, 0, outer, &input->at[i], (int64_t)i, &t)) return false;
        *found = (t == TRUTH_TRUE) == stop_at;
    }
    return true;
}

TEST(t_exists) {
    bool found = input->len > 0;
    if (call->argument_count && !any_item(e, call, input, outer, true, &found)) return false;
    return *out = truth_from(found), true;
}

TEST(t_all) {
    bool found;
    return any_item(e, call, input, outer, false, &found) && (*out = truth_from(!found), true);
}

static bool any_boolean(struct evaluation *e, const struct node *call, const struct values *input, bool wanted, bool *found) {
    *found = false;
    for (size_t i = 0; i < input->len; i++) {
        struct value v;
        if (!value_to_system(e->arena, &input->at[i], &v) || v.kind != VALUE_BOOLEAN) return eval_fail(e, call, "%.*s() works on booleans", STR_ARG(call->text));
        *found = *found || v.boolean == wanted;
    }
    return true;
}

FUNCTION(f_all_true) { (void)outer; bool f; return any_boolean(e, call, input, false, &f) && give(e, out, value_boolean(!f)); }
FUNCTION(f_any_true) { (void)outer; bool f; return any_boolean(e, call, input, true, &f) && give(e, out, value_boolean(f)); }
FUNCTION(f_all_false) { (void)outer; bool f; return any_boolean(e, call, input, true, &f) && give(e, out, value_boolean(!f)); }
FUNCTION(f_any_false) { (void)outer; bool f; return any_boolean(e, call, input, false, &f) && give(e, out, value_boolean(f)); }

static bool subset(struct evaluation *e, const struct node *call, const struct values *small, const struct values *large, struct values *out) {
    bool all = true;
    if (!spend(e, call, small->len * large->len)) return false;
    for (size_t i = 0; i < small->len && all; i++) all = values_contain(e->arena, large, &small->at[i]);
    return give(e, out, value_boolean(all));
}

FUNCTION(f_subset_of) { struct values v = {0}; return argument(e, call, 0, outer, &v) && subset(e, call, input, &v, out); }
FUNCTION(f_superset_of) { struct values v = {0}; return argument(e, call, 0, outer, &v) && subset(e, call, &v, input, out); }

FUNCTION(f_distinct) {
    (void)outer;
    if (!spend(e, call, input->len * input->len / 2)) return false;
    for (size_t i = 0; i < input->len; i++) values_add_distinct(e->arena, out, &input->at[i]);
    return true;
}

FUNCTION(f_is_distinct) {
    struct values set = {0};
    return f_distinct(e, call, input, outer, &set) && give(e, out, value_boolean(set.len == input->len));
}

/* ---- filtering and projection (5.2) ----------------------------------------------------------------------------------------------- */

FUNCTION(f_where) {
    for (size_t i = 0; i < input->len; i++) {
        enum truth t;
        if (!argument_truth(e, call, 0, outer, &input->at[i], (int64_t)i, &t)) return false;
        if (t == TRUTH_TRUE) values_add(e->arena, out, input->at[i]);
    }
    return true;
}

FUNCTION(f_select) {
    for (size_t i = 0; i < input->len; i++)
        if (!argument_on(e, call, 0, outer, &input->at[i], (int64_t)i, out)) return false;
    return true;
}

/* What comparing these with one other item costs: long texts cost more. */
static size_t weight(const struct values *v) {
    size_t n = v->len;
    for (size_t i = 0; i < v->len; i++)
        if (v->at[i].kind == VALUE_STRING) n += v->at[i].text.len / 16;
    return n;
}

/* Each new item is tried once; what is there already ends a cycle. */
FUNCTION(f_repeat) {
    struct values queue = {0};
    give_all(e, &queue, input);
    for (size_t i = 0; i < queue.len; i++) {
        struct values next = {0};
        struct value item = queue.at[i];
        if (!argument_on(e, call, 0, outer, &item, (int64_t)i, &next) || !spend(e, call, weight(&next) * (out->len + 1))) return false;
        for (size_t k = 0; k < next.len; k++)
            if (!values_contain(e->arena, out, &next.at[k])) {
                values_add(e->arena, out, next.at[k]);
                values_add(e->arena, &queue, next.at[k]);
            }
    }
    return true;
}

static bool keep_type(struct evaluation *e, const struct node *call, const struct values *input, struct values *out) {
    str type;
    if (!type_argument(e, call, 0, &type)) return false;
    struct value probe = value_boolean(false);
    bool yes;
    if (!input->len) return type_matches(e, call->arguments[0], &probe, type, true, &yes); /* still names an unknown type */
    for (size_t i = 0; i < input->len; i++) {
        if (!type_matches(e, call->arguments[0], &input->at[i], type, true, &yes)) return false;
        if (yes) values_add(e->arena, out, input->at[i]);
    }
    return true;
}

FUNCTION(f_of_type) { (void)outer; return keep_type(e, call, input, out); }
FUNCTION(f_as) { (void)outer; return keep_type(e, call, input, out); }

FUNCTION(f_is) {
    (void)outer;
    str type;
    bool yes;
    if (!type_argument(e, call, 0, &type)) return false;
    if (!input->len) return true;
    if (input->len > 1) return eval_fail(e, call, "is() works on one item, %zu found", input->len);
    return type_matches(e, call->arguments[0], &input->at[0], type, false, &yes) && give(e, out, value_boolean(yes));
}

FUNCTION(f_type) {
    (void)call, (void)outer;
    for (size_t i = 0; i < input->len; i++) {
        struct value v = {.kind = VALUE_TYPE};
        v.text = value_type_name(&input->at[i], &v.unit);
        values_add(e->arena, out, v);
    }
    return true;
}

/* ---- subsetting (5.3) ----------------------------------------------------------------------------------------------------------------- */

static bool slice(struct evaluation *e, const struct values *input, size_t from, size_t to, struct values *out) {
    for (size_t i = from; i < to && i < input->len; i++) values_add(e->arena, out, input->at[i]);
    return true;
}

FUNCTION(f_first) { (void)call, (void)outer; return slice(e, input, 0, 1, out); }
FUNCTION(f_last) { (void)call, (void)outer; return slice(e, input, input->len ? input->len - 1 : 0, input->len, out); }
FUNCTION(f_tail) { (void)call, (void)outer; return slice(e, input, 1, input->len, out); }

FUNCTION(f_single) {
    (void)outer;
    if (input->len > 1) return eval_fail(e, call, "single(): %zu items found", input->len);
    return slice(e, input, 0, 1, out);
}

FUNCTION(f_skip) {
    int64_t n = 0;
    bool absent;
    if (!argument_integer(e, call, 0, outer, &n, &absent)) return false;
    return absent || slice(e, input, n < 0 ? 0 : (size_t)n, input->len, out);
}

FUNCTION(f_take) {
    int64_t n = 0;
    bool absent;
    if (!argument_integer(e, call, 0, outer, &n, &absent)) return false;
    return absent || n <= 0 || slice(e, input, 0, (size_t)n, out);
}

FUNCTION(f_intersect) {
    struct values v = {0};
    if (!argument(e, call, 0, outer, &v) || !spend(e, call, input->len * v.len)) return false;
    for (size_t i = 0; i < input->len; i++)
        if (values_contain(e->arena, &v, &input->at[i])) values_add_distinct(e->arena, out, &input->at[i]);
    return true;
}

FUNCTION(f_exclude) {
    struct values v = {0};
    if (!argument(e, call, 0, outer, &v) || !spend(e, call, input->len * v.len)) return false;
    for (size_t i = 0; i < input->len; i++)
        if (!values_contain(e->arena, &v, &input->at[i])) values_add(e->arena, out, input->at[i]);
    return true;
}

/* ---- combining (5.4) -------------------------------------------------------------------------------------------------------------------- */

FUNCTION(f_union) {
    struct values v = {0};
    if (!argument(e, call, 0, outer, &v) || !spend(e, call, (input->len + v.len) * (input->len + v.len) / 2)) return false;
    for (size_t i = 0; i < input->len; i++) values_add_distinct(e->arena, out, &input->at[i]);
    for (size_t i = 0; i < v.len; i++) values_add_distinct(e->arena, out, &v.at[i]);
    return true;
}

FUNCTION(f_combine) {
    give_all(e, out, input);
    return argument(e, call, 0, outer, out);
}

FUNCTION(f_coalesce) {
    (void)input;
    for (size_t i = 0; i < call->argument_count; i++) {
        if (!argument(e, call, i, outer, out)) return false;
        if (out->len) return true;
    }
    return true;
}

/* ---- conditional, variables, aggregate ---------------------------------------------------------------------------------------------------- */

/* Only the branch taken is evaluated; on a left side that side's single item is the focus of all three. */
FUNCTION(f_iif) {
    struct values v = {0};
    struct focus inner = *outer;
    struct values one = *input;
    struct value criterion;
    if (call->left) {
        if (input->len > 1) return eval_fail(e, call, "iif() works on one item, %zu found", input->len);
        inner = (struct focus){&one, input->len ? &one.at[0] : NULL, 0, outer->total};
    }
    if (!eval(e, call->arguments[0], &inner, &v)) return false;
    if (v.len > 1) return eval_fail(e, call->arguments[0], "the criterion of iif() is a single boolean");
    if (v.len && (!value_to_system(e->arena, &v.at[0], &criterion) || criterion.kind != VALUE_BOOLEAN))
        return eval_fail(e, call->arguments[0], "the criterion of iif() is a boolean");
    bool yes = v.len && criterion.boolean;
    if (!yes && call->argument_count < 3) return true;
    return eval(e, call->arguments[yes ? 1 : 2], &inner, out);
}

FUNCTION(f_define_variable) {
    str name;
    bool absent;
    static const char *const reserved[] = {"context", "resource", "rootResource", "ucum", "sct", "loinc"};
    if (!argument_string(e, call, 0, outer, &name, &absent)) return false;
    if (absent) return eval_fail(e, call, "a variable needs a name");
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_is(name, reserved[i])) return eval_fail(e, call, "%%%.*s is taken", STR_ARG(name));
    for (const struct scope *s = e->scope; s; s = s->outer)
        if (str_eq(s->name, name)) return eval_fail(e, call, "%%%.*s is defined already", STR_ARG(name));
    struct scope *s = ARENA_NEW(e->arena, struct scope);
    s->name = name;
    if (call->argument_count > 1) {
        struct value *this = input->len == 1 ? &input->at[0] : NULL;
        struct focus inner = {input, this, 0, outer->total};
        if (!eval(e, call->arguments[1], &inner, &s->values)) return false;
    } else {
        give_all(e, &s->values, input);
    }
    s->outer = e->scope;
    e->scope = s;
    return give_all(e, out, input);
}

FUNCTION(f_aggregate) {
    struct values total = {0};
    if (call->argument_count > 1 && !argument(e, call, 1, outer, &total)) return false;
    for (size_t i = 0; i < input->len; i++) {
        struct values next = {0};
        struct focus with_total = {outer->values, outer->this, outer->index, &total};
        if (!argument_on(e, call, 0, &with_total, &input->at[i], (int64_t)i, &next)) return false;
        total = next;
    }
    return give_all(e, out, &total);
}

/* ---- tree (5.8) -------------------------------------------------------------------------------------------------------------------------------- */

struct grow { struct evaluation *e; struct values *out; };

static void add_child(void *context, model_type type, const struct json *value, const struct json *extra) {
    struct grow *g = context;
    values_add(g->e->arena, g->out, value_element(type, value, extra));
}

static void children_of(struct evaluation *e, const struct value *v, struct values *out) {
    struct grow g = {e, out};
    if (v->kind == VALUE_ELEMENT) model_all_children(v->type, v->element.node, v->element.extra, add_child, &g);
}

FUNCTION(f_children) {
    (void)call, (void)outer;
    for (size_t i = 0; i < input->len; i++) children_of(e, &input->at[i], out);
    return true;
}

static bool descendants(struct evaluation *e, const struct node *call, const struct values *input, struct values *out) {
    for (size_t i = 0; i < input->len; i++) children_of(e, &input->at[i], out);
    for (size_t i = 0; i < out->len; i++) {
        struct value v = out->at[i];
        if (!spend(e, call, 1)) return false;
        children_of(e, &v, out);
    }
    return true;
}

FUNCTION(f_descendants) {
    (void)outer;
    if (!call->left || call->left->kind != NODE_EXTERNAL || call->left->variable != VARIABLE_RESOURCE) return descendants(e, call, input, out);
    if (!e->descendants) {
        struct values *all = ARENA_NEW(e->arena, struct values);
        if (!descendants(e, call, input, all)) return false;
        e->descendants = all;
    }
    return spend(e, call, e->descendants->len) && give_all(e, out, e->descendants);
}

/* ---- sort (draft) --------------------------------------------------------------------------------------------------------------------------------- */

struct sort_key { struct value key; bool absent, descending; };
struct sort_item { struct value value; struct sort_key *keys; size_t key_count, position; };

static int compare_keys(const struct value *x, const struct value *y) {
    if (is_numeric(x) && is_numeric(y)) return decimal_compare(x->number, y->number);
    if (x->kind != y->kind) return (int)x->kind - (int)y->kind;
    if (x->kind == VALUE_STRING) return str_compare(x->text, y->text);
    if (x->kind == VALUE_BOOLEAN) return (int)x->boolean - (int)y->boolean;
    if (x->kind == VALUE_QUANTITY) return decimal_compare(x->number, y->number);
    if (x->kind != VALUE_MOMENT) return 0;
    enum moment_order o = moment_compare(&x->moment, &y->moment);
    return o == ORDER_UNKNOWN ? 0 : (int)o;
}

static int compare_items(const void *a, const void *b) {
    const struct sort_item *x = a, *y = b;
    for (size_t i = 0; i < x->key_count; i++) {
        const struct sort_key *p = &x->keys[i], *q = &y->keys[i];
        if (p->absent != q->absent) return p->absent ? -1 : 1; /* empty goes first, whatever the direction (suite, testSort10) */
        int c = p->absent ? 0 : compare_keys(&p->key, &q->key);
        if (c) return p->descending ? -c : c;
    }
    return x->position < y->position ? -1 : 1;
}

/* A leading minus means descending, for strings too. */
static bool sort_key(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *item, int64_t index, struct sort_key *out) {
    struct values v = {0}, one = {item, 1, 1};
    const struct node *n = call->arguments[i];
    struct focus inner = {&one, item, index, outer->total};
    out->descending = n->kind == NODE_NEGATE;
    if (!eval(e, out->descending ? n->left : n, &inner, &v)) return false;
    if (v.len > 1) return eval_fail(e, n, "a key to sort by is one item, %zu found", v.len);
    out->absent = !v.len || !value_to_system(e->arena, &v.at[0], &out->key);
    return true;
}

FUNCTION(f_sort) {
    size_t keys = call->argument_count ? call->argument_count : 1;
    struct sort_item *items = ARENA_ARRAY(e->arena, struct sort_item, input->len + 1);
    for (size_t i = 0; i < input->len; i++) {
        items[i] = (struct sort_item){input->at[i], ARENA_ARRAY(e->arena, struct sort_key, keys), keys, i};
        if (!call->argument_count) items[i].keys[0].absent = !value_to_system(e->arena, &input->at[i], &items[i].keys[0].key);
        for (size_t k = 0; k < call->argument_count; k++)
            if (!sort_key(e, call, k, outer, &input->at[i], (int64_t)i, &items[i].keys[k])) return false;
    }
    qsort(items, input->len, sizeof *items, compare_items);
    for (size_t i = 0; i < input->len; i++) values_add(e->arena, out, items[i].value);
    return true;
}
