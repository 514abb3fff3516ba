/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Circular 26/2025/TT-BYT asks of a prescription. Each rule says what it found, where, and in both languages.
 */
#include "rules.h"

bool valid_on(struct validity v, int32_t day) {
    return (v.from == DAY_NONE || day >= v.from) && (v.to == DAY_NONE || day <= v.to);
}

int64_t law_number(const struct prescribing_tables *t, const char *what, int32_t on) {
    for (size_t i = 0; i < t->numbers.len; i++)
        if (str_is(t->numbers.at[i].what, what) && valid_on(t->numbers.at[i].valid, on)) return t->numbers.at[i].value;
    return 0;
}

const struct medicine *medicine_find(const struct prescribing_tables *t, str code) {
    for (size_t i = 0; i < t->medicines.len && code.len; i++)
        if (str_eq(t->medicines.at[i].code, code)) return &t->medicines.at[i];
    return NULL;
}

str medicine_text(struct arena *a, const struct medicine *m) {
    return str_format(a, "%.*s %.*s", STR_ARG(m->name), STR_ARG(m->strength));
}

bool prescription_code_read(str code, char *kind) {
    if (code.len != 14 || code.at[12] != '-' || !strchr("cnht", code.at[13]) || !code.at[13]) return false;
    for (size_t i = 0; i < 12; i++) {
        char c = code.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) return false;
    }
    *kind = code.at[13];
    return true;
}

bool prescription_code_shown(str *code) {
    if (!str_starts(*code, STR("00000"))) return false;
    *code = str_slice(*code, 5, code->len);
    return true;
}

static void find(struct findings *out, struct arena *a, enum finding_level level, const char *rule, str at, str vi, str en) {
    VEC_PUSH(a, out, (struct finding){level, rule, at, vi, en});
}

/* ---- days ------------------------------------------------------------------------------------------------------------- */

static const struct long_supply *listed_condition(const struct prescribing_tables *t, const struct diagnosis *d, int32_t on) {
    char code[ICD_TEXT];
    bool coded = icd_read(d->code, code);
    for (size_t i = 0; i < t->long_supply.len; i++) {
        const struct long_supply *l = &t->long_supply.at[i];
        if (!valid_on(l->valid, on)) continue;
        if (l->codes.len ? coded && icd_covered(l->codes, str_of(code)) && !icd_covered(l->except, str_of(code))
                         : d->text.len && str_eq(d->text, l->condition))
            return l;
    }
    return NULL;
}

static bool limit_applies(const struct prescribing_tables *t, const struct supply_limit *limit, const struct diagnosis *d,
                          int32_t on, const struct long_supply **listed) {
    char code[ICD_TEXT];
    if (str_is(limit->diagnoses, "listed")) {
        const struct long_supply *found = listed_condition(t, d, on);
        if (found) *listed = found;
        return found != NULL;
    }
    return icd_read(d->code, code) && icd_covered(limit->diagnoses, str_of(code));
}

int64_t days_most(const struct prescribing_tables *t, const struct prescription *p, const struct long_supply **listed) {
    int64_t most = 0;
    *listed = NULL;
    for (size_t i = 0; i < t->limits.len; i++) {
        const struct supply_limit *limit = &t->limits.at[i];
        bool applies = limit->kind == p->kind && valid_on(limit->valid, p->on), any = !limit->diagnoses.len;
        for (size_t d = 0; applies && !any && d < p->diagnoses.len; d++)
            any = limit_applies(t, limit, &p->diagnoses.at[d], p->on, listed);
        if (applies && any && limit->days > most) most = limit->days;
    }
    return most;
}

