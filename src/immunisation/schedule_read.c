/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loader of schedules, top level: `tram-schedule/1` texts (one or several parts of one schedule) become the tables of
 * schedule.h. Antigens and vaccines are registered first, so that everything else can name them; every name that
 * does not resolve is a fault with its place.
 */
#include "schedule_reader.h"

#include "base/date.h"
#include "base/fold.h"

#include <stdlib.h>

static const char top_keys[] = "screening format id version title effective supersedes extends law_until settings areas antigens "
                               "antigen immune contraindications vaccines cvx groups conflicts sets observations series";

struct part { /* one file */
    const struct schedule_source *source;
    const struct json *root;
};

struct build {
    struct reader r;
    struct part *parts;
    size_t part_count;
    struct map antigen_index, group_index;
    VEC(struct antigen) antigens;
    VEC(struct vaccine_group) groups;
    VEC(struct conflict) conflicts;
};

static unsigned antigen_of(struct build *b, str name) {
    size_t at = (size_t)(uintptr_t)map_get(&b->antigen_index, name);
    if (at) return (unsigned)(at - 1);
    struct antigen fresh = {.name = name, .name_z = str_z(b->r.a, name)};
    VEC_PUSH(b->r.a, &b->antigens, fresh);
    map_put(&b->antigen_index, name, (void *)(uintptr_t)b->antigens.len);
    return (unsigned)(b->antigens.len - 1);
}

static err known_antigen(struct build *b, const struct json *node, str name, unsigned *out) {
    size_t at = (size_t)(uintptr_t)map_get(&b->antigen_index, name);
    if (!at) return reader_fail(&b->r, node, "unknown antigen \"%.*s\": no series is for it", STR_ARG(name));
    *out = (unsigned)(at - 1);
    return OK_ERR;
}

static void use_part(struct build *b, size_t i) {
    b->r.file = b->parts[i].source;
    b->r.sets = JSON_GET(b->parts[i].root, "sets");
}

static err parse_parts(struct build *b, const struct schedule_source *files, size_t count) {
    b->parts = ARENA_ARRAY(b->r.a, struct part, count);
    b->part_count = count;
    bool format = false;
    for (size_t i = 0; i < count; i++) {
        struct json *root;
        b->r.file = &files[i];
        err e = json_parse(b->r.a, files[i].text, &root);
        if (e.code) return err_make(b->r.a, ERR_INVALID, "schedule", "%.*s: %.*s", STR_ARG(files[i].file), STR_ARG(e.detail));
        TRY(reader_keys(&b->r, root, top_keys));
        const struct json *f = JSON_GET(root, "format");
        if (f && !str_is(f->text, "tram-schedule/1"))
            return reader_fail(&b->r, f, "format \"%.*s\" is not tram-schedule/1", STR_ARG(f->text));
        format |= f != NULL || JSON_GET(root, "antigen") != NULL;
        b->parts[i] = (struct part){&files[i], root};
    }
    b->r.file = &files[0];
    return format ? OK_ERR : reader_fail(&b->r, NULL, "this is no tram-schedule/1 (\"format\" is missing)");
}

static err read_head(struct build *b, const struct json *root) {
    struct schedule *s = b->r.s;
    struct reader *r = &b->r;
    if (JSON_GET(root, "id")) TRY(reader_text(r, JSON_GET(root, "id"), &s->id));
    if (JSON_GET(root, "version")) TRY(reader_text(r, JSON_GET(root, "version"), &s->version));
    if (JSON_GET(root, "title")) TRY(reader_phrase(r, JSON_GET(root, "title"), &s->title));
    if (JSON_GET(root, "effective")) TRY(reader_day(r, JSON_GET(root, "effective"), DAY_NONE, &s->effective));
    if (JSON_GET(root, "law_until")) TRY(reader_day(r, JSON_GET(root, "law_until"), INT32_MAX, &s->law_day));
    const struct json *settings = JSON_GET(root, "settings");
    for (const struct json *m = settings ? settings->first : NULL; m; m = m->next) {
        TRY(reader_keys(r, m, "value meaning"));
        const struct json *value = JSON_GET(m, "value");
        if (!value || (value->kind != JSON_STRING && value->kind != JSON_NULL))
            return reader_fail(r, m, "a setting needs a `value` (a duration, or null for no rule)");
        map_put(&r->settings, m->key, (void *)(uintptr_t)value);
    }
    const struct json *areas = JSON_GET(root, "areas");
    for (const struct json *m = areas ? areas->first : NULL; m; m = m->next) {
        str *area = ARENA_NEW(r->a, str);
        *area = m->key;
        map_put(&s->area_index, text_fold(r->a, m->key), area);
        for (const struct json *alias = m->first; alias; alias = alias->next)
            map_put(&s->area_index, text_fold(r->a, alias->text), area);
    }
    return OK_ERR;
}

