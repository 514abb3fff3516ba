/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values become keys of this node's index: slots, hashes, numbers of systems, rids. Also what the definitions say of a
 * parameter.
 */
#include "plan.h"

#include "base/vec.h"
#include "db/db.h"

/* ---- what the definitions say ------------------------------------------------------------------------------------------- */

bool plan_targets(const struct fhir_search *param, fhir_type type) {
    if (param->only_target != FHIR_TYPE_NONE) return param->only_target == type;
    for (size_t i = 0; i < param->target_count; i++)
        if (param->targets[i] == type) return true;
    return param->target_count == 0;
}

bool search_supports(const struct fhir_search *param) {
    if (param->kind == SEARCH_COMPOSITE) {
        for (size_t i = 0; i < plan_component_count(param); i++)
            if (!search_supports(param->components[i])) return false;
        return plan_component_count(param) > 0;
    }
    return param->kind != SEARCH_SPECIAL && param->slot != FHIR_NO_SLOT;
}

bool plan_is_clinical_date(fhir_type type, const struct fhir_search *param) {
    return param->slot != FHIR_NO_SLOT && param->slot == fhir_clinical_slot(type);
}

size_t plan_component_count(const struct fhir_search *param) {
    size_t n = 0;
    while (n < 3 && param->components[n]) n++;
    return n;
}

bool search_type_has_person(fhir_type type) {
    static _Atomic unsigned char known[FHIR_TYPE_MAX]; /* 0 not asked yet, 1 no, 2 yes: a cache of a constant table */
    if (!fhir_is_resource(type)) return true;
    if (!known[type]) {
        unsigned char yes = type == FHIR_TYPE_PATIENT;
        for (size_t i = 0; i < fhir_compartment_rows_count; i++)
            yes |= fhir_compartment_rows[i].owner == FHIR_TYPE_PATIENT && fhir_compartment_rows[i].type == type;
        known[type] = yes ? 2 : 1;
    }
    return known[type] == 2;
}

/* ---- keys ------------------------------------------------------------------------------------------------------------------ */

/* The distinct values of the column behind the slot within [first, last]: one seek for each. */
static err distinct_keys(struct plan *p, const char *sql, int64_t slot, int64_t first, int64_t last, struct keys *out) {
    for (int64_t from = first; from <= last && out->len < 5000;) {
        struct statement *q = db_use(reader_db(p->reader), sql);
        bool row;
        bind_int(q, 1, slot);
        bind_int(q, 2, from);
        bind_int(q, 3, last);
        TRY(db_row(q, &row));
        if (!row) break;
        int64_t key = column_int(q, 0);
        db_reset(q);
        VEC_PUSH(p->arena, out, key);
        if (key == INT64_MAX) break;
        from = key + 1;
    }
    return OK_ERR;
}

static const char sql_ix_key[] = "SELECT key FROM ix WHERE slot=?1 AND key>=?2 AND key<=?3 ORDER BY key LIMIT 1";
static const char sql_ixn_unit[] = "SELECT unit FROM ixn WHERE slot=?1 AND unit>=?2 AND unit<=?3 ORDER BY unit LIMIT 1";
static const char sql_ixcn_key[] = "SELECT key FROM ixcn WHERE slot=?1 AND key>=?2 AND key<=?3 ORDER BY key LIMIT 1";
static const char sql_ixcs_key[] = "SELECT key FROM ixcs WHERE slot=?1 AND key>=?2 AND key<=?3 ORDER BY key LIMIT 1";

static const unsigned char *hash_key(struct plan *p) { return p->key; }

static err token_keys(struct plan *p, struct condition *c, struct term *t, int64_t slot, const char *distinct) {
    if (t->any_code) {
        VEC_PUSH(p->arena, &t->rids, index_system(p->reader, t->system));
        c->inexact |= t->rids.at[0] == INDEX_SYSTEM_OTHER;
        return OK_ERR;
    }
    uint64_t hash = index_code_hash(hash_key(p), p->arena, t->code);
    if (t->any_system) return distinct_keys(p, distinct, slot, index_token_first(hash), index_token_last(hash), &t->keys);
    int64_t system = index_system(p->reader, t->system);
    c->inexact |= system == INDEX_SYSTEM_OTHER;
    if (system >= 0) VEC_PUSH(p->arena, &t->keys, index_token_key(hash, system));
    return OK_ERR;
}

static void reference_keys(struct plan *p, const struct condition *c, struct term *t) {
    if (t->url.at) {
        VEC_PUSH(p->arena, &t->keys, index_url_key(hash_key(p), index_canonical(t->url)));
        struct fhir_reference r = fhir_reference_parse(t->url);
        if (r.kind == REFERENCE_URN) return;
        return;
    }
    for (fhir_type type = 1; type < FHIR_TYPE_MAX; type++) {
        if (t->target != FHIR_TYPE_NONE ? type != t->target : !plan_targets(c->param, type)) continue;
        int64_t rid = reader_rid(p->reader, type, t->id);
        if (rid) VEC_PUSH(p->arena, &t->keys, rid);
    }
}

