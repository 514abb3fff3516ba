/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Own cases of the immunisation rules where CDC's suite is thin (inadvertent, re-validation after an invalid dose,
 * sub-standard doses, immunity by country of birth, skips, recurring doses, conflicts), bad input, and every fault the
 * loader must refuse with file, line and reason. Expected values are worked out from CDSi 4.6 by hand.
 */
#include "base/date.h"
#include "base/json.h"
#include "immunisation/immds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static int32_t day(const char *iso) {
    int32_t out = DAY_NONE;
    assert_true(day_parse(str_of(iso), &out));
    return out;
}

/* A schedule of one antigen X (dose 1 from 2 months with 4 days of grace, dose 2 after 4 weeks less 4 days). %s: more
 * members of dose 2, more members of the antigen, more members of the schedule. */
static const char small[] =
    "{\"format\": \"tram-schedule/1\", \"id\": \"small\",\n"
    " \"vaccines\": {\"A\": {\"antigens\": [\"X\"]}, \"B\": {\"antigens\": [\"X\"]}, \"L\": {\"antigens\": []}},\n"
    " \"groups\": {\"G\": {\"antigens\": [\"X\"]}},\n"
    " \"antigens\": {\"X\": {%s}},\n"
    " \"conflicts\": [{\"given\": [\"L\"], \"impacts\": [\"A\"], \"from\": \"1d\", \"valid_until\": \"24d\", \"until\": \"28d\"}],\n"
    " \"series\": [{\"name\": \"S\", \"antigens\": [\"X\"], \"group\": \"G\", \"default\": true, \"doses\": [\n"
    "  {\"n\": 1, \"age\": {\"abs\": \"2m-4d\", \"min\": \"2m\", \"rec\": \"2m\", \"late\": \"3m\", \"max\": \"5y\"}, \"give\": [\"A*\"], \"never\": [\"B\"]},\n"
    "  {\"n\": 2, \"after\": [{\"from\": \"prev\", \"abs\": \"4w-4d\", \"min\": \"4w\", \"late\": \"8w\"}], \"give\": [\"A*\"]%s}]}]%s}\n";

static err load_text(struct arena *a, const char *text, struct schedule **out) {
    char path[] = "/tmp/tram-schedule-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    err e = schedule_load(a, str_of(path), false, out);
    unlink(path);
    return e;
}

static struct schedule *load_small(struct arena *a, const char *antigen, const char *dose2, const char *more) {
    struct schedule *s = NULL;
    err e = load_text(a, str_z(a, str_format(a, small, antigen, dose2, more)), &s);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    return s;
}

struct shot {
    const char *date, *vaccine;
};

static struct forecast judge(struct arena *a, const struct schedule *s, const char *birth, const char *on,
                             const struct shot *shots, size_t n, struct patient *p) {
    struct dose_given *doses = ARENA_ARRAY(a, struct dose_given, n + 1);
    for (size_t i = 0; i < n; i++)
        doses[i] = (struct dose_given){.day = day(shots[i].date), .vaccine = str_of(shots[i].vaccine), .lot_expiry = DAY_NONE, .minute = -1};
    struct patient own = {.birth = day(birth), .sex = 'F', .birth_minute = -1};
    if (p) own.country = p->country, own.observations = p->observations, own.observation_count = p->observation_count;
    own.doses = doses, own.dose_count = n;
    struct forecast f;
    forecast_patient(a, s, &own, day(on), true, &f);
    return f;
}
#define JUDGE(a, s, birth, on, ...)                                                                                    \
    judge(a, s, birth, on, (const struct shot[]){__VA_ARGS__}, sizeof((const struct shot[]){__VA_ARGS__}) / sizeof(struct shot), NULL)

static void assert_dose(const struct forecast *f, size_t i, enum dose_status status, unsigned reasons) {
    assert_int_equal(f->doses[i].evaluation_count, 1);
    assert_string_equal(dose_status_text(f->doses[i].evaluations[0].status), dose_status_text(status));
    assert_int_equal(f->doses[i].evaluations[0].reasons, reasons);
}

static void assert_next(const struct forecast *f, int number, const char *earliest, const char *past_due) {
    assert_int_equal(f->group_count, 1);
    assert_string_equal(series_status_text(f->groups[0].status), "Not Complete");
    assert_int_equal(f->groups[0].dose_number, number);
    assert_int_equal(f->groups[0].earliest, day(earliest));
    if (past_due) assert_int_equal(f->groups[0].past_due, day(past_due));
}