static err register_antigens(struct build *b, const struct json *root) {
    struct reader *r = &b->r;
    const struct json *antigens = JSON_GET(root, "antigens");
    for (const struct json *m = antigens ? antigens->first : NULL; m; m = m->next) antigen_of(b, m->key);
    str own = JSON_TEXT(root, "antigen");
    if (own.len) antigen_of(b, own);
    const struct json *series = JSON_GET(root, "series");
    if (series && series->kind != JSON_ARRAY) return reader_fail(r, series, "`series` is a list [...]");
    for (const struct json *m = series ? series->first : NULL; m; m = m->next) {
        const struct json *of = JSON_GET(m, "antigens");
        if (!of && !own.len) return reader_fail(r, m, "a series needs `antigens`");
        for (const struct json *x = of ? of->first : NULL; x; x = x->next) antigen_of(b, x->text);
    }
    return OK_ERR;
}

/* Antigens that vaccines contain and a schedule need not plan (a hexavalent dose where polio is no series). Any other
 * name without a series is taken for a misspelling. Names: CDSi's, and those of EPI vaccines it lacks. */
static bool well_known(str name) {
    static const char *const names[] = {
        "COVID-19", "Chikungunya", "Cholera", "Dengue", "Diphtheria", "Ebola", "HPV", "HepA", "HepB", "Hib", "Influenza",
        "Japanese Encephalitis", "Measles", "Meningococcal", "Meningococcal B", "Mumps", "Orthopoxvirus", "Pertussis",
        "Pneumococcal", "Polio", "RSV", "Rabies", "Rotavirus", "Rubella", "TBE", "Tetanus", "Typhoid", "Varicella",
        "Yellow Fever", "Zoster", "Tuberculosis", "HepE", "Malaria"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

/* ["A", {"antigen": "B", "age": [from, to]}] */
static err read_associations(struct build *b, const struct json *list, struct vaccine *v) {
    if (!list || list->kind != JSON_ARRAY) return reader_fail(&b->r, list, "a vaccine needs `antigens` [...]");
    struct antigen_of_vaccine *of = ARENA_ARRAY(b->r.a, struct antigen_of_vaccine, list->count + 1u);
    for (const struct json *m = list->first; m; m = m->next) {
        bool plain = m->kind == JSON_STRING;
        if (!plain) TRY(reader_keys(&b->r, m, "antigen age"));
        str name = plain ? m->text : JSON_TEXT(m, "antigen");
        if (!map_has(&b->antigen_index, name) && well_known(name)) continue;
        struct antigen_of_vaccine *x = &of[v->antigen_count++];
        TRY(known_antigen(b, m, name, &x->antigen));
        if (!plain) TRY(reader_range(&b->r, JSON_GET(m, "age"), &x->begin, &x->end));
    }
    v->antigens = of;
    return OK_ERR;
}

static err add_vaccine(struct build *b, const struct json *node, const struct json *antigens, struct phrase name) {
    struct reader *r = &b->r;
    str key = vaccine_code(node->key);
    if (key.len == 0 || str_find(key, '@') < key.len || str_find(key, '/') < key.len || str_find(key, ':') < key.len ||
        str_find(key, '#') < key.len || str_find(key, '*') < key.len || str_find(key, ',') < key.len)
        return reader_fail(r, node, "a vaccine key has none of @ / : # * ,");
    if (map_has(&r->s->vaccine_index, key)) return reader_fail(r, node, "vaccine \"%.*s\" is there twice", STR_ARG(key));
    if (r->vaccines.len >= MAX_VACCINES) return reader_fail(r, node, "more than %d vaccines", MAX_VACCINES);
    struct vaccine v = {.key = str_copy(r->a, node->key), .name = name};
    TRY(read_associations(b, antigens, &v));
    VEC_PUSH(r->a, &r->vaccines, v);
    map_put(&r->s->vaccine_index, key, (void *)(uintptr_t)r->vaccines.len);
    return OK_ERR;
}

static err read_vaccines(struct build *b, const struct json *root) {
    struct reader *r = &b->r;
    const struct json *list = JSON_GET(root, "vaccines"), *cvx = JSON_GET(root, "cvx");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        struct phrase name;
        TRY(reader_keys(r, m, "name cvx icd11 antigens live doses_per_vial route open_vial also"));
        TRY(reader_phrase(r, JSON_GET(m, "name"), &name));
        TRY(add_vaccine(b, m, JSON_GET(m, "antigens"), name));
    }
    if (cvx) r->s->open_cvx = true;
    for (const struct json *m = cvx ? cvx->first : NULL; m; m = m->next)
        TRY(add_vaccine(b, m, m, (struct phrase){STR_NONE, STR_NONE}));
    /* other codes of a vaccine: its CVX and the names in `also`; a key always wins over a code */
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        void *at = map_get(&r->s->vaccine_index, vaccine_code(m->key));
        str code = vaccine_code(JSON_TEXT(m, "cvx"));
        if (code.len && !map_has(&r->s->vaccine_index, code)) map_put(&r->s->vaccine_index, code, at);
        const struct json *also = JSON_GET(m, "also");
        for (const struct json *x = also ? also->first : NULL; x; x = x->next)
            if (!map_has(&r->s->vaccine_index, vaccine_code(x->text)))
                map_put(&r->s->vaccine_index, vaccine_code(x->text), at);
    }
    return OK_ERR;
}

