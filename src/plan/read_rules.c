/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules in JSON become rows over sites; see read_rules.h for their forms.
 */
#include "read_rules.h"

#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"

#include <math.h>

struct reader {
    struct arena *arena;
    str text;
    struct plan_problem *q;
    struct map site, client; /* name -> index + 1 */
    VEC(struct plan_rule) rules;
};

/* The place in the file before every message. */
#define BAD(r, v, en, vi, ...) bad_at(r, v, err_both((r)->arena, ERR_INVALID, "rules", en, vi, ##__VA_ARGS__))

static err bad_at(const struct reader *r, const struct json *v, err e) {
    unsigned line, column;
    json_position(r->text, v->begin, &line, &column);
    e.detail = str_format(r->arena, "line %u, column %u: %.*s", line, column, STR_ARG(e.detail));
    e.vietnamese = str_format(r->arena, "dòng %u, cột %u: %.*s", line, column, STR_ARG(e.vietnamese));
    return e;
}

static void add_names(struct arena *a, struct map *m, const str *names, uint32_t count) {
    for (uint32_t k = 0; k < count; k++)
        map_put(m, names ? names[k] : str_format(a, "%u", k + 1), (void *)(uintptr_t)(k + 1));
}

static err find(const struct reader *r, const struct map *m, const struct json *v, str name, uint32_t *out) {
    uintptr_t at = (uintptr_t)map_get(m, name);
    *out = (uint32_t)at - 1;
    return at ? OK_ERR
              : BAD(r, v, "no place \"%.*s\" in the question", "bài toán không có nơi \"%.*s\"", STR_ARG(name));
}

/* A number, or what stands for its absence. */
static err number(const struct reader *r, const struct json *v, double absent, double *out) {
    *out = absent;
    if (!v || (v->kind == JSON_NUMBER && str_number(v->text, out))) return OK_ERR;
    return BAD(r, v, "not a number", "không phải là số");
}

static err read_sites(struct reader *r, const struct json *sites, struct plan_rule *rule) {
    uint32_t *site = ARENA_ARRAY(r->arena, uint32_t, sites->count + 1);
    double *coefficient = ARENA_ARRAY(r->arena, double, sites->count + 1);
    uint8_t *seen = ARENA_ARRAY(r->arena, uint8_t, (size_t)r->q->sites + 1);
    for (const struct json *v = sites->first; v; v = v->next) {
        bool listed = sites->kind == JSON_ARRAY;
        if (listed && v->kind != JSON_STRING) return BAD(r, v, "not the name of a site", "không phải tên một điểm");
        TRY(find(r, &r->site, v, listed ? v->text : v->key, &site[rule->count]));
        if (seen[site[rule->count]]++) return BAD(r, v, "a site twice", "một điểm có hai lần");
        TRY(number(r, listed ? NULL : v, 1, &coefficient[rule->count++]));
    }
    rule->site = site;
    rule->coefficient = coefficient;
    return OK_ERR;
}

/* B - A >= 0. */
static err read_if(struct reader *r, const struct json *from, const struct json *then, struct plan_rule *rule) {
    static const double signs[] = {-1, 1};
    uint32_t *site = ARENA_ARRAY(r->arena, uint32_t, 2);
    if (!then) return BAD(r, from, "\"if\" without \"then\"", "có \"if\" mà không có \"then\"");
    TRY(find(r, &r->site, from, from->text, &site[0]));
    TRY(find(r, &r->site, then, then->text, &site[1]));
    if (site[0] == site[1]) return BAD(r, then, "a site twice", "một điểm có hai lần");
    *rule = (struct plan_rule){rule->name, 2, site, signs, 0, INFINITY};
    return OK_ERR;
}

/* One row for each client: an open site among those within reach. */
static err read_within(struct reader *r, const struct json *clients, const struct json *within, struct plan_rule rule) {
    const struct plan_problem *q = r->q;
    double reach;
    if (!within) return BAD(r, clients, "\"clients\" without \"within\"", "có \"clients\" mà không có \"within\"");
    TRY(number(r, within, 0, &reach));
    for (const struct json *v = clients->first; v; v = v->next) {
        uint32_t i, *site = ARENA_ARRAY(r->arena, uint32_t, (size_t)q->sites + 1);
        double *one = ARENA_ARRAY(r->arena, double, (size_t)q->sites + 1);
        struct plan_rule row = {rule.name, 0, site, one, 1, INFINITY};
        TRY(find(r, &r->client, v, v->text, &i));
        for (uint32_t j = 0; j < q->sites; j++)
            if (q->distance[(size_t)i * q->sites + j] <= reach) one[row.count] = 1, site[row.count++] = j;
        if (!row.count)
            return BAD(r, v, "no site within %g of %.*s", "không có điểm nào trong vòng %g của %.*s", reach,
                       STR_ARG(v->text));
        VEC_PUSH(r->arena, &r->rules, row);
    }
    return OK_ERR;
}

static err read_rule(struct reader *r, const struct json *v) {
    static const char *const known[] = {"name", "sites", "least", "most", "if", "then", "clients", "within"};
    for (const struct json *m = v->first; m; m = m->next) {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && !str_is(m->key, known[k])) k++;
        if (k == sizeof known / sizeof *known)
            return BAD(r, m, "\"%.*s\" is not known", "không biết \"%.*s\"", STR_ARG(m->key));
    }
    struct plan_rule rule = {.name = JSON_TEXT(v, "name")};
    const struct json *sites = JSON_GET(v, "sites"), *from = JSON_GET(v, "if"), *clients = JSON_GET(v, "clients");
    if (v->kind != JSON_OBJECT || !!sites + !!from + !!clients != 1)
        return BAD(r, v, "a rule has one of \"sites\", \"if\" and \"clients\"",
                   "mỗi quy tắc có một trong \"sites\", \"if\", \"clients\"");
    if (clients) return read_within(r, clients, JSON_GET(v, "within"), rule);
    if (from)
        TRY(read_if(r, from, JSON_GET(v, "then"), &rule));
    else {
        TRY(read_sites(r, sites, &rule));
        TRY(number(r, JSON_GET(v, "least"), -INFINITY, &rule.least));
        TRY(number(r, JSON_GET(v, "most"), INFINITY, &rule.most));
        if (isinf(rule.least) && isinf(rule.most))
            return BAD(r, v, "neither \"least\" nor \"most\"", "không có \"least\" cũng không có \"most\"");
    }
    VEC_PUSH(r->arena, &r->rules, rule);
    return OK_ERR;
}

err plan_read_rules(struct arena *a, str text, struct plan_problem *q) {
    struct reader r = {.arena = a, .text = text, .q = q, .site = map_new(a), .client = map_new(a)};
    struct json *tree;
    TRY(json_parse(a, text, &tree));
    add_names(a, &r.site, q->site_names, q->sites);
    add_names(a, &r.client, q->client_names, q->clients);
    const struct json *list = JSON_GET(tree, "rules");
    if (!list || list->kind != JSON_ARRAY) return BAD(&r, tree, "no list \"rules\"", "không có danh sách \"rules\"");
    for (const struct json *v = list->first; v; v = v->next) TRY(read_rule(&r, v));
    q->rules = r.rules.at;
    q->rule_count = (uint32_t)r.rules.len;
    return OK_ERR;
}
