/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reasons in words: by which criteria a site is ahead, at which weight that turns, what is not known. And the words and
 * numbers that the papers share.
 */
#include "siting_int.h"

#include "words.h"

#include <math.h>
#include <stdio.h>

const char *siting_criterion_name(enum siting_criterion k, bool vietnamese) {
    static const char *const names[SITING_CRITERIA][2] = {{"location", "vị trí gần dân"}, {"transport", "giao thông"}, {"population", "dân số"},
                                                          {"infrastructure", "cơ sở vật chất"}, {"staff", "nhân lực"}};
    return names[k][vietnamese];
}

void siting_add_decimal(struct buf *out, double x, int decimals, bool vietnamese) {
    if (!isfinite(x)) {
        buf_addz(out, "–");
        return;
    }
    char text[64];
    int n = snprintf(text, sizeof text, "%.*f", decimals, fabs(x)), whole = n - (decimals ? decimals + 1 : 0);
    bool zero = true;
    for (int k = 0; k < n; k++) zero = zero && strchr("0.", text[k]);
    if (x < 0 && !zero) buf_addz(out, "−");
    for (int k = 0; k < n; k++) {
        if (k && k < whole && (whole - k) % 3 == 0) buf_addc(out, vietnamese ? '.' : ',');
        buf_addc(out, text[k] == '.' ? (vietnamese ? ',' : '.') : text[k]);
    }
}

static void rule_text(struct buf *out, const struct siting_proposal *p, enum siting_criterion k, bool vi) {
    switch (k) {
    case SITING_LOCATION:
        buf_addf(out, vi ? "75 điểm: bình quân theo dân, cứ %g phút thì còn một nửa; 25 điểm: nơi xa nhất, cứ %g phút còn một nửa"
                         : "75: mean over people, halved every %g minutes; 25: the farthest village, halved every %g minutes", p->location_half, 2 * p->location_half);
        return;
    case SITING_TRANSPORT:
        buf_addf(out, vi ? "thời gian đến đường tỉnh hoặc trụ sở xã, cứ %g phút còn một nửa; × %g nếu mùa mưa không đi được"
                         : "minutes to the provincial road or the commune's seat, halved every %g; × %g if cut in the rains", p->road_half, p->wet_factor);
        return;
    case SITING_POPULATION:
        buf_addf(out, vi ? "⅔ × phần dân xã trong %g phút + ⅓ × trong %g phút" : "⅔ × share of the commune's people within %g minutes + ⅓ × within %g", p->near, p->far);
        return;
    case SITING_INFRASTRUCTURE:
        buf_addf(out, vi ? "nhà 30 (kiên cố đủ điểm; × %g nếu cần sửa lớn), phòng 25 (%g phòng), điện, nước, mạng mỗi thứ 10, đất 15 (%g m²)"
                         : "building 30 (solid = all; × %g if in need of major repair), rooms 25 (%g), power, water, internet 10 each, land 15 (%g m²)", p->repair_factor, p->rooms_full, p->land_full);
        return;
    default:
        buf_addf(out, vi ? "bác sĩ 60 (%g người), hộ sinh 20 (%g), y sĩ 20 (%g); kể cả người sẵn sàng chuyển đến"
                         : "doctors 60 (%g), midwives 20 (%g), physician assistants 20 (%g); with those willing to move", p->doctors_full, p->midwives_full, p->assistants_full);
    }
}

void siting_add_rule(struct buf *out, const struct siting_proposal *p, enum siting_criterion k, bool vietnamese) {
    size_t from = out->len;
    rule_text(out, p, k, vietnamese);
    for (size_t n = from + 1; n + 1 < out->len && vietnamese; n++) /* 0.5 is 0,5 */
        if (out->at[n] == '.' && out->at[n - 1] >= '0' && out->at[n - 1] <= '9' && out->at[n + 1] >= '0' && out->at[n + 1] <= '9') out->at[n] = ',';
}

const char *const *siting_not_modelled(bool vietnamese) {
    static const char *const en[] = {"Where in its commune a village's people live: they are taken at one place, or spread over its area.",
                                     "Quality of care, custom, and where people go already.",
                                     "Cost of moving staff and equipment, and who would refuse to move.", NULL};
    static const char *const vi[] = {"Người dân ở đâu trong xã cũ: coi như ở một chỗ, hoặc rải đều trên diện tích.",
                                     "Chất lượng khám chữa bệnh, tập quán, nơi người dân vẫn quen đến.",
                                     "Chi phí chuyển người và thiết bị, và ai không chuyển được.", NULL};
    return vietnamese ? vi : en;
}

/* ---- reasons --------------------------------------------------------------------------------------------------------- */

struct telling {
    struct buf *out;
    const struct siting_problem *q;
    const struct siting_result *r;
    const struct siting_choice *c;
    uint32_t site, other;
    bool vi;
};

static void number(const struct telling *t, double x, int decimals) { siting_add_decimal(t->out, x, decimals, t->vi); }

/* What lies behind a criterion's points, where it says more than the points. */
static void tell_measure(const struct telling *t, enum siting_criterion k) {
    const struct siting_score *own = &t->r->score[t->site], *other = &t->r->score[t->other];
    const char *between = t->vi ? " so với " : " against ";
    buf_addz(t->out, " (");
    if (k == SITING_LOCATION) {
        number(t, own->mean_minutes, 0);
        buf_addz(t->out, between);
        number(t, other->mean_minutes, 0);
        buf_addz(t->out, t->vi ? " phút" : " min");
    } else if (k == SITING_TRANSPORT) {
        number(t, t->q->site[t->site].road_minutes, 0);
        buf_addz(t->out, between);
        number(t, t->q->site[t->other].road_minutes, 0);
        buf_addz(t->out, t->vi ? " phút" : " min");
    } else if (k == SITING_POPULATION) {
        bool near = own->near_people != other->near_people;
        number(t, near ? own->near_people : own->far_people, 0);
        buf_addz(t->out, between);
        number(t, near ? other->near_people : other->far_people, 0);
        buf_addf(t->out, t->vi ? " người trong %g phút" : " people within %g min", near ? t->q->proposal.near : t->q->proposal.far);
    } else {
        number(t, own->points[k], 0);
        buf_addz(t->out, between);
        number(t, other->points[k], 0);
        buf_addz(t->out, t->vi ? " điểm" : " points");
    }
    buf_addc(t->out, ')');
}

