/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answer on one page of A4 that a People's Committee can discuss: the choice beside the other plan, the reason for
 * every difference, what it hangs on, who loses, what nobody knows. HTML that loads nothing from elsewhere.
 */
#include "siting.h"

#include "words.h"

#include <math.h>
#include <stdio.h>

struct page {
    struct buf *out;
    const struct siting_problem *q;
    const struct siting_result *r;
    bool vi;
};

static const char style[] =
    "@page{size:A4;margin:8mm 10mm}*{box-sizing:border-box}body{font:8pt/1.29 'Noto Sans',sans-serif;color:#111;margin:0 auto;max-width:190mm}"
    "h1{font-size:13.5pt;line-height:1.25;margin:0}h2{font-size:9.3pt;margin:1.8mm 0 .6mm;border-bottom:.3mm solid #111}p{margin:.6mm 0}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25mm 1.6mm .25mm 0;border-bottom:.1mm solid #bbb}"
    "th{font-weight:700}.n{text-align:right;white-space:nowrap}.two{display:flex;gap:4mm}.two>*{flex:1 1 0;min-width:0}.two>.map{flex:0 0 62mm}"
    ".same{columns:3;column-gap:4mm;font-size:7.2pt;line-height:1.3}.same div{break-inside:avoid}.small{font-size:7.3pt;line-height:1.3}.write{border-bottom:.2mm dotted #555;height:5mm}"
    "svg{display:block;width:100%;max-height:52mm}@media screen{body{padding:6mm 0}}";

/* ---- small writers --------------------------------------------------------------------------------------------------- */

static void put(const struct page *p, const char *vi, const char *en) { buf_addz(p->out, p->vi ? vi : en); }
static void number(const struct page *p, double x, int decimals) { siting_add_decimal(p->out, x, decimals, p->vi); }

static void text(const struct page *p, str s) {
    for (size_t k = 0; k < s.len; k++) {
        char ch = s.at[k];
        if (ch == '<') buf_addz(p->out, "&lt;");
        else if (ch == '>') buf_addz(p->out, "&gt;");
        else if (ch == '&') buf_addz(p->out, "&amp;");
        else buf_addc(p->out, ch);
    }
}

/* "Trạm Y tế xã Pa Ham" is "xã Pa Ham" beside the others. */
static void site_name(const struct page *p, uint32_t j) {
    str name = j == SITING_NO_SITE ? STR("–") : p->q->site[j].name;
    if (str_starts(name, STR("Trạm Y tế "))) name = str_slice(name, sizeof "Trạm Y tế " - 1, name.len);
    text(p, name);
}

static void cell(const struct page *p, double x, int decimals) {
    buf_addz(p->out, "<td class=n>");
    number(p, x, decimals);
}

static bool differs(const struct page *p, uint32_t c) {
    uint32_t beside = siting_beside(p->q, c), site = p->r->choice[c].site;
    return beside != SITING_NO_SITE && site != SITING_NO_SITE && beside != site;
}

/* ---- parts ----------------------------------------------------------------------------------------------------------- */

struct frame {
    double south, north, west, east;
};

static struct frame frame_of(const struct siting_problem *q) {
    struct frame f = {90, -90, 180, -180};
    for (uint32_t j = 0; j < q->sites; j++) {
        if (!q->site[j].placed) continue;
        f.south = fmin(f.south, q->site[j].at.latitude), f.north = fmax(f.north, q->site[j].at.latitude);
        f.west = fmin(f.west, q->site[j].at.longitude), f.east = fmax(f.east, q->site[j].at.longitude);
    }
    return f;
}

