/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Search against a naive matcher that knows only the model from which the resources were made; pages under concurrent writes;
 * rights; what is refused.
 */
#include "rest_help.h"

#include "base/date.h"
#include "base/vec.h"

#include <pthread.h>

/* ---- a small world ------------------------------------------------------------------------------------------------------------- */

enum { PATIENTS = 60, OBSERVATIONS = 900 };

struct person { int family, given, gender, birth_year, place; bool active, has_active; };
struct observation { int person, code, system, status, day, value, unit, category; bool has_value, has_day, two_codes; int shape, length; };

static struct person persons[PATIENTS];
static struct observation observations[OBSERVATIONS];
static uint64_t seed = 88172645463325252ull;
static int pick(int n) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed % (unsigned)n);
}

static const char *const families[] = {"Nguyễn", "Nguyen", "Lò", "Giàng", "Đinh", "Quàng Văn"};
static const char *const families_folded[] = {"nguyen", "nguyen", "lo", "giang", "dinh", "quang van"};
static const char *const givens[] = {"Lan", "Hằng", "Đức", "Lành"};
static const char *const genders[] = {"male", "female", "other"};
static const char *const codes[] = {"8480-6", "8462-4", "8867-4", "abc"};
static const char *const systems[] = {"http://loinc.org", "urn:x", ""};
static const char *const statuses[] = {"final", "amended", "preliminary"};
static const char *const units[] = {"mm[Hg]", "kg", ""};
static const char *const categories[] = {"vital-signs", "laboratory"};

static void put_person(struct node *n, int i) {
    struct person *p = &persons[i];
    *p = (struct person){pick(6), pick(4), pick(3), 1940 + pick(60), pick(5), pick(2), pick(4) != 0};
    struct buf b = buf_new(n->arena);
    buf_addf(&b, "{\"resourceType\":\"Patient\",\"id\":\"p%d\",\"name\":[{\"family\":\"%s\",\"given\":[\"%s\"]}],\"gender\":\"%s\",\"birthDate\":\"%d\"", i,
             families[p->family], givens[p->given], genders[p->gender], p->birth_year);
    if (p->has_active) buf_addf(&b, ",\"active\":%s", p->active ? "true" : "false");
    buf_addf(&b, ",\"extension\":[{\"url\":\"urn:tram:residence\",\"valueReference\":{\"reference\":\"Location/place%d\"}}]}", p->place);
    expect_status(send(n, REST_PUT, str_z(n->arena, str_format(n->arena, "Patient/p%d", i)), str_z(n->arena, buf_str(&b))), 201);
}

static str observation_json(struct node *n, int i) {
    const struct observation *o = &observations[i];
    struct buf b = buf_new(n->arena);
    char day[11];
    buf_addf(&b, "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"%s\",\"subject\":{\"reference\":\"Patient/p%d\"},"
                 "\"category\":[{\"coding\":[{\"system\":\"urn:cat\",\"code\":\"%s\"}]}],\"code\":{\"coding\":[{",
             i, statuses[o->status], o->person, categories[o->category]);
    if (systems[o->system][0]) buf_addf(&b, "\"system\":\"%s\",", systems[o->system]);
    buf_addf(&b, "\"code\":\"%s\"}", codes[o->code]);
    if (o->two_codes) buf_addz(&b, ",{\"system\":\"urn:second\",\"code\":\"second\"}");
    buf_addz(&b, "]}");
    if (o->has_day && o->shape < 3) buf_addf(&b, ",\"effectiveDateTime\":\"%s\"", day_format(18000 + o->day, day));
    else if (o->has_day) {
        buf_addz(&b, ",\"effectivePeriod\":{");
        if (o->shape != 4) buf_addf(&b, "\"start\":\"%s\"", day_format(18000 + o->day, day));
        if (o->shape == 3) buf_addc(&b, ',');
        if (o->shape != 5) buf_addf(&b, "\"end\":\"%s\"", day_format(18000 + o->day + o->length, day));
        buf_addc(&b, '}');
    }
    if (o->has_value) {
        buf_addf(&b, ",\"valueQuantity\":{\"value\":%d.%d", o->value / 10, o->value % 10);
        if (units[o->unit][0]) buf_addf(&b, ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"%s\"", units[o->unit]);
        buf_addz(&b, "}");
    }
    buf_addz(&b, "}");
    return buf_str(&b);
}