static err read_groups(struct build *b, const struct json *root) {
    struct reader *r = &b->r;
    const struct json *groups = JSON_GET(root, "groups");
    for (const struct json *m = groups ? groups->first : NULL; m; m = m->next) {
        struct vaccine_group g = {.key = m->key};
        TRY(reader_keys(r, m, "antigens full name"));
        TRY(reader_phrase(r, JSON_GET(m, "name"), &g.name));
        TRY(reader_bool(r, JSON_GET(m, "full"), &g.full));
        const struct json *list = JSON_GET(m, "antigens");
        if (!list || !list->count) return reader_fail(r, m, "a group needs `antigens`");
        unsigned *of = ARENA_ARRAY(r->a, unsigned, list->count);
        for (const struct json *x = list->first; x; x = x->next)
            TRY(known_antigen(b, x, x->text, &of[g.antigen_count++]));
        g.antigens = of;
        VEC_PUSH(r->a, &b->groups, g);
        map_put(&b->group_index, m->key, (void *)(uintptr_t)b->groups.len);
    }
    return OK_ERR;
}

static err read_conflicts(struct build *b, const struct json *root) {
    struct reader *r = &b->r;
    const struct json *list = JSON_GET(root, "conflicts");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        struct conflict c = {0};
        const struct bits *given, *impacts;
        TRY(reader_keys(r, m, "given impacts from valid_until until"));
        TRY(reader_vaccine_set(r, JSON_GET(m, "given"), &given));
        TRY(reader_vaccine_set(r, JSON_GET(m, "impacts"), &impacts));
        if (!given || !impacts) return reader_fail(r, m, "a conflict needs `given` and `impacts`");
        c.given = *given, c.impacts = *impacts;
        TRY(reader_duration(r, JSON_GET(m, "from"), &c.begin));
        TRY(reader_duration(r, JSON_GET(m, "valid_until"), &c.valid_end));
        TRY(reader_duration(r, JSON_GET(m, "until"), &c.end));
        if (!c.begin || !c.valid_end || !c.end) return reader_fail(r, m, "a conflict needs from, valid_until and until");
        c.source = reader_source(r, m);
        if (b->conflicts.len >= SET_WORDS * 64) return reader_fail(r, m, "too many conflicts");
        VEC_PUSH(r->a, &b->conflicts, c);
    }
    return OK_ERR;
}

static err read_observations(struct build *b, const struct json *root) {
    const struct json *list = JSON_GET(root, "observations");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        unsigned at = 0;
        TRY(reader_keys(&b->r, m, "title group indication contraindication clarifying codes"));
        TRY(reader_observation(&b->r, m, m->key, &at));
        TRY(reader_phrase(&b->r, JSON_GET(m, "title"), &b->r.observations.at[at].title));
    }
    return OK_ERR;
}