static void ages_and_grace(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-03-05", "A"}); /* 2 m - 4 d is 6 March */
    assert_dose(&f, 0, DOSE_NOT_VALID, REASON(TOO_YOUNG));
    assert_next(&f, 1, "2026-03-10", "2026-04-09");
    f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-03-06", "A"});
    assert_dose(&f, 0, DOSE_VALID, REASON(AGE_GRACE));
    assert_next(&f, 2, "2026-04-03", "2026-04-30");
    f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-03-10", "A"}, {"2026-04-03", "A"}); /* 24 days: 4 w - 4 d */
    assert_dose(&f, 1, DOSE_VALID, REASON(INTERVAL_GRACE));
    f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-03-10", "A"}, {"2026-04-02", "A"});
    assert_dose(&f, 1, DOSE_NOT_VALID, REASON(TOO_SOON));
    assert_next(&f, 2, "2026-04-30", NULL); /* four weeks after the dose that did not count */
    f = JUDGE(a, s, "2020-01-10", "2025-02-01", {"2025-01-10", "A"});
    assert_dose(&f, 0, DOSE_EXTRANEOUS, REASON(TOO_OLD));
    assert_string_equal(series_status_text(f.groups[0].status), "Aged Out");
    arena_free(a);
}

static void inadvertent_is_a_gate(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    /* B at a right age: not valid for the vaccine alone; looked through by the interval; the next dose not before it */
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-03-20", "B"}, {"2026-03-25", "A"});
    assert_dose(&f, 0, DOSE_NOT_VALID, REASON(INADVERTENT));
    assert_dose(&f, 1, DOSE_VALID, 0);
    f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-04-20", "B"});
    assert_next(&f, 1, "2026-04-20", NULL);
    arena_free(a);
}

static void sub_standard(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct dose_given doses[3] = {
        {.day = day("2026-03-10"), .vaccine = STR("A"), .lot_expiry = day("2026-03-09"), .minute = -1},
        {.day = day("2026-03-12"), .vaccine = STR("A"), .lot_expiry = DAY_NONE, .condition = true, .minute = -1},
        {.day = day("2026-03-14"), .vaccine = STR("A"), .lot_expiry = day("2026-03-14"), .minute = -1}};
    struct patient p = {.birth = day("2026-01-10"), .birth_minute = -1, .doses = doses, .dose_count = 3};
    struct forecast f;
    forecast_patient(a, s, &p, day("2026-05-01"), false, &f);
    assert_dose(&f, 0, DOSE_SUB_STANDARD, REASON(EXPIRED));
    assert_dose(&f, 1, DOSE_SUB_STANDARD, REASON(CONDITION));
    assert_dose(&f, 2, DOSE_VALID, 0); /* looked through: no interval to the two before */
    assert_next(&f, 2, "2026-04-11", NULL);
    arena_free(a);
}

static void immunity_by_country(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "\"immune\": {\"obs\": [\"020\"], \"born_before\": [[\"1980-01-01\", \"U.S.\", [\"055\"]]]}", "", "");
    const struct patient_observation health[1] = {{STR("055"), DAY_NONE}}, shown[1] = {{STR("020"), DAY_NONE}};
    struct patient usa = {.country = STR("US")}, viet = {.country = STR("VN")}, nurse = {.country = STR("U.S."), .observations = health, .observation_count = 1},
                   tested = {.observations = shown, .observation_count = 1};
    struct forecast f = judge(a, s, "1979-12-31", "2026-01-01", NULL, 0, &usa);
    assert_int_equal(f.groups[0].status, SERIES_IMMUNE);
    f = judge(a, s, "1980-01-01", "2026-01-01", NULL, 0, &usa);
    assert_int_not_equal(f.groups[0].status, SERIES_IMMUNE);
    f = judge(a, s, "1979-12-31", "2026-01-01", NULL, 0, &viet);
    assert_int_not_equal(f.groups[0].status, SERIES_IMMUNE);
    f = judge(a, s, "1979-12-31", "2026-01-01", NULL, 0, &nurse);
    assert_int_not_equal(f.groups[0].status, SERIES_IMMUNE);
    f = judge(a, s, "2025-12-31", "2026-01-01", NULL, 0, &tested);
    assert_int_equal(f.groups[0].status, SERIES_IMMUNE);
    arena_free(a);
}

