/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be done to a change before the writer sees it: the minified body, what it puts into the index, the
 * compressed frame. Runs on the callers' threads, in parallel.
 */
#include "store_int.h"

#include "base/date.h"
#include "base/vocabulary.h"

/* ---- the body ---------------------------------------------------------------------------------------------------- */

static void member(struct buf *out, str source, const struct json *m, bool *first) {
    if (!*first) buf_addc(out, ',');
    *first = false;
    /* the name exactly as sent: from its quote to the colon */
    size_t end = m->key_begin + 1;
    while (source.at[end] != '"') end += source.at[end] == '\\' ? 2 : 1;
    buf_add(out, str_slice(source, m->key_begin, end + 1));
    buf_addc(out, ':');
    json_minify(out, source, m);
}

static bool is_versioning(str key) { return str_eq(key, STR("versionId")) || str_eq(key, STR("lastUpdated")); }

/* meta without versionId and lastUpdated; nothing at all when that leaves it empty. */
static void put_meta(struct buf *out, str source, const struct json *meta, bool *first) {
    bool any = meta->kind != JSON_OBJECT, inner = true;
    for (const struct json *m = meta->first; m && !any; m = m->next) any = !is_versioning(m->key);
    if (!any) return;
    if (meta->kind != JSON_OBJECT) {
        member(out, source, meta, first);
        return;
    }
    buf_addz(out, *first ? "\"meta\":{" : ",\"meta\":{");
    *first = false;
    for (const struct json *m = meta->first; m; m = m->next)
        if (!is_versioning(m->key)) member(out, source, m, &inner);
    buf_addc(out, '}');
}

static void put_id(struct buf *out, str id, bool *first) {
    buf_addz(out, *first ? "\"id\":" : ",\"id\":");
    *first = false;
    buf_add_json(out, id);
}

err body_make(struct arena *a, fhir_type type, str id, str source, const struct json *resource, str *out) {
    if (!resource || resource->kind != JSON_OBJECT)
        return err_make(a, ERR_INVALID, NULL, "a resource is a JSON object");
    str name = JSON_TEXT(resource, "resourceType");
    if (!str_is(name, fhir_type_name(type)))
        return err_make(a, ERR_INVALID, "resourceType", "resourceType %.*s stands where %s is expected", STR_ARG(name),
                        fhir_type_name(type));
    struct buf b = buf_new(a);
    buf_reserve(&b, (size_t)(resource->end - resource->begin) + id.len + 16);
    bool first = true, has_id = JSON_GET(resource, "id") != NULL;
    buf_addc(&b, '{');
    for (const struct json *m = resource->first; m; m = m->next) {
        if (str_eq(m->key, STR("id")))
            put_id(&b, id, &first);
        else if (str_eq(m->key, STR("meta")))
            put_meta(&b, source, m, &first);
        else
            member(&b, source, m, &first);
        if (!has_id && str_eq(m->key, STR("resourceType"))) put_id(&b, id, &first);
    }
    buf_addc(&b, '}');
    *out = buf_str(&b);
    return OK_ERR;
}

/* ---- extraction -------------------------------------------------------------------------------------------------- */

struct target {
    struct store *s;
    struct arena *a;
    struct prepared *out;
};

static void put(struct target *t, struct entry e) {
    if (e.slot > 0) VEC_PUSH(t->a, &t->out->entries, e);
}

static int32_t number_of_slot(const struct target *t, uint16_t slot) { return t->s->slot_number[slot]; }

static void put_link(struct target *t, const struct fhir_link *l) {
    struct entry e = {.slot = number_of_slot(t, l->slot)};
    const struct fhir_reference *r = &l->reference;
    if (r->kind == REFERENCE_LOCAL) {
        e.kind = ENTRY_REFERENCE;
        e.type = r->type;
        e.text = r->id;
        put(t, e);
    } else if (r->kind == REFERENCE_ABSOLUTE || r->kind == REFERENCE_URN) {
        e.kind = ENTRY_URL;
        e.key = index_url_key(t->s->key, index_canonical(r->url));
        put(t, e);
    }
    if (l->identifier_value.len) {
        e.kind = ENTRY_IDENTIFIER;
        e.system = l->identifier_system;
        e.hash = index_code_hash(t->s->key, t->a, l->identifier_value);
        put(t, e);
    }
}

