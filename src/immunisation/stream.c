/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `tram forecast`: patients as lines of JSON in, forecasts as lines of JSON out. The only file of this room besides the
 * loader that reads and writes; the calculation stays pure. A bad line is answered by a line that says what is wrong.
 */
#include "compare.h"

#include "base/date.h"
#include "base/json.h"
#include "patient_json.h"

#include <stdlib.h>

static void put_date(struct buf *b, const char *key, int32_t day) {
    char text[11];
    if (day == DAY_NONE) buf_addf(b, ",\"%s\":null", key);
    else buf_addf(b, ",\"%s\":\"%s\"", key, day_format(day, text));
}

static void put_text(struct buf *b, const char *key, str value) {
    buf_addf(b, "\"%s\":", key);
    buf_add_json(b, value);
}

static void put_sentence(struct buf *b, enum forecast_language language, str en, str vi) {
    bool first = true;
    if (language != LANGUAGE_ENGLISH) put_text(b, "vi", vi), first = false;
    if (language == LANGUAGE_VIETNAMESE) return;
    if (!first) buf_addc(b, ',');
    put_text(b, "en", en);
}

static void put_why(struct buf *b, enum forecast_language language, const char *key, const struct explanation *why) {
    if (!why->english.len) return;
    if (b->at[b->len - 1] != '{') buf_addc(b, ',');
    buf_addf(b, "\"%s\":{", key);
    put_sentence(b, language, why->english, why->vietnamese);
    buf_addc(b, ',');
    put_text(b, "source", why->source);
    buf_addc(b, '}');
}

static void put_group(struct buf *b, const struct forecast_options *options, const struct group_forecast *g) {
    buf_addc(b, '{');
    put_text(b, "vaccine_group", g->group);
    buf_addf(b, ",\"status\":\"%s\",\"dose_number\":", series_status_text(g->status));
    if (g->dose_number) buf_addf(b, "%d", g->dose_number);
    else buf_addz(b, "null");
    put_date(b, "earliest", g->earliest);
    put_date(b, "recommended", g->recommended);
    put_date(b, "past_due", g->past_due);
    put_date(b, "latest", g->latest);
    buf_addc(b, ',');
    put_text(b, "series", g->series);
    buf_addz(b, ",\"vaccines\":[");
    for (size_t i = 0; i < g->vaccine_count; i++) {
        if (i) buf_addc(b, ',');
        buf_add_json(b, g->vaccines[i]);
    }
    buf_addc(b, ']');
    if (options->explain) {
        buf_addz(b, ",\"explain\":{");
        put_why(b, options->language, "status", &g->why_status);
        put_why(b, options->language, "earliest", &g->why_earliest);
        put_why(b, options->language, "recommended", &g->why_recommended);
        put_why(b, options->language, "past_due", &g->why_past_due);
        put_why(b, options->language, "latest", &g->why_latest);
        buf_addc(b, '}');
        if (g->guidance.len) buf_addc(b, ','), put_text(b, "guidance", g->guidance);
    }
    buf_addc(b, '}');
}

static void put_dose(struct buf *b, const struct forecast_options *options, const struct dose_given *d,
                     const struct dose_result *result) {
    buf_addz(b, "{\"date\":");
    char text[11];
    if (d->day == DAY_NONE) buf_addz(b, "null");
    else buf_addf(b, "\"%s\"", day_format(d->day, text));
    buf_addc(b, ',');
    put_text(b, "cvx", d->vaccine);
    buf_addz(b, ",\"evaluations\":[");
    for (size_t i = 0; i < result->evaluation_count; i++) {
        const struct dose_evaluation *v = &result->evaluations[i];
        buf_addz(b, i ? ",{" : "{");
        put_text(b, "antigen", str_of(v->antigen));
        buf_addc(b, ',');
        put_text(b, "series", v->series);
        buf_addf(b, ",\"dose_number\":");
        if (v->target) buf_addf(b, "%d", v->target);
        else buf_addz(b, "null");
        static const char *const timely[] = {"", ",\"timely\":true", ",\"timely\":false", ",\"timely\":null"};
        buf_addz(b, timely[v->timely]);
        buf_addf(b, ",\"status\":\"%s\",\"reasons\":[", dose_status_text(v->status));
        for (unsigned bit = 0, n = 0; bit < REASON_COUNT; bit++)
            if (v->reasons >> bit & 1u) buf_addf(b, n++ ? ",\"%s\"" : "\"%s\"", dose_reason_text(bit));
        buf_addc(b, ']');
        if (options->explain) {
            buf_addz(b, ",\"explain\":{");
            put_sentence(b, options->language, v->why.english, v->why.vietnamese);
            buf_addc(b, ',');
            put_text(b, "source", v->why.source);
            buf_addc(b, '}');
        }
        buf_addc(b, '}');
    }
    buf_addz(b, "]}");
}