static err read_indications(struct reader *r, const struct json *list, struct series *s) {
    if (!list) return OK_ERR;
    struct indication *of = ARENA_ARRAY(r->a, struct indication, list->count + 1u);
    struct bits *set = ARENA_NEW(r->a, struct bits);
    for (const struct json *m = list->first; m; m = m->next) {
        struct indication *i = &of[s->indication_count++];
        TRY(reader_keys(r, m, "obs age text guidance title"));
        TRY(reader_observation(r, m, JSON_TEXT(m, "obs"), &i->observation));
        TRY(reader_range(r, JSON_GET(m, "age"), &i->begin, &i->end));
        TRY(reader_phrase(r, JSON_GET(m, "text"), &i->text));
        TRY(reader_phrase(r, JSON_GET(m, "guidance"), &i->guidance));
        bits_add(set, i->observation);
    }
    s->indications = of, s->indication_set = set;
    return OK_ERR;
}

static err read_rollouts(struct build *b, const struct json *list, struct series *s) {
    if (!list) return OK_ERR;
    struct reader *r = &b->r;
    size_t total = 0;
    for (const struct json *m = list->first; m; m = m->next) total += JSON_GET(m, "areas") ? JSON_GET(m, "areas")->count : 0;
    struct rollout *of = ARENA_ARRAY(r->a, struct rollout, total + 1u);
    for (const struct json *m = list->first; m; m = m->next) {
        TRY(reader_keys(r, m, "areas from until"));
        const struct json *areas = JSON_GET(m, "areas");
        for (const struct json *x = areas ? areas->first : NULL; x; x = x->next) {
            struct rollout *w = &of[s->rollout_count++];
            const str *known = map_get(&r->s->area_index, text_fold(r->a, x->text));
            if (!known) return reader_fail(r, x, "unknown area \"%.*s\": it is not in `areas`", STR_ARG(x->text));
            w->area = *known;
            TRY(reader_day(r, JSON_GET(m, "from"), INT32_MIN, &w->from));
            TRY(reader_day(r, JSON_GET(m, "until"), INT32_MAX, &w->until));
            w->source = reader_source(r, m);
        }
    }
    s->rollouts = of, s->gated = true;
    return OK_ERR;
}

static err read_sexes(struct reader *r, const struct json *list, unsigned *out) {
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        char c = m->text.len ? (char)(m->text.at[0] & ~0x20) : 0;
        unsigned bit = c == 'F' ? SEX_FEMALE : c == 'M' ? SEX_MALE : c == 'U' ? SEX_UNKNOWN : 0;
        if (!bit) return reader_fail(r, m, "sex is Female, Male or Unknown");
        *out |= bit;
    }
    return OK_ERR;
}

static err read_equivalent(struct reader *r, const struct json *list, struct series *s) {
    if (!list) return OK_ERR;
    str *of = ARENA_ARRAY(r->a, str, list->count + 1u);
    for (const struct json *m = list->first; m; m = m->next) TRY(reader_text(r, m, &of[s->equivalent_count++]));
    s->equivalent = of;
    return OK_ERR;
}

static err read_doses(struct reader *r, const struct json *node, struct series *s) {
    const struct json *list = JSON_GET(node, "doses");
    if (!list || list->kind != JSON_ARRAY || !list->count) return reader_fail(r, node, "a series needs `doses` [...]");
    struct series_dose *doses = ARENA_ARRAY(r->a, struct series_dose, list->count);
    struct bits *preferable = ARENA_NEW(r->a, struct bits);
    for (const struct json *m = list->first; m; m = m->next) {
        str setting = JSON_TEXT(m, "if");
        const struct json *value = setting.len ? map_get(&r->settings, setting) : NULL;
        if (setting.len && !value) return reader_fail(r, m, "unknown setting \"%.*s\"", STR_ARG(setting));
        if (value && value->kind == JSON_NULL) continue; /* the setting leaves this dose out */
        struct series_dose *d = &doses[s->dose_count++];
        TRY(reader_dose(r, m, d));
        if (!d->number) d->number = (int)s->dose_count;
        for (size_t i = 0; i < d->give_count; i++) bits_add(preferable, d->give[i].vaccine);
    }
    s->doses = doses, s->preferable = preferable;
    return OK_ERR;
}

