/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conditions as SQL over the index tables of the store. One condition drives: its rows are read in (dt, rid) order; the others
 * are asked for each row, by primary key where the key, the date and the rid are known (an ordered probe), else as a set of
 * rids. Values are bound, identifiers are literals of this file. The rights of the asker stand in every SELECT.
 *
 * SQLite only: json_each carries a list of numbers into a statement; another engine would bind an array.
 */
#include "plan.h"

#include "base/vec.h"
#include "db/db.h"

#include <float.h>
#include <stdio.h>

enum { INLINE_KEYS = 64, MERGED_KEYS = 40, FEW = 1000, MANY = 20000 };

/* ---- text and values -------------------------------------------------------------------------------------------------- */

static void put(struct sql *q, const char *text) { buf_addz(&q->text, text); }

static void put_value(struct sql *q, struct sql_value v) {
    VEC_PUSH(q->text.arena, &q->values, v);
    buf_addf(&q->text, "?%zu", q->values.len);
}
static void put_int(struct sql *q, int64_t v) { put_value(q, (struct sql_value){.kind = SQL_INT, .integer = v}); }
static void put_real(struct sql *q, double v) { put_value(q, (struct sql_value){.kind = SQL_REAL, .real = v}); }
static void put_text(struct sql *q, str v) { put_value(q, (struct sql_value){.kind = SQL_TEXT, .text = v}); }

static void put_list(struct sql *q, const int64_t *at, size_t len) {
    struct buf list = buf_new(q->text.arena);
    buf_addc(&list, '[');
    for (size_t i = 0; i < len; i++) buf_addf(&list, "%s%lld", i ? "," : "", (long long)at[i]);
    buf_addc(&list, ']');
    put(q, "(SELECT value FROM json_each(");
    put_text(q, buf_str(&list));
    put(q, "))");
}

/* "= ?" or "IN (…)" */
static void put_keys(struct sql *q, const int64_t *at, size_t len) {
    if (len == 1) {
        put(q, "=");
        put_int(q, at[0]);
        return;
    }
    put(q, " IN ");
    if (len > INLINE_KEYS) {
        put_list(q, at, len);
        return;
    }
    put(q, "(");
    for (size_t i = 0; i < len; i++) {
        if (i) put(q, ",");
        put_int(q, at[i]);
    }
    put(q, ")");
}

static err bind_all(struct plan *p, struct sql *q, struct statement **out) {
    struct statement *s = db_build(reader_db(p->reader), p->arena, buf_str(&q->text));
    for (size_t i = 0; i < q->values.len; i++) {
        struct sql_value *v = &q->values.at[i];
        int n = (int)i + 1;
        if (v->kind == SQL_INT) bind_int(s, n, v->integer);
        else if (v->kind == SQL_REAL) bind_real(s, n, v->real);
        else if (v->kind == SQL_TEXT) bind_text(s, n, v->text);
        else index_bind_id(s, n, v->text, &v->id);
    }
    *out = s;
    return OK_ERR;
}

static struct sql sql_new(struct plan *p) { return (struct sql){.text = buf_new(p->arena)}; }

/* All keys of the terms, without repetition. */
static struct keys all_keys(struct plan *p, const struct condition *c) {
    struct keys all = {0};
    for (size_t i = 0; i < c->terms.len; i++)
        for (size_t k = 0; k < c->terms.at[i].keys.len; k++) {
            int64_t key = c->terms.at[i].keys.at[k];
            bool known = false;
            for (size_t j = 0; j < all.len && !known; j++) known = all.at[j] == key;
            if (!known) VEC_PUSH(p->arena, &all, key);
        }
    return all;
}

/* ---- rights ------------------------------------------------------------------------------------------------------------ */

