/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members of a person in answers.
 */
#include "answer.h"

void add_who(struct buf *out, const struct person *p, int32_t today) {
    int age = person_age(p->birth, today);
    add_text(out, "id", p->id);
    add_text(out, "name", p->name);
    add_text(out, "birth", p->birth);
    if (age >= 0)
        add_number(out, "age", age);
    else
        add_text(out, "age", STR_NONE);
    add_text(out, "sex", p->sex);
}

void add_place(struct buf *out, const struct place_path *p, bool province) {
    const struct place *smallest = p->hamlet.rid           ? &p->hamlet
                                   : p->former_commune.rid ? &p->former_commune
                                                           : &p->commune;
    if (!smallest->rid) {
        add_text(out, "place", STR_NONE);
        return;
    }
    add_name(out, "place");
    buf_addc(out, '{');
    add_text(out, "id", smallest->id);
    add_text(out, "hamlet", p->hamlet.name);
    add_text(out, "formerCommune", p->former_commune.name);
    add_text(out, "commune", p->commune.name);
    if (province) add_text(out, "province", p->province.name);
    buf_addc(out, '}');
}

void add_head(struct buf *out, const char *name, const struct person *p) {
    if (!p->head_id.len) {
        add_text(out, name, STR_NONE);
        return;
    }
    add_name(out, name);
    buf_addc(out, '{');
    add_text(out, "id", p->head_id);
    add_text(out, "name", p->head_name);
    buf_addc(out, '}');
}

err add_person(struct buf *out, struct request *q, struct reader *r, const struct person *p, int32_t today) {
    struct arena *a = q->arena;
    bool numbers = access_reads(&q->session->access, FHIR_TYPE_PATIENT);
    struct place_path path;
    TRY(network_path(r, a, p->place, today, &path));
    buf_addc(out, '{');
    add_who(out, p, today);
    add_place(out, &path, false);
    add_head(out, "householdHead", p);
    add_text(out, "household", p->household);
    add_text(out, "cccd", numbers ? masked_number(a, p->cccd, 6) : STR_NONE);
    add_text(out, "insurance", numbers ? masked_number(a, p->insurance, 2) : STR_NONE);
    add_text(out, "phone", spaced_phone(a, p->phone));
    add_text(out, "dead", p->dead);
    add_text(out, "moved", p->moved);
    buf_addc(out, '}');
    return OK_ERR;
}

str masked_number(struct arena *a, str s, size_t head) {
    if (s.len < head + 5) return s.len ? STR("••••") : STR_NONE;
    struct buf out = buf_new(a);
    buf_add(&out, str_slice(s, 0, head));
    for (size_t i = head; i + 4 < s.len; i++) buf_addz(&out, "•");
    buf_add(&out, str_slice(s, s.len - 4, s.len));
    return buf_str(&out);
}

str spaced_phone(struct arena *a, str s) {
    if (s.len != 10) return s;
    return str_format(a, "%.*s %.*s %.*s", 4, s.at, 3, s.at + 4, 3, s.at + 7);
}