static err read_series(struct build *b, const struct json *m, struct series *s) {
    struct reader *r = &b->r;
    TRY(reader_keys(r, m, "name antigens group type sex for path path_name equivalent default product priority preference "
                          "start guidance where since until doses"));
    TRY(reader_phrase(r, JSON_GET(m, "name"), &s->name));
    s->name_text = str_copy(r->a, s->name.en.len ? s->name.en : s->name.vi);
    str type = JSON_TEXT(m, "type");
    bool risk = str_is(type, "risk"), evaluation = str_is(type, "evaluation") || str_is(type, "evaluation only");
    if (type.len && !risk && !evaluation && !str_is(type, "standard"))
        return reader_fail(r, JSON_GET(m, "type"), "type is standard, risk or evaluation");
    s->type = risk ? TYPE_RISK : evaluation ? TYPE_EVALUATION : TYPE_STANDARD;
    str group = JSON_TEXT(m, "group");
    size_t at = (size_t)(uintptr_t)map_get(&b->group_index, group);
    if (group.len && !at) return reader_fail(r, m, "unknown group \"%.*s\": it is not in `groups`", STR_ARG(group));
    s->group = at ? (unsigned)(at - 1) : UINT32_MAX;
    s->path = JSON_GET(m, "path") ? JSON_TEXT(m, "path") : STR("1");
    s->priority = JSON_TEXT(m, "priority").len ? JSON_TEXT(m, "priority").at[0] : 'A';
    TRY(reader_int(r, JSON_GET(m, "preference"), 99, &s->preference));
    TRY(reader_bool(r, JSON_GET(m, "default"), &s->is_default));
    TRY(reader_bool(r, JSON_GET(m, "product"), &s->product));
    TRY(reader_range(r, JSON_GET(m, "start"), &s->start_minimum, &s->start_maximum));
    TRY(reader_day(r, JSON_GET(m, "since"), INT32_MIN, &s->since));
    TRY(reader_day(r, JSON_GET(m, "until"), INT32_MAX, &s->until));
    struct phrase guidance;
    TRY(reader_phrase(r, JSON_GET(m, "guidance"), &guidance));
    s->guidance = guidance.en.len ? guidance.en : guidance.vi;
    TRY(read_sexes(r, JSON_GET(m, "sex"), &s->sexes));
    TRY(read_indications(r, JSON_GET(m, "for"), s));
    TRY(read_equivalent(r, JSON_GET(m, "equivalent"), s));
    TRY(read_rollouts(b, JSON_GET(m, "where"), s));
    TRY(read_doses(r, m, s));
    s->source = reader_source(r, m);
    return check_series(r, m, s);
}

static void add_series(struct build *b, unsigned antigen, struct series s) {
    struct antigen *x = &b->antigens.at[antigen];
    s.antigen = antigen;
    struct series *grown = ARENA_ARRAY(b->r.a, struct series, x->series_count + 1);
    if (x->series_count) memcpy(grown, x->series, x->series_count * sizeof *grown);
    s.path_id = (int32_t)x->series_count;
    for (size_t i = 0; i < x->series_count; i++)
        if (str_eq(grown[i].path, s.path)) {
            s.path_id = grown[i].path_id;
            break;
        }
    grown[x->series_count++] = s;
    x->series = grown;
    for (size_t d = 0; d < s.dose_count; d++)
        for (size_t k = 0; k < s.doses[d].skip_count; k++)
            for (size_t q = 0; q < s.doses[d].skips[k].count; q++)
                for (size_t c = 0; c < s.doses[d].skips[k].sets[q].count; c++)
                    x->needs_completed |= s.doses[d].skips[k].sets[q].conditions[c].kind == CONDITION_COMPLETE;
    b->r.s->series_total++;
}

static err read_all_series(struct build *b, const struct json *root) {
    str own = JSON_TEXT(root, "antigen");
    const struct json *list = JSON_GET(root, "series");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        struct series s = {0};
        TRY(read_series(b, m, &s));
        const struct json *of = JSON_GET(m, "antigens");
        for (const struct json *x = of ? of->first : NULL; x; x = x->next) add_series(b, antigen_of(b, x->text), s);
        if (!of) add_series(b, antigen_of(b, own), s);
    }
    return OK_ERR;
}