static void put_rights(struct plan *p, struct sql *q, const char *m, fhir_type type) {
    const struct access *who = p->options->access;
    bool person = !who->everything && search_type_has_person(type);
    if (!access_reads(who, type)) {
        put(q, " AND 0");
        return;
    }
    if (!person && !who->hidden) return;
    buf_addf(&q->text, " AND EXISTS(SELECT 1 FROM res rc%s WHERE rc.rid=%s.rid", person ? " JOIN res rp ON rp.rid=rc.patient" : "", m);
    if (who->hidden) put(q, " AND rc.flags & "), put_int(q, (int64_t)who->hidden << RES_SENSITIVE_SHIFT), put(q, " = 0");
    if (person) {
        put(q, " AND (rp.place IN ");
        put_list(q, who->places, who->place_count);
        put(q, " OR rp.rid IN ");
        put_list(q, who->persons, who->person_count);
        put(q, ")");
    }
    put(q, ")");
}

/* ---- conditions --------------------------------------------------------------------------------------------------------- */

/* Rows of one (slot, key) stand in (dt, rid) order. */
static bool is_ordered(const struct condition *c) {
    if (c->kind == CONDITION_COMPARTMENT) return true;
    if (c->kind != CONDITION_TOKEN && c->kind != CONDITION_REFERENCE && c->kind != CONDITION_URI) return false;
    if (c->body_only || c->modifier == MODIFIER_MISSING) return false;
    for (size_t i = 0; i < c->terms.len; i++)
        if (c->terms.at[i].any_code) return false;
    return true;
}

/* Could its rows lead the scan? A negation excludes rows, it has none of its own. */
static bool can_drive(const struct condition *c) {
    return !c->body_only && c->modifier != MODIFIER_NOT && c->modifier != MODIFIER_MISSING && c->kind != CONDITION_UPDATED &&
           c->kind != CONDITION_HAS;
}

static bool conditions_have(const struct conditions *list, enum condition_kind kind) {
    for (size_t i = 0; i < list->len; i++) {
        if (list->at[i].kind == kind) return true;
        for (size_t k = 0; k < list->at[i].links.len; k++)
            if (conditions_have(&list->at[i].links.at[k].conditions, kind)) return true;
    }
    return false;
}

/* What is cheap for each row, or what a body cannot tell. */
bool condition_always(const struct condition *c) {
    if (is_ordered(c) || c->kind == CONDITION_HAS || c->kind == CONDITION_ID || c->kind == CONDITION_UPDATED) return true;
    for (size_t i = 0; c->kind == CONDITION_CHAIN && i < c->links.len; i++)
        if (conditions_have(&c->links.at[i].conditions, CONDITION_HAS)) return true;
    return false;
}

bool scan_decides(const struct scan *s, const struct condition *c) {
    if (c->body_only || c->inexact) return false;
    return c == s->driver || s->sets || condition_always(c);
}

static const char *table_of(const struct condition *c) {
    switch (c->param ? c->param->kind : SEARCH_TOKEN) {
    case SEARCH_DATE: return "ixd";
    case SEARCH_NUMBER:
    case SEARCH_QUANTITY: return "ixn";
    case SEARCH_STRING: return "ixs";
    default: return "ix";
    }
}

size_t date_boxes(const struct plan *p, const struct term *t, struct date_box out[2]) {
    const struct date_box all = {INT64_MIN, INT64_MAX, INT64_MIN, INT64_MAX};
    int64_t gap;
    out[0] = out[1] = all;
    switch (t->prefix) {
    case PREFIX_EQ: out[0].lo_ge = t->from, out[0].hi_le = t->to; return 1;
    case PREFIX_NE: out[0].lo_lt = t->from, out[1].hi_gt = t->to; return 2;
    case PREFIX_GT: out[0].hi_gt = t->to; return 1;
    case PREFIX_LT: out[0].lo_lt = t->from; return 1;
    case PREFIX_GE: out[0].hi_gt = t->to, out[1].lo_ge = t->from, out[1].hi_le = t->to; return 2;
    case PREFIX_LE: out[0].lo_lt = t->from, out[1].lo_ge = t->from, out[1].hi_le = t->to; return 2;
    case PREFIX_SA: out[0].lo_ge = t->to; return 1;
    case PREFIX_EB: out[0].hi_le = t->from; return 1;
    case PREFIX_AP:
        gap = (p->now > t->from ? p->now - t->from : t->from - p->now) / 10;
        out[0].hi_gt = t->from - gap, out[0].lo_lt = t->to + gap;
        return 1;
    }
    return 0;
}

