/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every change is prepared here: route, conditions, ids, links, validation; then committed as one commit. A conditional
 * operation is decided on a snapshot and repeated by the writer; when the writer sees something else, everything is prepared
 * again on a newer snapshot (house.md §4). FHIR R4 3.1.0.4–3.1.0.8, 3.1.0.11.
 */
#include "rest_int.h"

#include "patch.h"
#include "rewrite.h"

#include "base/map.h"
#include "base/vec.h"
#include "search/query.h"

#include <sodium.h>

enum { DELETE_MOST = 1000 };

static const char *const method_names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"};

str rest_new_id(struct arena *a) {
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    return str_format(a, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3], b[4], b[5],
                      b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* ---- where an entry goes ------------------------------------------------------------------------------------------------- */

static err route(struct call *c, struct entry *e) {
    str url = e->url;
    if (c->in->base_url.len && str_starts(url, c->in->base_url)) url = str_slice(url, c->in->base_url.len, url.len);
    if (str_starts(url, STR("/"))) url = str_slice(url, 1, url.len);
    size_t mark = str_find(url, '?');
    e->query = mark < url.len ? str_slice(url, mark + 1, url.len) : STR_NONE;
    TRY(path_parse(c->arena, str_slice(url, 0, mark), c->in->shelf, &e->path));
    if (e->method == REST_GET || e->method == REST_HEAD || e->path.search) {
        e->state = ENTRY_READ;
        return OK_ERR;
    }
    const struct rest_path *p = &e->path;
    if (p->operation.len || p->history || p->metadata || p->compartment_of != FHIR_TYPE_NONE || p->type == FHIR_TYPE_NONE) {
        return err_make(c->arena, ERR_NOT_SUPPORTED, NULL, "%s %.*s is not a change", method_names[e->method], STR_ARG(e->url));
    }
    if (e->method == REST_POST && p->id.len) return err_make(c->arena, ERR_METHOD, NULL, "POST goes to a type, not to an id; use PUT");
    if (e->method != REST_POST && !p->id.len && !e->query.len) {
        return err_make(c->arena, ERR_METHOD, NULL, "%s needs an id or a condition", method_names[e->method]);
    }
    if (e->method == REST_DELETE) return OK_ERR;
    bool is_patch = e->method == REST_PATCH && e->resource && e->resource->kind == JSON_ARRAY;
    if (!e->resource || (e->resource->kind != JSON_OBJECT && !is_patch)) return err_make(c->arena, ERR_INVALID, "resource", "the resource is missing");
    return OK_ERR;
}

/* ---- conditions ------------------------------------------------------------------------------------------------------------- */

static err look(struct call *c, struct reader *r, struct condition_seen *seen, struct version *found) {
    struct search_result result;
    const struct search_options options = {.access = c->in->access, .base_url = c->in->base_url, .confirm_only = true};
    TRY(search_run(r, c->arena, seen->type, seen->query, &options, &result));
    seen->matches = (size_t)result.total;
    seen->rid = result.hit_count ? result.hits[0].version.rid : 0;
    if (found && result.hit_count) *found = result.hits[0].version;
    return OK_ERR;
}

/* Does the query say anything about which resources? _count, _sort and the like alone would mean all of them. */
bool condition_selects(struct arena *a, str query) {
    static const char *const shapes[] = {"_count", "_sort", "_format", "_pretty", "_summary", "_elements", "_total", "_include", "_revinclude"};
    struct query q;
    if (query_parse(a, query, &q).code) return true; /* the search will say what is wrong */
    for (size_t i = 0; i < q.len; i++) {
        bool shape = false;
        for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) shape |= str_is(query_step(q.at[i].name).name, shapes[k]);
        if (!shape) return true;
    }
    return false;
}

