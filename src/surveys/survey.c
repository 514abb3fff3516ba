/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A survey as the register resource SiteSurvey, and what its fields may hold. Pure.
 */
#include "surveys.h"

#include "base/date.h"
#include "base/members.h"

#include <math.h>

const struct survey_field_of survey_fields[SURVEY_FIELD_COUNT] = {
#define X(name, member, column, form, least, most, vi, en) {member, column, SURVEY_##form, least, most, vi, en},
    SURVEY_FIELDS(X)
#undef X
};

bool survey_value_good(struct arena *a, enum survey_field field, str text, str *en, str *vi) {
    const struct survey_field_of *f = &survey_fields[field];
    double n;
    if (f->form == SURVEY_TEXT) return true;
    if (f->form == SURVEY_YES_NO) {
        *en = str_format(a, "yes or no is wanted, not \"%.*s\"", STR_ARG(text));
        *vi = str_format(a, "cần yes hoặc no, không phải \"%.*s\"", STR_ARG(text));
        return str_is(text, "yes") || str_is(text, "no");
    }
    bool whole = f->form == SURVEY_WHOLE;
    *en = str_format(a, "a %snumber from %.10g to %.10g is wanted, not \"%.*s\"", whole ? "whole " : "", f->least, f->most, STR_ARG(text));
    *vi = str_format(a, "cần số%s từ %.10g đến %.10g, không phải \"%.*s\"", whole ? " nguyên" : "", f->least, f->most, STR_ARG(text));
    return str_number(text, &n) && n >= f->least && n <= f->most && (!whole || n == floor(n));
}

/* The value of a member as a list writes it. */
static str text_of(const struct json *v) {
    if (!v) return STR_NONE;
    return v->kind == JSON_TRUE ? STR("yes") : v->kind == JSON_FALSE ? STR("no") : v->text;
}

err survey_read(struct arena *a, const struct json *resource, struct survey *out) {
    str site = JSON_TEXT(JSON_GET(resource, "site"), "reference"), day = JSON_TEXT(resource, "surveyedOn"), en, vi;
    *out = (struct survey){.id = JSON_TEXT(resource, "id"), .source = JSON_TEXT(resource, "source"), .recorder = JSON_TEXT(resource, "recorder"),
                           .recorded = JSON_TEXT(resource, "recordedOn"), .list = JSON_TEXT(resource, "list"),
                           .in_error = !str_is(JSON_TEXT(resource, "status"), "final")};
    if (!str_starts(site, STR("Location/"))) return err_make(a, ERR_INVALID, "SiteSurvey.site", "a Location is expected");
    out->place = str_slice(site, strlen("Location/"), site.len);
    if (!day_parse(day, &out->day)) return err_make(a, ERR_INVALID, "SiteSurvey.surveyedOn", "a whole day is expected, not '%.*s'", STR_ARG(day));
    for (int k = 0; k < SURVEY_FIELD_COUNT; k++) {
        out->value[k] = text_of(json_get(resource, str_of(survey_fields[k].member)));
        if (out->value[k].len && !survey_value_good(a, (enum survey_field)k, out->value[k], &en, &vi))
            return err_make(a, ERR_INVALID, str_z(a, str_format(a, "SiteSurvey.%s", survey_fields[k].member)), "%.*s", STR_ARG(en));
    }
    return OK_ERR;
}

static void put_value(struct buf *out, const struct survey_field_of *f, str value) {
    if (f->form == SURVEY_TEXT) {
        add_text(out, f->member, value);
        return;
    }
    add_name(out, f->member);
    if (f->form == SURVEY_YES_NO) buf_addz(out, str_is(value, "yes") ? "true" : "false");
    else buf_add(out, value);
}

void survey_write(struct buf *out, const struct survey *s) {
    const struct { const char *name; str text; } texts[] = {{"source", s->source}, {"recorder", s->recorder}, {"recordedOn", s->recorded}, {"list", s->list}};
    buf_addz(out, "{\"resourceType\":\"SiteSurvey\"");
    if (s->id.len) add_text(out, "id", s->id);
    add_text(out, "status", s->in_error ? STR("entered-in-error") : STR("final"));
    add_name(out, "site");
    buf_addc(out, '{');
    add_text(out, "reference", str_format(out->arena, "Location/%.*s", STR_ARG(s->place)));
    buf_addc(out, '}');
    add_day(out, "surveyedOn", s->day);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (texts[k].text.len) add_text(out, texts[k].name, texts[k].text);
    for (int k = 0; k < SURVEY_FIELD_COUNT; k++)
        if (s->value[k].len) put_value(out, &survey_fields[k], s->value[k]);
    buf_addc(out, '}');
}