static err unit_keys(struct plan *p, struct condition *c, struct term *t, int64_t slot) {
    if (t->any_unit) return distinct_keys(p, sql_ixn_unit, slot, INT64_MIN, INT64_MAX, &t->keys);
    uint64_t hash = index_code_hash(hash_key(p), p->arena, t->unit_code);
    if (t->any_unit_system) {
        return distinct_keys(p, sql_ixn_unit, slot, index_token_first(hash), index_token_last(hash), &t->keys);
    }
    int64_t system = index_system(p->reader, t->unit_system);
    c->inexact |= system == INDEX_SYSTEM_OTHER;
    if (system >= 0) VEC_PUSH(p->arena, &t->keys, index_token_key(hash, system));
    return OK_ERR;
}

/* First log position whose wall is at least `wall`: walls never decrease along the log. */
static err position_at(struct plan *p, int64_t wall, int64_t *out) {
    int64_t low = 1, high = reader_position(p->reader) + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        struct statement *q = db_use(reader_db(p->reader), "SELECT wall FROM log WHERE pos=?1");
        bool row;
        bind_int(q, 1, middle);
        TRY(db_row(q, &row));
        bool before = row && column_int(q, 0) < wall;
        db_reset(q);
        if (before) low = middle + 1;
        else high = middle;
    }
    *out = low;
    return OK_ERR;
}

/* _lastUpdated is an instant: [from, to) of the value against one millisecond. */
static err updated_keys(struct plan *p, struct term *t) {
    int64_t from, to, gap = (p->now > t->from ? p->now - t->from : t->from - p->now) / 10;
    struct keys *k = &t->keys;
    bool wide = t->prefix == PREFIX_AP;
    TRY(position_at(p, t->from - (wide ? gap : 0), &from));
    TRY(position_at(p, t->to + (wide ? gap : 0), &to));
    int64_t bounds[4] = {0, 0, 0, 0};
    switch (t->prefix) {
    case PREFIX_EQ:
    case PREFIX_AP: bounds[0] = from, bounds[1] = to; break;
    case PREFIX_NE: bounds[1] = from, bounds[2] = to, bounds[3] = INT64_MAX; break;
    case PREFIX_GT:
    case PREFIX_SA: bounds[0] = to, bounds[1] = INT64_MAX; break;
    case PREFIX_LT:
    case PREFIX_EB: bounds[1] = from; break;
    case PREFIX_GE: bounds[0] = from, bounds[1] = INT64_MAX; break;
    case PREFIX_LE: bounds[1] = to; break;
    }
    for (size_t i = 0; i < 4; i++) VEC_PUSH(p->arena, k, bounds[i]);
    return OK_ERR;
}

/* Composites that the index keeps: those of Observation of a token with a quantity, a date or a string. */
static bool composite_indexed(const struct fhir_search *param) {
    if (param->slot == FHIR_NO_SLOT || plan_component_count(param) != 2) return false;
    enum search_kind kind = param->components[1]->kind;
    return fhir_slots[param->slot].type == FHIR_TYPE_OBSERVATION && param->components[0]->kind == SEARCH_TOKEN &&
           (kind == SEARCH_QUANTITY || kind == SEARCH_DATE || kind == SEARCH_STRING);
}

static err composite_keys(struct plan *p, struct condition *c) {
    if (!composite_indexed(c->param)) {
        c->body_only = true;
        return OK_ERR;
    }
    bool text = c->param->components[1]->kind == SEARCH_STRING;
    c->inexact = true; /* edges of numbers, cut strings: the body decides */
    for (size_t i = 0; i < c->terms.len; i++) {
        struct term *token = &c->terms.at[i].parts[0], *value = &c->terms.at[i].parts[1];
        if (token->any_code) c->body_only = true;
        else TRY(token_keys(p, c, token, c->slot, text ? sql_ixcs_key : sql_ixcn_key));
        if (c->param->components[1]->kind == SEARCH_QUANTITY && !value->any_unit) {
            /* units of the composite's rows are keys as in ixn; without a system every known one is tried on the body */
            if (value->any_unit_system) value->any_unit = true;
            else TRY(unit_keys(p, c, value, c->slot));
        }
    }
    return OK_ERR;
}

static err slot_of(struct plan *p, struct condition *c) {
    if (!c->param || c->param->slot == FHIR_NO_SLOT) return OK_ERR;
    bool ready = false;
    c->slot = index_slot(p->reader, c->param->slot, &ready);
    if (ready && c->slot >= 0) return OK_ERR;
    return err_make(p->arena, ERR_INCOMPLETE, NULL, "the index of %.*s is being rebuilt; try again later", STR_ARG(c->param->code));
}