static void draw_observation(int i) {
    observations[i] = (struct observation){pick(PATIENTS), pick(4), pick(3), pick(3), pick(800), pick(400), pick(3), pick(2),
                                           pick(5) != 0, pick(8) != 0, pick(6) == 0, pick(6), pick(3) ? pick(60) : 0};
}

static void make_world(struct node *n) {
    for (int i = 0; i < PATIENTS; i++) put_person(n, i);
    struct buf lines = buf_new(n->arena), problems = buf_new(n->arena);
    for (int i = 0; i < OBSERVATIONS; i++) {
        draw_observation(i);
        buf_add(&lines, observation_json(n, i));
        buf_addc(&lines, '\n');
    }
    const struct import_options options = {.actor = STR("system")};
    struct import_result result;
    assert_int_equal(rest_import(n->store, n->arena, STR("world.ndjson"), buf_str(&lines), &options, &result, &problems).code, 0);
    if (result.stored != OBSERVATIONS) fail_msg("stored %d: %.*s", (int)result.stored, STR_ARG(buf_str(&problems)));
}

/* ---- conditions: the text of the query and the naive truth ------------------------------------------------------------------------ */

enum naive_kind { N_CODE, N_SYSTEM_CODE, N_NO_SYSTEM, N_SYSTEM, N_NOT_CODE, N_STATUS, N_CATEGORY, N_PATIENT, N_SUBJECT, N_DATE, N_VALUE, N_VALUE_UNIT,
                  N_MISSING_VALUE, N_MISSING_DATE, N_CHAIN_FAMILY, N_CHAIN_GENDER, N_COMPOSITE, N_ID, N_KINDS };
struct naive { enum naive_kind kind; int a, b, prefix, day; bool flag; };

static const char *const prefixes[] = {"", "ne", "gt", "lt", "ge", "le", "sa", "eb"};

static str naive_text(struct node *n, struct naive *c) {
    struct arena *a = n->arena;
    char day[11];
    *c = (struct naive){(enum naive_kind)pick(N_KINDS), pick(4), pick(3), pick(8), pick(800), pick(2)};
    day_format(18000 + c->day, day);
    switch (c->kind) {
    case N_CODE: return str_format(a, "code=%s", codes[c->a]);
    case N_SYSTEM_CODE: return str_format(a, "code=%s|%s", systems[c->b], codes[c->a]);
    case N_NO_SYSTEM: return str_format(a, "code=|%s", codes[c->a]);
    case N_SYSTEM: return str_format(a, "code=%s|", systems[c->b %= 2]);
    case N_NOT_CODE: return str_format(a, "code:not=%s", codes[c->a]);
    case N_STATUS: return str_format(a, "status=%s,%s", statuses[c->b], statuses[0]);
    case N_CATEGORY: return str_format(a, "category=%s", categories[c->flag]);
    case N_PATIENT: return str_format(a, "patient=p%d,Patient/p%d", c->day % PATIENTS, c->a);
    case N_SUBJECT: return str_format(a, "subject:Patient=p%d", c->day % PATIENTS);
    case N_DATE: return str_format(a, "date=%s%s", prefixes[c->prefix], c->flag ? day : str_z(a, str_slice(str_of(day), 0, 7)));
    case N_VALUE: return str_format(a, "value-quantity=%s%d.%d", prefixes[c->prefix], c->day / 20, c->a);
    case N_VALUE_UNIT: return str_format(a, "value-quantity=%s%d|http://unitsofmeasure.org|%s", prefixes[c->prefix], c->day / 20, units[c->b %= 2]);
    case N_MISSING_VALUE: return str_format(a, "value-quantity:missing=%s", c->flag ? "true" : "false");
    case N_MISSING_DATE: return str_format(a, "date:missing=%s", c->flag ? "true" : "false");
    case N_CHAIN_FAMILY: return str_format(a, "%s.family=%s", c->flag ? "patient" : "subject:Patient", families_folded[c->a]);
    case N_CHAIN_GENDER: return str_format(a, "patient.gender=%s", genders[c->b]);
    case N_COMPOSITE: return str_format(a, "code-value-quantity=%s$%s%d", codes[c->a], prefixes[c->prefix], c->day / 20);
    case N_ID: return str_format(a, "_id=o%d,o%d,nobody", c->day, c->day + 1);
    default: fail(); return STR_NONE;
    }
}