/* The criteria by what they add to the lead, the largest first; below half a point nothing is said. */
static void tell_criteria(const struct telling *t) {
    double gain[SITING_CRITERIA], sum = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) sum += t->c->known[k] ? t->q->proposal.weight[k] : 0;
    for (int k = 0; k < SITING_CRITERIA; k++)
        gain[k] = t->c->known[k] ? t->q->proposal.weight[k] / sum * (t->r->score[t->site].points[k] - t->r->score[t->other].points[k]) : 0;
    for (;;) {
        int best = -1;
        for (int k = 0; k < SITING_CRITERIA; k++)
            if (fabs(gain[k]) >= 0.5 && (best < 0 || fabs(gain[k]) > fabs(gain[best]))) best = k;
        if (best < 0) return;
        buf_addf(t->out, "; %s ", siting_criterion_name((enum siting_criterion)best, t->vi));
        if (gain[best] > 0) buf_addc(t->out, '+');
        number(t, gain[best], 1);
        tell_measure(t, (enum siting_criterion)best);
        gain[best] = 0;
    }
}

/* The weights at which the choice turns, nearest first would hide the others: all that turn inside (0, 1). */
static void tell_turns(const struct telling *t) {
    const char *start = t->vi ? "; đổi khi " : "; turns if ";
    for (int k = 0; k < SITING_CRITERIA; k++) {
        const struct siting_turn *x = &t->c->turn[k];
        for (int side = 0; side < 2; side++) {
            uint32_t to = side ? x->above : x->below;
            if (to == SITING_NO_SITE) continue;
            buf_addf(t->out, t->vi ? "%s%s %s " : "%s%s weighs %s ", start, siting_criterion_name((enum siting_criterion)k, t->vi), side ? (t->vi ? "trên" : "over") : (t->vi ? "dưới" : "under"));
            number(t, 100 * (side ? x->high : x->low), 0);
            buf_addz(t->out, " %");
            start = t->vi ? " hoặc " : " or ";
        }
    }
}

static void tell_unknown(const struct telling *t) {
    if (isnan(t->c->unknown_turn)) return;
    const char *start = t->vi ? "; chưa biết " : "; not known: ";
    for (int k = 0; k < SITING_CRITERIA; k++) {
        if (t->c->known[k] || t->q->proposal.weight[k] <= 0) continue;
        buf_addf(t->out, "%s%s", start, siting_criterion_name((enum siting_criterion)k, t->vi));
        start = ", ";
    }
    double known = t->c->known_weight, lead = t->r->score[t->site].total - t->r->score[t->other].total, turn = lead * known / (1 - known);
    if (!(lead >= 0)) return;
    if (turn > 100) {
        buf_addz(t->out, t->vi ? " (không thể đổi kết quả)" : " (cannot turn it)");
        return;
    }
    buf_addz(t->out, t->vi ? " (đổi nếu nơi kia hơn " : " (turns if the other is better by ");
    number(t, fmax(1, ceil(turn)), 0);
    buf_addz(t->out, t->vi ? " điểm)" : " points)");
}

void siting_reasons(struct buf *out, const struct siting_problem *q, const struct siting_result *r, uint32_t commune, uint32_t other, bool vietnamese) {
    const struct siting_choice *c = &r->choice[commune];
    struct telling t = {out, q, r, c, c->site, other, vietnamese};
    if (c->site == SITING_NO_SITE) {
        buf_addz(out, vietnamese ? "chưa chọn được" : "not chosen");
        return;
    }
    if (other == SITING_NO_SITE || other == c->site) {
        buf_addz(out, vietnamese ? "địa điểm duy nhất" : "the only site");
        return;
    }
    if (!r->score[other].eligible) {
        buf_addz(out, vietnamese ? "nơi kia không đạt quy tắc bắt buộc (đang hoạt động, có bác sĩ)" : "the other site breaks a hard rule (functioning, a doctor)");
        return;
    }
    double lead = r->score[c->site].total - r->score[other].total;
    if (lead >= 0) buf_addc(out, '+');
    number(&t, lead, 1);
    buf_addz(out, vietnamese ? " điểm (" : " points (");
    number(&t, r->score[c->site].total, 1);
    buf_addz(out, vietnamese ? " so với " : " against ");
    number(&t, r->score[other].total, 1);
    buf_addc(out, ')');
    if (fabs(lead) < 1) buf_addz(out, vietnamese ? ", coi như ngang nhau" : ", as good as equal");
    if (c->by_budget) buf_addz(out, vietnamese ? ", do ngân sách" : ", for the budget");
    tell_criteria(&t);
    tell_turns(&t);
    tell_unknown(&t);
    if (q->range <= 0 || (c->short_site == c->site && c->long_site == c->site)) return;
    if (vietnamese) buf_addf(out, "; đổi nếu mọi thời gian %s hơn %.0f %%", c->short_site != c->site ? "ngắn" : "dài", 100 * q->range);
    else buf_addf(out, "; turns if all times are %.0f %% %s", 100 * q->range, c->short_site != c->site ? "shorter" : "longer");
}