static void check_days(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, size_t i,
                       struct findings *out) {
    const struct long_supply *listed;
    int64_t most = days_most(t, p, &listed), days = p->lines.at[i].days;
    str at = str_format(a, "lines[%zu].days", i);
    if (days <= 0) {
        find(out, a, FINDING_REFUSED, "days-missing", at, STR("Chưa có số ngày dùng."), STR("The number of days is missing."));
        return;
    }
    if (!most || days <= most) return;
    const char *why_vi = p->kind == FORM_NARCOTIC ? "thuốc gây nghiện" : p->kind == FORM_PSYCHOTROPIC ? "thuốc hướng thần, tiền chất"
                         : listed ? "bệnh trong danh mục kê dài ngày" : "bệnh này không có trong danh mục kê trên 30 ngày";
    const char *why_en = p->kind == FORM_NARCOTIC ? "narcotic" : p->kind == FORM_PSYCHOTROPIC ? "psychotropic or precursor"
                         : listed ? "a condition of the long list" : "the condition is not on the list for more than 30 days";
    find(out, a, FINDING_REFUSED, "days-most", at,
         str_format(a, "%lld ngày là quá nhiều: tối đa %lld ngày (%s).", (long long)days, (long long)most, why_vi),
         str_format(a, "%lld days are too many: at most %lld (%s).", (long long)days, (long long)most, why_en));
}

/* ---- the form --------------------------------------------------------------------------------------------------------- */

static bool same_letters(str text, size_t at, str word) {
    for (size_t i = 0; i < word.len; i++) {
        char c = text.at[at + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != word.at[i]) return false;
    }
    return true;
}

/* Is a substance named in the text, whatever the case? Names are ASCII. */
static bool names(str text, str word) {
    for (size_t i = 0; word.len && i + word.len <= text.len; i++)
        if (same_letters(text, i, word)) return true;
    return false;
}

const struct controlled *line_controlled(const struct prescribing_tables *t, const struct prescription_line *l, int32_t on) {
    const struct medicine *m = medicine_find(t, l->medicine);
    if (m && m->group) return &t->by_group[m->group == FORM_PSYCHOTROPIC];
    for (size_t i = 0; i < t->controlled.len; i++) {
        const struct controlled *c = &t->controlled.at[i];
        if (!valid_on(c->valid, on)) continue;
        bool named = names(l->text, c->substance) || names(l->text, c->substance_vi);
        bool coded = c->atc.len && str_eq(l->atc, c->atc);
        /* a combination may be free up to an amount: whether this one is, a person must say */
        bool combination = named && !coded && l->atc.len && rational_is(c->combinations_to);
        if ((named || coded) && !combination) return c;
    }
    return NULL;
}

static void check_form(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, size_t i,
                       struct findings *out) {
    const struct controlled *c = line_controlled(t, &p->lines.at[i], p->on);
    if (!c || c->kind == p->kind) return;
    const char *form_vi = c->kind == FORM_NARCOTIC ? "đơn thuốc N (gây nghiện)" : "đơn thuốc H (hướng thần, tiền chất)";
    const char *form_en = c->kind == FORM_NARCOTIC ? "form N (narcotics)" : "form H (psychotropics, precursors)";
    find(out, a, c->verified ? FINDING_REFUSED : FINDING_WARNING, "form", str_format(a, "lines[%zu].medicine", i),
         str_format(a, "Phải kê ở %s: %.*s.%s", form_vi, STR_ARG(c->substance_vi), c->verified ? "" : " Phân loại này chưa đối chiếu với văn bản."),
         str_format(a, "Belongs on %s: %.*s.%s", form_en, STR_ARG(c->substance), c->verified ? "" : " This class is not yet compared with the text of the law."));
}

/* ---- the lines and the head ------------------------------------------------------------------------------------------- */