static void put_bound(struct sql *q, const char *text, int64_t v, int64_t open) {
    if (v == open) return;
    put(q, text);
    put_int(q, v);
}

/* Rows of ixd in the box: the short ones (span 0) are found by their beginning alone. */
static void put_dates(struct plan *p, struct sql *q, const struct condition *c, const char *columns) {
    bool first = true;
    for (size_t i = 0; i < c->terms.len; i++) {
        struct date_box boxes[2];
        size_t n = date_boxes(p, &c->terms.at[i], boxes);
        for (size_t b = 0; b < n; b++)
            for (int span = 0; span < 2; span++) {
                int64_t lo_ge = boxes[b].lo_ge, lo_lt = boxes[b].lo_lt;
                if (!span && boxes[b].hi_gt != INT64_MIN && boxes[b].hi_gt - INDEX_SPAN_MS > lo_ge) lo_ge = boxes[b].hi_gt - INDEX_SPAN_MS;
                if (boxes[b].hi_le < lo_lt) lo_lt = boxes[b].hi_le + 1;
                buf_addf(&q->text, "%sSELECT %s FROM ixd WHERE slot=", first ? "" : " UNION ALL ", columns);
                put_int(q, c->slot);
                buf_addf(&q->text, " AND span=%d", span);
                put_bound(q, " AND lo>=", lo_ge, INT64_MIN);
                put_bound(q, " AND lo<", lo_lt, INT64_MAX);
                put_bound(q, " AND hi>", boxes[b].hi_gt, INT64_MIN);
                put_bound(q, " AND hi<=", boxes[b].hi_le, INT64_MAX);
                first = false;
            }
    }
}

/* Bounds of the doubles of a number; the body decides at the edges. */
static void put_number_bounds(struct sql *q, const struct term *t) {
    const struct number_span *n = &t->number;
    double tenth = (n->value < 0 ? -n->value : n->value) / 10, slack = (tenth + DBL_MIN) * 1e-12;
    switch (t->prefix) {
    case PREFIX_EQ:
        put(q, " AND lo>="), put_real(q, n->low - slack), put(q, " AND lo<="), put_real(q, n->high + slack);
        put(q, " AND hi<="), put_real(q, n->high + slack);
        break;
    case PREFIX_NE: put(q, " AND (lo<"), put_real(q, n->low + slack), put(q, " OR hi>="), put_real(q, n->high - slack), put(q, ")"); break;
    case PREFIX_GT:
    case PREFIX_GE: put(q, " AND hi>="), put_real(q, n->value); break;
    case PREFIX_LT:
    case PREFIX_LE: put(q, " AND lo<="), put_real(q, n->value); break;
    case PREFIX_SA: put(q, " AND lo>="), put_real(q, n->value - slack); break;
    case PREFIX_EB: put(q, " AND hi<="), put_real(q, n->value + slack); break;
    case PREFIX_AP: put(q, " AND hi>="), put_real(q, n->value - tenth - slack), put(q, " AND lo<="), put_real(q, n->value + tenth + slack); break;
    }
}

static void put_numbers(struct sql *q, const struct condition *c, const char *columns) {
    for (size_t i = 0; i < c->terms.len; i++) {
        const struct term *t = &c->terms.at[i];
        buf_addf(&q->text, "%sSELECT %s FROM ixn WHERE slot=", i ? " UNION ALL " : "", columns);
        put_int(q, c->slot);
        put(q, " AND unit");
        if (t->keys.len) put_keys(q, t->keys.at, t->keys.len);
        else put(q, " IS NULL"); /* the unit is not known here: no row */
        put_number_bounds(q, t);
    }
}