/* Is there a row of the slot that begins at `lo` (or anywhere) and is longer than a day? */
static err has_long(struct plan *p, int64_t slot, bool open_only, bool *out) {
    struct statement *q = db_use(reader_db(p->reader), "SELECT 1 FROM ixd WHERE slot=?1 AND span=1 AND lo<=?2 LIMIT 1");
    bind_int(q, 1, slot);
    bind_int(q, 2, open_only ? INDEX_TIME_MIN : INT64_MAX);
    TRY(db_row(q, out));
    db_reset(q);
    return OK_ERR;
}

/* Type.element that does not repeat: the clinical date is the beginning of the one period there is. */
static bool is_single(fhir_type type, const struct fhir_search *param) {
    str rest = fhir_slots[param->slot].expression, head;
    if (!str_split(&rest, '.', &head) || !rest.at || !str_is(head, fhir_type_name(type))) return false;
    const struct fhir_type_row *row = fhir_type_row(type);
    for (uint16_t i = row->first; i < row->first + row->count; i++)
        if (str_is(rest, fhir_text(fhir_elements[i].name))) return !(fhir_elements[i].flags & ELEMENT_MANY);
    return false;
}

static int64_t minutes(int64_t ms) { return ms >= 0 ? ms / 60000 : -((-ms + 59999) / 60000); }

/* The dates of the condition as bounds of the rows' clinical date, so that the scan begins and ends where they do. */
static err clinical_bounds(struct plan *p, struct condition *c, fhir_type type) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    bool open, any_long;
    if (c->modifier == MODIFIER_MISSING || !plan_is_clinical_date(type, c->param) || !is_single(type, c->param)) return OK_ERR;
    TRY(has_long(p, c->slot, true, &open));
    TRY(has_long(p, c->slot, false, &any_long));
    for (size_t i = 0; i < c->terms.len; i++) {
        struct date_box boxes[2];
        size_t n = date_boxes(p, &c->terms.at[i], boxes);
        for (size_t b = 0; b < n; b++) {
            int64_t from = boxes[b].lo_ge, to = boxes[b].lo_lt < boxes[b].hi_le ? boxes[b].lo_lt : boxes[b].hi_le;
            if (boxes[b].hi_gt != INT64_MIN && !any_long && boxes[b].hi_gt - INDEX_SPAN_MS > from) from = boxes[b].hi_gt - INDEX_SPAN_MS;
            if (open) to = INT64_MAX; /* a period without a beginning has the date of its end */
            if (from < low) low = from;
            if (to > high) high = to;
        }
    }
    c->dt_low = low == INT64_MIN ? INT32_MIN : minutes(low) - 1;
    c->dt_high = high == INT64_MAX ? INT32_MAX : minutes(high) + 1; /* minute 0 is kept as 1 */
    if (c->dt_low == INT32_MIN && c->dt_high == INT32_MAX) c->dt_low = c->dt_high = 0;
    return OK_ERR;
}

static err resolve_one(struct plan *p, struct condition *c) {
    TRY(slot_of(p, c));
    if (c->kind == CONDITION_COMPOSITE) return composite_keys(p, c);
    if (c->modifier == MODIFIER_IDENTIFIER) c->slot += INDEX_SLOT_IDENTIFIER;
    if (c->modifier == MODIFIER_MISSING) {
        c->body_only = c->kind == CONDITION_REFERENCE && c->param->only_target != FHIR_TYPE_NONE;
        return OK_ERR;
    }
    if (c->body_only) return OK_ERR;
    for (size_t i = 0; i < c->terms.len; i++) {
        struct term *t = &c->terms.at[i];
        switch (c->kind) {
        case CONDITION_TOKEN: TRY(token_keys(p, c, t, c->slot, sql_ix_key)); break;
        case CONDITION_REFERENCE:
            if (c->modifier == MODIFIER_IDENTIFIER) TRY(token_keys(p, c, t, c->slot, sql_ix_key));
            else reference_keys(p, c, t);
            break;
        case CONDITION_URI: VEC_PUSH(p->arena, &t->keys, index_uri_key(hash_key(p), t->text)); break;
        case CONDITION_STRING: c->inexact |= t->folded.len > INDEX_STRING_BYTES - 4; break;
        case CONDITION_NUMBER:
            VEC_PUSH(p->arena, &t->keys, 0);
            c->inexact = true;
            break;
        case CONDITION_QUANTITY:
            TRY(unit_keys(p, c, t, c->slot));
            c->inexact = true;
            break;
        case CONDITION_UPDATED: TRY(updated_keys(p, t)); break;
        default: break;
        }
    }
    return OK_ERR;
}

err plan_resolve(struct plan *p, struct conditions *list, fhir_type type) {
    for (size_t i = 0; i < list->len; i++) {
        struct condition *c = &list->at[i];
        TRY(resolve_one(p, c));
        if (c->kind == CONDITION_DATE) TRY(clinical_bounds(p, c, type));
        for (size_t k = 0; k < c->links.len; k++) TRY(plan_resolve(p, &c->links.at[k].conditions, c->links.at[k].type));
    }
    return OK_ERR;
}
