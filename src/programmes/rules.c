/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of data/programmes → plain structs, once. The judgements are comparisons.
 */
#include "rules.h"

#include "base/data.h"

#include <pthread.h>
#include <stdio.h>

/* ---- judging --------------------------------------------------------------------------------------------------------- */

const struct target *target_of(const struct programme_rule *r, int age) {
    int found = 0;
    for (int i = 1; i < r->target_count; i++)
        if (age >= r->targets[i].age_from) found = i;
    return &r->targets[found];
}

bool pressure_controlled(const struct programme_rule *r, struct reading v) {
    return v.systolic < r->controlled_systolic && v.diastolic < r->controlled_diastolic;
}

bool pressure_at_target(const struct programme_rule *r, int age, struct reading v) {
    const struct target *t = target_of(r, age);
    return v.systolic < t->systolic_below && v.diastolic < t->diastolic_below;
}

bool pressure_needs_action(const struct programme_rule *r, struct reading v) {
    return v.systolic >= r->action_systolic || v.diastolic >= r->action_diastolic;
}

bool sugar_plausible(struct sugar s) {
    if ((s.kind == SUGAR_HBA1C) != (s.unit == SUGAR_PERCENT)) return false;
    if (s.unit == SUGAR_PERCENT) return s.value >= 3 && s.value <= 20;
    return s.unit == SUGAR_MMOL ? s.value >= 0.6 && s.value <= 55 : s.value >= 10 && s.value <= 1000;
}

bool sugar_below(const struct sugar_limits *l, struct sugar s) {
    return s.value < l->below[s.kind][s.unit == SUGAR_MG ? 1 : 0];
}