/* Sites at their places: filled = chosen, ring = point, square = chosen where the plans differ, cross = the other plan's. */
static void put_map(const struct page *p) {
    const struct siting_problem *q = p->q;
    struct frame f = frame_of(q);
    if (f.south > f.north) return;
    double narrow = cos((f.south + f.north) / 2 * M_PI / 180), wide = fmax(1e-6, (f.east - f.west) * narrow), high = fmax(1e-6, f.north - f.south);
    double scale = fmin(225 / wide, 235 / high);
    buf_addf(p->out, "<svg viewBox=\"0 0 %.0f %.0f\" role=img aria-label=\"%s\">", wide * scale + 10, high * scale + 12, p->vi ? "Bản đồ địa điểm" : "Map of the sites");
    for (int layer = 0; layer < 2; layer++)
        for (uint32_t j = 0; j < q->sites; j++) {
            const struct siting_site *s = &q->site[j];
            uint32_t site = p->r->choice[s->commune].site;
            bool station = site == j, other = s->beside && !station && differs(p, s->commune);
            if (!s->placed || (station || other) != (layer == 1)) continue;
            double x = 5 + (s->at.longitude - f.west) * narrow * scale, y = 6 + (f.north - s->at.latitude) * scale;
            if (!layer && site != SITING_NO_SITE && q->site[site].placed)
                buf_addf(p->out, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#aaa\" stroke-width=.5 />", x, y, 5 + (q->site[site].at.longitude - f.west) * narrow * scale,
                         6 + (f.north - q->site[site].at.latitude) * scale);
            if (other) buf_addf(p->out, "<path d=\"M%.1f %.1fl6 6m0 -6l-6 6\" stroke=\"#b00\" stroke-width=1.2 />", x - 3, y - 3);
            else if (!station) buf_addf(p->out, "<circle cx=%.1f cy=%.1f r=1.6 fill=\"#fff\" stroke=\"#555\" stroke-width=.7 />", x, y);
            else if (differs(p, s->commune)) buf_addf(p->out, "<rect x=%.1f y=%.1f width=6 height=6 fill=\"#b00\" />", x - 3, y - 3);
            else buf_addf(p->out, "<circle cx=%.1f cy=%.1f r=2.6 fill=\"#124\" />", x, y);
        }
    buf_addz(p->out, "</svg><p class=small>");
    put(p, "● trạm (hai phương án giống nhau) · ■ chương trình chọn, ✕ phương án kia chọn · ○ điểm trạm", "● station (plans agree) · ■ chosen here, ✕ chosen by the other plan · ○ point");
    buf_addz(p->out, "</p>");
}

static void row3(const struct page *p, const char *vi, const char *en, double before, double after, double care, int decimals) {
    buf_addz(p->out, "<tr><td>");
    put(p, vi, en);
    cell(p, before, decimals), cell(p, after, decimals), cell(p, care, decimals);
}

static void put_numbers(const struct page *p) {
    const struct siting_cover *c = &p->r->all;
    uint32_t kind[3] = {0}, today[3] = {0};
    for (uint32_t j = 0; j < p->q->sites; j++) kind[p->r->kind[j]]++, today[p->q->site[j].today]++;
    double per = c->people > 0 ? 100 / c->people : 0;
    buf_addz(p->out, "<table><tr><th>");
    put(p, "<th class=n>trước<th class=n>đến trạm<th class=n>đến trạm, điểm trạm", "<th class=n>before<th class=n>to a station<th class=n>to a station or point");
    row3(p, "trạm · điểm trạm", "stations · points", today[SITING_STATION], kind[SITING_STATION], kind[SITING_STATION] + kind[SITING_POINT], 0);
    row3(p, "phút, bình quân theo dân", "minutes, mean over people", c->mean_before, c->mean_after, NAN, 0);
    char vi[64], en[64];
    snprintf(vi, sizeof vi, "%% dân trong %g phút", p->q->proposal.near), snprintf(en, sizeof en, "%% of people within %g min", p->q->proposal.near);
    row3(p, vi, en, per * c->near_before, per * c->near_after, per * c->near_care, 1);
    snprintf(vi, sizeof vi, "%% dân trong %g phút", p->q->proposal.far), snprintf(en, sizeof en, "%% of people within %g min", p->q->proposal.far);
    row3(p, vi, en, per * c->far_before, per * c->far_after, per * c->far_care, 1);
    buf_addz(p->out, "</table>");
}

static void put_criteria(const struct page *p) {
    double sum = 0;
    uint32_t known[SITING_CRITERIA] = {0};
    for (int k = 0; k < SITING_CRITERIA; k++) sum += p->q->proposal.weight[k];
    for (uint32_t c = 0; c < p->q->communes; c++)
        for (int k = 0; k < SITING_CRITERIA; k++) known[k] += p->r->choice[c].known[k];
    buf_addz(p->out, "<table class=small><tr><th>");
    put(p, "Tiêu chí (0–100 điểm)<th class=n>trọng số<th class=n>có số liệu<th>quy tắc", "Criterion (0–100 points)<th class=n>weight<th class=n>known in<th>rule");
    for (int k = 0; k < SITING_CRITERIA; k++) {
        buf_addf(p->out, "<tr><td>%s<td class=n>", siting_criterion_name((enum siting_criterion)k, p->vi));
        number(p, 100 * p->q->proposal.weight[k] / sum, 0);
        buf_addf(p->out, " %%<td class=n>%u/%u %s<td>", known[k], p->q->communes, p->vi ? "xã" : "communes");
        siting_add_rule(p->out, &p->q->proposal, (enum siting_criterion)k, p->vi);
    }
    buf_addz(p->out, "</table>");
}