/* The text behind every text that begins with `prefix`, by bytes; STR_NONE: there is none. */
static str behind_prefix(struct arena *a, str prefix) {
    char *z = str_z(a, prefix);
    for (size_t n = prefix.len; n; n--)
        if ((unsigned char)z[n - 1] < 0xFF) {
            z[n - 1]++;
            return (str){z, n};
        }
    return STR_NONE;
}

static void put_strings(struct plan *p, struct sql *q, const struct condition *c, const char *columns) {
    for (size_t i = 0; i < c->terms.len; i++) {
        const struct term *t = &c->terms.at[i];
        buf_addf(&q->text, "%sSELECT %s FROM ixs WHERE slot=", i ? " UNION ALL " : "", columns);
        put_int(q, c->slot);
        str key = index_string(p->arena, t->text);
        if (c->modifier == MODIFIER_EXACT) {
            put(q, " AND val="), put_text(q, key);
        } else if (c->modifier == MODIFIER_CONTAINS) {
            put(q, " AND (instr(val,"), put_text(q, t->folded);
            buf_addf(&q->text, ")>0 OR length(CAST(val AS BLOB))>%d)", INDEX_STRING_BYTES - 4);
        } else if (key.len) {
            str end = behind_prefix(p->arena, key);
            put(q, " AND val>="), put_text(q, key);
            if (end.at) put(q, " AND val<"), put_text(q, end);
        }
    }
}

static void put_index(struct plan *p, struct sql *q, const struct condition *c, const char *columns) {
    struct keys keys = all_keys(p, c);
    bool first = true;
    if (keys.len || c->terms.len == 0 || is_ordered(c)) {
        buf_addf(&q->text, "SELECT %s FROM ix WHERE slot=", columns);
        put_int(q, c->slot);
        put(q, " AND key");
        if (keys.len) put_keys(q, keys.at, keys.len);
        else put(q, " IS NULL");
        first = false;
    }
    for (size_t i = 0; i < c->terms.len; i++) {
        const struct term *t = &c->terms.at[i];
        if (!t->any_code) continue;
        buf_addf(&q->text, "%sSELECT %s FROM ix WHERE slot=", first ? "" : " UNION ALL ", columns);
        put_int(q, c->slot);
        buf_addf(&q->text, " AND key&%d=", INDEX_SYSTEM_MASK);
        put_int(q, t->rids.len ? t->rids.at[0] : -1); /* number of the system */
        first = false;
    }
}

static void put_composite(struct sql *q, struct plan *p, const struct condition *c, const char *columns);
static void put_where(struct plan *p, struct sql *q, const struct conditions *list, const char *m, fhir_type type,
                      const struct condition *without, bool sets);
static void put_all_of(struct plan *p, struct sql *q, const struct link *l, const char *columns_of);

/* SELECT columns of the resources whose reference leads to a target that satisfies the link. */
static void put_chain(struct plan *p, struct sql *q, const struct condition *c, const char *columns) {
    for (size_t i = 0; i < c->links.len; i++) {
        buf_addf(&q->text, "%sSELECT %s FROM ix WHERE slot=", i ? " UNION ALL " : "", columns);
        put_int(q, c->slot);
        put(q, " AND key IN (");
        put_all_of(p, q, &c->links.at[i], "rid");
        put(q, ")");
    }
}