static err read_immune(struct build *b, const struct json *node, struct antigen *x) {
    struct reader *r = &b->r;
    if (!node) return OK_ERR;
    TRY(reader_keys(r, node, "obs born_before"));
    const struct json *obs = JSON_GET(node, "obs"), *born = JSON_GET(node, "born_before");
    for (const struct json *m = obs ? obs->first : NULL; m; m = m->next) {
        unsigned at = 0;
        if (m->kind != JSON_STRING) return reader_fail(r, m, "an observation code is a text");
        TRY(reader_observation(r, m, m->text, &at));
        bits_add(&x->immune, at);
    }
    struct born_before *of = born ? ARENA_ARRAY(r->a, struct born_before, born->count + 1u) : NULL;
    for (const struct json *m = born ? born->first : NULL; m; m = m->next) { /* [day, country, [except]] */
        struct born_before *bb = &of[x->born_count++];
        if (m->kind != JSON_ARRAY || m->count != 3) return reader_fail(r, m, "born_before is [day, country, [except]]");
        TRY(reader_day(r, m->first, INT32_MIN, &bb->day));
        TRY(reader_text(r, m->first->next, &bb->country));
        for (const struct json *q = m->first->next->next->first; q; q = q->next) {
            unsigned at = 0;
            TRY(reader_observation(r, q, q->text, &at));
            bits_add(&bb->exclusions, at);
        }
    }
    x->born_before = of;
    return OK_ERR;
}

static err read_contraindications(struct build *b, const struct json *node, struct antigen *x) {
    struct reader *r = &b->r;
    if (!node) return OK_ERR;
    TRY(reader_keys(r, node, "all vaccines"));
    const struct json *lists[2] = {JSON_GET(node, "all"), JSON_GET(node, "vaccines")};
    size_t total = (lists[0] ? lists[0]->count : 0) + (lists[1] ? lists[1]->count : 0);
    struct contraindication *of = ARENA_ARRAY(r->a, struct contraindication, total + 1);
    for (int part = 0; part < 2; part++)
        for (const struct json *m = lists[part] ? lists[part]->first : NULL; m; m = m->next) {
            struct contraindication *c = &of[x->contraindication_count++];
            TRY(reader_keys(r, m, part ? "obs of text guidance title" : "obs age text guidance title"));
            TRY(reader_observation(r, m, JSON_TEXT(m, "obs"), &c->observation));
            TRY(reader_range(r, JSON_GET(m, "age"), &c->begin, &c->end));
            TRY(reader_phrase(r, JSON_GET(m, "text"), &c->text));
            TRY(reader_phrase(r, JSON_GET(m, "guidance"), &c->guidance));
            if (part) TRY(reader_tokens(r, JSON_GET(m, "of"), &c->vaccines, &c->vaccine_count));
            if (part && !c->vaccine_count) return reader_fail(r, m, "`of` must name the vaccines");
            c->source = reader_source(r, m);
            bits_add(&x->contraindication_set, c->observation);
        }
    x->contraindications = of;
    return OK_ERR;
}

static err read_antigens(struct build *b, const struct json *root) {
    str own = JSON_TEXT(root, "antigen");
    if (own.len) {
        struct antigen *x = &b->antigens.at[antigen_of(b, own)];
        TRY(read_immune(b, JSON_GET(root, "immune"), x));
        TRY(read_contraindications(b, JSON_GET(root, "contraindications"), x));
    }
    const struct json *list = JSON_GET(root, "antigens");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        struct antigen *x = &b->antigens.at[antigen_of(b, m->key)];
        TRY(reader_keys(&b->r, m, "name immune contraindications"));
        TRY(reader_phrase(&b->r, JSON_GET(m, "name"), &x->title));
        TRY(read_immune(b, JSON_GET(m, "immune"), x));
        TRY(read_contraindications(b, JSON_GET(m, "contraindications"), x));
    }
    return OK_ERR;
}

