/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registering somebody: what a scanned card says and whom it means, who looks like the person being typed, and the villages
 * of the post. What is asked comes in the body: names and numbers never stand in an address. Shapes in docs/api.md.
 */
#include "routes_int.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/vec.h"
#include "find_int.h"

const struct route people_routes[] = {
    {ROUTE("POST", "/api/persons/scan", PERMISSION_PERSON_FIND, people_scan, "Đọc mã QR trên thẻ và tìm người",
           "Read the QR code of a card and find the person"),
     .body_limit = 16 * 1024},
    {ROUTE("POST", "/api/persons/likely", PERMISSION_PERSON_REGISTER, people_likely, "Ai giống người đang được nhập",
           "Who looks like the person being typed"),
     .body_limit = 16 * 1024},
    {ROUTE("GET", "/api/villages", PERMISSION_PERSON_FIND, people_villages, "Thôn bản của nơi phụ trách",
           "Villages of the post")},
    {ROUTE("GET", "/api/persons/{id}/family", PERMISSION_PERSON_FIND, people_family, "Hộ và người thân", "Household and kin")},
    {ROUTE("GET", "/api/households/{id}", PERMISSION_PERSON_FIND, people_household, "Một hộ", "One household")},
    {ROUTE("GET", "/api/persons/{id}/history", PERMISSION_PERSON_REGISTER, people_history, "Ai đã sửa thông tin gì",
           "Who changed what of a person's data")},
    {ROUTE("GET", "/api/persons/{id}/merge/{other}", PERMISSION_PERSON_REGISTER, people_merge,
           "Giao dịch gộp hai hồ sơ của một người", "The transaction that makes two records one")},
    {ROUTE("GET", "/api/persons/{id}/unmerge/{other}", PERMISSION_PERSON_REGISTER, people_unmerge,
           "Giao dịch tách hai hồ sơ đã gộp", "The transaction that parts them again")},
    {.method = NULL}};


