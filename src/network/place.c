/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live network as of a day, read from the tables place_state and place_link: paths upwards, places by name, who
 * answers for a place, and whose residents a post may see.
 */
#include "network.h"

#include "base/date.h"
#include "base/vec.h"
#include "db/db.h"

#include <stdlib.h>

#define PLACE_COLUMNS                                                                                                  \
    "subject, parent, id, kind, code, name, latitude, longitude, population, assumed, suspended, point_of, from_day, " \
    "until_day"
#define ON_DAY(t) t "from_day <= ?2 AND ?2 < " t "until_day"
/* Areas: the kinds of place_is_area. */
#define AREA(t) "(" t "kind BETWEEN 1 AND 5 OR " t "kind BETWEEN 10 AND 12)"
static const char sql_place[] = "SELECT " PLACE_COLUMNS " FROM place_state WHERE subject = ?1 AND " ON_DAY("");
static const char sql_places[] =
    "SELECT " PLACE_COLUMNS " FROM place_state WHERE from_day <= ?1 AND ?1 < until_day ORDER BY subject";
static const char sql_by_id[] = "SELECT " PLACE_COLUMNS " FROM place_state WHERE id = ?1 AND " ON_DAY("");
/* Areas only: a station has no residents of its own. */
static const char sql_below[] = "WITH RECURSIVE below(rid) AS (SELECT ?1 UNION SELECT p.subject FROM below b JOIN "
                                "place_state p ON p.parent = b.rid "
                                "AND " ON_DAY("p.") " WHERE " AREA("p.") ") SELECT rid FROM below ORDER BY rid";
static const char
    sql_named[] = "WITH RECURSIVE below(rid, kind) AS (SELECT subject, kind FROM place_state INDEXED BY "
                  "place_state_folded "
                  "WHERE (kind BETWEEN 1 AND 5 OR kind BETWEEN 10 AND 12) AND folded >= ?1 AND folded < ?4 AND " ON_DAY(
                      "") " UNION SELECT p.subject, p.kind FROM below b JOIN place_state p ON p.parent = b.rid "
                          "AND " ON_DAY("p.") " WHERE " AREA("p.") ") "
                                                                   "SELECT rid FROM below WHERE kind NOT IN (1, 10) "
                                                                   "LIMIT ?3";
/* A receiver of everything or a successor; the greatest share first. */
static const char sql_successor[] = "SELECT successor FROM place_link WHERE id = ?1 AND what = '' AND " ON_DAY(
    "") " ORDER BY share DESC, kind DESC, successor LIMIT 1";


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
                        .assumed = column_int(q, 9) != 0,
                        .suspended = column_int(q, 10) != 0,
                        .point_of = column_int(q, 11),
                        .from = (int32_t)column_int(q, 12),
                        .until = (int32_t)column_int(q, 13)};
}

static err one_place(struct statement *q, struct arena *a, int32_t day, struct place *out) {
    bool row;
    bind_int(q, 2, day);
    TRY(db_row(q, &row));
    if (!row) return err_make(a, ERR_NOT_FOUND, "Location", "no such place on that day");
    read_place(q, a, out);
    db_reset(q);
    return OK_ERR;
}

err network_place(struct reader *r, struct arena *a, int64_t rid, int32_t day, struct place *out) {
    struct statement *q = db_use(reader_db(r), sql_place);
    bind_int(q, 1, rid);
    return one_place(q, a, day, out);
}

err network_place_by_id(struct reader *r, struct arena *a, str id, int32_t day, struct place *out) {
    struct statement *q = db_use(reader_db(r), sql_by_id);
    bind_text(q, 1, id);
    return one_place(q, a, day, out);
}

