/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes of decisions, their order in law, and the register resource read into structs.
 */
#include "decision.h"

#include "base/date.h"
#include "base/vec.h"

#include <stdlib.h>

/* ---- codes ------------------------------------------------------------------------------------------------------- */

struct code {
    const char *code, *vi, *en;
};
static const struct code operation_codes[] = {
#define X(name, code, vi, en) {code, vi, en},
    OPERATION_KINDS(X)
#undef X
};
static const struct code holding_codes[] = {
#define X(name, code, vi, en) {code, vi, en},
    HOLDINGS(X)
#undef X
};
static const char *const hierarchy_codes[HIERARCHY_COUNT] = {"manager", "director", "insurer"};

const char *operation_kind_code(enum operation_kind kind) { return operation_codes[kind].code; }
const char *operation_kind_name(enum operation_kind kind, bool vi) {
    return vi ? operation_codes[kind].vi : operation_codes[kind].en;
}
enum operation_kind operation_kind_of(str code) {
    int i = 0;
    while (i < OPERATION_KIND_COUNT && !str_is(code, operation_codes[i].code)) i++;
    return (enum operation_kind)i;
}

const char *holding_code(enum holding h) { return holding_codes[h].code; }
const char *holding_name(enum holding h, bool vi) { return vi ? holding_codes[h].vi : holding_codes[h].en; }
enum holding holding_of(str code) {
    int i = 0;
    while (i < HOLDING_COUNT && !str_is(code, holding_codes[i].code)) i++;
    return (enum holding)i;
}

const char *hierarchy_code(enum hierarchy h) { return hierarchy_codes[h]; }
enum hierarchy hierarchy_of(str code) {
    int i = 0;
    while (i < HIERARCHY_COUNT && !str_is(code, hierarchy_codes[i])) i++;
    return (enum hierarchy)i;
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* "05/QĐ-UBND" before "12/QĐ-UBND": the digits in front count by value. */
static int64_t leading_number(str s) {
    size_t n = 0;
    int64_t value = -1;
    while (n < s.len && n < 15 && s.at[n] >= '0' && s.at[n] <= '9') n++;
    return n && str_int64(str_slice(s, 0, n), &value) ? value : -1;
}

int decision_compare(const struct decision *x, const struct decision *y) {
    if (x->effective_on != y->effective_on) return x->effective_on < y->effective_on ? -1 : 1;
    int64_t a = leading_number(x->number), b = leading_number(y->number);
    if (a != b) return a < b ? -1 : 1;
    int c = str_compare(x->number, y->number);
    return c ? c : str_compare(x->id, y->id);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *arena;
    str path; /* of the operation being read */
    err error;
};

static void wrong(struct reading *r, const char *member, str value) {
    if (r->error.code) return;
    str at = str_format(r->arena, "%.*s.%s", STR_ARG(r->path), member);
    r->error = err_make(r->arena, ERR_INVALID, str_z(r->arena, at), "'%.*s' cannot be understood", STR_ARG(value));
}

/* "Location/x" → "x". */
static str reference_id(const struct json *object, const char *member) {
    str s = JSON_TEXT(json_get(object, str_of(member)), "reference");
    size_t slash = str_find(s, '/');
    return slash < s.len ? str_slice(s, slash + 1, s.len) : s;
}

static int32_t day_of(struct reading *r, const struct json *object, const char *member) {
    str s = json_text(object, str_of(member));
    int32_t day = DAY_FIRST;
    if (s.len && !day_parse(s, &day)) wrong(r, member, s);
    return day;
}

static double decimal_of(const struct json *object, const char *member, struct arena *a, bool *has, str *text) {
    const struct json *v = json_get(object, str_of(member));
    if (!v || v->kind != JSON_NUMBER) {
        *has = false;
        return 0;
    }
    if (text) *text = v->text;
    return strtod(str_z(a, v->text), NULL);
}

static str digits_of(const struct json *object, const char *member) {
    const struct json *v = json_get(object, str_of(member));
    return v && v->kind == JSON_NUMBER ? v->text : STR_NONE;
}

static int64_t integer_of(struct reading *r, const struct json *object, const char *member) {
    const struct json *v = json_get(object, str_of(member));
    int64_t n = 0;
    if (!v || !str_int64(v->text, &n)) wrong(r, member, v ? v->text : STR_NONE);
    return n;
}

static enum holding holding_in(struct reading *r, const struct json *object) {
    enum holding h = holding_of(JSON_TEXT(object, "what"));
    if (h == HOLDING_COUNT) wrong(r, "what", JSON_TEXT(object, "what"));
    return h == HOLDING_COUNT ? HOLDING_POSTS : h;
}

static void read_lists(struct reading *r, const struct json *o, struct operation *out) {
    const struct json *list = JSON_GET(o, "place");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        str s = JSON_TEXT(p, "reference");
        size_t slash = str_find(s, '/');
        VEC_PUSH(r->arena, &out->places, slash < s.len ? str_slice(s, slash + 1, s.len) : s);
    }
    list = JSON_GET(o, "part");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        bool has = true;
        struct share s = {reference_id(p, "target"), decimal_of(p, "share", r->arena, &has, NULL)};
        VEC_PUSH(r->arena, &out->parts, s);
    }
    list = JSON_GET(o, "receiver");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        struct receiver s = {JSON_TEXT(p, "what"), reference_id(p, "place")};
        VEC_PUSH(r->arena, &out->receivers, s);
    }
    list = JSON_GET(o, "transfer");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        struct transfer t = {holding_in(r, p), integer_of(r, p, "quantity"), reference_id(p, "from"),
                             reference_id(p, "to"), JSON_TEXT(p, "reason")};
        VEC_PUSH(r->arena, &out->transfers, t);
    }
    list = JSON_GET(o, "capacity");
    for (const struct json *p = list ? list->first : NULL; p && out->capacity_count < HOLDING_COUNT; p = p->next) {
        out->capacity[out->capacity_count].what = holding_in(r, p);
        out->capacity[out->capacity_count++].quantity = integer_of(r, p, "quantity");
    }
    list = JSON_GET(o, "service");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) VEC_PUSH(r->arena, &out->services, p->text);
}