static int64_t clip(int64_t ms) {
    return ms < INDEX_TIME_MIN ? INDEX_TIME_MIN : ms > INDEX_TIME_MAX ? INDEX_TIME_MAX : ms;
}

/* Low end of the first text to the high end of the second; an open end is the end of the doubles. */
static bool amount(struct target *t, const struct fhir_amount *x, struct entry *e) {
    double lo = -1e308, hi = 1e308, unused;
    if (!x->low.len && !x->high.len) return false;
    if (x->low.len && !index_number(x->low, &lo, &unused)) return false;
    if (!index_number(x->high.len ? x->high : x->low, &unused, &hi)) return false;
    e->lo = lo;
    e->hi = hi;
    str code = x->code.len ? x->code : x->unit;
    if (code.len) {
        e->has_unit = true;
        e->unit_hash = index_code_hash(t->s->key, t->a, code);
        e->unit_system = x->code.len ? x->system : STR_NONE;
    }
    return true;
}

static void put_pair(struct target *t, const struct fhir_pair *p) {
    struct entry e = {.slot = number_of_slot(t, p->slot), .system = p->system};
    e.hash = index_code_hash(t->s->key, t->a, p->code);
    if (p->kind == SEARCH_QUANTITY) {
        e.kind = ENTRY_COMPOSITE_NUMBER;
        if (!amount(t, &p->amount, &e)) return;
    } else if (p->kind == SEARCH_DATE) {
        e.kind = ENTRY_COMPOSITE_DATE;
        e.from = clip(p->period.from);
        e.to = clip(p->period.to);
    } else if (p->kind == SEARCH_STRING) {
        e.kind = ENTRY_COMPOSITE_STRING;
        e.text = index_string(t->a, p->text);
    } else {
        return; /* token and token: an AND confirmed on the body */
    }
    put(t, e);
}

static void place_of(struct prepared *out, const struct json *resource) {
    const struct json *extensions = JSON_GET(resource, "extension");
    if (!extensions || extensions->kind != JSON_ARRAY) return;
    for (const struct json *e = extensions->first; e; e = e->next) {
        if (!str_eq(JSON_TEXT(e, "url"), STR(EXTENSION_RESIDENCE))) continue;
        struct fhir_reference r = fhir_reference_parse(JSON_TEXT(JSON_GET(e, "valueReference"), "reference"));
        if (r.kind == REFERENCE_LOCAL && r.type == FHIR_TYPE_LOCATION) out->place = r.id;
    }
}

static void put_plain(struct target *t, const struct fhir_index *x) {
    for (size_t i = 0; i < x->tokens.len; i++)
        put(t, (struct entry){.kind = ENTRY_TOKEN,
                              .slot = number_of_slot(t, x->tokens.at[i].slot),
                              .system = x->tokens.at[i].system,
                              .hash = index_code_hash(t->s->key, t->a, x->tokens.at[i].code)});
    for (size_t i = 0; i < x->strings.len; i++)
        put(t, (struct entry){.kind = ENTRY_STRING,
                              .slot = number_of_slot(t, x->strings.at[i].slot),
                              .text = index_string(t->a, x->strings.at[i].text)});
    for (size_t i = 0; i < x->periods.len; i++)
        put(t, (struct entry){.kind = ENTRY_DATE,
                              .slot = number_of_slot(t, x->periods.at[i].slot),
                              .from = clip(x->periods.at[i].from),
                              .to = clip(x->periods.at[i].to)});
    for (size_t i = 0; i < x->uris.len; i++)
        put(t, (struct entry){.kind = ENTRY_URI,
                              .slot = number_of_slot(t, x->uris.at[i].slot),
                              .key = index_uri_key(t->s->key, x->uris.at[i].uri)});
}