static void conflict_and_its_end(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-03-20", "L"}, {"2026-04-12", "A"}); /* 23 days */
    assert_dose(&f, 1, DOSE_NOT_VALID, REASON(CONFLICT));
    f = JUDGE(a, s, "2026-01-10", "2026-05-01", {"2026-03-20", "L"}, {"2026-04-13", "A"}); /* 24: L was never judged */
    assert_dose(&f, 1, DOSE_VALID, 0);
    f = JUDGE(a, s, "2026-01-10", "2026-03-21", {"2026-03-20", "L"}); /* the forecast waits for the longer end */
    assert_next(&f, 1, "2026-04-17", NULL);
    arena_free(a);
}

static void validation_at_the_earliest_day(void **state) { /* 7.6: not needed any more on the day it would be given */
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", ", \"skip\": [{\"when\": \"plan\", \"any\": [{\"all\": [{\"age\": [\"3m\", null]}]}]}]", "");
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-03-31", {"2026-03-30", "A"}); /* due 27 April, after 3 months */
    assert_int_equal(f.groups[0].status, SERIES_COMPLETE);
    f = JUDGE(a, s, "2026-01-10", "2026-03-12", {"2026-03-10", "A"}); /* due 7 April, before 3 months */
    assert_next(&f, 2, "2026-04-07", NULL);
    arena_free(a);
}

static void recurring_dose(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", ", \"repeat\": true", "");
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-06-01", {"2026-03-10", "A"}, {"2026-04-07", "A"}, {"2026-05-05", "A"});
    assert_dose(&f, 2, DOSE_VALID, 0);
    assert_next(&f, 4, "2026-06-02", NULL);
    arena_free(a);
}

static void impossible_days(void **state) { /* CALCDT-5 */
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct forecast f = judge(a, s, "2025-12-31", "2026-01-15", NULL, 0, NULL);
    assert_next(&f, 1, "2026-03-01", "2026-03-30");
    arena_free(a);
}

/* ---- which series ---- */

/* A schedule with these series on antigen X, group G. */
static struct schedule *load_series(struct arena *a, const char *series) {
    struct schedule *s = NULL;
    err e = load_text(a, str_z(a, str_format(a,
        "{\"format\": \"tram-schedule/1\", \"id\": \"paths\", \"vaccines\": {\"A\": {\"antigens\": [\"X\"]}, \"B\": {\"antigens\": [\"X\"]}},"
        " \"groups\": {\"G\": {\"antigens\": [\"X\"]}}, \"series\": [%s]}", series)), &s);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    return s;
}
#define SERIES(name, preference, more, doses)                                                                          \
    "{\"name\": \"" name "\", \"antigens\": [\"X\"], \"group\": \"G\", \"preference\": " preference more ", \"doses\": [" doses "]}"
#define FIRST "{\"give\": [\"A\"]}"
#define FIRST_AT(age) "{\"age\": {\"min\": \"" age "\"}, \"give\": [\"A\"]}"
#define AFTER(gap, vaccine, more) ", {\"after\": [{\"from\": \"prev\", \"abs\": \"" gap "\", \"min\": \"" gap "\"}], \"give\": [\"" vaccine "\"]" more "}"

static void assert_series(struct arena *a, const char *series, const struct shot *shots, size_t n, const char *want) {
    struct forecast f = judge(a, load_series(a, series), "2026-01-10", "2026-06-01", shots, n, NULL);
    assert_int_equal(f.group_count, 1);
    if (!str_is(f.groups[0].series, want)) fail_msg("%.*s, not %s", STR_ARG(f.groups[0].series), want);
}

