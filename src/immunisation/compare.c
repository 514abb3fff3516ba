/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `--compare OLD NEW`. Whom: every patient whose forecast differs in a group, old and new side by side. How many: the
 * doses of the next twelve months are played through for both schedules (each dose given on the day it is recommended,
 * what is late today), and counted by vaccine and month.
 */
#include "compare.h"

#include "base/date.h"

#include <stdlib.h>

enum { HORIZON_DAYS = 365, MOST_VISITS = 40 };

struct dose_total {
    str month, vaccine;
    long from, to;
};

struct comparison comparison_new(struct arena *a, const struct schedule *from, const struct schedule *to) {
    return (struct comparison){.a = a, .from = from, .to = to, .doses = map_new(a)};
}

static bool same(const struct group_forecast *a, const struct group_forecast *b) {
    return a->status == b->status && a->dose_number == b->dose_number && a->earliest == b->earliest &&
           a->recommended == b->recommended && a->past_due == b->past_due && a->latest == b->latest;
}

static const struct group_forecast *find(const struct forecast *f, const struct group_forecast *like, size_t nth) {
    for (size_t i = 0; i < f->group_count; i++)
        if (str_eq(f->groups[i].group, like->group) && nth-- == 0) return &f->groups[i];
    return NULL;
}

static size_t place(const struct forecast *f, size_t at) { /* the how-manieth forecast of its group */
    size_t n = 0;
    for (size_t i = 0; i < at; i++) n += str_eq(f->groups[i].group, f->groups[at].group);
    return n;
}

static void put_side(struct buf *b, const char *key, const struct group_forecast *g) {
    char text[11];
    buf_addf(b, ",\"%s\":", key);
    if (!g) {
        buf_addz(b, "null");
        return;
    }
    buf_addf(b, "{\"status\":\"%s\",\"dose_number\":", series_status_text(g->status));
    if (g->dose_number) buf_addf(b, "%d", g->dose_number);
    else buf_addz(b, "null");
    const char *const names[4] = {"earliest", "recommended", "past_due", "latest"};
    const int32_t days[4] = {g->earliest, g->recommended, g->past_due, g->latest};
    for (int i = 0; i < 4; i++)
        if (days[i] == DAY_NONE) buf_addf(b, ",\"%s\":null", names[i]);
        else buf_addf(b, ",\"%s\":\"%s\"", names[i], day_format(days[i], text));
    buf_addc(b, '}');
}

static void put_change(struct buf *b, str group, const struct group_forecast *from, const struct group_forecast *to) {
    if (b->at[b->len - 1] != '[') buf_addc(b, ',');
    buf_addz(b, "{\"vaccine_group\":");
    buf_add_json(b, group);
    put_side(b, "old", from);
    put_side(b, "new", to);
    buf_addc(b, '}');
}

static void count_dose(struct comparison *c, int32_t day, str vaccine, bool to) {
    int y, m, d;
    day_to_civil(day, &y, &m, &d);
    str month = str_format(c->a, "%04d-%02d", y, m), key = str_format(c->a, "%.*s %.*s", STR_ARG(month), STR_ARG(vaccine));
    struct dose_total *t = map_get(&c->doses, key);
    if (!t) {
        t = ARENA_NEW(c->a, struct dose_total);
        *t = (struct dose_total){.month = month, .vaccine = str_copy(c->a, vaccine)};
        map_put(&c->doses, key, t);
    }
    if (to) t->to++;
    else t->from++;
}

/* The first day on which a dose is due, DAY_NONE if none within the horizon. */
static int32_t next_visit(const struct forecast *f, int32_t on, int32_t end) {
    int32_t day = DAY_NONE;
    for (size_t i = 0; i < f->group_count; i++) {
        const struct group_forecast *g = &f->groups[i];
        if (g->status != SERIES_NOT_COMPLETE || !g->vaccine_count) continue;
        int32_t due = g->recommended > on ? g->recommended : on;
        if (due <= end && (day == DAY_NONE || due < day)) day = due;
    }
    return day;
}