/* The rows of a condition: SELECT columns FROM its table, arms joined by UNION ALL. */
static void put_set(struct plan *p, struct sql *q, const struct condition *c, const char *columns, fhir_type type) {
    switch (c->kind) {
    case CONDITION_DATE: put_dates(p, q, c, columns); break;
    case CONDITION_NUMBER:
    case CONDITION_QUANTITY: put_numbers(q, c, columns); break;
    case CONDITION_STRING: put_strings(p, q, c, columns); break;
    case CONDITION_CHAIN: put_chain(p, q, c, columns); break;
    case CONDITION_COMPOSITE: put_composite(q, p, c, columns); break;
    case CONDITION_COMPARTMENT:
        buf_addf(&q->text, "SELECT %s FROM compartment WHERE patient=", columns);
        put_int(q, c->rid), put(q, " AND type="), put_int(q, index_type(p->reader, type));
        break;
    case CONDITION_ID:
        buf_addf(&q->text, "SELECT %s FROM res WHERE type=", columns);
        put_int(q, index_type(p->reader, type)), put(q, " AND flags & 3 = 0 AND id IN (");
        for (size_t i = 0; i < c->terms.len; i++) {
            if (i) put(q, ",");
            put_value(q, (struct sql_value){.kind = SQL_ID, .text = c->terms.at[i].text});
        }
        put(q, ")");
        break;
    default: put_index(p, q, c, columns); break;
    }
}

/* Indexed composites of Observation: key, then unit, lo, hi (a date has unit 0) or a string. */
static void put_composite(struct sql *q, struct plan *p, const struct condition *c, const char *columns) {
    for (size_t i = 0; i < c->terms.len; i++) {
        const struct term *token = &c->terms.at[i].parts[0], *value = &c->terms.at[i].parts[1];
        bool text = c->param->components[1]->kind == SEARCH_STRING;
        bool date = c->param->components[1]->kind == SEARCH_DATE;
        struct date_box boxes[2];
        size_t arms = date ? date_boxes(p, value, boxes) : 1;
        for (size_t b = 0; b < arms; b++) {
            buf_addf(&q->text, "%sSELECT %s FROM %s WHERE slot=", i + b ? " UNION ALL " : "", columns, text ? "ixcs" : "ixcn");
            put_int(q, c->slot);
            put(q, " AND key");
            if (token->keys.len) put_keys(q, token->keys.at, token->keys.len);
            else put(q, " IS NULL");
            if (text) {
                str key = index_string(p->arena, value->text), end = behind_prefix(p->arena, key);
                put(q, " AND val>="), put_text(q, key);
                if (end.at) put(q, " AND val<"), put_text(q, end);
            } else if (date) {
                put(q, " AND unit=0");
                put_bound(q, " AND lo>=", boxes[b].lo_ge, INT64_MIN);
                put_bound(q, " AND lo<", boxes[b].lo_lt, INT64_MAX);
                put_bound(q, " AND hi>", boxes[b].hi_gt, INT64_MIN);
                put_bound(q, " AND hi<=", boxes[b].hi_le, INT64_MAX);
            } else {
                if (!value->any_unit) {
                    put(q, " AND unit");
                    if (value->keys.len) put_keys(q, value->keys.at, value->keys.len);
                    else put(q, " IS NULL");
                }
                put_number_bounds(q, value);
            }
        }
    }
}

/* ---- probes: one row of the driver, alias m, against the other conditions ------------------------------------------------- */