static void put_differences(const struct page *p) {
    buf_addf(p->out, "<h2>%s (%u)</h2>", p->vi ? "Nơi hai phương án khác nhau" : "Where the plans differ", p->r->differs);
    if (!p->r->differs) return;
    buf_addz(p->out, "<table><tr><th>");
    put(p, "Xã, phường<th>Chương trình chọn<th>Phương án kia<th>Vì sao", "Commune<th>Chosen here<th>Other plan<th>Why");
    for (uint32_t c = 0; c < p->q->communes; c++) {
        if (!differs(p, c)) continue;
        struct buf why = buf_new(p->out->arena);
        buf_addz(p->out, "<tr><td>");
        text(p, p->q->commune[c].name);
        buf_addz(p->out, "<td><b>");
        site_name(p, p->r->choice[c].site);
        buf_addz(p->out, "</b><td>");
        site_name(p, siting_beside(p->q, c));
        buf_addz(p->out, "<td>");
        siting_reasons(&why, p->q, p->r, c, siting_beside(p->q, c), p->vi);
        text(p, buf_str(&why));
    }
    buf_addz(p->out, "</table>");
}

/* The nearest threshold of a commune's choice, as a share of the known weight to be moved; 2 when nothing turns it. */
static double nearest_turn(const struct siting_choice *c, int *criterion, bool *up) {
    double least = 2;
    for (int k = 0; k < SITING_CRITERIA; k++) {
        const struct siting_turn *t = &c->turn[k];
        if (t->below != SITING_NO_SITE && t->share - t->low < least) least = t->share - t->low, *criterion = k, *up = false;
        if (t->above != SITING_NO_SITE && t->high - t->share < least) least = t->high - t->share, *criterion = k, *up = true;
    }
    return least;
}

static void put_same(const struct page *p) {
    uint32_t same = 0;
    for (uint32_t c = 0; c < p->q->communes; c++) same += !differs(p, c);
    buf_addf(p->out, "<h2>%s (%u)</h2><div class=same>", p->q->beside_name_vi ? (p->vi ? "Nơi giống nhau: điểm hơn nơi thứ hai; trọng số làm đổi" : "Where they agree: points ahead of the second; weight that turns it")
                                                                              : (p->vi ? "Trạm được chọn: điểm hơn nơi thứ hai; trọng số làm đổi" : "Stations chosen: points ahead of the second; weight that turns it"), same);
    for (uint32_t c = 0; c < p->q->communes; c++) {
        const struct siting_choice *x = &p->r->choice[c];
        int k = 0;
        bool up = false;
        if (differs(p, c)) continue;
        buf_addz(p->out, "<div>");
        text(p, p->q->commune[c].name);
        buf_addz(p->out, ": <b>");
        site_name(p, x->site);
        buf_addz(p->out, "</b>");
        if (isfinite(x->lead)) {
            buf_addz(p->out, " +");
            number(p, x->lead, 1);
        }
        if (x->site != SITING_NO_SITE && nearest_turn(x, &k, &up) < 2) {
            buf_addf(p->out, "; %s&nbsp;%s&nbsp;", siting_criterion_name((enum siting_criterion)k, p->vi), up ? "&gt;" : "&lt;");
            number(p, 100 * (up ? x->turn[k].high : x->turn[k].low), 0);
            buf_addz(p->out, "&nbsp;%");
        }
        buf_addz(p->out, "</div>");
    }
    buf_addz(p->out, "</div>");
}

static void put_losers(const struct page *p) {
    enum { SHOWN = 6 };
    buf_addf(p->out, "<div><h2>%s (%zu; %s)</h2><table class=small><tr><th>", p->vi ? "Xa trạm hơn trước" : "Farther from a station than before", p->r->losers,
             p->vi ? "nhiều nhất" : "the most");
    put(p, "Xã cũ, thôn, bản<th class=n>dân<th class=n>trước<th class=n>trạm<th class=n>điểm trạm", "Village<th class=n>people<th class=n>before<th class=n>station<th class=n>point");
    for (size_t k = 0; k < p->r->losers && k < SHOWN; k++) {
        const struct siting_loser *l = &p->r->loser[k];
        buf_addz(p->out, "<tr><td>");
        text(p, p->q->village[l->village].name);
        if (!l->excused) put(p, " <b>(không có điểm trạm)</b>", " <b>(no point)</b>");
        cell(p, p->q->village[l->village].people, 0), cell(p, l->before, 0), cell(p, l->after, 0), cell(p, l->care, 0);
    }
    buf_addz(p->out, "</table>");
    for (size_t g = 0; g < p->r->groups && g < 6; g++) {
        const struct siting_cover *c = &p->r->group[g].cover;
        buf_addz(p->out, "<p class=small>");
        text(p, p->r->group[g].name);
        put(p, ": bình quân ", ": mean ");
        number(p, c->mean_before, 0);
        buf_addz(p->out, " → ");
        number(p, c->mean_after, 0);
        put(p, " phút", " min");
    }
    buf_addz(p->out, "</div>");
}