static void scoring(void **state) { /* Tables 8-7, 8-9, 8-11: each criterion decides once */
    (void)state;
    struct arena *a = arena_new();
    const struct shot one[1] = {{"2026-02-10", "A"}}, both[2] = {{"2026-02-10", "A"}, {"2026-03-20", "B"}};
    /* completable +3/-3 outweighs most valid doses +2/-2: `long` cannot be finished before its last age */
    assert_series(a, SERIES("long", "1", "", FIRST AFTER("4w", "B", "") AFTER("4w", "A", "") AFTER("12m", "A", ", \"age\": {\"max\": \"13m\"}")) ","
                     SERIES("short", "2", "", FIRST AFTER("4w", "A", "") AFTER("4w", "A", "")), both, 2, "short");
    /* most valid doses +2/-2, all else equal, against the better preference */
    assert_series(a, SERIES("fewer", "1", "", FIRST AFTER("4w", "A", "") AFTER("4w", "A", "")) ","
                     SERIES("more", "2", "", FIRST AFTER("4w", "B", "") AFTER("4w", "A", "") AFTER("4w", "A", "")), both, 2, "more");
    /* closest to completion +2/-2 */
    assert_series(a, SERIES("far", "1", "", FIRST AFTER("4w", "A", "") AFTER("4w", "A", "")) ","
                     SERIES("near", "2", "", FIRST AFTER("8w", "A", "")), one, 1, "near");
    /* finishes earliest +1/-1 */
    assert_series(a, SERIES("slow", "1", "", FIRST AFTER("12w", "A", "")) "," SERIES("fast", "2", "", FIRST AFTER("4w", "A", "")), one, 1, "fast");
    /* product path with all doses valid +2/-2 */
    assert_series(a, SERIES("plain", "1", "", FIRST AFTER("4w", "A", "")) ","
                     SERIES("product", "2", ", \"product\": true", FIRST AFTER("4w", "A", "")), one, 1, "product");
    /* tie: the better preference */
    assert_series(a, SERIES("second", "2", "", FIRST AFTER("4w", "A", "")) "," SERIES("first", "1", "", FIRST AFTER("4w", "A", "")), one, 1, "first");
    /* no doses: starts earliest, not the product; two complete: most valid doses */
    assert_series(a, SERIES("later", "1", "", "{\"age\": {\"min\": \"3m\"}, \"give\": [\"A\"]}") ","
                     SERIES("sooner", "2", "", "{\"age\": {\"min\": \"2m\"}, \"give\": [\"A\"]}"), NULL, 0, "sooner");
    assert_series(a, SERIES("product", "1", ", \"product\": true", FIRST) "," SERIES("plain", "2", "", FIRST), NULL, 0, "plain");
    assert_series(a, SERIES("never", "1", "", FIRST_AT("2m") AFTER("5m", "A", ", \"age\": {\"max\": \"6m\"}")) ","
                     SERIES("can", "2", "", FIRST_AT("2m") AFTER("4w", "A", "")), NULL, 0, "can");
    assert_series(a, SERIES("one", "1", "", FIRST) "," SERIES("two", "2", "", FIRST AFTER("4w", "B", "")), both, 2, "two");
    arena_free(a);
}

static void equivalent_paths(void **state) { /* Table 8-14 */
    (void)state;
    struct arena *a = arena_new();
    const char *risk = ", \"type\": \"risk\", \"path\": \"2\", \"for\": [{\"obs\": \"r\"}], \"equivalent\": [\"1\"]";
    const struct patient_observation r[1] = {{STR("r"), DAY_NONE}};
    struct patient p = {.observations = r, .observation_count = 1};
    str text = str_format(a, SERIES("usual", "1", ", \"equivalent\": [\"2\"], \"default\": true", FIRST) ","
                             "{\"name\": \"special\", \"antigens\": [\"X\"], \"group\": \"G\"%s, \"doses\": [{\"give\": [\"B\"]}]}", risk);
    struct schedule *s = load_series(a, str_z(a, text));
    struct forecast f = judge(a, s, "2026-01-10", "2026-06-01", NULL, 0, &p);
    assert_int_equal(f.group_count, 1); /* the risk series takes the place of the usual one */
    assert_true(str_is(f.groups[0].series, "special"));
    const struct shot done[1] = {{"2026-02-10", "A"}};
    f = judge(a, s, "2026-01-10", "2026-06-01", done, 1, &p);
    assert_int_equal(f.group_count, 1); /* a complete one makes its equivalent unnecessary */
    assert_true(str_is(f.groups[0].series, "usual"));
    assert_int_equal(f.groups[0].status, SERIES_COMPLETE);
    arena_free(a);
}

/* ---- bad input ---- */

static void assert_issue(const struct forecast *f, const char *code) {
    for (size_t i = 0; i < f->issue_count; i++)
        if (strcmp(f->issues[i].code, code) == 0) {
            assert_true(f->issues[i].english.len > 20 && f->issues[i].vietnamese.len > 20);
            return;
        }
    fail_msg("no issue %s", code);
}