static void put_probe(struct plan *p, struct sql *q, const struct condition *c, const char *m, fhir_type type) {
    bool none = c->modifier == MODIFIER_NOT || (c->modifier == MODIFIER_MISSING && c->missing);
    if (c->modifier == MODIFIER_MISSING) {
        buf_addf(&q->text, "%s.rid %sIN (SELECT rid FROM %s WHERE slot=", m, none ? "NOT " : "", table_of(c));
        put_int(q, c->slot);
        put(q, ")");
    } else if (c->kind == CONDITION_COMPARTMENT) {
        put(q, "EXISTS(SELECT 1 FROM compartment pc WHERE pc.patient="), put_int(q, c->rid);
        put(q, " AND pc.type="), put_int(q, index_type(p->reader, type));
        buf_addf(&q->text, " AND pc.dt=%s.dt AND pc.rid=%s.rid)", m, m);
    } else if (c->kind == CONDITION_UPDATED) {
        put(q, "EXISTS(SELECT 1 FROM res pu WHERE pu.rid="), put(q, m), put(q, ".rid AND (0");
        for (size_t i = 0; i < c->terms.len; i++)
            for (size_t k = 0; k + 1 < c->terms.at[i].keys.len; k += 2) { /* positions of the log: [from, to) */
                put(q, " OR (pu.pos>="), put_int(q, c->terms.at[i].keys.at[k]);
                put(q, " AND pu.pos<"), put_int(q, c->terms.at[i].keys.at[k + 1]), put(q, ")");
            }
        put(q, "))");
    } else if (c->kind == CONDITION_HAS) {
        char alias[16];
        snprintf(alias, sizeof alias, "h%u", q->aliases++);
        buf_addf(&q->text, "EXISTS(SELECT 1 FROM ix %s WHERE %s.slot=", alias, alias);
        put_int(q, c->slot);
        buf_addf(&q->text, " AND %s.key=%s.rid", alias, m);
        put_where(p, q, &c->links.at[0].conditions, alias, c->links.at[0].type, NULL, true);
        put(q, ")");
    } else if (is_ordered(c)) {
        struct keys keys = all_keys(p, c);
        if (!keys.len) {
            put(q, none ? "1" : "0");
            return;
        }
        buf_addf(&q->text, "%sEXISTS(SELECT 1 FROM ix px WHERE px.slot=", none ? "NOT " : "");
        put_int(q, c->slot);
        put(q, " AND px.key"), put_keys(q, keys.at, keys.len);
        buf_addf(&q->text, " AND px.dt=%s.dt AND px.rid=%s.rid)", m, m);
    } else {
        buf_addf(&q->text, "%s.rid %sIN (", m, none ? "NOT " : "");
        put_set(p, q, c, "rid", type);
        put(q, ")");
    }
}

static void put_where(struct plan *p, struct sql *q, const struct conditions *list, const char *m, fhir_type type,
                      const struct condition *without, bool sets) {
    put_rights(p, q, m, type);
    for (size_t i = 0; i < list->len; i++) {
        const struct condition *c = &list->at[i];
        if (c->dt_high != c->dt_low) {
            buf_addf(&q->text, " AND %s.dt>=", m), put_int(q, c->dt_low);
            buf_addf(&q->text, " AND %s.dt<=", m), put_int(q, c->dt_high);
        }
        if (c == without || c->body_only || !(sets || condition_always(c))) continue;
        put(q, " AND ");
        put_probe(p, q, c, m, type);
    }
}

static const struct condition *best_driver(const struct conditions *list) {
    const struct condition *best = NULL;
    for (size_t i = 0; i < list->len; i++) {
        const struct condition *c = &list->at[i];
        if (!can_drive(c)) continue;
        if (!best || c->estimate < best->estimate || (c->estimate == best->estimate && is_ordered(c) && !is_ordered(best))) best = c;
    }
    return best;
}

static void put_all_of(struct plan *p, struct sql *q, const struct link *l, const char *columns) {
    char alias[16];
    snprintf(alias, sizeof alias, "t%u", q->aliases++);
    const struct condition *driver = best_driver(&l->conditions);
    buf_addf(&q->text, "SELECT %s.%s FROM ", alias, columns);
    if (driver) {
        put(q, "(");
        put_set(p, q, driver, "dt,rid", l->type);
        buf_addf(&q->text, ") %s WHERE 1", alias);
    } else {
        buf_addf(&q->text, "res %s WHERE %s.flags & 3 = 0 AND %s.type=", alias, alias, alias);
        put_int(q, index_type(p->reader, l->type));
    }
    put_where(p, q, &l->conditions, alias, l->type, driver, true);
}

/* ---- the scan ----------------------------------------------------------------------------------------------------------- */