static void put_trade(const struct page *p) {
    const struct siting_result *r = p->r;
    if (r->steps < 2) return;
    buf_addz(p->out, "<p>");
    put(p, "Đổi điểm lấy thời gian: ", "Points against time: ");
    for (size_t k = 0; k < r->steps && k < 4; k++) {
        if (k) buf_addz(p->out, " → ");
        if (k) text(p, p->q->commune[r->step[k].commune].name);
        if (k) buf_addz(p->out, ": ");
        number(p, r->step[k].score, 1);
        put(p, " điểm, ", " points, ");
        number(p, r->step[k].minutes, 1);
        put(p, " phút", " min");
    }
    buf_addz(p->out, ".</p>");
}

/* How much of the travel the plan of least travel would save, in percent. */
static double saved_percent(const struct siting_result *r) { return r->travel > 0 ? 100 * (r->travel - r->least_travel) / r->travel : 0; }

static void put_limits(const struct page *p) {
    const struct siting_problem *q = p->q;
    buf_addf(p->out, "<div class=small><h2>%s</h2>", p->vi ? "Quy tắc bắt buộc và điều chưa biết" : "Hard rules, and what nobody knows");
    for (size_t k = 0; k < p->r->findings; k++) {
        buf_addz(p->out, "<p>▲ ");
        text(p, p->r->finding[k]);
        buf_addz(p->out, "</p>");
    }
    buf_addz(p->out, "<p>");
    put(p, p->r->splits ? "Người dân đến trạm của xã mình, nên mỗi xã là một câu hỏi riêng và lựa chọn là chính xác, không cần bộ giải. " : "",
        p->r->splits ? "People use their own commune's station, so every commune is a question of its own: the choice is exact and needs no solver. " : "");
    put(p, "Phương án ít đi lại nhất bớt được ", "The plan of least travel would save ");
    number(p, saved_percent(p->r), 1);
    put(p, " % thời gian.</p><p>Thời gian: ", " % of the travel.</p><p>Times: ");
    for (size_t k = 0; k < q->used.len; k++) {
        if (k) buf_addz(p->out, ", ");
        bool guess = str_is(q->used.at[k].name, "estimated");
        text(p, guess && p->vi ? STR("ước tính") : q->used.at[k].name);
        buf_addf(p->out, " (%zu)", q->used.at[k].pairs);
    }
    if (q->range > 0) buf_addf(p->out, p->vi ? "; ước tính theo đường chim bay, ±%.0f %%, là giả định" : "; estimated from straight lines, ±%.0f %%, an assumption", 100 * q->range);
    buf_addz(p->out, ". ");
    if (q->note_vi) put(p, q->note_vi, q->note_en);
    for (const char *const *s = siting_not_modelled(p->vi); *s; s++) buf_addf(p->out, " %s", *s);
    buf_addz(p->out, "</p></div>");
}

void siting_page(struct buf *out, const struct siting_problem *q, const struct siting_result *r, bool vietnamese) {
    struct page p = {out, q, r, vietnamese};
    buf_addf(out, "<!doctype html><html lang=%s><meta charset=utf-8><title>", vietnamese ? "vi" : "en");
    put(&p, "Chọn trạm y tế", "Choice of stations");
    buf_addf(out, "</title><style>%s</style><h1>", style);
    put(&p, "Chọn trạm y tế cho các xã, phường", "Stations for the communes");
    if (q->title.len) buf_addz(out, " – ");
    text(&p, q->title);
    buf_addz(out, "</h1><p>");
    if (q->beside_name_vi) {
        put(&p, "Đề xuất của chương trình bên cạnh ", "The program's proposal beside the ");
        put(&p, q->beside_name_vi, q->beside_name_en);
        buf_addf(out, vietnamese ? ": khác nhau %u trong %u xã. " : ": they differ in %u of %u communes. ", r->differs, q->communes);
    }
    put(&p, "Chương trình đề xuất; người có thẩm quyền quyết định và ghi lý do.", "The program proposes; a person decides and writes why.");
    buf_addz(out, "</p><div class=two><div class=map>");
    put_map(&p);
    buf_addz(out, "</div><div>");
    put_numbers(&p);
    put_criteria(&p);
    put_trade(&p);
    buf_addz(out, "</div></div>");
    put_differences(&p);
    put_same(&p);
    buf_addz(out, "<div class=two>");
    put_losers(&p);
    put_limits(&p);
    buf_addf(out, "</div><h2>%s</h2><div class=write></div><div class=write></div></html>\n", vietnamese ? "Ý kiến, quyết định và lý do" : "Decision, and why");
}