/* Searches on the snapshot and remembers what was seen, for the writer to repeat. */
static err decide(struct entries *set, size_t entry, fhir_type type, str query, struct condition_seen *seen, struct version *found) {
    struct reader *r;
    TRY(call_reader(set->call, &r));
    *seen = (struct condition_seen){.type = type, .query = query, .entry = entry};
    if (!condition_selects(set->call->arena, query)) {
        return err_make(set->call->arena, ERR_PRECONDITION, NULL, "a condition without a search parameter would match everything");
    }
    TRY(look(set->call, r, seen, found));
    VEC_PUSH(set->call->arena, &set->seen, *seen);
    for (size_t i = 0; i < set->types.len; i++)
        if (set->types.at[i] == type) return OK_ERR;
    VEC_PUSH(set->call->arena, &set->types, type);
    return OK_ERR;
}

/* On the writer: do the searches still say the same? */
static err recheck(struct commit *commit, struct reader *now, struct arena *a) {
    struct entries *set = commit->context;
    struct call repeat = *set->call;
    repeat.arena = a;
    for (size_t i = 0; i < set->seen.len; i++) {
        struct condition_seen seen = set->seen.at[i];
        TRY(look(&repeat, now, &seen, NULL));
        if (seen.matches != set->seen.at[i].matches || seen.rid != set->seen.at[i].rid) {
            set->raced = true;
            return err_make(a, ERR_CONFLICT, NULL, "the condition's answer changed meanwhile");
        }
    }
    return OK_ERR;
}

static err several(struct call *c, str query) {
    return err_make(c->arena, ERR_MULTIPLE, NULL, "more than one resource matches %.*s", STR_ARG(query));
}

/* Deletions come first (R4 3.1.0.11.2): does one of this transaction take away what the snapshot shows? */
static bool deleted_here(const struct entries *set, const struct version *v) {
    for (size_t i = 0; set->transaction && i < set->len; i++) {
        const struct entry *e = &set->at[i];
        if (e->method == REST_DELETE && e->state == ENTRY_READY && e->change.type == v->type && str_eq(e->change.id, v->id)) return true;
    }
    return false;
}

/* ---- one entry: which resource ---------------------------------------------------------------------------------------------- */

static err choose_post(struct entries *set, size_t i) {
    struct entry *e = &set->at[i];
    struct call *c = set->call;
    e->change.op = VERSION_UPDATE;
    e->change.expect = EXPECT_ANYTHING;
    e->status = 201;
    if (e->if_none_exist.len) {
        struct condition_seen seen;
        str query = e->if_none_exist;
        size_t mark = str_find(query, '?');
        if (mark < query.len) query = str_slice(query, mark + 1, query.len);
        TRY(decide(set, i, e->path.type, query, &seen, &e->found));
        if (seen.matches > 1) return several(c, query);
        if (seen.matches == 1 && !deleted_here(set, &e->found)) {
            e->state = ENTRY_NOTHING;
            e->status = 200;
            e->change.id = e->found.id;
            return OK_ERR;
        }
    }
    e->change.id = rest_new_id(c->arena);
    e->created_id = true;
    e->change.expect = EXPECT_ABSENT;
    return OK_ERR;
}

static err choose_put(struct entries *set, size_t i) {
    struct entry *e = &set->at[i];
    struct call *c = set->call;
    str own = JSON_TEXT(e->resource, "id");
    e->change.op = VERSION_UPDATE;
    e->change.id = e->path.id;
    if (e->path.id.len) {
        if (!own.len) return err_make(c->arena, ERR_INVALID, "id", "the resource has no id; the URL says %.*s", STR_ARG(e->path.id));
        if (!str_eq(own, e->path.id)) {
            return err_make(c->arena, ERR_INVALID, "id", "the id of the resource is %.*s, that of the URL %.*s", STR_ARG(own), STR_ARG(e->path.id));
        }
        return OK_ERR;
    }
    struct condition_seen seen;
    TRY(decide(set, i, e->path.type, e->query, &seen, &e->found));
    if (seen.matches > 1) return several(c, e->query);
    if (seen.matches == 1) {
        if (own.len && !str_eq(own, e->found.id)) {
            return err_make(c->arena, ERR_INVALID, "id", "the resource's id is not that of the match, %.*s", STR_ARG(e->found.id));
        }
        e->change.id = e->found.id;
        return OK_ERR;
    }
    e->change.id = own.len ? own : rest_new_id(c->arena);
    e->created_id = !own.len;
    return OK_ERR;
}