static void check_line(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, size_t i,
                       struct findings *out) {
    const struct prescription_line *l = &p->lines.at[i];
    if (!l->text.len)
        find(out, a, FINDING_REFUSED, "medicine-missing", str_format(a, "lines[%zu].medicine", i), STR("Chưa có tên thuốc."),
             STR("The medicine is missing."));
    check_form(t, a, p, i, out);
    if (!rational_is(l->dose) || !l->dose.n)
        find(out, a, FINDING_REFUSED, "dose-missing", str_format(a, "lines[%zu].dose", i), STR("Chưa có liều mỗi lần."),
             STR("The dose is missing."));
    if (!rational_is(l->times) || !l->times.n)
        find(out, a, FINDING_REFUSED, "times-missing", str_format(a, "lines[%zu].times", i), STR("Chưa có số lần mỗi ngày."),
             STR("How many times a day is missing."));
    check_days(t, a, p, i, out);
    int64_t units = line_units(l);
    if (!rational_is(l->quantity) || !units || !rational_compare(l->quantity, rational_of(units, 1))) return;
    find(out, a, FINDING_WARNING, "quantity", str_format(a, "lines[%zu].quantity", i),
         str_format(a, "Số lượng khác liều × lần × ngày: tính ra %lld %.*s.", (long long)units, STR_ARG(l->unit)),
         str_format(a, "The quantity is not dose × times × days: that gives %lld %.*s.", (long long)units, STR_ARG(l->unit)));
}

int age_months(int32_t birth, int32_t on) {
    int by, bm, bd, y, m, d;
    if (birth == DAY_NONE || on < birth) return -1;
    day_to_civil(birth, &by, &bm, &bd);
    day_to_civil(on, &y, &m, &d);
    return (y - by) * 12 + m - bm - (d < bd);
}

bool prescription_for_child(const struct prescribing_tables *t, const struct prescription *p) {
    int months = age_months(p->birth, p->on);
    int64_t under = law_number(t, "child-months", p->on);
    /* a birth of which only the year is known may be up to 11 months later: then ask rather than not */
    return months >= 0 && months - (p->birth_exact ? 0 : 11) < under;
}

static void check_child(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, struct findings *out) {
    if (!prescription_for_child(t, p)) return;
    int64_t fresh = law_number(t, "weight-days", p->on);
    if (!rational_is(p->weight) || !p->weight.n || p->weighed == DAY_NONE)
        find(out, a, FINDING_REFUSED, "weight-missing", STR("weight"), STR("Trẻ dưới 72 tháng: cần cân nặng."),
             STR("Under 72 months: the weight is needed."));
    else if (p->on - p->weighed > fresh || p->weighed > p->on)
        find(out, a, FINDING_REFUSED, "weight-old", STR("weight"),
             str_format(a, "Cân nặng đã cũ %d ngày, quá %lld ngày: hãy cân lại.", p->on - p->weighed, (long long)fresh),
             str_format(a, "The weight is %d days old, more than %lld: weigh again.", p->on - p->weighed, (long long)fresh));
    if (!str_trim(p->guardian).len)
        find(out, a, FINDING_REFUSED, "guardian-missing", STR("guardian"), STR("Trẻ dưới 72 tháng: cần họ tên người đưa trẻ đến khám."),
             STR("Under 72 months: who brought the child is needed."));
}

void prescription_check(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, struct findings *out) {
    bool told = false;
    for (size_t i = 0; i < p->diagnoses.len; i++) told |= p->diagnoses.at[i].code.len || p->diagnoses.at[i].text.len;
    if (!told)
        find(out, a, FINDING_REFUSED, "diagnosis-missing", STR("diagnoses"), STR("Chưa có chẩn đoán."), STR("The diagnosis is missing."));
    if (!p->lines.len)
        find(out, a, FINDING_REFUSED, "lines-missing", STR("lines"), STR("Đơn chưa có thuốc nào."), STR("There is no medicine yet."));
    if (!strchr("cnht", p->kind) || !p->kind)
        find(out, a, FINDING_REFUSED, "kind", STR("kind"), STR("Loại đơn phải là c, n, h hoặc t."), STR("The form is c, n, h or t."));
    check_child(t, a, p, out);
    for (size_t i = 0; i < p->lines.len; i++) check_line(t, a, p, i, out);
}