/* R4's tables of prefixes, on [lo, hi) or a point against [from, to). */
static bool by_prefix(int prefix, double lo, double hi, double from, double to, double exact, bool point) {
    bool inside = lo >= from && (point ? hi < to : hi <= to);
    switch (prefix) {
    case 0: return inside;
    case 1: return !inside;
    case 2: return point ? hi > exact : hi > to;
    case 3: return point ? lo < exact : lo < from;
    case 4: return point ? hi >= exact : hi > to || inside;
    case 5: return point ? lo <= exact : lo < from || inside;
    case 6: return point ? lo > exact : lo >= to;
    default: return point ? hi < exact : hi <= from;
    }
}

static bool value_holds(const struct naive *c, const struct observation *o, bool tenths) {
    if (!o->has_value) return false;
    double exact = c->day / 20 + (tenths ? c->a / 10.0 : 0), half = tenths ? 0.05 : 0.5, v = o->value / 10.0;
    /* in tenths there is no doubt about equality */
    double from = tenths ? (c->day / 20 * 10 + c->a - 0.5) / 10 : exact - half, to = tenths ? (c->day / 20 * 10 + c->a + 0.5) / 10 : exact + half;
    return by_prefix(c->prefix, v, v, from, to, exact, true);
}

static bool date_holds(const struct naive *c, const struct observation *o) {
    if (!o->has_day) return false;
    int day = 18000 + c->day, from = day, to = day + 1, y, m, d;
    if (!c->flag) {
        day_to_civil(day, &y, &m, &d);
        from = day_from_civil(y, m, 1);
        to = from + days_in_month(y, m);
    }
    /* shapes 0 to 2 a day, 3 a period, 4 without beginning, 5 without end */
    double lo = o->shape == 4 ? -1e9 : 18000 + o->day, hi = o->shape == 5 ? 1e9 : 18000 + o->day + 1 + (o->shape > 2 ? o->length : 0);
    return by_prefix(c->prefix, lo, hi, from, to, 0, false);
}

static bool naive_holds(const struct naive *c, int i) {
    const struct observation *o = &observations[i];
    const struct person *p = &persons[o->person];
    switch (c->kind) {
    case N_CODE: return o->code == c->a;
    case N_SYSTEM_CODE: return o->code == c->a && o->system == c->b;
    case N_NO_SYSTEM: return o->code == c->a && o->system == 2;
    case N_SYSTEM: return o->system == c->b;
    case N_NOT_CODE: return o->code != c->a;
    case N_STATUS: return o->status == c->b || o->status == 0;
    case N_CATEGORY: return o->category == c->flag;
    case N_PATIENT: return o->person == c->day % PATIENTS || o->person == c->a;
    case N_SUBJECT: return o->person == c->day % PATIENTS;
    case N_DATE: return date_holds(c, o);
    case N_VALUE: return value_holds(c, o, true);
    case N_VALUE_UNIT: return value_holds(c, o, false) && o->unit == c->b;
    case N_MISSING_VALUE: return o->has_value != c->flag;
    case N_MISSING_DATE: return o->has_day != c->flag;
    case N_CHAIN_FAMILY: return str_starts(str_of(families_folded[p->family]), str_of(families_folded[c->a]));
    case N_CHAIN_GENDER: return p->gender == c->b;
    case N_COMPOSITE: return o->code == c->a && value_holds(c, o, false);
    case N_ID: return i == c->day || i == c->day + 1;
    default: return false;
    }
}

/* ---- comparing ---------------------------------------------------------------------------------------------------------------------- */