static err choose_target(struct entries *set, size_t i) {
    struct entry *e = &set->at[i];
    struct call *c = set->call;
    struct reader *r;
    TRY(call_reader(c, &r));
    e->change.op = e->method == REST_DELETE ? VERSION_DELETE : VERSION_UPDATE;
    e->change.id = e->path.id;
    e->status = e->method == REST_DELETE ? 204 : 200;
    if (!e->path.id.len) {
        struct condition_seen seen;
        TRY(decide(set, i, e->path.type, e->query, &seen, &e->found));
        if (seen.matches > 1) return several(c, e->query);
        if (!seen.matches && e->method == REST_PATCH) return err_make(c->arena, ERR_NOT_FOUND, NULL, "nothing matches %.*s", STR_ARG(e->query));
        e->change.id = e->found.id;
        if (!seen.matches) e->state = ENTRY_NOTHING;
        return OK_ERR;
    }
    err lost = reader_get(r, c->arena, e->path.type, e->path.id, &e->found);
    if (e->method == REST_DELETE && (lost.code == ERR_NOT_FOUND || lost.code == ERR_GONE)) {
        e->state = ENTRY_NOTHING;
        return OK_ERR;
    }
    return lost;
}

/* If-Match and If-None-Match. */
static err expect(struct call *c, struct entry *e) {
    if (e->if_match.len) {
        bool any = str_is(str_trim(e->if_match), "*"); /* whatever is there, but something (RFC 9110 13.1.1) */
        if (!any && !etag_version(e->if_match, &e->change.expected)) {
            return err_make(c->arena, ERR_PRECONDITION, NULL, "If-Match names no version of this server: %.*s", STR_ARG(e->if_match));
        }
        if (e->state == ENTRY_NOTHING) return err_make(c->arena, ERR_PRECONDITION, NULL, "If-Match: there is nothing");
        e->change.expect = any ? EXPECT_PRESENT : EXPECT_VERSION;
    }
    if (str_is(str_trim(e->if_none_match), "*") && e->method == REST_PUT) e->change.expect = EXPECT_ABSENT;
    return OK_ERR;
}

/* Places, organisations, staff and definitions decide who sees whom: a right over some places is no right over them. */
err may_change_type(struct call *c, fhir_type type) {
    const struct access *who = c->in->access;
    if (who->writable ? who->writable[type] : who->everything || search_type_has_person(type)) return OK_ERR;
    return err_make(c->arena, ERR_FORBIDDEN, NULL, "%s is not yours to change", fhir_type_name(type));
}

static err choose(struct entries *set, size_t i) {
    struct entry *e = &set->at[i];
    struct call *c = set->call;
    struct reader *r;
    e->change.type = e->path.type;
    TRY(may_change_type(c, e->change.type));
    if (e->method == REST_POST) TRY(choose_post(set, i));
    else if (e->method == REST_PUT) TRY(choose_put(set, i));
    else TRY(choose_target(set, i));
    TRY(expect(c, e));
    if (e->state != ENTRY_READY || e->created_id) return OK_ERR;
    struct version now; /* what is there already must be in sight */
    TRY(call_reader(c, &r));
    err lost = reader_get(r, c->arena, e->change.type, e->change.id, &now);
    if (lost.code && lost.code != ERR_GONE) return lost.code == ERR_NOT_FOUND ? OK_ERR : lost;
    if (access_sees(r, c->in->access, &now)) return OK_ERR;
    return err_make(c->arena, ERR_FORBIDDEN, NULL, "%s/%.*s is not yours to change", fhir_type_name(e->change.type), STR_ARG(e->change.id));
}

/* ---- links ---------------------------------------------------------------------------------------------------------------------- */

struct linking {
    struct entries *set;
    const struct map *targets; /* full URL and Type/id → what stands instead */
    struct map *conditional;   /* Type?query → Type/id */
    size_t entry;
    err problem;
};