static err read_screening(struct build *b, const struct json *root) {
    struct reader *r = &b->r;
    const struct json *list = JSON_GET(root, "screening");
    if (!list) return OK_ERR;
    if (list->kind != JSON_ARRAY) return reader_fail(r, list, "`screening` is a list [...]");
    struct screening_rule *rules = ARENA_ARRAY(r->a, struct screening_rule, list->count + 1u);
    size_t n = 0;
    for (const struct json *m = list->first; m; m = m->next) {
        struct screening_rule *q = &rules[n++];
        TRY(reader_keys(r, m, "obs at_least at_most then text since until"));
        const struct json *high = JSON_GET(m, "at_least"), *low = JSON_GET(m, "at_most");
        if ((high != NULL) + (low != NULL) + (JSON_GET(m, "obs") != NULL) != 1)
            return reader_fail(r, m, "a screening rule has one of obs, at_least, at_most");
        if (high || low) {
            q->kind = high ? SCREEN_TEMPERATURE_HIGH : SCREEN_TEMPERATURE_LOW;
            q->celsius = strtod(str_z(r->a, (high ? high : low)->text), NULL);
            if (q->celsius < 30 || q->celsius > 45) return reader_fail(r, m, "this is no body temperature in degrees Celsius");
        } else {
            TRY(reader_observation(r, m, JSON_TEXT(m, "obs"), &q->observation));
        }
        str then = JSON_TEXT(m, "then");
        q->decision = str_is(then, "defer")   ? SCREENING_DEFER
                      : str_is(then, "refer") ? SCREENING_REFER
                      : str_is(then, "stop")  ? SCREENING_STOP
                      : str_is(then, "go")    ? SCREENING_GO
                                              : SCREENING_NONE;
        if (!q->decision) return reader_fail(r, m, "`then` is go, defer, refer or stop");
        TRY(reader_phrase(r, JSON_GET(m, "text"), &q->text));
        TRY(reader_day(r, JSON_GET(m, "since"), INT32_MIN, &q->since));
        TRY(reader_day(r, JSON_GET(m, "until"), INT32_MAX, &q->until));
        q->source = reader_source(r, m);
    }
    r->s->screening = rules, r->s->screening_count = n;
    return OK_ERR;
}

static void finish(struct build *b) {
    struct reader *r = &b->r;
    struct schedule *s = r->s;
    s->durations = r->durations.at, s->duration_count = r->durations.len;
    s->vaccines = r->vaccines.at, s->vaccine_count = r->vaccines.len;
    s->observations = r->observations.at, s->observation_count = r->observations.len;
    s->antigens = b->antigens.at, s->antigen_count = b->antigens.len;
    s->groups = b->groups.at, s->group_count = b->groups.len;
    s->conflicts = b->conflicts.at, s->conflict_count = b->conflicts.len;
    struct bits *of = ARENA_ARRAY(r->a, struct bits, s->vaccine_count + 1);
    for (size_t v = 0; v < s->vaccine_count; v++)
        for (size_t c = 0; c < s->conflict_count; c++) {
            if (bits_has(&s->conflicts[c].impacts, (unsigned)v)) bits_add(&of[v], (unsigned)c);
            s->vaccines[v].impacted |= bits_has(&s->conflicts[c].impacts, (unsigned)v);
            s->vaccines[v].conflicting |= bits_has(&s->conflicts[c].given, (unsigned)v);
        }
    s->conflicts_of = of;
}

err schedule_read(struct arena *a, const struct schedule_source *files, size_t count, bool as_published,
                  struct schedule **out) {
    struct build *b = ARENA_NEW(a, struct build);
    b->r.a = a;
    b->r.s = ARENA_NEW(a, struct schedule);
    b->r.s->as_published = as_published;
    b->r.s->law_day = INT32_MAX, b->r.s->effective = DAY_NONE;
    struct map *maps[] = {&b->antigen_index, &b->group_index, &b->r.settings, &b->r.duration_index,
                          &b->r.s->vaccine_index, &b->r.s->observation_index, &b->r.s->area_index};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) *maps[i] = map_new(a);
    VEC_PUSH(a, &b->r.durations, (struct duration){0});
    TRY(parse_parts(b, files, count));
    err (*const steps[])(struct build *, const struct json *) = {read_head,      register_antigens, read_vaccines,
                                                                 read_groups,    read_observations, read_conflicts,
                                                                 read_antigens,  read_all_series,   read_screening};
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
        for (size_t i = 0; i < count; i++) {
            use_part(b, i);
            TRY(steps[k](b, b->parts[i].root));
        }
    finish(b);
    use_part(b, 0);
    TRY(check_schedule(&b->r, b->parts[0].root));
    *out = b->r.s;
    return OK_ERR;
}