/* Follows the pages; marks what came. Fails on what comes twice. */
static size_t collect(struct node *n, const struct access *who, const char *url, unsigned char *seen, char prefix) {
    size_t count = 0;
    for (const char *next = url; next;) {
        struct rest_response r = send_as(n, who, REST_GET, next, "", (struct rest_request){0});
        expect_status(r, 200);
        struct json *bundle = tree_of(n, r.body);
        const struct json *list = JSON_GET(bundle, "entry");
        for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
            str id = JSON_TEXT(JSON_GET(e, "resource"), "id");
            if (!id.len || id.at[0] != prefix) continue;
            int i = atoi(str_z(n->arena, id) + 1);
            if (seen[i]) fail_msg("%.*s came twice in %s", STR_ARG(id), url);
            seen[i] = 1;
            count++;
        }
        next = link_of(n, bundle, "next");
    }
    return count;
}

static void compare(struct node *n, const char *url, const struct naive *c, int conditions, const struct access *who, const bool *place_seen) {
    unsigned char seen[OBSERVATIONS + 2] = {0};
    collect(n, who, url, seen, 'o');
    int64_t want_total = 0;
    for (int i = 0; i < OBSERVATIONS; i++) {
        bool want = !place_seen || place_seen[persons[observations[i].person].place];
        for (int k = 0; k < conditions; k++) want = want && naive_holds(&c[k], i);
        want_total += want;
        if (want != seen[i]) fail_msg("%s: o%d %s: %.*s", url, i, want ? "is missing" : "is too much", STR_ARG(observation_json(n, i)));
    }
    char *count_url = str_z(n->arena, str_format(n->arena, "%s&_summary=count", url));
    struct rest_response r = send_as(n, who, REST_GET, count_url, "", (struct rest_request){0});
    expect_status(r, 200);
    str total = JSON_GET(tree_of(n, r.body), "total")->text;
    int64_t got;
    if (!str_int64(total, &got) || got != want_total) fail_msg("%s: total %.*s, want %d", count_url, STR_ARG(total), (int)want_total);
}

static void random_queries(struct node *n, int rounds, const struct access *who, const bool *place_seen) {
    static const char *const sorts[] = {"", "&_sort=date", "&_sort=-date", "&_sort=code", "&_sort=-value-quantity,_id", "&_sort=_lastUpdated", "&_sort=-_lastUpdated", "&_sort=_id"};
    struct arena *keep = n->arena;
    for (int i = 0; i < rounds; i++) {
        n->arena = arena_new();
        struct naive c[3];
        int conditions = 1 + pick(3);
        struct buf url = buf_new(n->arena);
        buf_addf(&url, "Observation?_count=%d", pick(3) ? 1000 : 40 + pick(60));
        for (int k = 0; k < conditions; k++) {
            buf_addc(&url, '&');
            buf_add(&url, naive_text(n, &c[k]));
        }
        buf_addz(&url, sorts[pick(8)]);
        compare(n, str_z(n->arena, buf_str(&url)), c, conditions, who, place_seen);
        arena_free(n->arena);
        n->arena = keep;
    }
}

static void test_against_naive(void **state) {
    struct node *n = *state;
    make_world(n);
    random_queries(n, 500, &all_access, NULL);
    for (int i = 0; i < OBSERVATIONS; i += 3) { /* updates and deletions leave no trace in the index */
        draw_observation(i);
        expect_status(send(n, REST_PUT, str_z(n->arena, str_format(n->arena, "Observation/o%d", i)), str_z(n->arena, observation_json(n, i))), 200);
    }
    random_queries(n, 250, &all_access, NULL);
}

/* ---- rights ------------------------------------------------------------------------------------------------------------------------ */