static bool is_conditional(str reference, fhir_type *type, str *query) {
    size_t mark = str_find(reference, '?');
    if (mark == reference.len || str_find(reference, ':') < mark || str_find(reference, '/') < mark) return false;
    *type = fhir_type_by_name(str_slice(reference, 0, mark));
    *query = str_slice(reference, mark + 1, reference.len);
    return *type != FHIR_TYPE_NONE;
}

static str link_of(void *context, str key, str value) {
    struct linking *l = context;
    struct arena *a = l->set->call->arena;
    fhir_type type;
    str query;
    if (l->problem.code) return STR_NONE;
    size_t hash = str_find(value, '#');
    const str *target = l->targets->len ? map_get(l->targets, str_slice(value, 0, hash)) : NULL;
    if (target) return hash == value.len ? *target : str_format(a, "%.*s%.*s", STR_ARG(*target), STR_ARG(str_slice(value, hash, value.len)));
    if (!str_is(key, "reference") || !is_conditional(value, &type, &query)) return STR_NONE;
    str *known = map_get(l->conditional, value);
    if (!known) {
        struct condition_seen seen;
        struct version found;
        err e = decide(l->set, l->entry, type, query, &seen, &found);
        bool stays = !e.code && !seen.matches && (l->set->call->in->keep_unresolved || prefers(l->set->call->in->prefer, "handling=lenient"));
        if (!e.code && !stays && seen.matches != 1) {
            e = err_make(a, seen.matches ? ERR_MULTIPLE : ERR_PRECONDITION, "reference", "the conditional reference %.*s matches %s",
                         STR_ARG(value), seen.matches ? "more than one resource" : "nothing");
        }
        if (e.code) {
            l->problem = e;
            return STR_NONE;
        }
        known = ARENA_NEW(a, str);
        *known = stays ? STR_NONE : str_format(a, "%s/%.*s", fhir_type_name(type), STR_ARG(found.id));
        map_put(l->conditional, value, known);
        if (stays) VEC_PUSH(a, &l->set->unresolved, value);
    }
    return *known;
}

static err forbid_foreign_persons(struct entries *set, const struct json *node, const struct map *targets) {
    struct call *c = set->call;
    if (node->kind == JSON_STRING && str_is(node->key, "reference") && str_starts(node->text, STR("Patient/"))) {
        struct reader *r;
        struct version person;
        TRY(call_reader(c, &r));
        err e = reader_get(r, c->arena, FHIR_TYPE_PATIENT, str_slice(node->text, 8, node->text.len), &person);
        if (!e.code && !access_sees(r, c->in->access, &person)) {
            return err_make(c->arena, ERR_FORBIDDEN, "reference", "%.*s is not in your care", STR_ARG(node->text));
        }
    }
    for (const struct json *child = node->first; child; child = child->next) TRY(forbid_foreign_persons(set, child, targets));
    return OK_ERR;
}

/* The text of an entry with its links replaced; re-read only when something changed. */
static err link_entry(struct linking *l, struct entry *e) {
    struct arena *a = l->set->call->arena;
    struct edits edits = {0};
    rewrite_links(a, e->resource, link_of, l, &edits);
    if (l->problem.code) return l->problem;
    e->change.source = e->source;
    e->change.resource = e->resource;
    if (edits.len) {
        struct json *tree;
        e->change.source = rewrite_apply(a, e->source, e->resource, &edits);
        TRY(json_parse(a, e->change.source, &tree));
        e->change.resource = tree;
    }
    if (l->set->call->in->access->everything) return OK_ERR;
    return forbid_foreign_persons(l->set, e->change.resource, l->targets);
}