static void read_operation(struct reading *r, const struct json *o, struct operation *out) {
    *out = (struct operation){.kind = operation_kind_of(JSON_TEXT(o, "kind")), .from = DAY_FIRST, .until = DAY_FIRST};
    if (out->kind == OPERATION_KIND_COUNT) wrong(r, "kind", JSON_TEXT(o, "kind"));
    read_lists(r, o, out);
    str role = JSON_TEXT(o, "role"), kind = JSON_TEXT(o, "placeKind");
    if (role.len) {
        out->role = hierarchy_of(role);
        out->has_role = true;
        if (out->role == HIERARCHY_COUNT) wrong(r, "role", role);
    }
    out->place_kind = place_kind_of(kind);
    if (kind.len && !out->place_kind) wrong(r, "placeKind", kind);
    out->query = JSON_TEXT(o, "query");
    out->target = reference_id(o, "target");
    out->name = JSON_TEXT(o, "name");
    out->code = JSON_TEXT(o, "code");
    out->parent = reference_id(o, "parent");
    out->manager = reference_id(o, "manager");
    out->director = reference_id(o, "director");
    out->insurer = reference_id(o, "insurer");
    out->reason = JSON_TEXT(o, "reason");
    out->has_position = true;
    out->latitude = decimal_of(o, "latitude", r->arena, &out->has_position, &out->latitude_text);
    out->longitude = decimal_of(o, "longitude", r->arena, &out->has_position, &out->longitude_text);
    const struct json *continues = JSON_GET(o, "continues");
    out->continues = continues && continues->kind == JSON_TRUE;
    out->from = day_of(r, o, "from");
    out->until = day_of(r, o, "until");
}

err decision_read(struct arena *a, const struct json *resource, struct decision *out) {
    struct reading r = {.arena = a, .path = STR("Decision")};
    str status = JSON_TEXT(resource, "status");
    *out = (struct decision){.source = resource,
                             .id = JSON_TEXT(resource, "id"),
                             .number = JSON_TEXT(resource, "number"),
                             .title = JSON_TEXT(resource, "title"),
                             .authority = JSON_TEXT(resource, "authority"),
                             .signer = JSON_TEXT(resource, "signer"),
                             .province = reference_id(resource, "province"),
                             .revokes = reference_id(resource, "revokes"),
                             .reason = JSON_TEXT(resource, "reason"),
                             .certainty_note = JSON_TEXT(resource, "certaintyNote"),
                             .assumed = str_is(JSON_TEXT(resource, "certainty"), "assumed"),
                             .status = str_is(status, "signed")  ? DECISION_SIGNED
                                       : str_is(status, "draft") ? DECISION_DRAFT
                                                                 : DECISION_ERROR};
    out->signed_on = day_of(&r, resource, "signedOn");
    out->effective_on = day_of(&r, resource, "effectiveOn");
    out->operational_on = day_of(&r, resource, "operationalOn");
    out->recorded_on = day_of(&r, resource, "recordedOn");
    const struct json *basis = JSON_GET(resource, "legalBasis"), *list;
    for (const struct json *b = basis ? basis->first : NULL; b; b = b->next) VEC_PUSH(a, &out->legal_basis, b->text);
    list = JSON_GET(resource, "effect");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        struct decision_effect effect = {JSON_TEXT(e, "what"), digits_of(e, "minutes"), digits_of(e, "before"),
                                         digits_of(e, "after")};
        VEC_PUSH(a, &out->effects, effect);
    }
    unsigned n = 0;
    list = JSON_GET(resource, "operation");
    for (const struct json *o = list ? list->first : NULL; o; o = o->next) {
        struct operation op;
        r.path = str_format(a, "Decision.operation[%u]", n++);
        read_operation(&r, o, &op);
        VEC_PUSH(a, &out->operations, op);
    }
    return r.error;
}