static void doses_that_cannot_be(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct forecast f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-01-09", "A"});
    assert_issue(&f, "before-birth");
    assert_int_equal(f.doses[0].evaluation_count, 0);
    f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-04-02", "A"});
    assert_issue(&f, "future");
    assert_next(&f, 1, "2026-03-10", NULL);
    f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-03-10", "ZZZ"});
    assert_issue(&f, "unknown-vaccine");
    f = JUDGE(a, s, "2026-01-10", "2026-04-01", {"2026-03-10", "A"}, {"2026-03-10", "A"});
    assert_issue(&f, "duplicate");
    assert_dose(&f, 1, DOSE_NOT_VALID, REASON(TOO_SOON));
    arena_free(a);
}

static str stream(struct arena *a, const char *line) {
    char *text = NULL;
    size_t len = 0;
    FILE *in = fmemopen((void *)(uintptr_t)line, strlen(line), "r"), *out = open_memstream(&text, &len);
    struct forecast_options o = {.on_day = DAY_NONE, .today = day("2026-11-20")};
    assert_int_equal(forecast_stream(a, &o, in, out).code, ERR_OK);
    fclose(in);
    fclose(out);
    str copy = str_copy(a, (str){text, len});
    free(text);
    return copy;
}

static void lines_that_cannot_be_read(void **state) {
    (void)state;
    struct arena *a = arena_new();
    str out = stream(a, "{\"id\": 7, \"dob\": \"2019\", \"sex\": \"F\", \"doses\": []}\n"
                        "not json\n{\"id\": \"x\"}\n{\"id\": \"y\", \"dob\": \"2027-01-01\"}\n"
                        "{\"id\": \"z\", \"dob\": \"2025-02-30\"}\n{\"id\": \"w\", \"dob\": \"2026-01-01\", \"doses\": [{\"date\": \"soon\", \"cvx\": \"BCG\"}]}\n");
    const char *const want[] = {"\"birth-partial\"", "is no JSON", "\"id\":\"x\",\"error\"", "is after the day of assessment",
                                "\"2025-02-30\\\" is no day", "dose 1: \\\"soon\\\" is no day"};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        if (!str_contains(out, str_of(want[i]))) fail_msg("missing %s in %.*s", want[i], STR_ARG(out));
    size_t lines = 0;
    for (size_t i = 0; i < out.len; i++) lines += out.at[i] == '\n';
    assert_int_equal(lines, 6);
    arena_free(a);
}

static void refused(const char *antigen, const char *dose2, const char *more, const char *line, const char *why) {
    struct arena *a = arena_new();
    struct schedule *s = NULL;
    err e = load_text(a, str_z(a, str_format(a, small, antigen, dose2, more)), &s);
    assert_int_equal(e.code, ERR_INVALID);
    if (!str_contains(e.detail, str_of(why)) || !str_contains(e.detail, str_of(line)) || !str_starts(e.detail, STR("/tmp/tram-schedule-")))
        fail_msg("want %s %s, got %.*s", line, why, STR_ARG(e.detail));
    arena_free(a);
}

static void schedules_that_are_refused(void **state) {
    (void)state;
    refused("", ", \"age\": {\"abs\": \"3m\", \"min\": \"2m\"}", "", ":8: ", "impossible age");
    refused("", ", \"after_ok\": [{\"from\": \"prev\", \"abs\": \"3w\", \"min\": \"2w\"}]", "", ":8: ", "impossible interval");
    refused("", ", \"after_ok\": [{\"from\": \"prev\", \"abs\": \"-5d\"}]", "", ":8: ", "impossible interval");
    refused("", ", \"age\": {\"max\": \"3w\"}", "", ":8: ", "impossible interval");
    refused("", ", \"after_ok\": [{\"from\": \"dose:2\", \"abs\": \"1w\"}]", "", ":8: ", "circular interval");
    refused("", ", \"skip\": [{\"when\": \"both\", \"any\": [{\"all\": [{\"complete\": [\"1\"]}]}]}]", "", "", "circle");
    refused("", ", \"skip\": [{\"when\": \"both\", \"any\": []}]", "", ":8: ", "not empty");
    refused("", ", \"accept\": [\"Q\"]", "", ":8: ", "unknown vaccine \"Q\"");
    refused("", ", \"accept\": \"@none\"", "", ":8: ", "unknown set");
    refused("", ", \"accpet\": [\"A\"]", "", ":8: ", "unknown key \"accpet\"");
    refused("", ", \"age\": {\"min\": \"2 months\"}", "", ":8: ", "is no duration");
    refused("", ", \"age\": {\"min\": \"$none\"}", "", ":8: ", "unknown setting");
    refused("", "", ",\n \"cvx\": {\"5\": [\"Ghost\"]}", ":9: ", "unknown antigen \"Ghost\"");
    refused("\"immune\": {\"obs\": [7]}", "", "", ":4: ", "observation");
    refused("", ", \"n\": 3", "", "", "duplicate");
    refused("", ", \"age\": [{\"min\": \"3m\"}, {\"min\": \"4m\"}]", "", ":8: ", "same day");
}

