/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Allergies, double medicines, interactions. Three states: found, none, not checked; a line that could not be compared
 * with everything is "not checked", never "none".
 */
#include "rules.h"

#include "base/fold.h"

const char *alert_code(enum alert_state s) {
    return s == ALERT_FOUND ? "alert" : s == ALERT_NONE ? "none" : "not-checked";
}

enum alert_state alerts_all(const struct line_alerts *alerts, size_t count) {
    enum alert_state all = count ? ALERT_NONE : ALERT_NOT_CHECKED;
    for (size_t i = 0; i < count; i++) {
        const enum alert_state each[] = {alerts[i].allergy, alerts[i].doubled, alerts[i].interaction};
        for (size_t k = 0; k < 3; k++) {
            if (each[k] == ALERT_FOUND) return ALERT_FOUND;
            if (each[k] == ALERT_NOT_CHECKED) all = ALERT_NOT_CHECKED;
        }
    }
    return all;
}

struct checking {
    const struct prescribing_tables *tables;
    struct arena *arena;
    const struct prescription *p;
    const struct person_medicines *person;
    struct findings *out;
};

static void warn(struct checking *c, enum finding_level level, const char *rule, size_t line, str vi, str en) {
    VEC_PUSH(c->arena, c->out, (struct finding){level, rule, str_format(c->arena, "lines[%zu].medicine", line), vi, en});
}

/* ---- ingredients: "Amoxicilin + acid clavulanic 625 mg" → amoxicilin, acid clavulanic 625 mg ----------------------------- */

struct ingredients { str at[6]; size_t len; };

static struct ingredients ingredients_of(struct arena *a, str text) {
    struct ingredients out = {0};
    str rest = text_fold(a, text), part;
    while (out.len < 6 && str_split(&rest, '+', &part)) {
        part = str_trim(part);
        size_t end = 0; /* a strength begins with a digit: cut there */
        while (end < part.len && !(part.at[end] >= '0' && part.at[end] <= '9')) end++;
        part = str_trim(str_slice(part, 0, end));
        if (part.len > 3) out.at[out.len++] = part;
    }
    return out;
}

/* One begins with the other as whole words: "paracetamol" and "paracetamol siro". */
static bool same_ingredient(str x, str y) {
    str shorter = x.len < y.len ? x : y, longer = x.len < y.len ? y : x;
    return str_starts(longer, shorter) && (longer.len == shorter.len || longer.at[shorter.len] == ' ');
}

static bool share_ingredient(struct arena *a, str x, str y) {
    struct ingredients mine = ingredients_of(a, x), theirs = ingredients_of(a, y);
    for (size_t i = 0; i < mine.len; i++)
        for (size_t k = 0; k < theirs.len; k++)
            if (same_ingredient(mine.at[i], theirs.at[k])) return true;
    return false;
}

/* ---- allergies ---------------------------------------------------------------------------------------------------------- */

/* Does a told allergy mean this medicine? *compared: it is one that can be compared at all. */
static bool allergy_means(struct checking *c, const struct allergy *told, const struct prescription_line *l, bool *compared) {
    str words = text_fold(c->arena, told->text);
    bool known = told->atc.len > 0, hit = told->atc.len && (str_starts(l->atc, told->atc) || (l->atc.len && str_starts(told->atc, l->atc)));
    for (size_t i = 0; i < c->tables->allergy_groups.len; i++) {
        const struct allergy_group *g = &c->tables->allergy_groups.at[i];
        if (!str_contains(words, g->word)) continue;
        known = true;
        hit |= str_starts(l->atc, g->atc);
    }
    for (size_t i = 0; i < c->tables->medicines.len; i++) { /* the name of a medicine of the catalogue, in either language */
        const struct medicine *m = &c->tables->medicines.at[i];
        bool named = share_ingredient(c->arena, told->text, m->name) || share_ingredient(c->arena, told->text, m->name_en);
        if (!named) continue;
        known = true;
        hit |= m->atc.len && str_eq(m->atc, l->atc);
    }
    *compared = known;
    return hit || share_ingredient(c->arena, told->text, l->text);
}

static enum alert_state check_allergies(struct checking *c, size_t line) {
    const struct prescription_line *l = &c->p->lines.at[line];
    bool asked = false, all_compared = true, found = false;
    for (size_t i = 0; i < c->person->allergies.len; i++) {
        const struct allergy *told = &c->person->allergies.at[i];
        bool compared = true;
        asked = true;
        if (told->none_known) continue;
        if (allergy_means(c, told, l, &compared)) {
            found = true;
            warn(c, FINDING_WARNING, "allergy", line, str_format(c->arena, "Dị ứng đã ghi: %.*s.", STR_ARG(told->text)),
                 str_format(c->arena, "Recorded allergy: %.*s.", STR_ARG(told->text)));
        } else if (!compared) {
            all_compared = false;
            warn(c, FINDING_NOTE, "allergy-words", line,
                 str_format(c->arena, "Dị ứng “%.*s” ghi bằng chữ, máy không so được: hãy tự xem.", STR_ARG(told->text)),
                 str_format(c->arena, "The allergy “%.*s” is in words that cannot be compared: look yourself.", STR_ARG(told->text)));
        }
    }
    if (found) return ALERT_FOUND;
    return c->person->known && asked && all_compared && l->atc.len ? ALERT_NONE : ALERT_NOT_CHECKED;
}