/* Whose record it is: the subject or patient named at the top goes before other persons in it (a performer, a relative). */
static void owner_first(struct prepared *out, const struct json *resource) {
    str owner = JSON_TEXT(JSON_GET(resource, "subject"), "reference");
    if (!owner.len) owner = JSON_TEXT(JSON_GET(resource, "patient"), "reference");
    if (!str_starts(owner, STR("Patient/"))) return;
    owner = str_slice(owner, 8, owner.len);
    for (size_t i = 1; i < out->patients.len; i++) {
        if (!str_eq(out->patients.at[i], owner)) continue;
        out->patients.at[i] = out->patients.at[0];
        out->patients.at[0] = owner;
        return;
    }
}

/* The civil day in Viet Nam of minutes since 1970 UTC. */
static int32_t floor_day(int32_t minutes) { return instant_day((int64_t)minutes * 60000, VIETNAM_OFFSET_MINUTES); }

err extract(struct store *s, struct arena *a, fhir_type type, str id, const struct json *resource,
            struct prepared *out) {
    struct fhir_index x = {0};
    struct target t = {s, a, out};
    fhir_extract(a, type, resource, &x);
    out->dt = x.clinical_minutes;
    out->sensitive = sensitive_classes(type, resource, out->dt ? floor_day(out->dt) : INT32_MAX);
    put_plain(&t, &x);
    for (size_t i = 0; i < x.links.len; i++) put_link(&t, &x.links.at[i]);
    for (size_t i = 0; i < x.amounts.len; i++) {
        struct entry e = {.kind = ENTRY_NUMBER, .slot = number_of_slot(&t, x.amounts.at[i].slot)};
        if (amount(&t, &x.amounts.at[i], &e)) put(&t, e);
    }
    for (size_t i = 0; i < x.pairs.len; i++) put_pair(&t, &x.pairs.at[i]);
    /* a person is in the own compartment, under the id that the store gives (the tree may have none yet) */
    str own = JSON_TEXT(resource, "id");
    if (type == FHIR_TYPE_PATIENT) VEC_PUSH(a, &out->patients, id);
    for (size_t i = 0; i < x.patients.len; i++) {
        str p = x.patients.at[i];
        if (p.len && !(type == FHIR_TYPE_PATIENT && (str_eq(p, own) || str_eq(p, id)))) VEC_PUSH(a, &out->patients, p);
    }
    if (type == FHIR_TYPE_PATIENT) place_of(out, resource);
    else owner_first(out, resource);
    return OK_ERR;
}

/* ---- a change ---------------------------------------------------------------------------------------------------- */

err store_prepare(struct store *s, struct arena *a, struct change *c) {
    if (!fhir_is_resource(c->type)) return err_make(a, ERR_NOT_SUPPORTED, NULL, "unknown resource type");
    if (!c->id.len || c->id.len > 64) return err_make(a, ERR_INVALID, "id", "an id has 1 to 64 characters");
    struct prepared *p = ARENA_NEW(a, struct prepared);
    if (c->op != VERSION_DELETE) {
        const struct json *resource = c->resource;
        if (!resource) {
            struct json *tree;
            TRY(json_parse(a, c->source, &tree));
            resource = tree;
        }
        TRY(body_make(a, c->type, c->id, c->source, resource, &p->body));
        p->resource = resource;
        TRY(extract(s, a, c->type, c->id, resource, p));
        if (atomic_load(&s->dictionary_of[c->type])) { /* else commit_many may train one first */
            struct packer *packer = packer_take(s);
            p->frame = body_pack(s, packer, a, c->type, p->body);
            packer_give(s, packer);
        }
    }
    crypto_generichash(p->digest, DIGEST_BYTES, (const unsigned char *)p->body.at, p->body.len, NULL, 0);
    c->prepared = p;
    return OK_ERR;
}