const struct programme_rule *programme_rule_on(const struct programme *p, int32_t day) {
    int found = 0;
    for (int i = 1; i < p->rule_count; i++)
        if (day >= p->rules[i].from) found = i;
    return &p->rules[found];
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

struct loader {
    const char *file, *member; /* the first member that is wrong */
};

static double number(struct loader *l, const struct json *object, const char *name, double absent) {
    const struct json *v = json_get(object, str_of(name));
    double n;
    if (!v) return absent;
    if (v->kind == JSON_NUMBER && str_number(v->text, &n)) return n;
    l->member = name;
    return absent;
}

static int whole(struct loader *l, const struct json *object, const char *name, int absent) {
    double n = number(l, object, name, absent < 0 ? -1 : absent);
    if (n < 0 || n != (int)n) l->member = name;
    return (int)n;
}

static int32_t day_of(struct loader *l, const struct json *rule, const char *name, int32_t absent) {
    int32_t day = absent;
    str text = json_text(rule, str_of(name));
    if (text.len && !day_parse(text, &day)) l->member = name;
    return day;
}

/* {"fastingBelow": {"mmol": 7.0, "mg": 126}, …}; `word` is "Below" or "From". */
static struct sugar_limits limits(struct loader *l, const struct json *o, const char *word) {
    static const char *const kinds[] = {"fasting", "random", "hba1c"};
    struct sugar_limits out = {{{0}}};
    for (int k = 0; k < 3; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s%s", kinds[k], word);
        const struct json *v = json_get(o, str_of(name));
        if (!v) continue;
        bool by_unit = v->kind == JSON_OBJECT;
        out.below[k][0] = by_unit ? number(l, v, "mmol", 0) : number(l, o, name, 0);
        out.below[k][1] = by_unit ? number(l, v, "mg", 0) : out.below[k][0];
    }
    return out;
}

static void read_targets(struct loader *l, const struct json *list, struct programme_rule *out) {
    for (const struct json *t = list ? list->first : NULL; t; t = t->next) {
        if (out->target_count == TARGETS_MOST) {
            l->member = "targets";
            return;
        }
        out->targets[out->target_count++] = (struct target){
            whole(l, t, "ageFrom", 0),       whole(l, t, "systolicFrom", 0),    whole(l, t, "systolicBelow", -1),
            whole(l, t, "diastolicFrom", 0), whole(l, t, "diastolicBelow", -1),
        };
    }
    if (!out->target_count) l->member = "targets";
}

static void read_rule(struct loader *l, const struct json *r, struct programme_rule *out) {
    const struct json *months = JSON_GET(r, "months"), *controlled = JSON_GET(r, "controlled");
    const struct json *action = JSON_GET(r, "action"), *calls = JSON_GET(r, "calls");
    *out = (struct programme_rule){
        .from = day_of(l, r, "from", DAY_NONE),
        .until = day_of(l, r, "until", INT32_MAX),
        .course = {whole(l, months, "counted", -1), whole(l, months, "reading", -1), whole(l, months, "care", -1),
                   whole(l, r, "visitDays", -1)},
        .controlled_systolic = whole(l, controlled, "systolicBelow", CONTROLLED_SYSTOLIC_BELOW),
        .controlled_diastolic = whole(l, controlled, "diastolicBelow", CONTROLLED_DIASTOLIC_BELOW),
        .controlled = limits(l, controlled, "Below"),
        .high = limits(l, JSON_GET(r, "high"), "From"),
        .target = limits(l, JSON_GET(r, "glucoseTarget"), "Below"),
        .action_systolic = whole(l, action, "systolicFrom", -1),
        .action_diastolic = whole(l, action, "diastolicFrom", -1),
        .agreed_days = whole(l, calls, "agreedDays", -1),
        .later_days = whole(l, calls, "laterDays", -1),
    };
    read_targets(l, JSON_GET(r, "targets"), out);
    if (out->from == DAY_NONE) l->member = "from";
}

static bool read_programme(struct loader *l, const struct json *file, struct programme *out) {
    const struct json *title = JSON_GET(file, "title"), *rules = JSON_GET(file, "rules");
    *out = (struct programme){.code = JSON_TEXT(file, "code"),
                              .title_vi = JSON_TEXT(title, "vi"),
                              .title_en = JSON_TEXT(title, "en"),
                              .json = file};
    for (const struct json *r = rules ? rules->first : NULL; r; r = r->next) {
        if (out->rule_count == RULES_MOST) l->member = "rules";
        if (l->member) return false;
        struct programme_rule *rule = &out->rules[out->rule_count++];
        read_rule(l, r, rule);
        if (out->rule_count > 1 && rule->from != rule[-1].until) l->member = "from"; /* a gap or an overlap */
    }
    if (!out->rule_count) l->member = "rules";
    return !l->member;
}

static struct {
    pthread_once_t once;
    struct programme all[PROGRAMME_COUNT];
    const struct json *growth, *check_up;
    err why;
} kept = {.once = PTHREAD_ONCE_INIT};

static const struct json *read_file(struct arena *a, const char *code) {
    struct json *tree;
    str text = data_file(str_z(a, str_format(a, "programmes/%s.json", code)));
    err e = json_parse(a, text, &tree);
    if (!e.code) return tree;
    kept.why = err_make(a, ERR_INVALID, code, "data/programmes/%s.json: %.*s", code, STR_ARG(e.detail));
    return NULL;
}

static void read_all(void) {
    static const char *const codes[] = {"hypertension", "diabetes"};
    struct arena *a = arena_new(); /* lives as long as the program */
    for (int i = 0; i < PROGRAMME_COUNT; i++) {
        struct loader l = {.file = codes[i]};
        const struct json *file = read_file(a, codes[i]);
        if (file && !read_programme(&l, file, &kept.all[i]))
            kept.why = err_make(a, ERR_INVALID, l.member, "data/programmes/%s.json: %s", codes[i], l.member);
    }
    kept.growth = read_file(a, "growth");
    kept.check_up = read_file(a, "check-up");
}

const struct programme *programmes_all(err *why) {
    pthread_once(&kept.once, read_all);
    if (why) *why = kept.why;
    return kept.why.code ? NULL : kept.all;
}

const struct programme *programme_find(str code) {
    const struct programme *all = programmes_all(NULL);
    for (int i = 0; all && i < PROGRAMME_COUNT; i++)
        if (str_eq(all[i].code, code)) return &all[i];
    return NULL;
}

const struct json *programme_file(const char *code) {
    const struct programme *p = programme_find(str_of(code));
    if (p) return p->json;
    return str_is(str_of(code), "growth") ? kept.growth : str_is(str_of(code), "check-up") ? kept.check_up : NULL;
}