static void put_issues(struct buf *b, const struct forecast_options *options, const struct forecast_issue *list,
                       size_t count, bool *first) {
    for (size_t i = 0; i < count; i++) {
        buf_addz(b, *first ? ",\"issues\":[{" : ",{");
        *first = false;
        buf_addf(b, "\"code\":\"%s\",\"dose\":", list[i].code);
        if (list[i].dose == SIZE_MAX) buf_addz(b, "null,");
        else buf_addf(b, "%zu,", list[i].dose + 1);
        put_sentence(b, options->language, list[i].english, list[i].vietnamese);
        buf_addc(b, '}');
    }
}

static void put_screening(struct buf *b, const struct forecast_options *options, const struct screening_result *s) {
    static const char *const words[] = {"", "go", "defer", "refer", "stop"};
    if (s->decision == SCREENING_NONE) return;
    buf_addf(b, ",\"screening\":{\"decision\":\"%s\"", words[s->decision]);
    put_date(b, "offer_again_by", s->offer_again_by);
    if (s->why.english.len) put_why(b, options->language, "why", &s->why);
    buf_addc(b, '}');
}

static void put_forecast(struct buf *b, const struct forecast_options *options, const struct patient_line *line,
                         const struct forecast *f) {
    buf_addz(b, "{\"id\":");
    buf_add(b, line->id);
    buf_addz(b, ",\"groups\":[");
    for (size_t i = 0; i < f->group_count; i++) {
        if (i) buf_addc(b, ',');
        put_group(b, options, &f->groups[i]);
    }
    buf_addz(b, "],\"doses\":[");
    for (size_t i = 0; i < line->patient.dose_count; i++) {
        if (i) buf_addc(b, ',');
        put_dose(b, options, &line->patient.doses[i], &f->doses[i]);
    }
    buf_addc(b, ']');
    put_screening(b, options, &f->screening);
    bool first = true;
    put_issues(b, options, line->issues, line->issue_count, &first);
    put_issues(b, options, f->issues, f->issue_count, &first);
    if (!first) buf_addc(b, ']');
    buf_addz(b, "}\n");
}

static void put_error(struct buf *b, str id, err e) {
    buf_addz(b, "{\"id\":");
    buf_add(b, id.len ? id : STR("null"));
    buf_addz(b, ",\"error\":{");
    buf_addf(b, "\"code\":\"%s\",", err_issue(e.code));
    put_text(b, "en", e.detail);
    buf_addc(b, ',');
    put_text(b, "vi", patient_error_vietnamese(e));
    buf_addz(b, "}}\n");
}

static err answer(struct arena *a, const struct schedule *s, const struct forecast_options *options, str text,
                  struct comparison *compare, FILE *out) {
    struct patient_line line;
    struct buf b = buf_new(a);
    buf_reserve(&b, 1u << 14);
    err e = patient_read(a, text, options->on_day, options->today, &line);
    if (e.code) {
        put_error(&b, line.id, e);
    } else if (compare) {
        comparison_add(a, compare, &line, &b);
    } else {
        struct forecast f;
        forecast_patient(a, s, &line.patient, line.on, options->explain, &f);
        put_forecast(&b, options, &line, &f);
    }
    if (b.len && fwrite(b.at, 1, b.len, out) != b.len) return err_make(a, ERR_IO, "forecast", "cannot write the answer");
    return OK_ERR;
}

static err run(struct arena *a, const struct schedule *s, const struct forecast_options *options,
               struct comparison *compare, FILE *in, FILE *out) {
    struct arena *own = arena_new();
    char *text = NULL;
    size_t room = 0;
    err result = OK_ERR;
    for (ssize_t n; !result.code && (n = getline(&text, &room, in)) >= 0;) {
        str one = str_trim((str){text, (size_t)n});
        if (!one.len) continue;
        arena_reset(own);
        result = answer(own, s, options, one, compare, out);
    }
    if (!result.code && ferror(in)) result = err_make(a, ERR_IO, "forecast", "cannot read the patients");
    if (result.code) result.detail = str_copy(a, result.detail);
    free(text); /* getline's, not an arena's */
    arena_free(own);
    return result;
}

err forecast_stream(struct arena *a, const struct forecast_options *options, FILE *in, FILE *out) {
    struct schedule *s, *other = NULL;
    TRY(schedule_load(a, options->schedule, options->as_published, &s));
    if (!options->compare.len) return run(a, s, options, NULL, in, out);
    TRY(schedule_load(a, options->compare, options->as_published, &other));
    struct comparison compare = comparison_new(a, s, other);
    TRY(run(a, s, options, &compare, in, out));
    return comparison_finish(a, &compare, out);
}