static void put_after(struct sql *q, const struct scan *s, const char *m) {
    if (!s->after) return;
    buf_addf(&q->text, " AND (%s.dt,%s.rid)%s(", m, m, s->ascending ? ">" : "<");
    put_int(q, s->after->dt), put(q, ","), put_int(q, s->after->rid), put(q, ")");
}

static void put_scan(struct plan *p, struct sql *q, const struct scan *s) {
    const struct condition *d = s->driver;
    const char *way = s->ascending ? "ASC" : "DESC", *rows = s->counting ? "count(*)" : "m.dt,m.rid";
    struct keys keys = d && is_ordered(d) && d->kind != CONDITION_COMPARTMENT ? all_keys(p, d) : (struct keys){0};
    if (!d) {
        buf_addf(&q->text, "SELECT %s FROM res m WHERE m.flags & 3 = 0 AND m.type=", rows);
        put_int(q, index_type(p->reader, p->type));
        put_after(q, s, "m");
        put_where(p, q, &p->conditions, "m", p->type, NULL, s->sets);
        if (!s->counting && !s->unordered) buf_addf(&q->text, " ORDER BY m.dt %s,m.rid %s", way, way);
        return;
    }
    if (d->kind == CONDITION_COMPARTMENT || (keys.len != 1 && (s->counting || keys.len == 0 || keys.len > MERGED_KEYS))) {
        buf_addf(&q->text, "SELECT %s FROM (", s->counting ? "count(DISTINCT m.rid)" : rows);
        put_set(p, q, d, "dt,rid", p->type);
        put(q, ") m WHERE 1");
        put_after(q, s, "m");
        put_where(p, q, &p->conditions, "m", p->type, d, s->sets);
        if (!s->counting && !s->unordered) buf_addf(&q->text, " ORDER BY m.dt %s,m.rid %s", way, way);
        return;
    }
    for (size_t i = 0; i < keys.len; i++) { /* arms in order, merged by the engine */
        buf_addf(&q->text, "%sSELECT %s FROM ix m WHERE m.slot=", i ? " UNION ALL " : "", rows);
        put_int(q, d->slot), put(q, " AND m.key="), put_int(q, keys.at[i]);
        put_after(q, s, "m");
        put_where(p, q, &p->conditions, "m", p->type, d, s->sets);
    }
    if (!s->counting && !s->unordered) buf_addf(&q->text, " ORDER BY 1 %s,2 %s", way, way);
}

err scan_statement(struct plan *p, const struct scan *s, struct statement **out) {
    struct sql q = sql_new(p);
    put_scan(p, &q, s);
    return bind_all(p, &q, out);
}

/* ---- another order whose key the index knows -------------------------------------------------------------------------------- */

bool sort_by_index(const struct plan *p) {
    if (p->sorts.len != 1) return false;
    const struct sort *s = &p->sorts.at[0];
    if (s->kind == SORT_UPDATED || s->kind == SORT_ID) return true;
    return s->kind == SORT_VALUE && (s->param->kind == SEARCH_STRING || s->param->kind == SEARCH_DATE);
}

err sorted_statement(struct plan *p, const struct scan *s, struct statement **out) {
    static const char id_text[] = "CASE typeof(u.id) WHEN 'blob' THEN lower(substr(hex(u.id),1,8)||'-'||substr(hex(u.id),9,4)||'-'||"
                                  "substr(hex(u.id),13,4)||'-'||substr(hex(u.id),17,4)||'-'||substr(hex(u.id),21)) ELSE u.id END";
    const struct sort *sort = &p->sorts.at[0];
    struct sql q = sql_new(p);
    const char *way = sort->descending ? "DESC" : "ASC";
    buf_addf(&q.text, "SELECT b.dt,b.rid,%s AS k FROM (", sort->kind == SORT_UPDATED ? "u.pos" : sort->kind == SORT_ID ? id_text : "u.v");
    put_scan(p, &q, s);
    if (sort->kind != SORT_VALUE) {
        put(&q, ") b JOIN res u ON u.rid=b.rid");
    } else {
        bool ready = false, text = sort->param->kind == SEARCH_STRING;
        int slot = index_slot(p->reader, sort->param->slot, &ready);
        if (slot < 0 || !ready) return err_make(p->arena, ERR_INCOMPLETE, "_sort", "the index of this parameter is being rebuilt");
        const char *value = text ? (sort->descending ? "max(val)" : "min(val)") : sort->descending ? "max(hi)" : "min(lo)";
        buf_addf(&q.text, ") b LEFT JOIN (SELECT rid, %s AS v FROM %s WHERE slot=", value, text ? "ixs" : "ixd");
        put_int(&q, slot);
        put(&q, " GROUP BY rid) u ON u.rid=b.rid");
    }
    buf_addf(&q.text, " ORDER BY k IS NULL, k %s, b.dt DESC, b.rid DESC", way);
    return bind_all(p, &q, out);
}