/* Plays the year through. */
static void play(struct arena *a, struct comparison *c, const struct schedule *s, const struct patient_line *line, bool to) {
    struct patient p = line->patient;
    size_t room = p.dose_count + MOST_VISITS * 16;
    struct dose_given *doses = ARENA_ARRAY(a, struct dose_given, room);
    if (p.dose_count) memcpy(doses, p.doses, p.dose_count * sizeof *doses);
    p.doses = doses;
    int32_t on = line->on, end = line->on + HORIZON_DAYS;
    for (int visit = 0; visit < MOST_VISITS; visit++) {
        struct forecast f;
        forecast_patient(a, s, &p, on, false, &f);
        int32_t day = next_visit(&f, on, end);
        if (day == DAY_NONE) return;
        size_t before = p.dose_count;
        for (size_t i = 0; i < f.group_count; i++) {
            const struct group_forecast *g = &f.groups[i];
            int32_t due = g->recommended > on ? g->recommended : on;
            if (g->status != SERIES_NOT_COMPLETE || !g->vaccine_count || due != day) continue;
            bool there = false; /* a combined vaccine serves several groups, and is given once a day */
            for (size_t k = 0; k < p.dose_count; k++) there |= doses[k].day == day && str_eq(doses[k].vaccine, g->vaccines[0]);
            if (there || p.dose_count == room) continue;
            doses[p.dose_count++] = (struct dose_given){.day = day, .vaccine = g->vaccines[0], .lot_expiry = DAY_NONE, .minute = -1};
            count_dose(c, day, g->vaccines[0], to);
        }
        if (p.dose_count == before) {
            if (day >= end) return;
            day++;
        }
        on = day;
    }
}

void comparison_add(struct arena *a, struct comparison *c, const struct patient_line *line, struct buf *out) {
    struct forecast from, to;
    struct buf changes = buf_new(a);
    buf_addc(&changes, '[');
    forecast_patient(a, c->from, &line->patient, line->on, false, &from);
    forecast_patient(a, c->to, &line->patient, line->on, false, &to);
    for (size_t i = 0; i < from.group_count; i++) {
        const struct group_forecast *other = find(&to, &from.groups[i], place(&from, i));
        if (!other || !same(&from.groups[i], other)) put_change(&changes, from.groups[i].group, &from.groups[i], other);
    }
    for (size_t i = 0; i < to.group_count; i++)
        if (!find(&from, &to.groups[i], place(&to, i))) put_change(&changes, to.groups[i].group, NULL, &to.groups[i]);
    c->patients++;
    play(a, c, c->from, line, false);
    play(a, c, c->to, line, true);
    if (changes.len == 1) return;
    c->changed++;
    buf_addf(out, "{\"id\":%.*s,\"changes\":%.*s]}\n", STR_ARG(line->id), (int)changes.len, changes.at);
}

static int by_vaccine(const void *a, const void *b) {
    const struct dose_total *x = ((const struct map_entry *)a)->value, *y = ((const struct map_entry *)b)->value;
    int order = str_compare(x->vaccine, y->vaccine);
    return order ? order : str_compare(x->month, y->month);
}

err comparison_finish(struct arena *a, const struct comparison *c, FILE *out) {
    struct buf b = buf_new(a);
    struct map_entry *rows = ARENA_ARRAY(a, struct map_entry, c->doses.len + 1);
    if (c->doses.len) memcpy(rows, c->doses.entries, c->doses.len * sizeof *rows);
    qsort(rows, c->doses.len, sizeof *rows, by_vaccine);
    buf_addz(&b, "{\"summary\":{\"old\":");
    buf_add_json(&b, schedule_id(c->from));
    buf_addz(&b, ",\"new\":");
    buf_add_json(&b, schedule_id(c->to));
    buf_addf(&b, ",\"patients\":%zu,\"changed\":%zu,\"doses\":[", c->patients, c->changed);
    for (size_t i = 0; i < c->doses.len; i++) {
        const struct dose_total *t = rows[i].value;
        buf_addz(&b, i ? ",{\"vaccine\":" : "{\"vaccine\":");
        buf_add_json(&b, t->vaccine);
        buf_addf(&b, ",\"month\":\"%.*s\",\"old\":%ld,\"new\":%ld,\"difference\":%ld}", STR_ARG(t->month), t->from, t->to,
                 t->to - t->from);
    }
    buf_addz(&b, "]}}\n");
    if (fwrite(b.at, 1, b.len, out) != b.len) return err_make(a, ERR_IO, "forecast", "cannot write the comparison");
    return OK_ERR;
}
