/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Route tables → compiled rows → the one row that answers a path. Some dozens of rows: a walk over them costs less than
 * a cache miss of a cleverer structure.
 */
#include "server_int.h"

#include "base/log.h"
#include "http_text.h"

static void compile(const struct route *route, struct compiled_route *out) {
    if (route->permission == PERMISSION_MISSING) panic("route %s %s has no permission", route->method, route->path);
    if (!route->handler || !route->summary_vi || !route->summary_en || route->path[0] != '/')
        panic("route %s %s is incomplete", route->method, route->path);
    *out = (struct compiled_route){.route = route};
    str rest = str_of(route->path + 1), segment;
    size_t parameters = 0;
    while (rest.len && str_split(&rest, '/', &segment)) {
        if (out->segment_count == ROUTE_SEGMENTS || out->rest) panic("route %s: too many segments", route->path);
        bool parameter = segment.len && segment.at[0] == '{';
        if (parameter && ++parameters > 4) panic("route %s: more than four parameters", route->path);
        out->rest = parameter && str_ends(segment, STR("...}"));
        out->segments[out->segment_count++] = parameter ? STR_NONE : segment;
    }
}

void router_build(struct arena *a, const struct route *const *tables, size_t table_count, struct router *out) {
    size_t count = 0;
    for (size_t t = 0; t < table_count; t++)
        for (const struct route *r = tables[t]; r->method; r++) count++;
    *out = (struct router){.at = ARENA_ARRAY(a, struct compiled_route, count)};
    for (size_t t = 0; t < table_count; t++)
        for (const struct route *r = tables[t]; r->method; r++) compile(r, &out->at[out->count++]);
}

/* Does the path have the form of this row? `raw` gets the parameters as sent. */
static bool matches(const struct compiled_route *c, str path, str raw[4]) {
    str rest = str_slice(path, 1, path.len), segment;
    if (!rest.len) rest = STR_NONE;
    size_t parameters = 0;
    for (size_t i = 0; i < c->segment_count; i++) {
        bool last_rest = c->rest && i + 1 == c->segment_count;
        if (last_rest) {
            raw[parameters] = rest.at ? rest : STR("");
            return true;
        }
        if (!str_split(&rest, '/', &segment)) return false;
        if (c->segments[i].at ? !str_eq(c->segments[i], segment) : !segment.len) return false;
        if (!c->segments[i].at) raw[parameters++] = segment;
    }
    return rest.at == NULL;
}

/* Rows with a literal where the other has a parameter are nearer. */
static bool nearer(const struct compiled_route *a, const struct compiled_route *b) {
    for (size_t i = 0; i < a->segment_count && i < b->segment_count; i++)
        if ((a->segments[i].at != NULL) != (b->segments[i].at != NULL)) return a->segments[i].at != NULL;
    return a->segment_count > b->segment_count;
}

static bool method_fits(const struct route *r, const char *method) {
    return strcmp(r->method, method) == 0 || (strcmp(method, "HEAD") == 0 && strcmp(r->method, "GET") == 0);
}

static str allowed(const struct router *r, struct arena *a, str path) {
    struct buf out = buf_new(a);
    str raw[4];
    for (size_t i = 0; i < r->count; i++) {
        const char *method = r->at[i].route->method;
        if (!matches(&r->at[i], path, raw) || str_contains(buf_str(&out), str_of(method))) continue;
        if (out.len) buf_addz(&out, ", ");
        buf_addz(&out, method);
        if (strcmp(method, "GET") == 0) buf_addz(&out, ", HEAD");
    }
    if (out.len) buf_addz(&out, ", OPTIONS");
    return buf_str(&out);
}

enum route_found router_find(const struct router *r, struct arena *a, const char *method, str path,
                             struct route_match *out) {
    const struct compiled_route *best = NULL;
    str raw[4] = {0}, best_raw[4] = {0};
    bool seen = false;
    for (size_t i = 0; i < r->count; i++) {
        const struct compiled_route *c = &r->at[i];
        if (c->segments[0].at && !str_starts(str_slice(path, 1, path.len), c->segments[0])) continue;
        if (!matches(c, path, raw)) continue;
        seen = true;
        if (!method_fits(c->route, method) || (best && !nearer(c, best))) continue;
        best = c;
        memcpy(best_raw, raw, sizeof raw);
    }
    *out = (struct route_match){.index = SIZE_MAX};
    if (!best) {
        out->allow = seen ? allowed(r, a, path) : STR_NONE;
        return seen ? ROUTE_WRONG_METHOD : ROUTE_ABSENT;
    }
    out->route = best->route;
    out->index = (size_t)(best - r->at);
    for (size_t i = 0; i < 4; i++)
        if (best_raw[i].at && !http_decode(a, best_raw[i], false, &out->parameters[i])) return ROUTE_UNDECODABLE;
    return ROUTE_FOUND;
}