err network_places(struct reader *r, struct arena *a, int32_t day, struct places *out) {
    *out = (struct places){0};
    struct statement *q = db_use(reader_db(r), sql_places);
    bind_int(q, 1, day);
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

enum { LEVELS = 12 };

err network_path(struct reader *r, struct arena *a, int64_t rid, int32_t day, struct place_path *out) {
    *out = (struct place_path){0};
    for (int steps = 0; rid > 0 && steps < LEVELS; steps++) {
        struct place p;
        err e = network_place(r, a, rid, day, &p);
        if (e.code == ERR_NOT_FOUND) return OK_ERR;
        if (e.code) return e;
        if (p.kind == PLACE_HAMLET)
            out->hamlet = p;
        else if (p.kind == PLACE_FORMER_COMMUNE)
            out->former_commune = p;
        else if (p.kind == PLACE_PROVINCE)
            out->province = p;
        else if (place_is_commune(p.kind))
            out->commune = p;
        rid = p.parent;
    }
    return OK_ERR;
}

err network_places_named(struct reader *r, struct arena *a, const struct place_words *words, size_t limit,
                         int64_t **rids, size_t *found) {
    *found = 0;
    *rids = NULL;
    if (!words->count) return OK_ERR;
    struct buf low = buf_new(a);
    for (size_t i = 0; i < words->count; i++) {
        if (i) buf_addc(&low, ' ');
        buf_add(&low, words->at[i]);
    }
    str high = str_format(a, "%.*s\x7f", STR_ARG(buf_str(&low)));
    struct statement *q = db_use(reader_db(r), sql_named);
    bind_text(q, 1, buf_str(&low));
    bind_int(q, 2, words->day);
    bind_int(q, 3, (int64_t)limit + 1);
    bind_text(q, 4, high);
    *rids = ARENA_ARRAY(a, int64_t, limit + 1);
    bool row;
    TRY(db_row(q, &row));
    while (row && *found <= limit) {
        (*rids)[(*found)++] = column_int(q, 0);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

err network_place_now(struct reader *r, struct arena *a, str id, int32_t day, struct place *out) {
    for (int steps = 0; steps < LEVELS; steps++) {
        err e = network_place_by_id(r, a, id, day, out);
        if (e.code != ERR_NOT_FOUND) return e;
        struct statement *q = db_use(reader_db(r), sql_successor);
        bool row;
        bind_text(q, 1, id);
        bind_int(q, 2, day);
        TRY(db_row(q, &row));
        if (!row) break;
        id = str_copy(a, column_text(q, 0));
        db_reset(q);
    }
    return err_make(a, ERR_NOT_FOUND, "Location", "nobody answers for that place on that day");
}

/* ---- rights ------------------------------------------------------------------------------------------------------ */

static int compare_rids(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

err network_below(struct reader *r, struct arena *a, int64_t rid, int32_t day, int64_t **out, size_t *count) {
    VEC(int64_t) list = {0};
    struct statement *q = db_use(reader_db(r), sql_below);
    bind_int(q, 1, rid);
    bind_int(q, 2, day);
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

static err below(struct reader *r, struct arena *a, int64_t rid, int32_t day, struct access *out) {
    int64_t *places;
    TRY(network_below(r, a, rid, day, &places, &out->place_count));
    out->places = places;
    return OK_ERR;
}

err network_access(struct reader *r, struct arena *a, const struct network_post *asked, struct access *out) {
    *out = (struct access){0};
    str role = asked->role, place = asked->place;
    if (!role.len || str_is(role, "planner") || str_is(role, "admin") || !place.len) return OK_ERR;
    if (str_starts(place, STR("Location/"))) place = str_slice(place, strlen("Location/"), place.len);
    struct place post;
    err e = network_place_now(r, a, place, asked->day, &post);
    if (e.code == ERR_NOT_FOUND) return OK_ERR;
    if (e.code) return e;
    struct place_path path;
    TRY(network_path(r, a, post.parent, asked->day, &path));
    if (post.kind == PLACE_PROVINCE ||
        (post.kind == PLACE_OFFICE && path.province.rid && path.province.rid == post.parent))
        out->everything = true;
    else if (post.kind == PLACE_STATION)
        return below(r, a, path.commune.rid ? path.commune.rid : post.parent, asked->day, out);
    else if (post.kind == PLACE_POINT || post.kind == PLACE_OFFICE)
        return below(r, a, post.parent, asked->day, out);
    else if (place_is_area(post.kind))
        return below(r, a, post.rid, asked->day, out);
    return OK_ERR;
}
