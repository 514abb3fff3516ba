/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a patient's line. A birth date of which only the year or month is known is taken as the last possible day,
 * so that no dose is offered too young, and said so.
 */
#include "patient_json.h"

#include "base/date.h"
#include "base/json.h"
#include "base/vec.h"

#include <stdlib.h>

/* code in err.at: English is in the detail */
static const struct {
    const char *at, *vi;
} sentences[] = {
    {"json", "dòng này không phải là JSON hợp lệ"},
    {"birth-missing", "thiếu ngày sinh (dob), không thể tính lịch"},
    {"birth", "ngày sinh (dob) không đọc được, cần dạng NĂM-THÁNG-NGÀY"},
    {"birth-future", "ngày sinh ở sau ngày đánh giá"},
    {"assessment", "ngày đánh giá (assessment_date) không đọc được"},
    {"doses", "\"doses\" phải là danh sách các mũi tiêm"},
    {"dose-date", "ngày tiêm không đọc được, cần dạng NĂM-THÁNG-NGÀY"},
    {"observations", "\"observations\" phải là danh sách"},
};

str patient_error_vietnamese(err e) {
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (e.at && strcmp(e.at, sentences[i].at) == 0) return str_of(sentences[i].vi);
    return str_of(err_vietnamese(e.code));
}

typedef VEC(struct forecast_issue) issue_list;

static err read_birth(struct arena *a, const struct json *root, struct patient_line *out, issue_list *issues) {
    str text = JSON_TEXT(root, "dob");
    struct date_time t;
    if (!text.len) return err_make(a, ERR_INVALID, "birth-missing", "the birth date (dob) is missing; nothing can be forecast");
    if (!date_parse(text, true, &t))
        return err_make(a, ERR_INVALID, "birth", "the birth date \"%.*s\" is no day YYYY-MM-DD", STR_ARG(text));
    int month = t.precision == DATE_YEAR ? 12 : t.month;
    int day = t.precision <= DATE_MONTH ? days_in_month(t.year, month) : t.day;
    out->patient.birth = day_from_civil(t.year, month, day);
    if (t.precision >= DATE_MINUTE) out->patient.birth_minute = t.hour * 60 + t.minute;
    if (t.precision > DATE_MONTH) return OK_ERR;
    if (out->patient.birth > out->on && day_from_civil(t.year, t.month, 1) <= out->on) out->patient.birth = out->on;
    char shown[11];
    day_format(out->patient.birth, shown);
    VEC_PUSH(a, issues, (struct forecast_issue){"birth-partial", SIZE_MAX,
        str_format(a, "the birth date is known only as %.*s; %s is used, so that no dose is offered too young", STR_ARG(text), shown),
        str_format(a, "ngày sinh chỉ biết là %.*s; lịch được tính như sinh ngày %s để không tiêm sớm", STR_ARG(text), shown)});
    return OK_ERR;
}

static bool flag(const struct json *object, const char *key) {
    const struct json *m = json_get(object, str_of(key));
    return m && (m->kind == JSON_TRUE || (m->text.len && (m->text.at[0] | 0x20) == 'y'));
}

static int32_t optional_day(const struct json *object, const char *key) {
    int32_t day;
    return day_parse(json_text(object, str_of(key)), &day) ? day : DAY_NONE;
}

static str code_of(const struct json *object, str key) { /* "08" or 8 */
    const struct json *m = json_get(object, key);
    return m && (m->kind == JSON_STRING || m->kind == JSON_NUMBER) ? m->text : STR_NONE;
}

static err read_doses(struct arena *a, const struct json *list, struct patient_line *out) {
    if (!list || list->kind == JSON_NULL) return OK_ERR;
    if (list->kind != JSON_ARRAY) return err_make(a, ERR_INVALID, "doses", "`doses` must be a list");
    struct dose_given *doses = ARENA_ARRAY(a, struct dose_given, list->count + 1u);
    size_t n = 0;
    for (const struct json *m = list->first; m; m = m->next, n++) {
        struct dose_given *d = &doses[n];
        str date = JSON_TEXT(m, "date");
        d->day = DAY_NONE;
        if (date.len && !day_parse(str_slice(date, 0, 10), &d->day))
            return err_make(a, ERR_INVALID, "dose-date", "dose %zu: \"%.*s\" is no day YYYY-MM-DD", n + 1, STR_ARG(date));
        if (!date.len) d->day = DAY_NONE;
        d->vaccine = code_of(m, STR("cvx"));
        if (!d->vaccine.len) d->vaccine = code_of(m, STR("vaccine"));
        d->maker = JSON_TEXT(m, "mvx");
        d->trade = JSON_TEXT(m, "trade_name");
        str volume = code_of(m, STR("volume"));
        d->volume = volume.len ? strtod(str_z(a, volume), NULL) : 0;
        d->lot_expiry = optional_day(m, "lot_expiry");
        d->condition = flag(m, "condition");
        d->minute = -1;
        struct date_time t;
        if (date_parse(date, true, &t) && t.precision >= DATE_MINUTE) d->minute = t.hour * 60 + t.minute;
    }
    out->patient.doses = doses, out->patient.dose_count = n;
    return OK_ERR;
}

static err read_observations(struct arena *a, const struct json *list, struct patient_line *out) {
    if (!list || list->kind == JSON_NULL) return OK_ERR;
    if (list->kind != JSON_ARRAY) return err_make(a, ERR_INVALID, "observations", "`observations` must be a list");
    struct patient_observation *o = ARENA_ARRAY(a, struct patient_observation, list->count + 1u);
    size_t n = 0;
    for (const struct json *m = list->first; m; m = m->next)
        o[n++] = (struct patient_observation){code_of(m, STR("code")), optional_day(m, "date")};
    out->patient.observations = o, out->patient.observation_count = n;
    return OK_ERR;
}

err patient_read(struct arena *a, str line, int32_t on_day, int32_t today, struct patient_line *out) {
    struct json *root;
    issue_list issues = {0};
    *out = (struct patient_line){.id = STR("null")};
    err e = json_parse(a, line, &root);
    if (e.code) return err_make(a, ERR_INVALID, "json", "this line is no JSON: %.*s", STR_ARG(e.detail));
    if (root->kind != JSON_OBJECT) return err_make(a, ERR_INVALID, "json", "a patient is an object {...}");
    const struct json *id = JSON_GET(root, "id");
    if (id) out->id = str_slice(line, id->begin, id->end);
    str on = JSON_TEXT(root, "assessment_date");
    out->on = on_day != DAY_NONE ? on_day : today;
    if (on_day == DAY_NONE && on.len && !day_parse(on, &out->on))
        return err_make(a, ERR_INVALID, "assessment", "the assessment date \"%.*s\" is no day YYYY-MM-DD", STR_ARG(on));
    out->patient.birth_minute = -1;
    TRY(read_birth(a, root, out, &issues));
    if (out->patient.birth > out->on)
        return err_make(a, ERR_INVALID, "birth-future", "the birth date is after the day of assessment");
    str sex = JSON_TEXT(root, "sex");
    out->patient.sex = sex.len ? (char)(sex.at[0] & ~0x20) : 'U';
    str celsius = code_of(root, STR("temperature"));
    out->patient.temperature = celsius.len ? strtod(str_z(a, celsius), NULL) : 0;
    out->patient.area = JSON_TEXT(root, "area");
    out->patient.country = JSON_TEXT(root, "country_of_birth");
    TRY(read_doses(a, JSON_GET(root, "doses"), out));
    TRY(read_observations(a, JSON_GET(root, "observations"), out));
    out->issues = issues.at, out->issue_count = issues.len;
    return OK_ERR;
}
