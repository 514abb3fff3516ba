/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slots: numbers of search expressions in this database. When a release changes an expression (its fingerprint), the slot is
 * marked as not ready, its rows are extracted again in the background, and a search on it answers "incomplete index" until done.
 */
#include "store_int.h"

#include "base/log.h"

enum { CHUNK = 500 };

static err slot_find(struct db *db, const struct fhir_slot *x, int64_t *id, int64_t *fingerprint) {
    struct statement *q = db_use(db, "SELECT id, fingerprint FROM slot WHERE type = ?1 AND expression = ?2 AND kind = ?3");
    bind_text(q, 1, str_of(fhir_type_name(x->type)));
    bind_text(q, 2, x->expression);
    bind_int(q, 3, x->kind);
    bool row;
    *id = 0;
    TRY(db_row(q, &row));
    if (row) {
        *id = column_int(q, 0);
        *fingerprint = column_int(q, 1);
    }
    db_reset(q);
    return OK_ERR;
}

static err type_in_use(struct store *s, struct db *db, fhir_type type, bool *used) {
    struct statement *q = db_use(db, "SELECT 1 FROM res WHERE type = ?1 AND flags & 3 = 0 LIMIT 1");
    bind_int(q, 1, s->type_number[type]);
    TRY(db_row(q, used));
    db_reset(q);
    return OK_ERR;
}

static err slot_write(struct store *s, struct db *db, const struct fhir_slot *x, int64_t *id) {
    bool used;
    TRY(type_in_use(s, db, x->type, &used));
    if (!*id) {
        TRY(number_of(db, "SELECT coalesce(max(id), 0) + 2 FROM slot", id));
        struct statement *q = db_use(db, "INSERT INTO slot(id, type, expression, kind, fingerprint, ready) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        bind_int(q, 1, *id);
        bind_text(q, 2, str_of(fhir_type_name(x->type)));
        bind_text(q, 3, x->expression);
        bind_int(q, 4, x->kind);
        bind_int(q, 5, (int64_t)x->fingerprint);
        bind_int(q, 6, !used);
        return db_done(q);
    }
    struct statement *q = db_use(db, "UPDATE slot SET fingerprint = ?2, ready = ?3 WHERE id = ?1");
    bind_int(q, 1, *id);
    bind_int(q, 2, (int64_t)x->fingerprint);
    bind_int(q, 3, !used);
    return db_done(q);
}

err slots_prepare(struct store *s, struct db *db, bool write) {
    fhir_start();
    if (!s->slot_number) s->slot_number = ARENA_ARRAY(s->arena, int32_t, fhir_slot_count + 1);
    for (size_t i = 0; i < fhir_slot_count; i++) {
        int64_t id, fingerprint = 0;
        TRY(slot_find(db, &fhir_slots[i], &id, &fingerprint));
        if (write && (!id || fingerprint != (int64_t)fhir_slots[i].fingerprint))
            TRY(slot_write(s, db, &fhir_slots[i], &id));
        s->slot_number[i] = (int32_t)id;
    }
    return OK_ERR;
}

int index_slot(struct reader *r, uint16_t slot, bool *ready) {
    *ready = false;
    if (slot >= fhir_slot_count || r->store->slot_number[slot] <= 0) return -1;
    struct statement *q = db_use(r->db, "SELECT ready FROM slot WHERE id = ?1 AND fingerprint = ?2");
    bind_int(q, 1, r->store->slot_number[slot]);
    bind_int(q, 2, (int64_t)fhir_slots[slot].fingerprint);
    bool row;
    *ready = !db_row(q, &row).code && row && column_int(q, 0);
    db_reset(q);
    return r->store->slot_number[slot];
}