/* Links that other entries may use: fullUrl, and Type/id of one that got a new id. */
static void note_target(struct call *c, struct map *targets, struct entry *e) {
    if (!e->change.id.len || e->method == REST_DELETE || !e->full_url.len) return;
    str *target = ARENA_NEW(c->arena, str);
    *target = str_format(c->arena, "%s/%.*s", fhir_type_name(e->change.type), STR_ARG(e->change.id));
    struct fhir_reference url = fhir_reference_parse(e->full_url);
    if (url.kind == REFERENCE_URN || url.kind == REFERENCE_ABSOLUTE) map_put(targets, e->full_url, target);
    if (url.kind == REFERENCE_ABSOLUTE && url.type != FHIR_TYPE_NONE) {
        str local = str_format(c->arena, "%s/%.*s", fhir_type_name(url.type), STR_ARG(url.id));
        if (!str_eq(local, *target)) map_put(targets, local, target);
    }
}

/* ---- validation -------------------------------------------------------------------------------------------------------------------- */

static err patch_entry(struct call *c, struct entry *e) {
    struct buf now = buf_new(c->arena), after = buf_new(c->arena);
    struct json *tree;
    str patch = e->source;
    if (str_is(JSON_TEXT(e->resource, "resourceType"), "Binary")) {
        str data = JSON_TEXT(e->resource, "data");
        unsigned char *bin = arena_alloc(c->arena, data.len + 1);
        size_t len;
        if (sodium_base642bin(bin, data.len, data.at, data.len, " \r\n\t", &len, NULL, sodium_base64_VARIANT_ORIGINAL)) {
            return err_make(c->arena, ERR_INVALID, "data", "the patch is not base64");
        }
        patch = (str){(const char *)bin, len};
    } else if (e->resource->kind == JSON_OBJECT) {
        return err_make(c->arena, ERR_NOT_SUPPORTED, NULL, "a patch is a JSON Patch: an array of operations");
    }
    version_json(&now, &e->found);
    TRY(patch_apply(c->arena, buf_str(&now), patch, &after));
    TRY(json_parse(c->arena, buf_str(&after), &tree));
    if (fhir_type_of(tree) != e->found.type || !str_eq(JSON_TEXT(tree, "id"), e->found.id)) {
        return err_make(c->arena, ERR_UNPROCESSABLE, NULL, "a patch cannot change resourceType or id");
    }
    e->source = buf_str(&after);
    e->resource = tree;
    if (e->change.expect == EXPECT_ANYTHING || e->change.expect == EXPECT_PRESENT) { /* the patch is meant for what was read */
        e->change.expect = EXPECT_VERSION;
        e->change.expected = e->found.version;
    }
    return OK_ERR;
}

static err check_content(struct entries *set, struct entry *e, size_t n) {
    struct call *c = set->call;
    if (e->method == REST_PATCH) TRY(patch_entry(c, e));
    str path = set->transaction ? str_format(c->arena, "Bundle.entry[%zu].resource", set->base + n) : STR_NONE;
    str type = JSON_TEXT(e->resource, "resourceType");
    if (!str_is(type, fhir_type_name(e->path.type))) {
        return err_make(c->arena, ERR_INVALID, "resourceType", "the URL names %s, the resource is %.*s", fhir_type_name(e->path.type), STR_ARG(type));
    }
    if (set->validated) return OK_ERR;
    /* what a good resource leaves behind is thrown away: a bundle may have 25,000 of them */
    struct fhir_issues unused = {0};
    bool good = fhir_validate(set->scratch, e->source, e->resource, path, &unused);
    arena_reset(set->scratch);
    if (good || fhir_validate(c->arena, e->source, e->resource, path, &e->issues)) return OK_ERR;
    return err_make(c->arena, ERR_STRUCTURE, NULL, "%s", "");
}

static void fail(struct entries *set, struct entry *e, size_t n, err problem) {
    struct call *c = set->call;
    e->state = ENTRY_FAILED;
    e->problem = problem;
    e->status = err_http(problem.code);
    if (!set->transaction || fhir_issues_have_error(&e->issues)) return;
    e->problem.at = str_z(c->arena, problem.at ? str_format(c->arena, "Bundle.entry[%zu].resource.%s", set->base + n, problem.at)
                                               : str_format(c->arena, "Bundle.entry[%zu]", set->base + n));
}

