/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The classes of sensitive content stand in res.flags, so that a search plan can leave records out. They are a function of the
 * body and of data/privacy/sensitive.csv: when that table changed with a release, all live resources are labelled anew before
 * the node answers anybody.
 */
#include "store_int.h"

#include "base/log.h"

enum { LABEL_BATCH = 5000 };
struct label_row { int64_t rid; int type; str id; };

/* One resource; its row is written only when the label is another. */
static err relabel(struct writer *w, int64_t rid, fhir_type type, str id) {
    struct state s, before;
    struct prepared p;
    TRY(state_load(w, rid, &before));
    TRY(state_prepared(w, type, id, &before, &p));
    s = before;
    s.flags = (s.flags & ~RES_SENSITIVE) | (int)(p.sensitive << RES_SENSITIVE_SHIFT);
    return s.flags == before.flags ? OK_ERR : state_write(w, id, &s);
}

struct labelling {
    int64_t after;
    bool more;
};

static err label_batch(struct writer *w, struct arena *a, void *context) {
    struct labelling *l = context;
    VEC(struct label_row) list = {0};
    struct reader r = writer_reader(w);
    struct statement *q = db_use(w->db, "SELECT rid, type, id FROM res NOT INDEXED WHERE rid > ?1 AND flags & 3 = 0 ORDER BY rid LIMIT ?2");
    bool row;
    bind_int(q, 1, l->after);
    bind_int(q, 2, LABEL_BATCH);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &list, (struct label_row){column_int(q, 0), (int)column_int(q, 1), index_column_id(q, 2, a)});
        TRY(db_row(q, &row));
    }
    for (size_t i = 0; i < list.len; i++) TRY(relabel(w, list.at[i].rid, index_type_of(&r, list.at[i].type), list.at[i].id));
    l->more = list.len == LABEL_BATCH;
    if (list.len) l->after = list.at[list.len - 1].rid;
    return OK_ERR;
}

static err label_done(struct writer *w, struct arena *a, void *context) {
    (void)context;
    return setting_put(w->db, "sensitive", str_format(a, "%lld", (long long)sensitive_fingerprint()), false);
}

err labels_refresh(struct store *s, struct arena *a) {
    struct reader *r;
    TRY(reader_begin(s, a, &r));
    int64_t known = 0;
    str text = store_setting(r, a, "sensitive");
    reader_end(r);
    if (str_int64(text, &known) && known == sensitive_fingerprint()) return OK_ERR;
    struct labelling l = {.more = true};
    while (l.more) {
        struct arena *batch = arena_new();
        err e = writer_work(s, batch, true, label_batch, &l);
        e.detail = str_copy(a, e.detail);
        arena_free(batch);
        TRY(e);
    }
    if (l.after) log_line(LOG_INFO, "store", "every record was labelled by the table of sensitive codes");
    return writer_work(s, a, true, label_done, NULL);
}
