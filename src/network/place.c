/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live network, read from the table place: paths upwards, places by name, and whose residents a post may see.
 */
#include "network.h"

#include "base/vec.h"
#include "db/db.h"

#include <stdlib.h>

#define PLACE_COLUMNS "subject, parent, id, kind, code, name, latitude, longitude, population, assumed"
static const char sql_place[] = "SELECT " PLACE_COLUMNS " FROM place WHERE subject = ?1";
static const char sql_places[] = "SELECT " PLACE_COLUMNS " FROM place ORDER BY subject";
static const char sql_by_id[] = "SELECT " PLACE_COLUMNS " FROM place WHERE id = ?1";
/* Areas only (kinds 1 to 5): a station has no residents of its own. */
static const char sql_below[] =
    "WITH RECURSIVE below(rid) AS (SELECT ?1 UNION SELECT p.subject FROM below b JOIN place p ON p.parent = b.rid "
    "WHERE p.kind BETWEEN 1 AND 5) SELECT rid FROM below ORDER BY rid";
static const char sql_named[] =
    "WITH RECURSIVE below(rid, kind) AS (SELECT subject, kind FROM place INDEXED BY place_folded "
    "WHERE kind BETWEEN 1 AND 5 AND folded >= ?1 AND folded < ?2 "
    "UNION SELECT p.subject, p.kind FROM below b JOIN place p ON p.parent = b.rid WHERE p.kind BETWEEN 1 AND 5) "
    "SELECT rid FROM below WHERE kind IN (4, 5) LIMIT ?3";

static void read_place(struct statement *q, struct arena *a, struct place *p) {
    *p = (struct place){.rid = column_int(q, 0),
                        .parent = column_int(q, 1),
                        .id = str_copy(a, column_text(q, 2)),
                        .kind = (enum place_kind)column_int(q, 3),
                        .code = str_copy(a, column_text(q, 4)),
                        .name = str_copy(a, column_text(q, 5)),
                        .has_position = !column_null(q, 6) && !column_null(q, 7),
                        .latitude = column_real(q, 6),
                        .longitude = column_real(q, 7),
                        .population = column_null(q, 8) ? -1 : column_int(q, 8),
                        .assumed = column_int(q, 9) != 0};
}

err network_place(struct reader *r, struct arena *a, int64_t rid, struct place *out) {
    struct statement *q = db_use(reader_db(r), sql_place);
    bind_int(q, 1, rid);
    bool row;
    TRY(db_row(q, &row));
    if (!row) return err_make(a, ERR_NOT_FOUND, "Location", "no such place");
    read_place(q, a, out);
    db_reset(q);
    return OK_ERR;
}

err network_places(struct reader *r, struct arena *a, struct places *out) {
    *out = (struct places){0};
    struct statement *q = db_use(reader_db(r), sql_places);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct place p;
        read_place(q, a, &p);
        VEC_PUSH(a, out, p);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

struct place *places_find(const struct places *all, int64_t rid) {
    size_t low = 0, high = all->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (all->at[middle].rid < rid)
            low = middle + 1;
        else
            high = middle;
    }
    return low < all->len && all->at[low].rid == rid ? &all->at[low] : NULL;
}

err network_path(struct reader *r, struct arena *a, int64_t rid, struct place_path *out) {
    *out = (struct place_path){0};
    for (int steps = 0; rid > 0 && steps < 8; steps++) {
        struct place p;
        err e = network_place(r, a, rid, &p);
        if (e.code == ERR_NOT_FOUND) return OK_ERR;
        if (e.code) return e;
        switch (p.kind) {
        case PLACE_HAMLET: out->hamlet = p; break;
        case PLACE_FORMER_COMMUNE: out->former_commune = p; break;
        case PLACE_COMMUNE:
        case PLACE_WARD: out->commune = p; break;
        case PLACE_PROVINCE: out->province = p; break;
        default: break;
        }
        rid = p.parent;
    }
    return OK_ERR;
}

err network_places_named(struct reader *r, struct arena *a, const str *words, size_t count, size_t limit,
                         int64_t **rids, size_t *found) {
    *found = 0;
    *rids = NULL;
    if (!count) return OK_ERR;
    struct buf low = buf_new(a);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_addc(&low, ' ');
        buf_add(&low, words[i]);
    }
    str high = str_format(a, "%.*s\x7f", STR_ARG(buf_str(&low)));
    struct statement *q = db_use(reader_db(r), sql_named);
    bind_text(q, 1, buf_str(&low));
    bind_text(q, 2, high);
    bind_int(q, 3, (int64_t)limit + 1);
    *rids = ARENA_ARRAY(a, int64_t, limit + 1);
    bool row;
    TRY(db_row(q, &row));
    while (row && *found <= limit) {
        (*rids)[(*found)++] = column_int(q, 0);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static int compare_rids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

err network_below(struct reader *r, struct arena *a, int64_t rid, int64_t **out, size_t *count) {
    struct {
        int64_t *at;
        size_t len, cap;
    } list = {0};
    struct statement *q = db_use(reader_db(r), sql_below);
    bind_int(q, 1, rid);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &list, column_int(q, 0));
        TRY(db_row(q, &row));
    }
    if (list.len) qsort(list.at, list.len, sizeof *list.at, compare_rids);
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

static err below(struct reader *r, struct arena *a, int64_t rid, struct access *out) {
    int64_t *places;
    TRY(network_below(r, a, rid, &places, &out->place_count));
    out->places = places;
    return OK_ERR;
}

err network_access(struct reader *r, struct arena *a, str role, str place, struct access *out) {
    *out = (struct access){0};
    if (str_is(role, "administrator") || str_is(role, "admin")) {
        out->everything = true;
        return OK_ERR;
    }
    if (!role.len || str_is(role, "planner") || !place.len) return OK_ERR;
    if (str_starts(place, STR("Location/"))) place = str_slice(place, strlen("Location/"), place.len);
    struct statement *q = db_use(reader_db(r), sql_by_id);
    bind_text(q, 1, place);
    bool row;
    TRY(db_row(q, &row));
    if (!row) return OK_ERR;
    struct place post;
    read_place(q, a, &post);
    db_reset(q);
    struct place_path path;
    TRY(network_path(r, a, post.parent, &path));
    switch (post.kind) {
    case PLACE_STATION: return below(r, a, path.commune.rid ? path.commune.rid : post.parent, out);
    case PLACE_POINT: return below(r, a, post.parent, out);
    case PLACE_OFFICE:
        if (path.province.rid && path.province.rid == post.parent)
            out->everything = true;
        else
            return below(r, a, post.parent, out);
        return OK_ERR;
    case PLACE_PROVINCE: out->everything = true; return OK_ERR;
    case PLACE_COMMUNE:
    case PLACE_WARD:
    case PLACE_FORMER_COMMUNE:
    case PLACE_HAMLET: return below(r, a, post.rid, out);
    default: return OK_ERR;
    }
}
