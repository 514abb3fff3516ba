/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CDC's CDSi supporting data (one AntigenSupportingData XML an antigen, one ScheduleSupportingData XML) written as one
 * `tram-schedule/1` text, which the ordinary loader then reads: so what the text does not carry, the engine does not
 * know either, and the conversion cannot lose a rule unseen. Empty elements and "n/a" mean "no rule"; spelling of
 * enumerations differs between files and is compared without case. Left out because they repeat what is carried:
 * the wording of a vaccine type beside its CVX code, and the running numbers of sets and conditions.
 */
#include "cdsi.h"

#include "base/map.h"
#include "base/vec.h"

#include <dirent.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>

struct writer {
    struct arena *a;
    struct buf *out;    /* the series and antigens */
    struct buf sets;    /* `"@give1": [...]` members */
    struct map set_names; /* list text -> name */
    struct map codes;     /* every CVX code met; value set once it is declared */
    bool as_published;
    str antigen;
    str fault;
};

static xmlNodePtr child(xmlNodePtr n, const char *name) {
    for (xmlNodePtr c = n ? n->children : NULL; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE && strcmp((const char *)c->name, name) == 0) return c;
    return NULL;
}

static xmlNodePtr following(xmlNodePtr n, const char *name) {
    for (xmlNodePtr c = n ? n->next : NULL; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE && strcmp((const char *)c->name, name) == 0) return c;
    return NULL;
}
#define EACH(var, parent, name) for (xmlNodePtr var = child((parent), (name)); var; var = following(var, (name)))

static bool has_elements(xmlNodePtr n) {
    for (xmlNodePtr c = n->children; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE) return true;
    return false;
}

/* Text of a node, white space collapsed to one blank, "n/a" = nothing. */
static str node_text(struct arena *a, xmlNodePtr n) {
    xmlNodePtr only = n ? n->children : NULL;
    if (!only) return STR_NONE;
    if (!only->next && only->type == XML_TEXT_NODE) { /* nearly always: nothing to collapse, nothing to copy */
        str s = str_of((const char *)only->content);
        size_t odd = 0;
        for (size_t i = 0; i < s.len && !odd; i++)
            odd = (unsigned char)s.at[i] < ' ' || (s.at[i] == ' ' && (i == 0 || i + 1 == s.len || s.at[i + 1] == ' '));
        if (!odd) return s.len == 3 && strncasecmp(s.at, "n/a", 3) == 0 ? STR_NONE : s;
    }
    struct buf b = buf_new(a);
    bool blank = false;
    for (xmlNodePtr c = n ? n->children : NULL; c; c = c->next) {
        if (c->type != XML_TEXT_NODE && c->type != XML_CDATA_SECTION_NODE) continue;
        for (const char *z = (const char *)c->content; *z; z++) {
            if (*z == ' ' || *z == '\n' || *z == '\r' || *z == '\t') blank = b.len > 0;
            else {
                if (blank) buf_addc(&b, ' ');
                blank = false;
                buf_addc(&b, *z);
            }
        }
    }
    str s = buf_str(&b);
    return s.len == 3 && strncasecmp(s.at, "n/a", 3) == 0 ? STR_NONE : s;
}
static str text(struct writer *w, xmlNodePtr n, const char *name) { return node_text(w->a, child(n, name)); }
static bool says(struct writer *w, xmlNodePtr n, const char *name, const char *word) {
    str s = text(w, n, name);
    return s.len >= strlen(word) && strncasecmp(s.at, word, strlen(word)) == 0;
}
static bool yes(struct writer *w, xmlNodePtr n, const char *name) { return says(w, n, name, "y"); }

static void fault(struct writer *w, const char *what, str value) {
    if (!w->fault.len)
        w->fault = str_format(w->a, "%.*s: %s \"%.*s\" is not understood", STR_ARG(w->antigen), what, STR_ARG(value));
}