static void test_rights(void **state) {
    struct node *n = *state;
    struct reader *r;
    make_world(n);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, 0);
    int64_t places[2] = {reader_rid(r, FHIR_TYPE_LOCATION, STR("place1")), reader_rid(r, FHIR_TYPE_LOCATION, STR("place3"))};
    if (places[0] > places[1]) {
        int64_t swap = places[0];
        places[0] = places[1], places[1] = swap;
    }
    reader_end(r);
    const bool seen[5] = {false, true, false, true, false};
    const struct access who = {.places = places, .place_count = 2}, nobody = {.everything = false};
    random_queries(n, 150, &who, seen);
    int hidden = 0, shown = 0;
    for (int i = 0; i < PATIENTS; i++) {
        char *url = str_z(n->arena, str_format(n->arena, "Patient/p%d", i)), *history = str_z(n->arena, str_format(n->arena, "Patient/p%d/_history", i));
        bool mine = seen[persons[i].place];
        mine ? shown++ : hidden++;
        expect_status(send_as(n, &who, REST_GET, url, "", (struct rest_request){0}), mine ? 200 : 404);
        expect_status(send_as(n, &who, REST_GET, history, "", (struct rest_request){0}), mine ? 200 : 404);
        expect_status(send_as(n, &who, REST_DELETE, url, "", (struct rest_request){0}), mine ? 204 : 403);
    }
    assert_true(hidden > 5 && shown > 5);
    /* nothing through includes, _has, history of the type */
    struct rest_response got = send_as(n, &nobody, REST_GET, "Patient?_revinclude=*&_count=1000", "", (struct rest_request){0});
    expect_status(got, 200);
    assert_null(JSON_GET(tree_of(n, got.body), "entry"));
    got = send_as(n, &nobody, REST_GET, "_history?_count=1000", "", (struct rest_request){0});
    assert_null(JSON_GET(tree_of(n, got.body), "entry"));
    got = send_as(n, &nobody, REST_GET, "Observation?_summary=count", "", (struct rest_request){0});
    assert_true(str_is(JSON_GET(tree_of(n, got.body), "total")->text, "0"));
    expect_status(send_as(n, &nobody, REST_POST, "Observation",
                          "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/p1\"}}",
                          (struct rest_request){0}), seen[persons[1].place] ? 201 : 403);
}

static void test_has_and_include(void **state) {
    struct node *n = *state;
    make_world(n);
    for (int code = 0; code < 4; code++)
        for (int status = 0; status < 3; status++) {
            unsigned char seen[PATIENTS + 1] = {0};
            char *url = str_z(n->arena, str_format(n->arena, "Patient?_count=7&_has:Observation:patient:code=%s&_has:Observation:subject:status=%s", codes[code], statuses[status]));
            collect(n, &all_access, url, seen, 'p');
            for (int i = 0; i < PATIENTS; i++) {
                bool has_code = false, has_status = false;
                for (int k = 0; k < OBSERVATIONS; k++) {
                    has_code |= observations[k].person == i && observations[k].code == code;
                    has_status |= observations[k].person == i && observations[k].status == status;
                }
                assert_int_equal(seen[i], has_code && has_status);
            }
        }
    struct json *bundle = tree_of(n, send(n, REST_GET, "Observation?_id=o1,o2,o3&_include=Observation:patient", "").body);
    size_t matches = 0, included = 0;
    for (const struct json *e = JSON_GET(bundle, "entry")->first; e; e = e->next) {
        bool match = str_is(JSON_TEXT(JSON_GET(e, "search"), "mode"), "match");
        matches += match, included += !match;
        assert_true(str_is(JSON_TEXT(JSON_GET(e, "resource"), "resourceType"), match ? "Observation" : "Patient"));
    }
    assert_int_equal(matches, 3);
    int p1 = observations[1].person, p2 = observations[2].person, p3 = observations[3].person;
    assert_int_equal(included, 1 + (p2 != p1) + (p3 != p1 && p3 != p2));
    bundle = tree_of(n, send(n, REST_GET, "Patient?_id=p4&_revinclude=Observation:subject", "").body);
    size_t mine = 0;
    for (int k = 0; k < OBSERVATIONS; k++) mine += observations[k].person == 4;
    assert_int_equal(JSON_GET(bundle, "entry")->count, 1 + mine);
    for (int count = 1; count < 100; count += 13) { /* everything of a person, in pages */
        unsigned char seen[OBSERVATIONS + 2] = {0};
        char *url = str_z(n->arena, str_format(n->arena, "Patient/p4/$everything?_count=%d", count));
        assert_int_equal(collect(n, &all_access, url, seen, 'o'), mine);
        for (int k = 0; k < OBSERVATIONS; k++) assert_int_equal(seen[k], observations[k].person == 4);
    }
}