static err prepare_one(struct entries *set, size_t i) {
    struct entry *e = &set->at[i];
    e->state = ENTRY_READY;
    TRY(route(set->call, e));
    if (e->state == ENTRY_READ) return OK_ERR;
    TRY(choose(set, i));
    if (e->state == ENTRY_READY && e->method != REST_DELETE) TRY(check_content(set, e, i));
    return OK_ERR;
}

/* The same resource twice in one transaction has no order: R4 3.1.0.11.2 refuses it. */
static err refuse_doubles(struct entries *set, struct map *seen, size_t i) {
    struct entry *e = &set->at[i];
    bool deletes_nothing = e->state == ENTRY_NOTHING && e->method == REST_DELETE && e->change.id.len;
    if (e->state != ENTRY_READY && !deletes_nothing) return OK_ERR;
    str key = str_format(set->call->arena, "%u/%.*s", e->change.type, STR_ARG(e->change.id));
    if (map_put(seen, key, e)) return OK_ERR;
    return err_make(set->call->arena, ERR_INVALID, NULL, "%s/%.*s appears twice", fhir_type_name(e->change.type), STR_ARG(e->change.id));
}

/* One condition twice that matches nothing yet would create two of what it says there is at most one of. */
static err refuse_same_condition(struct entries *set, struct map *seen, size_t i) {
    struct entry *e = &set->at[i];
    str condition = e->method == REST_POST ? e->if_none_exist : e->method == REST_PUT && !e->path.id.len ? e->query : STR_NONE;
    if (e->state != ENTRY_READY || !condition.len) return OK_ERR;
    size_t mark = e->method == REST_POST ? str_find(condition, '?') : condition.len;
    if (mark < condition.len) condition = str_slice(condition, mark + 1, condition.len);
    str key = str_format(set->call->arena, "%s?%.*s", fhir_type_name(e->change.type), STR_ARG(condition));
    if (map_put(seen, key, e)) return OK_ERR;
    return err_make(set->call->arena, ERR_INVALID, NULL, "the condition %.*s appears twice", STR_ARG(key));
}

/* Two entries with one full URL would make every link to it a guess (bdl-7). */
static err refuse_same_url(struct entries *set, struct map *seen, size_t i) {
    struct entry *e = &set->at[i];
    if (!e->full_url.len || e->method == REST_DELETE || e->state == ENTRY_READ || map_put(seen, e->full_url, e)) return OK_ERR;
    return err_make(set->call->arena, ERR_INVALID, NULL, "fullUrl %.*s appears twice", STR_ARG(e->full_url));
}

static err prepare_all(struct call *c, struct entries *set) {
    struct arena *a = c->arena;
    struct map targets = map_new(a), conditional = map_new(a), doubles = map_new(a), urls = map_new(a), conditions = map_new(a);
    struct linking l = {.set = set, .targets = &targets, .conditional = &conditional};
    struct reader *r;
    err first = OK_ERR;
    set->call = c;
    set->raced = false;
    set->seen.len = set->types.len = set->unresolved.len = 0;
    TRY(call_reader(c, &r));
    set->snapshot = reader_position(r);
    /* deletions first: a conditional create must not find what its own transaction deletes */
    for (size_t turn = 0; turn < 2 * set->len && !(first.code && set->transaction); turn++) {
        size_t i = turn % set->len;
        if ((turn < set->len) != (set->at[i].method == REST_DELETE)) continue;
        err e = prepare_one(set, i);
        if (!e.code) e = refuse_doubles(set, &doubles, i);
        if (!e.code && set->transaction) e = refuse_same_url(set, &urls, i);
        if (!e.code && set->transaction) e = refuse_same_condition(set, &conditions, i);
        if (e.code) fail(set, &set->at[i], i, e);
        else if (set->transaction) note_target(c, &targets, &set->at[i]);
        if (e.code && !first.code) first = set->at[i].problem;
    }
    for (size_t i = 0; i < set->len && !(first.code && set->transaction); i++) {
        struct entry *e = &set->at[i];
        if (e->state != ENTRY_READY || e->method == REST_DELETE) continue;
        l.entry = i;
        l.problem = OK_ERR;
        err problem = link_entry(&l, e);
        if (problem.code) fail(set, e, i, problem);
        if (problem.code && !first.code) first = e->problem;
    }
    return first;
}