/* "6 weeks - 4 days" -> 6w-4d; empty -> nothing */
static str duration(struct writer *w, str s) {
    struct buf b = buf_new(w->a);
    char sign = '+';
    if (!s.len) return s;
    buf_reserve(&b, 16);
    for (size_t i = 0; i < s.len;) {
        char c = s.at[i];
        if (c == ' ') i++;
        else if (c == '+' || c == '-') sign = c, i++;
        else if (c >= '0' && c <= '9') {
            if (b.len || sign == '-') buf_addc(&b, sign);
            while (i < s.len && s.at[i] >= '0' && s.at[i] <= '9') buf_addc(&b, s.at[i++]);
            while (i < s.len && s.at[i] == ' ') i++;
            char unit = i < s.len ? (char)(s.at[i] | 0x20) : 0;
            if (!strchr("ymwd", unit) || !unit) return fault(w, "the duration", s), STR_NONE;
            buf_addc(&b, unit);
            while (i < s.len && ((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z')) i++;
            sign = '+';
        } else return fault(w, "the duration", s), STR_NONE;
    }
    return buf_str(&b);
}

/* 20230912, 01/31/1957, 2023-09-12 -> 2023-09-12 */
static str day(struct writer *w, str s) {
    if (!s.len) return s;
    int y, m, d;
    const char *z = str_z(w->a, s);
    if (s.len == 8 && sscanf(z, "%4d%2d%2d", &y, &m, &d) == 3) return str_format(w->a, "%04d-%02d-%02d", y, m, d);
    if (sscanf(z, "%d/%d/%d", &m, &d, &y) == 3) return str_format(w->a, "%04d-%02d-%02d", y, m, d);
    if (s.len >= 10 && sscanf(z, "%d-%d-%d", &y, &m, &d) == 3) return str_format(w->a, "%04d-%02d-%02d", y, m, d);
    return fault(w, "the date", s), STR_NONE;
}

static str code(struct writer *w, str s) { /* CVX without leading zeros */
    s = str_trim(s);
    size_t zeros = 0;
    while (zeros + 1 < s.len && s.at[zeros] == '0') zeros++;
    s = str_slice(s, zeros, s.len);
    if (s.len && !map_has(&w->codes, s)) map_put(&w->codes, s, NULL);
    return s;
}

/* ---- writing members: `comma` before every member but the first of an object ---- */
static void name(struct buf *b, const char *key) {
    if (b->len && b->at[b->len - 1] != '{' && b->at[b->len - 1] != '[') buf_addz(b, ", ");
    buf_addc(b, '"');
    buf_addz(b, key);
    buf_addz(b, "\": ");
}
static void put(struct buf *b, const char *key, str value) {
    if (!value.len) return;
    name(b, key);
    buf_add_json(b, value);
}
static void put_range(struct buf *b, const char *key, str from, str to) {
    if (!from.len && !to.len) return;
    name(b, key);
    const str side[2] = {from, to};
    for (int i = 0; i < 2; i++) {
        buf_addz(b, i ? ", " : "[");
        if (side[i].len) buf_add_json(b, side[i]);
        else buf_addz(b, "null");
    }
    buf_addc(b, ']');
}
static void item(struct buf *b) {
    if (b->at[b->len - 1] != '[') buf_addz(b, ", ");
}

/* A list of four and more tokens is written once as a set. */
static void put_list(struct writer *w, struct buf *b, const char *key, const char *kind, str list, size_t count) {
    if (!count) return;
    name(b, key);
    if (count < 4) {
        buf_add(b, list);
        return;
    }
    str *known = map_get(&w->set_names, list);
    if (!known) {
        known = ARENA_NEW(w->a, str);
        *known = str_format(w->a, "@%s%zu", kind, w->set_names.len + 1);
        map_put(&w->set_names, list, known);
        buf_addz(&w->sets, w->sets.len ? ",\n  " : "\n  ");
        buf_add_json(&w->sets, *known);
        buf_addz(&w->sets, ": ");
        buf_add(&w->sets, list);
    }
    buf_add_json(b, *known);
}

static str split_list(str *rest) { /* by ; or , */
    size_t n = 0;
    while (n < rest->len && rest->at[n] != ';' && rest->at[n] != ',') n++;
    str part = str_trim(str_slice(*rest, 0, n));
    *rest = n < rest->len ? str_slice(*rest, n + 1, rest->len) : STR_NONE;
    return part;
}

static void put_ages(struct writer *w, struct buf *b, xmlNodePtr dose) {
    struct buf rows = buf_new(w->a);
    size_t count = 0;
    EACH(e, dose, "age") {
        struct buf row = buf_new(w->a);
        buf_addc(&row, '{');
        put(&row, "abs", duration(w, text(w, e, "absMinAge")));
        put(&row, "min", duration(w, text(w, e, "minAge")));
        put(&row, "rec", duration(w, text(w, e, "earliestRecAge")));
        put(&row, "late", duration(w, text(w, e, "latestRecAge")));
        put(&row, "max", duration(w, text(w, e, "maxAge")));
        put(&row, "since", day(w, text(w, e, "effectiveDate")));
        put(&row, "until", day(w, text(w, e, "cessationDate")));
        if (row.len == 1) continue;
        if (count++) buf_addz(&rows, ", ");
        buf_addc(&row, '}');
        buf_add(&rows, buf_str(&row));
    }
    if (!count) return;
    name(b, "age");
    buf_addf(b, count > 1 ? "[%.*s]" : "%.*s", (int)rows.len, rows.at);
}

static str interval_from(struct writer *w, xmlNodePtr e) {
    if (yes(w, e, "fromPrevious")) return STR("prev");
    str target = text(w, e, "fromTargetDose"), recent = text(w, e, "fromMostRecent");
    str obs = text(w, child(e, "fromRelevantObs"), "code");
    if (target.len) return str_format(w->a, "dose:%.*s", STR_ARG(target));
    if (recent.len) {
        struct buf b = buf_new(w->a);
        while (recent.len) {
            str part = code(w, split_list(&recent));
            if (part.len) buf_addf(&b, b.len ? ",%.*s" : "last:%.*s", STR_ARG(part));
        }
        return buf_str(&b);
    }
    return obs.len ? str_format(w->a, "obs:%.*s", STR_ARG(obs)) : STR("none");
}

static void put_intervals(struct writer *w, struct buf *b, xmlNodePtr dose, const char *element, const char *key) {
    struct buf rows = buf_new(w->a);
    bool allowed = strcmp(element, "allowableInterval") == 0;
    EACH(e, dose, element) {
        if (!has_elements(e)) continue;
        if (allowed && !text(w, e, "absMinInt").len && !text(w, e, "fromPrevious").len) continue;
        if (rows.len) buf_addz(&rows, ", ");
        buf_addc(&rows, '{');
        put(&rows, "from", interval_from(w, e));
        put(&rows, "abs", duration(w, text(w, e, "absMinInt")));
        put(&rows, "min", duration(w, text(w, e, "minInt")));
        put(&rows, "rec", duration(w, text(w, e, "earliestRecInt")));
        put(&rows, "late", duration(w, text(w, e, "latestRecInt")));
        put(&rows, "priority", text(w, e, "intervalPriority"));
        put(&rows, "since", day(w, text(w, e, "effectiveDate")));
        put(&rows, "until", day(w, text(w, e, "cessationDate")));
        buf_addc(&rows, '}');
    }
    if (!rows.len) return;
    name(b, key);
    buf_addf(b, "[%.*s]", (int)rows.len, rows.at);
}

/* One vaccine token, see schedule_value.c. */
static str token(struct writer *w, xmlNodePtr e) {
    str key = code(w, text(w, e, "cvx")), from = duration(w, text(w, e, "beginAge")), to = duration(w, text(w, e, "endAge"));
    if (!key.len) return key;
    struct buf b = buf_new(w->a);
    buf_reserve(&b, 32);
    buf_add(&b, key);
    if (from.len || to.len) {
        buf_addc(&b, '@');
        buf_add(&b, from);
        buf_addz(&b, "..");
        buf_add(&b, to);
    }
    const char *const marks[3] = {"/", ":", "#"}, *const parts[3] = {"mvx", "tradeName", "volume"};
    for (int i = 0; i < 3; i++) {
        str s = text(w, e, parts[i]);
        if (!s.len) continue;
        buf_addz(&b, marks[i]);
        buf_add(&b, s);
    }
    if (yes(w, e, "forecastVaccineType")) buf_addc(&b, '*');
    return buf_str(&b);
}

static void put_vaccines(struct writer *w, struct buf *b, xmlNodePtr parent, const char *element, const char *key) {
    struct buf list = buf_new(w->a);
    size_t count = 0;
    EACH(e, parent, element) {
        str t = token(w, e);
        if (!t.len) continue;
        buf_addz(&list, count++ ? ", " : "[");
        buf_add_json(&list, t);
    }
    if (count) buf_addc(&list, ']');
    put_list(w, b, key, key, buf_str(&list), count);
}

static void put_count(struct writer *w, struct buf *b, xmlNodePtr c) {
    str logic = text(w, c, "doseCountLogic"), types = text(w, c, "vaccineTypes"), count = text(w, c, "doseCount");
    char op = says(w, c, "doseCountLogic", "greater") ? '>' : says(w, c, "doseCountLogic", "less") ? '<' : '=';
    if (op == '=' && !says(w, c, "doseCountLogic", "equal")) fault(w, "the dose count logic", logic);
    put(b, "doses", str_format(w->a, "%c%.*s", op, STR_ARG(count.len ? count : STR("0"))));
    struct buf list = buf_new(w->a);
    size_t n = 0;
    while (types.len) {
        str part = code(w, split_list(&types));
        if (!part.len) continue;
        buf_addz(&list, n++ ? ", " : "[");
        buf_add_json(&list, part);
    }
    if (n) buf_addc(&list, ']');
    put_list(w, b, "of", "of", buf_str(&list), n);
    if (says(w, c, "doseType", "valid")) name(b, "valid"), buf_addz(b, "true");
    put_range(b, "age", duration(w, text(w, c, "beginAge")), duration(w, text(w, c, "endAge")));
    put_range(b, "date", day(w, text(w, c, "startDate")), day(w, text(w, c, "endDate")));
}

static void put_condition(struct writer *w, struct buf *b, xmlNodePtr c) {
    buf_addc(b, '{');
    if (says(w, c, "conditionType", "vaccine count")) put_count(w, b, c);
    else if (says(w, c, "conditionType", "age")) {
        str from = duration(w, text(w, c, "beginAge")), to = duration(w, text(w, c, "endAge"));
        if (from.len || to.len) put_range(b, "age", from, to);
        else name(b, "age"), buf_addz(b, "[null, null]");
    } else if (says(w, c, "conditionType", "interval"))
        put(b, "since_prev", duration(w, text(w, c, "interval")));
    else if (says(w, c, "conditionType", "completed series")) {
        str groups = text(w, c, "seriesGroups");
        name(b, "complete");
        buf_addc(b, '[');
        while (groups.len) {
            str part = split_list(&groups);
            if (part.len) item(b), buf_add_json(b, part);
        }
        buf_addc(b, ']');
    } else fault(w, "the condition type", text(w, c, "conditionType"));
    buf_addc(b, '}');
}

static void put_set(struct writer *w, struct buf *b, xmlNodePtr set) {
    buf_addc(b, '{');
    name(b, says(w, set, "conditionLogic", "or") ? "any" : "all");
    buf_addc(b, '[');
    EACH(c, set, "condition") {
        item(b);
        put_condition(w, b, c);
    }
    buf_addc(b, ']');
    put(b, "since", day(w, text(w, set, "effectiveDate")));
    put(b, "until", day(w, text(w, set, "cessationDate")));
    put(b, "text", text(w, set, "setDescription"));
    buf_addc(b, '}');
}

static void put_skips(struct writer *w, struct buf *b, xmlNodePtr dose) {
    struct buf rows = buf_new(w->a);
    EACH(k, dose, "conditionalSkip") {
        if (!has_elements(k)) continue;
        const char *when = says(w, k, "context", "eval") ? "eval" : says(w, k, "context", "fore") ? "plan" : "both";
        buf_addf(&rows, "%s{\"when\": \"%s\"", rows.len ? ", " : "", when);
        name(&rows, says(w, k, "setLogic", "and") ? "all" : "any");
        buf_addc(&rows, '[');
        EACH(set, k, "set") {
            if (!child(set, "condition")) continue;
            item(&rows);
            put_set(w, &rows, set);
        }
        buf_addz(&rows, "]}");
    }
    if (!rows.len) return;
    name(b, "skip");
    buf_addf(b, "[%.*s]", (int)rows.len, rows.at);
}

static void put_dose(struct writer *w, struct buf *b, xmlNodePtr dose) {
    str number = text(w, dose, "doseNumber");
    while (number.len && (number.at[0] < '0' || number.at[0] > '9')) number = str_slice(number, 1, number.len);
    buf_addf(b, "\n      {\"n\": %.*s", STR_ARG(number.len ? number : STR("0")));
    put_ages(w, b, dose);
    put_intervals(w, b, dose, "interval", "after");
    put_intervals(w, b, dose, "allowableInterval", "after_ok");
    put_vaccines(w, b, dose, "preferableVaccine", "give");
    put_vaccines(w, b, dose, "allowableVaccine", "accept");
    put_vaccines(w, b, dose, "inadvertentVaccine", "never");
    put_skips(w, b, dose);
    if (yes(w, dose, "recurringDose")) name(b, "repeat"), buf_addz(b, "true");
    xmlNodePtr season = child(dose, "seasonalRecommendation");
    put_range(b, "season", day(w, text(w, season, "startDate")), day(w, text(w, season, "endDate")));
    buf_addc(b, '}');
}

static void put_indications(struct writer *w, struct buf *b, xmlNodePtr s) {
    struct buf rows = buf_new(w->a);
    EACH(i, s, "indication") {
        xmlNodePtr obs = child(i, "observationCode");
        str c = text(w, obs, "code");
        if (!c.len) continue;
        buf_addz(&rows, rows.len ? ",\n      {" : "\n      {");
        put(&rows, "obs", c);
        put_range(&rows, "age", duration(w, text(w, i, "beginAge")), duration(w, text(w, i, "endAge")));
        put(&rows, "title", text(w, obs, "text"));
        put(&rows, "text", text(w, i, "description"));
        put(&rows, "guidance", text(w, i, "guidance"));
        buf_addc(&rows, '}');
    }
    cdsi_extra_indications(w->as_published, w->antigen, text(w, s, "seriesName"), &rows);
    if (!rows.len) return;
    name(b, "for");
    buf_addf(b, "[%.*s]", (int)rows.len, rows.at);
}

static void put_texts(struct writer *w, struct buf *b, const char *key, xmlNodePtr s, const char *element) {
    struct buf rows = buf_new(w->a);
    EACH(g, s, element) {
        str list = node_text(w->a, g);
        if (!list.len) continue;
        buf_addz(&rows, rows.len ? ", " : "");
        buf_add_json(&rows, list);
    }
    if (!rows.len) return;
    name(b, key);
    buf_addf(b, "[%.*s]", (int)rows.len, rows.at);
}

static void put_guidance(struct writer *w, struct buf *b, xmlNodePtr s) {
    struct buf all = buf_new(w->a);
    EACH(g, s, "seriesAdminGuidance") {
        str t = node_text(w->a, g);
        if (t.len && all.len) buf_addc(&all, '\n');
        buf_add(&all, t);
    }
    put(b, "guidance", buf_str(&all));
}

static void put_series(struct writer *w, xmlNodePtr s) {
    struct buf *b = w->out;
    xmlNodePtr select = child(s, "selectSeries");
    str type = text(w, s, "seriesType"), series = text(w, s, "seriesName");
    buf_addz(b, b->at[b->len - 1] == '[' ? "\n  {" : ",\n  {");
    put(b, "name", series);
    name(b, "antigens");
    buf_addc(b, '[');
    buf_add_json(b, w->antigen);
    buf_addc(b, ']');
    put(b, "group", text(w, s, "vaccineGroup"));
    put(b, "type", says(w, s, "seriesType", "risk")       ? STR("risk")
                   : says(w, s, "seriesType", "standard") ? STR("standard")
                                                          : STR("evaluation"));
    if (!type.len) fault(w, "the series type of", series);
    put_texts(w, b, "sex", s, "requiredGender");
    put(b, "path", text(w, select, "seriesGroup"));
    put(b, "path_name", text(w, select, "seriesGroupName"));
    str equivalent = text(w, s, "equivalentSeriesGroups");
    if (equivalent.len) {
        name(b, "equivalent");
        buf_addc(b, '[');
        while (equivalent.len) {
            str part = split_list(&equivalent);
            if (part.len) item(b), buf_add_json(b, part);
        }
        buf_addc(b, ']');
    }
    if (yes(w, select, "defaultSeries")) name(b, "default"), buf_addz(b, "true");
    if (yes(w, select, "productPath")) name(b, "product"), buf_addz(b, "true");
    put(b, "priority", text(w, select, "seriesPriority"));
    str preference = text(w, select, "seriesPreference");
    if (preference.len) name(b, "preference"), buf_add(b, preference);
    put_range(b, "start", duration(w, text(w, select, "minAgeToStart")),
              cdsi_start_maximum(w->as_published, w->antigen, series, duration(w, text(w, select, "maxAgeToStart"))));
    put_guidance(w, b, s);
    put_indications(w, b, s);
    name(b, "doses");
    buf_addc(b, '[');
    EACH(d, s, "seriesDose") {
        if (b->at[b->len - 1] != '[') buf_addc(b, ',');
        put_dose(w, b, d);
    }
    buf_addz(b, "]}");
}

static void put_immunity(struct writer *w, struct buf *b, xmlNodePtr im) {
    struct buf own = buf_new(w->a);
    buf_addc(&own, '{');
    EACH(c, im, "clinicalHistory") {
        str g = text(w, c, "guidelineCode");
        if (!g.len) continue;
        if (own.len == 1) buf_addz(&own, "\"obs\": [");
        item(&own);
        buf_add_json(&own, g);
    }
    if (own.len > 1) buf_addc(&own, ']');
    bool first = true;
    EACH(d, im, "dateOfBirth") {
        str when = day(w, text(w, d, "immunityBirthDate"));
        if (!when.len) continue;
        if (first) name(&own, "born_before"), buf_addc(&own, '[');
        first = false;
        item(&own);
        buf_addc(&own, '[');
        buf_add_json(&own, when);
        buf_addz(&own, ", ");
        buf_add_json(&own, text(w, d, "birthCountry"));
        buf_addz(&own, ", [");
        EACH(x, d, "exclusion") {
            item(&own);
            buf_add_json(&own, text(w, x, "exclusionCode"));
        }
        buf_addz(&own, "]]");
    }
    if (!first) buf_addc(&own, ']');
    if (own.len == 1) return;
    name(b, "immune");
    buf_addf(b, "%.*s}", (int)own.len, own.at);
}

static void put_contraindications(struct writer *w, struct buf *b, xmlNodePtr ci) {
    static const char *const parts[2] = {"vaccineGroup", "vaccine"}, *const keys[2] = {"all", "vaccines"};
    struct buf own = buf_new(w->a);
    buf_addc(&own, '{');
    for (int p = 0; p < 2; p++) {
        bool first = true;
        EACH(c, child(ci, parts[p]), "contraindication") {
            if (first) name(&own, keys[p]), buf_addc(&own, '[');
            buf_addz(&own, first ? "\n      {" : ",\n      {");
            first = false;
            put(&own, "obs", text(w, c, "observationCode"));
            put_range(&own, "age", duration(w, text(w, c, "beginAge")), duration(w, text(w, c, "endAge")));
            if (p) put_vaccines(w, &own, c, "contraindicatedVaccine", "of");
            put(&own, "title", text(w, c, "observationTitle"));
            put(&own, "text", text(w, c, "contraindicationText"));
            put(&own, "guidance", text(w, c, "contraindicationGuidance"));
            buf_addc(&own, '}');
        }
        if (!first) buf_addc(&own, ']');
    }
    if (own.len == 1) return;
    name(b, "contraindications");
    buf_addf(b, "%.*s}", (int)own.len, own.at);
}

static void put_schedule(struct writer *w, struct buf *b, xmlNodePtr root) {
    buf_addz(b, ",\n \"vaccines\": {");
    EACH(m, child(root, "cvxToAntigenMap"), "cvxMap") {
        buf_addz(b, b->at[b->len - 1] == '{' ? "\n  " : ",\n  ");
        str key = code(w, text(w, m, "cvx"));
        map_put(&w->codes, key, w);
        buf_add_json(b, key);
        buf_addz(b, ": {");
        put(b, "name", text(w, m, "shortDescription"));
        name(b, "antigens");
        buf_addc(b, '[');
        EACH(x, m, "association") {
            str antigen = text(w, x, "antigen"), from = duration(w, text(w, x, "associationBeginAge"));
            str to = duration(w, text(w, x, "associationEndAge"));
            item(b);
            if (!from.len && !to.len) buf_add_json(b, antigen);
            else {
                buf_addc(b, '{');
                put(b, "antigen", antigen);
                put_range(b, "age", from, to);
                buf_addc(b, '}');
            }
        }
        buf_addz(b, "]}");
    }
    for (size_t i = 0; i < w->codes.len; i++) /* named by a rule, but the map gives it no antigen */
        if (!w->codes.entries[i].value) buf_addf(b, ",\n  \"%.*s\": {\"antigens\": []}", STR_ARG(w->codes.entries[i].key));
    buf_addz(b, "},\n \"groups\": {");
    EACH(m, child(root, "vaccineGroupToAntigenMap"), "vaccineGroupMap") {
        str group = text(w, m, "name");
        buf_addz(b, b->at[b->len - 1] == '{' ? "\n  " : ",\n  ");
        buf_add_json(b, group);
        buf_addz(b, ": {");
        put_texts(w, b, "antigens", m, "antigen");
        EACH(g, child(root, "vaccineGroups"), "vaccineGroup")
            if (str_eq(text(w, g, "name"), group) && yes(w, g, "administerFullVaccineGroup"))
                name(b, "full"), buf_addz(b, "true");
        buf_addc(b, '}');
    }
    buf_addc(b, '}');
}

static void put_observations(struct writer *w, struct buf *b, xmlNodePtr root) {
    buf_addz(b, ",\n \"observations\": {");
    EACH(o, child(root, "observations"), "observation") {
        buf_addz(b, b->at[b->len - 1] == '{' ? "\n  " : ",\n  ");
        buf_add_json(b, text(w, o, "observationCode"));
        buf_addz(b, ": {");
        put(b, "title", text(w, o, "observationTitle"));
        put(b, "group", text(w, o, "group"));
        put(b, "indication", text(w, o, "indicationText"));
        put(b, "contraindication", text(w, o, "contraindicationText"));
        put(b, "clarifying", text(w, o, "clarifyingText"));
        struct buf codes = buf_new(w->a);
        EACH(c, child(o, "codedValues"), "codedValue") {
            if (codes.len) buf_addz(&codes, ", ");
            buf_addc(&codes, '{');
            put(&codes, "system", text(w, c, "codeSystem"));
            put(&codes, "code", text(w, c, "code"));
            put(&codes, "text", text(w, c, "text"));
            buf_addc(&codes, '}');
        }
        if (codes.len) name(b, "codes"), buf_addf(b, "[%.*s]", (int)codes.len, codes.at);
        buf_addc(b, '}');
    }
    buf_addc(b, '}');
}

struct conflict_group { /* one current vaccine, one set of windows */
    str windows, given, impacts;
};

/* 625 pairs become a few rows: the same windows and the same earlier vaccines share one. */
static void put_conflicts(struct writer *w, struct buf *b, xmlNodePtr root) {
    struct map by_current = map_new(w->a), rows = map_new(w->a);
    EACH(c, child(root, "liveVirusConflicts"), "liveVirusConflict") {
        str previous = code(w, text(w, child(c, "previous"), "cvx")), current = code(w, text(w, child(c, "current"), "cvx"));
        str from = duration(w, text(w, c, "conflictBeginInterval"));
        str least = duration(w, text(w, c, "minConflictEndInterval")), end = duration(w, text(w, c, "conflictEndInterval"));
        str windows = str_format(w->a, "\"from\": \"%.*s\", \"valid_until\": \"%.*s\", \"until\": \"%.*s\"", STR_ARG(from),
                                 STR_ARG(least), STR_ARG(end));
        str key = str_format(w->a, "%.*s|%.*s", STR_ARG(current), STR_ARG(windows));
        struct conflict_group *g = map_get(&by_current, key);
        if (!g) {
            g = ARENA_NEW(w->a, struct conflict_group);
            g->windows = windows, g->impacts = str_format(w->a, "\"%.*s\"", STR_ARG(current));
            map_put(&by_current, key, g);
        }
        g->given = str_format(w->a, "%.*s%s\"%.*s\"", STR_ARG(g->given), g->given.len ? ", " : "", STR_ARG(previous));
    }
    for (size_t i = 0; i < by_current.len; i++) {
        struct conflict_group *g = by_current.entries[i].value;
        str key = str_format(w->a, "%.*s|%.*s", STR_ARG(g->windows), STR_ARG(g->given));
        struct conflict_group *row = map_get(&rows, key);
        if (!row) map_put(&rows, key, g);
        else row->impacts = str_format(w->a, "%.*s, %.*s", STR_ARG(row->impacts), STR_ARG(g->impacts));
    }
    buf_addz(b, ",\n \"conflicts\": [");
    for (size_t i = 0; i < rows.len; i++) {
        struct conflict_group *g = rows.entries[i].value;
        buf_addf(b, "%s\n  {%.*s, \"given\": [%.*s], \"impacts\": [%.*s]}", i ? "," : "", STR_ARG(g->windows),
                 STR_ARG(g->given), STR_ARG(g->impacts));
    }
    buf_addc(b, ']');
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static err list_files(struct arena *a, const char *folder, char ***out, size_t *count) {
    VEC(char *) names = {0};
    DIR *d = opendir(folder);
    if (!d) return err_make(a, ERR_IO, "schedule", "cannot open the folder %s", folder);
    for (struct dirent *f; (f = readdir(d));) {
        str n = str_of(f->d_name);
        if (str_starts(n, STR("AntigenSupportingData")) && str_ends(n, STR(".xml")))
            VEC_PUSH(a, &names, str_z(a, n));
    }
    closedir(d);
    if (names.len) qsort(names.at, names.len, sizeof *names.at, by_name);
    *out = names.at, *count = names.len;
    return OK_ERR;
}

static void close_document(void *doc) { xmlFreeDoc(doc); }

static err open_document(struct arena *a, str folder, const char *file, xmlDocPtr *out) {
    const char *path = str_z(a, str_format(a, "%.*s/%s", STR_ARG(folder), file));
    *out = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS);
    if (!*out) {
        const xmlError *e = xmlGetLastError();
        return err_make(a, ERR_INVALID, "schedule", "%s:%d: %s", path, e ? e->line : 0,
                        e && e->message ? e->message : "not readable as XML");
    }
    arena_on_reset(a, close_document, *out);
    return OK_ERR;
}

static err convert_antigen(struct writer *w, struct buf *antigens, str folder, const char *file) {
    xmlDocPtr doc;
    TRY(open_document(w->a, folder, file, &doc));
    xmlNodePtr root = xmlDocGetRootElement(doc);
    w->antigen = text(w, child(root, "series"), "targetDisease");
    if (!w->antigen.len)
        return err_make(w->a, ERR_INVALID, "schedule", "%.*s/%s:1: no series with a targetDisease", STR_ARG(folder), file);
    buf_addz(antigens, antigens->at[antigens->len - 1] == '{' ? "\n  " : ",\n  ");
    buf_add_json(antigens, w->antigen);
    buf_addz(antigens, ": {");
    put_immunity(w, antigens, child(root, "immunity"));
    put_contraindications(w, antigens, child(root, "contraindications"));
    buf_addc(antigens, '}');
    EACH(s, root, "series") put_series(w, s);
    if (w->fault.len) return err_make(w->a, ERR_INVALID, "schedule", "%.*s/%s:1: %.*s", STR_ARG(folder), file, STR_ARG(w->fault));
    return OK_ERR;
}

err cdsi_convert(struct arena *a, str folder, bool as_published, str *out) {
    struct buf b = buf_new(a), series = buf_new(a), antigens = buf_new(a);
    struct writer w = {.a = a, .out = &series, .sets = buf_new(a), .set_names = map_new(a), .codes = map_new(a),
                       .as_published = as_published};
    char **files = NULL;
    size_t count = 0;
    buf_reserve(&series, 1u << 20);
    TRY(list_files(a, str_z(a, folder), &files, &count));
    if (!count) return err_make(a, ERR_INVALID, "schedule", "%.*s: no AntigenSupportingData*.xml", STR_ARG(folder));
    buf_addc(&series, '[');
    buf_addc(&antigens, '{');
    for (size_t i = 0; i < count; i++) TRY(convert_antigen(&w, &antigens, folder, files[i]));
    xmlDocPtr doc;
    TRY(open_document(a, folder, "ScheduleSupportingData.xml", &doc));
    w.antigen = STR("ScheduleSupportingData.xml");
    buf_addz(&b, "{\"format\": \"tram-schedule/1\", \"id\": \"cdsi\",\n \"title\": {\"en\": \"CDC CDSi supporting data\"}");
    struct buf conflicts = buf_new(a);
    put_conflicts(&w, &conflicts, xmlDocGetRootElement(doc));
    put_schedule(&w, &b, xmlDocGetRootElement(doc));
    buf_add(&b, buf_str(&conflicts));
    put_observations(&w, &b, xmlDocGetRootElement(doc));
    if (w.fault.len) return err_make(a, ERR_INVALID, "schedule", "%.*s/%.*s", STR_ARG(folder), STR_ARG(w.fault));
    buf_addf(&b, ",\n \"antigens\": %.*s},\n \"sets\": {%.*s},\n \"series\": ", (int)antigens.len, antigens.at,
             (int)w.sets.len, w.sets.at ? w.sets.at : "");
    buf_add(&b, buf_str(&series));
    buf_addz(&b, "]}\n");
    *out = buf_str(&b);
    return OK_ERR;
}

err schedule_from_cdsi(struct arena *a, str folder, str *out) { return cdsi_convert(a, folder, true, out); }