err people_subject(struct request *r, struct reader **reader, struct person *out) {
    TRY(request_reader(r, reader));
    TRY(person_get(*reader, r->arena, &r->session->access, r->parameters[0], out));
    request_audit(r, "read", FHIR_TYPE_PATIENT, out->id, out->rid);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- villages ---------------------------------------------------------------------------------------------------- */

enum { VILLAGES_MAX = 400, VILLAGES_FOUND = 20, WORDS_MAX = 8 };

static err add_village(struct buf *out, struct reader *reader, struct arena *a, int64_t rid, bool *any) {
    struct place_path path;
    TRY(network_path(reader, a, rid, day_today(), &path));
    const struct place *p = path.hamlet.rid ? &path.hamlet : &path.former_commune;
    if (p->rid != rid) return OK_ERR; /* a commune or a site: nobody lives there in our model */
    buf_addz(out, *any ? ",{" : "{");
    *any = true;
    add_text(out, "id", p->id);
    add_text(out, "name", p->name);
    add_text(out, "kind", path.hamlet.rid ? STR("hamlet") : STR("former-commune"));
    add_text(out, "formerCommune", path.former_commune.name);
    add_text(out, "commune", path.commune.name);
    buf_addc(out, '}');
    return OK_ERR;
}

err people_villages(struct request *r) {
    const struct access *who = &r->session->access;
    str words[WORDS_MAX], q = request_query(r, "q");
    struct reader *reader;
    const int64_t *rids = who->places;
    size_t n = who->place_count;
    bool any = false;
    TRY(request_reader(r, &reader));
    if (q.len) {
        int64_t *found;
        size_t count = person_split(text_fold(r->arena, q), words, WORDS_MAX);
        TRY(network_places_named(reader, r->arena, &(struct place_words){words, count, day_today()}, VILLAGES_FOUND, &found, &n));
        rids = found;
    }
    buf_addz(&r->out, "{\"villages\":[");
    for (size_t i = 0; i < n && i < VILLAGES_MAX; i++) TRY(add_village(&r->out, reader, r->arena, rids[i], &any));
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

/* ---- likely ------------------------------------------------------------------------------------------------------ */

enum { LIKELY_SHOWN = 12, NAME_MAX = 200 };

static void add_likeness(struct buf *out, const struct likeness *l) {
    bool any = false;
    add_number(out, "score", l->score);
    add_bool(out, "tellApart", l->tell_apart);
    buf_addz(out, ",\"why\":[");
    for (int i = 0; i < LIKENESS_REASON_COUNT; i++) {
        if (!(l->why >> i & 1)) continue;
        buf_addf(out, "%s\"%s\"", any ? "," : "", likeness_reason_code((enum likeness_reason)i));
        any = true;
    }
    buf_addc(out, ']');
}

static err add_likely(struct request *r, struct reader *reader, const struct identity *typed, str self) {
    struct likely *list;
    size_t n;
    int32_t today = day_today();
    TRY(person_likely(reader, r->arena, &r->session->access, typed, self, &list, &n));
    buf_addz(&r->out, "\"likely\":[");
    for (size_t i = 0; i < n && (i < LIKELY_SHOWN || list[i].likeness.tell_apart); i++) {
        if (i) buf_addc(&r->out, ',');
        TRY(add_person(&r->out, r, reader, &list[i].person, today));
        request_audit_find(r, &list[i].person.rid, 1);
        r->out.len--; /* the likeness goes into the same object */
        add_likeness(&r->out, &list[i].likeness);
        buf_addc(&r->out, '}');
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

err people_likely(struct request *r) {
    struct json *in;
    struct reader *reader;
    TRY(request_json(r, &in));
    TRY(request_reader(r, &reader));
    str name = JSON_TEXT(in, "name"), place = JSON_TEXT(in, "place");
    if (name.len > NAME_MAX * 4) return err_make(r->arena, ERR_INVALID, "name", "a name has at most %d letters", NAME_MAX);
    struct identity typed = {.name = name,
                             .birth = JSON_TEXT(in, "birth"),
                             .sex = JSON_TEXT(in, "sex"),
                             .cccd = JSON_TEXT(in, "cccd"),
                             .insurance = JSON_TEXT(in, "insurance"),
                             .phone = JSON_TEXT(in, "phone"),
                             .household = JSON_TEXT(in, "household"),
                             .place = place.len ? reader_rid(reader, FHIR_TYPE_LOCATION, place) : 0};
    request_audit_find(r, NULL, 0);
    request_set_header(r, "Cache-Control", STR("no-store"));
    buf_addc(&r->out, '{');
    TRY(add_likely(r, reader, &typed, JSON_TEXT(in, "self")));
    buf_addc(&r->out, '}');
    return OK_ERR;
}

/* ---- scan -------------------------------------------------------------------------------------------------------- */

static void add_card(struct buf *out, const struct card *c) {
    static const char *const doubts[] = {"sex", "year", "letters"};
    bool any = false;
    add_text(out, "kind", c->kind == CARD_IDENTITY ? STR("identity") : c->kind == CARD_INSURANCE ? STR("insurance") : STR_NONE);
    add_text(out, "number", c->number);
    add_text(out, "oldNumber", c->old_number);
    add_text(out, "name", c->name);
    add_text(out, "birth", c->birth);
    add_text(out, "sex", c->sex);
    add_text(out, "address", c->address);
    add_text(out, "issued", c->issued);
    add_text(out, "validFrom", c->valid_from);
    add_text(out, "validTo", c->valid_to);
    add_text(out, "facility", c->facility);
    add_text(out, "guardian", c->guardian);
    buf_addz(out, ",\"doubts\":[");
    for (size_t i = 0; i < 3; i++) {
        if (!(c->doubts >> i & 1)) continue;
        buf_addf(out, "%s\"%s\"", any ? "," : "", doubts[i]);
        any = true;
    }
    buf_addc(out, ']');
}

/* Does the folded address name the village, word by word? "ban na phat, xa na son" names "ban na phat". */
static bool names(str address, str village) {
    for (size_t i = 0; village.len && i + village.len <= address.len; i++) {
        bool begins = !i || address.at[i - 1] == ' ' || address.at[i - 1] == ',';
        size_t end = i + village.len;
        bool ends = end == address.len || address.at[end] == ' ' || address.at[end] == ',';
        if (begins && ends && str_eq(str_slice(address, i, end), village)) return true;
    }
    return false;
}

/* The village of the post that the address on the card names, when exactly one: proposed, and seen by whoever saves. */
static err add_proposed(struct request *r, struct reader *reader, str address, int64_t *rid) {
    const struct access *who = &r->session->access;
    str folded = text_fold(r->arena, address);
    struct place best = {0};
    int count = 0;
    for (size_t i = 0; address.len && i < who->place_count && i < VILLAGES_MAX; i++) {
        struct place p;
        err e = network_place(reader, r->arena, who->places[i], day_today(), &p);
        if (e.code == ERR_NOT_FOUND) continue;
        if (e.code) return e;
        if (p.kind != PLACE_HAMLET || !names(folded, text_fold(r->arena, p.name))) continue;
        count++;
        best = p;
    }
    add_text(&r->out, "village", count == 1 ? best.id : STR_NONE);
    *rid = count == 1 ? best.rid : 0;
    return OK_ERR;
}

/* Who has the number of the card; else who looks like it. */
static err add_found(struct request *r, struct reader *reader, const struct card *c, int64_t place) {
    struct found found = {0};
    bool identity = c->kind == CARD_IDENTITY || (c->number.len == 12 && c->kind == CARD_INSURANCE);
    str number = c->number.len == 15 ? str_slice(c->number, 5, 15) : c->number;
    int32_t today = day_today();
    TRY(person_find(reader, r->arena, &r->session->access, number, FIND_MAX, today, &found));
    buf_addz(&r->out, ",\"persons\":[");
    for (size_t i = 0; i < found.len; i++) {
        if (i) buf_addc(&r->out, ',');
        TRY(add_person(&r->out, r, reader, &found.at[i], today));
        request_audit_find(r, &found.at[i].rid, 1);
    }
    buf_addz(&r->out, "],");
    struct identity typed = {.name = c->name, .birth = c->birth, .sex = c->sex, .place = place};
    if (identity)
        typed.cccd = c->number;
    else
        typed.insurance = number;
    if (!found.len && c->name.len) return add_likely(r, reader, &typed, STR_NONE);
    buf_addz(&r->out, "\"likely\":[]");
    return OK_ERR;
}

err people_scan(struct request *r) {
    struct json *in;
    struct reader *reader;
    struct card card;
    int64_t village;
    TRY(request_json(r, &in));
    TRY(request_reader(r, &reader));
    enum card_fault fault = card_read(r->arena, JSON_TEXT(in, "text"), day_today(), &card);
    request_audit_find(r, NULL, 0); /* that a card was read; what stood on it is not kept */
    request_set_header(r, "Cache-Control", STR("no-store"));
    buf_addc(&r->out, '{');
    add_text(&r->out, "fault", str_of(card_fault_code(fault)));
    if (fault != CARD_OK) {
        buf_addc(&r->out, '}');
        return OK_ERR;
    }
    add_card(&r->out, &card);
    TRY(add_proposed(r, reader, card.address, &village));
    TRY(add_found(r, reader, &card, village));
    buf_addc(&r->out, '}');
    return OK_ERR;
}