/* What a sort gives, by its own resources. */
static void test_orders(void **state) {
    struct node *n = *state;
    static const char *const names[] = {"Đinh", "an", "Bình", "", "AN", "Giàng"};
    for (int i = 0; i < 6; i++) {
        char *body = str_z(n->arena, str_format(n->arena, "{\"resourceType\":\"Patient\",\"id\":\"%c\"%s%s%s,\"birthDate\":\"19%d0\"}", 'f' - i,
                                                names[i][0] ? ",\"name\":[{\"family\":\"" : "", names[i], names[i][0] ? "\"}]" : "", (i * 4) % 7));
        expect_status(send(n, REST_PUT, str_z(n->arena, str_format(n->arena, "Patient/%c", 'f' - i)), body), 201);
    }
    static const struct { const char *sort, *want; } cases[] = {{"_id", "abcdef"}, {"-_id", "fedcba"}, {"_lastUpdated", "fedcba"}, {"-_lastUpdated", "abcdef"},
        {"family", "bedfac"}, {"-family", "afdbec"}, {"birthdate", "fdbeca"}, {"-birthdate", "acebdf"}, {"family,_id", "bedfac"}, {"family,-_id", "ebdfac"}, {"-birthdate,_id", "acebdf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int count = 1; count < 7; count += 2) {
            char got[8] = "";
            size_t len = 0;
            for (const char *next = str_z(n->arena, str_format(n->arena, "Patient?_sort=%s&_count=%d", cases[i].sort, count)); next && len < 7;) {
                struct json *bundle = tree_of(n, send(n, REST_GET, next, "").body);
                const struct json *list = JSON_GET(bundle, "entry");
                for (const struct json *e = list ? list->first : NULL; e && len < 7; e = e->next) got[len++] = JSON_TEXT(JSON_GET(e, "resource"), "id").at[0];
                next = link_of(n, bundle, "next");
            }
            got[len] = 0;
            if (strcmp(got, cases[i].want) != 0) fail_msg("_sort=%s by %d: %s, want %s", cases[i].sort, count, got, cases[i].want);
        }
}

/* ---- pages while others write ---------------------------------------------------------------------------------------------------------- */

struct disturbance { struct node *node; volatile bool stop; int from; };

/* Changes and deletes every third observation, adds new ones; the others stay untouched. */
static void *disturb(void *arg) {
    struct disturbance *d = arg;
    struct node mine = *d->node;
    uint64_t x = 12345;
    for (int turn = 0; !d->stop; turn++) {
        mine.arena = arena_new();
        x = x * 6364136223846793005ull + 1442695040888963407ull;
        int i = (int)((x >> 33) % (OBSERVATIONS / 3)) * 3;
        char *url = str_z(mine.arena, str_format(mine.arena, "Observation/o%d", i));
        struct observation o = observations[i];
        char day[11];
        str body = str_format(mine.arena, "{\"resourceType\":\"Observation\",\"id\":\"o%d\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"%s\"}]},"
                                          "\"effectiveDateTime\":\"%s\"}", i, codes[o.code], day_format(18000 + (int)((x >> 40) % 800), day));
        if (turn % 5 == 4) send(&mine, REST_DELETE, url, "");
        else send(&mine, REST_PUT, url, str_z(mine.arena, body));
        arena_free(mine.arena);
    }
    return NULL;
}

static void test_pages_under_writes(void **state) {
    struct node *n = *state;
    static const char *const urls[] = {"Observation?_count=17", "Observation?_count=23&code=8480-6,8462-4", "Observation?_count=9&_sort=date&code=8867-4",
                                       "Observation?_count=31&_sort=-status,code", "Observation?_count=19&_sort=_id", "Observation?_count=29&_sort=-_lastUpdated&code=abc"};
    make_world(n);
    struct disturbance d = {.node = n};
    pthread_t thread;
    pthread_create(&thread, NULL, disturb, &d);
    struct arena *keep = n->arena;
    for (int round = 0; round < 18; round++) {
        n->arena = arena_new();
        unsigned char seen[OBSERVATIONS + 2] = {0};
        collect(n, &all_access, urls[round % 6], seen, 'o'); /* fails on what comes twice */
        for (int i = 0; i < OBSERVATIONS; i++) {
            if (i % 3 == 0) continue; /* may have been changed meanwhile */
            int code = observations[i].code;
            static const int wanted[6] = {15, 3, 4, 15, 15, 8}; /* codes as bits */
            bool want = wanted[round % 6] >> code & 1;
            if (seen[i] != want) fail_msg("%s: o%d, which nobody touched, %s", urls[round % 6], i, want ? "is missing" : "is too much");
        }
        arena_free(n->arena);
    }
    n->arena = keep;
    d.stop = true;
    pthread_join(thread, NULL);
}

/* ---- the letter of the contract -------------------------------------------------------------------------------------------------------- */

static void test_strict_and_lenient(void **state) {
    struct node *n = *state;
    static const char *const bad[] = {"Patient?foo=1", "Patient?name:foo=1", "Patient?name:not=x", "Patient?gender:exact=x", "Patient?birthdate=yesterday",
        "Patient?_sort=foo", "Patient?_include=Patient", "Patient?_include=Patient:name", "Patient?_has:Observation:code:x=1", "Patient?organization.foo=1",
        "Patient?_count=x", "Patient?_total=x", "Patient?_summary=x", "Patient?name=%zz", "Patient?_id=", "Patient?name", "Observation?value-quantity=a",
        "Patient?general-practitioner:Patient=1", "Patient?_position=AAAA", "Observation?subject:Patient=Group/1", "Patient?_text=x", "Patient?name.family=x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct rest_response r = send(n, REST_GET, bad[i], "");
        if (r.status != 400) fail_msg("%s: %d", bad[i], r.status);
    }
    expect_status(send(n, REST_PUT, "Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\",\"gender\":\"male\"}"), 201);
    struct rest_response r = send_as(n, &all_access, REST_GET, "Patient?foo=1&gender=male", "", (struct rest_request){.prefer = STR("handling=lenient")});
    expect_status(r, 200);
    struct json *bundle = tree_of(n, r.body);
    assert_int_equal(JSON_GET(bundle, "entry")->count, 2);
    assert_string_equal(link_of(n, bundle, "self"), "Patient?gender=male");
    assert_true(str_is(JSON_TEXT(JSON_GET(json_item(JSON_GET(bundle, "entry"), 1), "search"), "mode"), "outcome"));
    expect_status(send_as(n, &all_access, REST_GET, "Patient?foo=1", "", (struct rest_request){.prefer = STR("handling=strict")}), 400);
    r = send(n, REST_POST, "Patient/_search", "gender=male&_count=0");
    expect_status(r, 200);
    assert_true(str_is(JSON_GET(tree_of(n, r.body), "total")->text, "1"));
}

static size_t matches_of(struct node *n, const char *url) {
    struct rest_response r = send(n, REST_GET, url, "");
    if (r.status != 200) fail_msg("%s: %d %.*s", url, r.status, STR_ARG(r.body));
    const struct json *list = JSON_GET(tree_of(n, r.body), "entry");
    return list ? list->count : 0;
}

static void test_kinds(void **state) {
    struct node *n = *state;
    expect_status(send(n, REST_PUT, "Patient/a",
        "{\"resourceType\":\"Patient\",\"id\":\"a\",\"meta\":{\"tag\":[{\"system\":\"urn:t\",\"code\":\"synthetic\"}],\"profile\":[\"http://p/x|1\"],\"source\":\"urn:s\"},"
        "\"identifier\":[{\"system\":\"urn:cccd\",\"value\":\"011\",\"type\":{\"coding\":[{\"system\":\"urn:v2\",\"code\":\"NI\"}],\"text\":\"Căn cước\"}}],"
        "\"name\":[{\"family\":\"Nguyễn\",\"given\":[\"Thị\",\"Lan\"]}],\"birthDate\":\"1959-03\","
        "\"managingOrganization\":{\"identifier\":{\"system\":\"urn:o\",\"value\":\"77\"}},\"generalPractitioner\":[{\"reference\":\"http://other/Practitioner/9\"}]}"), 201);
    static const struct { const char *url; size_t want; } cases[] = {
        {"Patient?name=nguyen", 1}, {"Patient?name=NGUYỄN", 1}, {"Patient?name=guyen", 0}, {"Patient?name:contains=GUYEN", 1}, {"Patient?name:exact=Nguyễn", 1},
        {"Patient?name:exact=nguyễn", 0}, {"Patient?given=lan,xyz", 1}, {"Patient?identifier=urn:cccd|011", 1}, {"Patient?identifier=011", 1},
        {"Patient?identifier=urn:x|011", 0}, {"Patient?identifier=urn:cccd|", 1}, {"Patient?identifier=|011", 0}, {"Patient?identifier:of-type=urn:v2|NI|011", 1},
        {"Patient?identifier:of-type=urn:v2|MR|011", 0}, {"Patient?identifier:text=can", 1}, {"Patient?birthdate=1959", 1}, {"Patient?birthdate=1959-03-12", 0},
        {"Patient?birthdate=ge1959-03-12", 1}, {"Patient?birthdate=sa1959-02", 1}, {"Patient?birthdate=eb1959-03", 0}, {"Patient?birthdate=1960,1959", 1},
        {"Patient?_tag=urn:t|synthetic", 1}, {"Patient?_tag:not=synthetic", 0}, {"Patient?_profile=http://p/x|1", 1}, {"Patient?_profile:below=http://p/x", 1},
        {"Patient?_source=urn:s", 1}, {"Patient?organization:identifier=urn:o|77", 1}, {"Patient?organization:identifier=urn:o|78", 0},
        {"Patient?general-practitioner=http://other/Practitioner/9", 1}, {"Patient?general-practitioner=Practitioner/9", 0}, {"Patient?deceased=false", 1}, {"Patient?deceased=true", 0},
        {"Patient?gender:missing=true", 1}, {"Patient?_lastUpdated=gt2020", 1}, {"Patient?_lastUpdated=lt2020", 0}, {"Patient?name=nguyen&name=lan", 1},
        {"Patient?name=nguyen&name=xyz", 0}, {"Patient?name=nguyen&_id=a", 1}, {"Patient?_security=x", 0}, {"Patient?identifier=urn:cccd%7C011", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t got = matches_of(n, cases[i].url);
        if (got != cases[i].want) fail_msg("%s: %zu, want %zu", cases[i].url, got, cases[i].want);
    }
    expect_status(send(n, REST_PUT, "Observation/o", "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/a\"},"
        "\"encounter\":{\"reference\":\"Encounter/e\"}}"), 201);
    expect_status(send(n, REST_PUT, "Encounter/e", "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/a\"},"
        "\"period\":{\"start\":\"2020-01-01\",\"end\":\"2020-03-01\"}}"), 201);
    static const struct { const char *url; size_t want; } more[] = {
        {"Observation?encounter.subject:Patient.name=lan", 1}, {"Observation?encounter.patient.name=xyz", 0}, {"Patient/a/Observation", 1}, {"Patient/a/Encounter?date=2020", 1},
        {"Patient/b/Observation", 0}, {"Encounter?date=2020-02", 0}, {"Encounter?date=ge2020-02", 1}, {"Encounter?date=ap2020-02", 1}, {"Encounter?date=lt2020-02", 1},
        {"Encounter?date=sa2020-02", 0}, {"Patient?_has:Encounter:patient:_has:Observation:encounter:status=final", 1}, {"Patient?_has:Encounter:patient:_has:Observation:encounter:status=amended", 0},
        {"Observation?_include=Observation:encounter&_include:iterate=Encounter:subject", 3}, {"Observation?_include=*", 3}};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        size_t got = matches_of(n, more[i].url);
        if (got != more[i].want) fail_msg("%s: %zu, want %zu", more[i].url, got, more[i].want);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_strict_and_lenient, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_against_naive, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_orders, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_has_and_include, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_rights, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_pages_under_writes, node_setup, node_teardown),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