static void the_programme_inside(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = NULL;
    const char *const names[] = {"", "vn-epi.json", "vn-tt38-2017.json", "vn-tt10-2024.json", "vn-tt52-2025.json", "who.json", "who-low-transmission.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        err e = schedule_load(a, str_of(names[i]), false, &s);
        if (e.code) fail_msg("%s: %.*s", names[i], STR_ARG(e.detail));
    }
    assert_int_equal(schedule_load(a, STR("/nowhere/at/all"), false, &s).code, ERR_IO);
    arena_free(a);
}

static void immds(void **state) { /* HL7 ImmunizationFHIRDS $immds-forecast */
    (void)state;
    struct arena *a = arena_new();
    struct schedule *s = load_small(a, "", "", "");
    struct buf out = buf_new(a);
    struct json *tree;
    str body = STR("{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"assessmentDate\",\"valueDate\":\"2026-05-01\"},"
                   "{\"name\":\"patient\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"2026-01-10\"}},"
                   "{\"name\":\"immunization\",\"resource\":{\"resourceType\":\"Immunization\",\"id\":\"i\",\"status\":\"completed\","
                   "\"occurrenceDateTime\":\"2026-03-10T08:00:00+07:00\",\"vaccineCode\":{\"coding\":[{\"code\":\"A\"}]}}},"
                   "{\"name\":\"immunization\",\"resource\":{\"resourceType\":\"Immunization\",\"id\":\"n\",\"status\":\"not-done\","
                   "\"occurrenceDateTime\":\"2026-04-10\",\"vaccineCode\":{\"coding\":[{\"code\":\"A\"}]}}}]}");
    assert_int_equal(immds_forecast(a, s, body, 0, &out).code, ERR_OK);
    assert_int_equal(json_parse(a, buf_str(&out), &tree).code, ERR_OK);
    const struct json *list = JSON_GET(tree, "parameter");
    assert_int_equal(list->count, 2); /* one dose given, one not done; one recommendation */
    const struct json *evaluation = JSON_GET(list->first, "resource"), *r = JSON_GET(list->first->next, "resource");
    assert_true(str_is(JSON_TEXT(JSON_GET(evaluation, "immunizationEvent"), "reference"), "Immunization/i"));
    assert_true(str_is(JSON_TEXT(JSON_GET(JSON_GET(evaluation, "doseStatus"), "coding")->first, "code"), "valid"));
    const struct json *one = JSON_GET(r, "recommendation")->first, *date = JSON_GET(one, "dateCriterion")->first;
    assert_true(str_is(JSON_TEXT(JSON_GET(JSON_GET(one, "forecastStatus"), "coding")->first, "code"), "due"));
    assert_true(str_is(JSON_TEXT(JSON_GET(JSON_GET(date, "code"), "coding")->first, "code"), "30981-5"));
    assert_true(str_is(JSON_TEXT(date, "value"), "2026-04-07"));
    assert_int_equal(immds_forecast(a, s, STR("{\"resourceType\":\"Parameters\"}"), 0, &out).code, ERR_STRUCTURE);
    assert_int_equal(immds_forecast(a, s, STR("{\"resourceType\":\"Patient\"}"), 0, &out).code, ERR_STRUCTURE);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages_and_grace),        cmocka_unit_test(inadvertent_is_a_gate),
        cmocka_unit_test(sub_standard),          cmocka_unit_test(immunity_by_country),
        cmocka_unit_test(conflict_and_its_end),  cmocka_unit_test(validation_at_the_earliest_day),
        cmocka_unit_test(recurring_dose),        cmocka_unit_test(impossible_days),
        cmocka_unit_test(scoring),               cmocka_unit_test(equivalent_paths),
        cmocka_unit_test(doses_that_cannot_be),  cmocka_unit_test(lines_that_cannot_be_read),
        cmocka_unit_test(schedules_that_are_refused), cmocka_unit_test(the_programme_inside),
        cmocka_unit_test(immds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
