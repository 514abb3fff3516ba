/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was measured of one person as series over the years: for the charts of the person's page. Blood pressure as two.
 */
#include "routes_int.h"

#include "base/map.h"
#include "base/vec.h"

enum { OBSERVATIONS_MAX = 3000 };

struct point {
    int32_t day;
    str value; /* digits as they were sent */
};
struct series {
    str code, name, unit;
    VEC(struct point) points; /* newest first */
};
typedef VEC(struct series *) series_list;

static struct series *series_of(struct arena *a, struct map *known, series_list *all, str code) {
    struct series *s = map_get(known, code);
    if (s) return s;
    s = ARENA_NEW(a, struct series);
    s->code = code;
    map_put(known, code, s);
    VEC_PUSH(a, all, s);
    return s;
}

static void add_value(struct arena *a, struct map *known, series_list *all, const struct json *measured, int32_t day) {
    const struct json *code = JSON_GET(measured, "code"), *coding = json_item(JSON_GET(code, "coding"), 0);
    const struct json *quantity = JSON_GET(measured, "valueQuantity"), *value = JSON_GET(quantity, "value");
    str id = JSON_TEXT(coding, "code");
    if (!value || value->kind != JSON_NUMBER || !id.len) return;
    struct series *s = series_of(a, known, all, id);
    if (!s->name.len) s->name = JSON_TEXT(code, "text").len ? JSON_TEXT(code, "text") : JSON_TEXT(coding, "display");
    if (!s->unit.len) s->unit = JSON_TEXT(quantity, "unit");
    VEC_PUSH(a, &s->points, (struct point){day, value->text});
}

static void add_observation(struct arena *a, struct map *known, series_list *all, const struct json *o) {
    str status = JSON_TEXT(o, "status"), when = JSON_TEXT(o, "effectiveDateTime");
    if (str_is(status, "entered-in-error") || str_is(status, "cancelled")) return;
    if (!when.len) when = JSON_TEXT(o, "effectiveInstant");
    if (!when.len) when = JSON_TEXT(JSON_GET(o, "effectivePeriod"), "start");
    int32_t day = care_day(when, NULL);
    if (day == DAY_NONE) return;
    add_value(a, known, all, o, day);
    const struct json *components = JSON_GET(o, "component");
    for (const struct json *c = components ? components->first : NULL; c; c = c->next) add_value(a, known, all, c, day);
}

err care_measurements(struct request *r) {
    struct reader *reader;
    struct person p;
    struct care_resources list;
    struct map known = map_new(r->arena);
    series_list all = {0};
    TRY(care_subject(r, &reader, &p));
    TRY(care_resources(reader, r->arena, &r->session->access, p.rid, FHIR_TYPE_OBSERVATION, OBSERVATIONS_MAX, &list));
    for (size_t i = 0; i < list.len; i++) add_observation(r->arena, &known, &all, list.at[i].json);
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    buf_addz(&r->out, ",\"series\":[");
    for (size_t i = 0; i < all.len; i++) {
        const struct series *s = all.at[i];
        buf_addz(&r->out, i ? ",{" : "{");
        add_text(&r->out, "code", s->code);
        add_text(&r->out, "name", s->name);
        add_text(&r->out, "unit", s->unit);
        buf_addz(&r->out, ",\"points\":[");
        for (size_t k = s->points.len; k-- > 0;) { /* oldest first */
            char day[11];
            buf_addf(&r->out, "[\"%s\",%.*s]%s", day_format(s->points.at[k].day, day), STR_ARG(s->points.at[k].value), k ? "," : "");
        }
        buf_addz(&r->out, "]}");
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}