/* ---- double medicines --------------------------------------------------------------------------------------------------- */

enum { ATC_SUBSTANCE = 7, ATC_GROUP = 5 }; /* letters of the fifth and the fourth level */

static bool same_group(str x, str y, size_t level) {
    return x.len >= level && y.len >= level && str_eq(str_slice(x, 0, level), str_slice(y, 0, level));
}

static bool is_double(struct checking *c, size_t line, str text, str atc) {
    const struct prescription_line *l = &c->p->lines.at[line];
    bool substance = same_group(l->atc, atc, ATC_SUBSTANCE) || share_ingredient(c->arena, l->text, text);
    if (!substance && !same_group(l->atc, atc, ATC_GROUP)) return false;
    warn(c, FINDING_WARNING, "double", line,
         str_format(c->arena, substance ? "Trùng thuốc với %.*s." : "Cùng nhóm với %.*s.", STR_ARG(text)),
         str_format(c->arena, substance ? "Doubles %.*s." : "Same group as %.*s.", STR_ARG(text)));
    return true;
}

/* The very same medicine again is a renewal: until when the other lasts is worth a word, no more. */
static bool is_renewal(struct checking *c, size_t line, const struct current_medicine *m) {
    char day[11] = "";
    if (!str_eq(text_fold(c->arena, c->p->lines.at[line].text), text_fold(c->arena, m->text))) return false;
    if (m->until != DAY_NONE) day_show(m->until, day);
    warn(c, FINDING_NOTE, "renewal", line, str_format(c->arena, "Đang dùng%s%s.", *day ? ", đủ đến " : "", day),
         str_format(c->arena, "In use%s%s.", *day ? ", enough until " : "", day));
    return true;
}

static enum alert_state check_doubles(struct checking *c, size_t line) {
    const struct prescription_line *l = &c->p->lines.at[line];
    bool found = false, compared = c->person->known && l->atc.len;
    for (size_t i = 0; i < c->p->lines.len; i++) {
        if (i == line) continue;
        found |= is_double(c, line, c->p->lines.at[i].text, c->p->lines.at[i].atc);
        compared &= c->p->lines.at[i].atc.len > 0;
    }
    for (size_t i = 0; i < c->person->current.len; i++) {
        const struct current_medicine *m = &c->person->current.at[i];
        found |= !is_renewal(c, line, m) && is_double(c, line, m->text, m->atc);
        compared &= m->atc.len > 0;
    }
    return found ? ALERT_FOUND : compared ? ALERT_NONE : ALERT_NOT_CHECKED;
}

/* ---- interactions --------------------------------------------------------------------------------------------------------- */

static bool interacts(struct checking *c, size_t line, str text, str atc) {
    const struct prescription_line *l = &c->p->lines.at[line];
    bool found = false;
    for (size_t i = 0; i < c->tables->interactions.len; i++) {
        const struct interaction *t = &c->tables->interactions.at[i];
        bool there = (str_starts(l->atc, t->a) && str_starts(atc, t->b)) || (str_starts(l->atc, t->b) && str_starts(atc, t->a));
        if (!there) continue;
        found = true;
        warn(c, FINDING_WARNING, "interaction", line, str_format(c->arena, "Với %.*s: %.*s.", STR_ARG(text), STR_ARG(t->vi)),
             str_format(c->arena, "With %.*s: %.*s.", STR_ARG(text), STR_ARG(t->en)));
    }
    return found;
}

static enum alert_state check_interactions(struct checking *c, size_t line) {
    bool found = false, compared = c->person->known && c->p->lines.at[line].atc.len;
    for (size_t i = 0; i < c->p->lines.len; i++) {
        if (i == line) continue;
        found |= interacts(c, line, c->p->lines.at[i].text, c->p->lines.at[i].atc);
        compared &= c->p->lines.at[i].atc.len > 0;
    }
    for (size_t i = 0; i < c->person->current.len; i++) {
        found |= interacts(c, line, c->person->current.at[i].text, c->person->current.at[i].atc);
        compared &= c->person->current.at[i].atc.len > 0;
    }
    return found ? ALERT_FOUND : compared ? ALERT_NONE : ALERT_NOT_CHECKED;
}

void alerts_check(const struct prescribing_tables *t, struct arena *a, const struct prescription *p,
                  const struct person_medicines *person, struct line_alerts *alerts, struct findings *out) {
    struct checking c = {t, a, p, person, out};
    for (size_t i = 0; i < p->lines.len; i++)
        alerts[i] = (struct line_alerts){check_allergies(&c, i), check_doubles(&c, i), check_interactions(&c, i)};
}