/* Estimates: a chain is counted only where its target is rare; else its set would cost more than it tells. */
static bool is_countable(const struct condition *c) {
    if (c->kind != CONDITION_CHAIN) return true;
    for (size_t i = 0; i < c->links.len; i++) {
        const struct condition *d = best_driver(&c->links.at[i].conditions);
        if (!d || d->estimate >= FEW) return false;
    }
    return true;
}

/* ---- estimates ------------------------------------------------------------------------------------------------------------ */

static err count_condition(struct plan *p, struct condition *c, fhir_type type, size_t most) {
    struct sql q = sql_new(p);
    struct statement *s;
    bool row;
    put(&q, "SELECT count(*) FROM (SELECT 1 FROM (");
    put_set(p, &q, c, "rid", type);
    put(&q, ") LIMIT "), put_int(&q, (int64_t)most), put(&q, ")");
    TRY(bind_all(p, &q, &s));
    TRY(db_row(s, &row));
    c->estimate = row ? (size_t)column_int(s, 0) : 0;
    db_reset(s);
    return OK_ERR;
}

/* A few hundred rows tell apart what is rare; only where everything is frequent it is worth looking further. */
err plan_estimate(struct plan *p, struct conditions *list, fhir_type type, bool top) {
    size_t drivers = 0;
    for (size_t i = 0; i < list->len; i++) {
        struct condition *c = &list->at[i];
        c->estimate = SIZE_MAX;
        for (size_t k = 0; k < c->links.len; k++) TRY(plan_estimate(p, &c->links.at[k].conditions, c->links.at[k].type, false));
        drivers += can_drive(c);
    }
    for (size_t most = FEW; most <= MANY; most *= 20) {
        bool rare = false;
        size_t ordered = 0;
        for (size_t i = 0; i < list->len; i++) {
            struct condition *c = &list->at[i];
            if (!can_drive(c) || !is_countable(c)) continue;
            if (top && drivers == 1 && is_ordered(c)) {
                c->estimate = 0;
                return OK_ERR;
            }
            if (most > FEW && !is_ordered(c)) continue; /* frequent and unordered: it will not lead a page */
            TRY(count_condition(p, c, type, most));
            rare |= c->estimate < most;
            ordered += is_ordered(c);
        }
        if (rare || ordered < 2) break;
    }
    return OK_ERR;
}

/* An ordered condition is read only as far as the page goes; an unordered one must be read whole before its first row. */
void scan_choose(struct plan *p, struct scan *s) {
    const struct condition *best = NULL, *ordered = NULL;
    for (size_t i = 0; i < p->conditions.len; i++) {
        const struct condition *c = &p->conditions.at[i];
        if (!can_drive(c) || c->estimate == SIZE_MAX) continue;
        if (is_ordered(c) && (!ordered || c->estimate < ordered->estimate)) ordered = c;
        if (!best || c->estimate < best->estimate) best = c;
    }
    if (best && best->estimate < FEW) s->driver = best;
    else if (ordered) s->driver = ordered;
    else s->driver = s->sets ? best : NULL;
}