/* The rules of the rooms above, over all changes that are ready. */
static err ask_gates(struct call *c, struct entries *set) {
    size_t count = 0, wrong = 0;
    struct reader *r;
    if (!c->in->gates) return OK_ERR;
    struct change *changes = ARENA_ARRAY(c->arena, struct change, set->len + 1);
    size_t *whose = ARENA_ARRAY(c->arena, size_t, set->len + 1);
    for (size_t i = 0; i < set->len; i++) {
        if (set->at[i].state != ENTRY_READY) continue;
        whose[count] = i;
        changes[count++] = set->at[i].change;
    }
    TRY(call_reader(c, &r));
    for (rest_gate *const *gate = c->in->gates; *gate && count; gate++) {
        err e = (*gate)(r, c->arena, changes, count, c->in->vietnamese, &wrong);
        if (!e.code) continue;
        fail(set, &set->at[whose[wrong]], whose[wrong], e);
        return set->at[whose[wrong]].problem;
    }
    return OK_ERR;
}

err entries_prepare(struct call *c, struct entries *set) {
    set->scratch = arena_new();
    err e = prepare_all(c, set);
    if (!e.code) e = ask_gates(c, set);
    arena_free(set->scratch);
    return e;
}

/* ---- commit ---------------------------------------------------------------------------------------------------------------------- */

/* DELETE, POST, PUT and PATCH: the order of R4 3.1.0.11.2. */
static int rank(const struct entry *e) { return e->method == REST_DELETE ? 0 : e->method == REST_POST ? 1 : 2; }

void entries_gather(struct call *c, struct entries *set, struct commit *commit, size_t **order) {
    struct change *changes = ARENA_ARRAY(c->arena, struct change, set->len + 1);
    size_t n = 0;
    *order = ARENA_ARRAY(c->arena, size_t, set->len + 1);
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < set->len; i++) {
            if (set->at[i].state != ENTRY_READY || rank(&set->at[i]) != turn) continue;
            (*order)[n] = i;
            changes[n++] = set->at[i].change;
        }
    *commit = (struct commit){.changes = changes, .count = n, .actor = c->in->actor, .bulk = c->in->bulk, .context = set,
                              .recheck = set->seen.len ? recheck : NULL, .snapshot_position = set->snapshot,
                              .types = set->types.at, .type_count = set->types.len};
}

/* After the commit: what happened to each entry. */
void entries_settle(struct call *c, struct entries *set, const struct commit *commit, const size_t *order, err e) {
    for (size_t k = 0; k < commit->count && !e.code; k++) {
        struct entry *entry = &set->at[order[k]];
        entry->change = commit->changes[k];
        if (entry->method == REST_PUT || entry->method == REST_PATCH) entry->status = entry->change.result.op == VERSION_CREATE ? 201 : 200;
        if (entry->method == REST_PATCH) entry->status = 200;
        if (!entry->change.unchanged) VEC_PUSH(c->arena, &c->written, entry->change.result);
    }
    if (!e.code || set->raced) return;
    size_t n = commit->failed < commit->count ? order[commit->failed] : 0;
    struct entry *entry = &set->at[n];
    set->raced = e.code == ERR_PRECONDITION && entry->method == REST_PATCH && !entry->if_match.len;
    /* a new id that exists: not in this universe, but then draw another */
    set->raced |= e.code == ERR_PRECONDITION && entry->created_id;
    if (!set->raced) fail(set, entry, n, e);
}

err entries_commit(struct call *c, struct entries *set) {
    struct commit commit;
    size_t *order;
    entries_gather(c, set, &commit, &order);
    if (!commit.count) return OK_ERR;
    changes_prepare(c->store, c->arena, &commit);
    err e = store_commit(c->store, c->arena, &commit);
    entries_settle(c, set, &commit, order, e);
    return e;
}
