/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Boundaries of communes: GeoJSON (RFC 7946) in and out. A file that is cut off or holds something else is refused
 * whole.
 */
#include "base/members.h"
#include "base/vec.h"
#include "db/db.h"
#include "decisions.h"

extern const char schema_decisions[];
const struct store_room decisions_room = {.name = "decisions", .schema = schema_decisions};

static const char sql_put[] = "INSERT INTO boundary(code, name, geometry) VALUES (?1, ?2, ?3)";
static const char sql_all[] = "SELECT code, name, geometry FROM boundary ORDER BY code";

struct feature {
    str code, name, geometry;
};
struct features {
    struct feature *at;
    size_t len, cap;
};

static bool position_valid(const struct json *p) {
    return p->kind == JSON_ARRAY && p->count >= 2 && p->first->kind == JSON_NUMBER &&
           p->first->next->kind == JSON_NUMBER;
}

/* Rings closed and of four positions at least. */
static bool rings_valid(const struct json *polygon) {
    if (!polygon || polygon->kind != JSON_ARRAY || !polygon->count) return false;
    for (const struct json *ring = polygon->first; ring; ring = ring->next) {
        const struct json *last = NULL;
        if (ring->kind != JSON_ARRAY || ring->count < 4) return false;
        for (const struct json *p = ring->first; p; p = p->next) {
            if (!position_valid(p)) return false;
            last = p;
        }
        if (!str_eq(ring->first->first->text, last->first->text) ||
            !str_eq(ring->first->first->next->text, last->first->next->text))
            return false;
    }
    return true;
}

static bool geometry_valid(const struct json *g) {
    const struct json *c = JSON_GET(g, "coordinates");
    if (str_is(JSON_TEXT(g, "type"), "Polygon")) return rings_valid(c);
    if (!str_is(JSON_TEXT(g, "type"), "MultiPolygon") || !c || c->kind != JSON_ARRAY || !c->count) return false;
    for (const struct json *p = c->first; p; p = p->next)
        if (!rings_valid(p)) return false;
    return true;
}

static err read_features(struct arena *a, str text, struct features *out) {
    struct json *tree;
    struct map codes = map_new(a);
    TRY(json_parse(a, text, &tree));
    const struct json *list = JSON_GET(tree, "features");
    if (!str_is(JSON_TEXT(tree, "type"), "FeatureCollection") || !list || list->kind != JSON_ARRAY)
        return err_make(a, ERR_INVALID, "type", "a FeatureCollection is expected");
    unsigned n = 0;
    for (const struct json *f = list->first; f; f = f->next, n++) {
        const struct json *properties = JSON_GET(f, "properties"), *geometry = JSON_GET(f, "geometry");
        unsigned line, column;
        json_position(text, f->begin, &line, &column);
        struct feature one = {JSON_TEXT(properties, "code"), JSON_TEXT(properties, "name"), STR_NONE};
        if (!one.code.len)
            return err_make(a, ERR_INVALID, "features", "line %u: feature %u has no properties.code", line, n);
        if (map_has(&codes, one.code))
            return err_make(a, ERR_INVALID, "features", "line %u: feature %u: code %.*s is there twice", line, n,
                            STR_ARG(one.code));
        if (!geometry_valid(geometry))
            return err_make(a, ERR_INVALID, "features",
                            "line %u: feature %u (%.*s) has no closed Polygon or MultiPolygon", line, n,
                            STR_ARG(one.code));
        map_put(&codes, one.code, tree);
        struct buf g = buf_new(a);
        json_minify(&g, text, geometry);
        one.geometry = buf_str(&g);
        VEC_PUSH(a, out, one);
    }
    return out->len ? OK_ERR : err_make(a, ERR_INVALID, "features", "the collection is empty");
}

static err write_all(struct db *db, void *context) {
    const struct features *list = context;
    TRY(db_run(db, "DELETE FROM boundary"));
    for (size_t i = 0; i < list->len; i++) {
        struct statement *q = db_use(db, sql_put);
        bind_text(q, 1, list->at[i].code);
        bind_text(q, 2, list->at[i].name.len ? list->at[i].name : STR(""));
        bind_text(q, 3, list->at[i].geometry);
        TRY(db_done(q));
    }
    return OK_ERR;
}

err boundaries_import(struct store *s, struct arena *a, str geojson, struct buf *out) {
    struct features list = {0};
    struct reader *r;
    struct places all;
    TRY(read_features(a, geojson, &list));
    TRY(reader_begin(s, a, &r));
    TRY(network_places(r, a, day_today(), &all));
    reader_end(r);
    TRY(store_local(s, write_all, &list));
    buf_addf(out, "{\"features\":%zu,\"unknown\":[", list.len);
    for (size_t i = 0, n = 0; i < list.len; i++) {
        size_t k = 0;
        while (k < all.len && !(place_is_commune(all.at[k].kind) && str_eq(all.at[k].code, list.at[i].code))) k++;
        if (k < all.len) continue;
        if (n++) buf_addc(out, ',');
        buf_add_json(out, list.at[i].code);
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

err boundaries_answer(struct reader *r, struct arena *a, struct buf *out) {
    struct places all;
    struct statement *q = db_use(reader_db(r), sql_all);
    bool row;
    TRY(network_places(r, a, day_today(), &all));
    buf_addz(out, "{\"type\":\"FeatureCollection\",\"features\":[");
    TRY(db_row(q, &row));
    for (size_t n = 0; row; n++) {
        str code = column_text(q, 0), id = STR_NONE;
        for (size_t k = 0; k < all.len && !id.len; k++)
            if (place_is_commune(all.at[k].kind) && str_eq(all.at[k].code, code)) id = all.at[k].id;
        buf_addz(out, n ? ",{" : "{");
        add_text(out, "type", STR("Feature"));
        add_name(out, "properties");
        buf_addc(out, '{');
        add_text(out, "code", code);
        add_text(out, "name", column_text(q, 1));
        add_text(out, "place", id);
        buf_addz(out, "},\"geometry\":");
        buf_add(out, column_text(q, 2));
        buf_addc(out, '}');
        TRY(db_row(q, &row));
    }
    buf_addz(out, "]}");
    return OK_ERR;
}
