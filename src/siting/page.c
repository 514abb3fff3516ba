/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answer on one page of A4 that a People's Committee can discuss: the choice beside the other plan, the reason for
 * every difference, what it hangs on, who loses, what nobody knows. Built as plain data; paper/ sets the type.
 */
#include "siting.h"

#include "paper/paper.h"
#include "words.h"

#include <math.h>

struct page {
    struct arena *a;
    struct paper *paper;
    const struct siting_problem *q;
    const struct siting_result *r;
    bool vi;
};

enum { LOSERS_SHOWN = 5 };
static const double small = 6.9;

/* ---- small writers --------------------------------------------------------------------------------------------------- */

static str say(const struct page *p, const char *vi, const char *en) { return str_of(p->vi ? vi : en); }

static str number(const struct page *p, double x, int decimals) {
    struct buf b = buf_new(p->a);
    siting_add_decimal(&b, x, decimals, p->vi);
    return buf_str(&b);
}

/* "Trạm Y tế xã Pa Ham" is "xã Pa Ham" beside the others. */
static str site_name(const struct page *p, uint32_t j) {
    if (j == SITING_NO_SITE) return STR("–");
    str name = p->q->site[j].name, head = STR("Trạm Y tế ");
    return str_starts(name, head) ? str_slice(name, head.len, name.len) : name;
}

static bool differs(const struct page *p, uint32_t c) {
    uint32_t beside = siting_beside(p->q, c), site = p->r->choice[c].site;
    return beside != SITING_NO_SITE && site != SITING_NO_SITE && beside != site;
}

static void heading(const struct page *p, struct paper_flow *f, str text) {
    (void)p;
    paper_text(f, text, (struct paper_style){.size = 8.6, .bold = true, .before = 1.1, .after = 0.3, .keep = true});
}

static void paragraph(struct paper_flow *f, str text) { paper_text(f, text, (struct paper_style){.size = small, .after = 0.3}); }

/* ---- the map --------------------------------------------------------------------------------------------------------- */

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

/* A curve of a chart: a tie from a site to its commune's station, or one dot. */
static struct paper_curve curve(const struct page *p, uint32_t from, uint32_t to, uint32_t rgb) {
    uint32_t end[2] = {from, to};
    double *x = ARENA_ARRAY(p->a, double, 2), *y = ARENA_ARRAY(p->a, double, 2);
    for (int k = 0; k < 2; k++) x[k] = p->q->site[end[k]].at.longitude, y[k] = p->q->site[end[k]].at.latitude;
    return (struct paper_curve){.x = x, .y = y, .count = from == to ? 1 : 2, .rgb = rgb, .width = 0.5, .dots = from == to};
}

static str short_name(str name) {
    static const char *const kinds[] = {"Xã ", "Phường ", "Thị trấn "};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (str_starts(name, str_of(kinds[k]))) return str_slice(name, strlen(kinds[k]), name.len);
    return name;
}

/* Grey ties and points, dark stations, red where the plans differ, with the commune's name. */
static void put_map(const struct page *p, struct paper_flow *f) {
    const struct siting_problem *q = p->q;
    struct frame frame = frame_of(q);
    struct paper_curve *c = ARENA_ARRAY(p->a, struct paper_curve, 2 * (size_t)q->sites + 1);
    size_t n = 0;
    if (frame.south > frame.north) return;
    for (uint32_t j = 0; j < q->sites; j++) {
        uint32_t site = p->r->choice[q->site[j].commune].site;
        if (site != j && site != SITING_NO_SITE && q->site[j].placed && q->site[site].placed) c[n++] = curve(p, j, site, 0x999999);
    }
    for (int layer = 0; layer < 3; layer++) /* points, stations, those that differ on top */
        for (uint32_t j = 0; j < q->sites; j++) {
            static const uint32_t ink[] = {0x999999, 0x112244, 0xCC0000};
            uint32_t commune = q->site[j].commune;
            int of = p->r->choice[commune].site != j ? 0 : differs(p, commune) ? 2 : 1;
            if (!q->site[j].placed || of != layer || (!of && p->r->kind[j] != SITING_POINT)) continue;
            c[n] = curve(p, j, j, ink[of]);
            if (of == 2) c[n].label = short_name(q->commune[commune].name);
            n++;
        }
    struct paper_chart chart = {.x = {frame.west - 0.05, frame.east + 0.3, 0.5, 0, p->vi ? STR("kinh độ") : STR("longitude")},
                                .y = {frame.south - 0.05, frame.north + 0.05, 0.5, 0, p->vi ? STR("vĩ độ") : STR("latitude")},
                                .curves = c, .curve_count = n, .height = 58};
    paper_chart(f, &chart);
    paragraph(f, say(p, "Đậm: trạm, hai phương án giống nhau; đỏ, có tên xã: khác nhau; nhạt: điểm trạm, nối với trạm.",
                     "Dark: station, the plans agree; red, with the commune's name: they differ; pale: point, tied to its station."));
}

/* ---- numbers and criteria -------------------------------------------------------------------------------------------- */

static struct paper_row row_of(const struct page *p, size_t count, const str *cells) {
    str *copy = ARENA_ARRAY(p->a, str, count);
    memcpy(copy, cells, count * sizeof *copy);
    return (struct paper_row){.cells = copy};
}

static struct paper_row number_row(const struct page *p, str label, const double *value, int decimals) {
    return row_of(p, 4, (str[]){label, number(p, value[0], decimals), number(p, value[1], decimals), number(p, value[2], decimals)});
}

static void put_numbers(const struct page *p, struct paper_flow *f) {
    const struct siting_cover *c = &p->r->all;
    double kind[3] = {0}, today[3] = {0}, per = c->people > 0 ? 100 / c->people : 0;
    for (uint32_t j = 0; j < p->q->sites; j++) kind[p->r->kind[j]]++, today[p->q->site[j].today]++;
    const struct paper_column columns[] = {{.head = STR(""), .share = 4}, {say(p, "trước", "before"), 1.6, PAPER_RIGHT, STR_NONE},
                                           {say(p, "đến trạm", "to a station"), 2, PAPER_RIGHT, STR_NONE}, {say(p, "trạm, điểm trạm", "station or point"), 2.4, PAPER_RIGHT, STR_NONE}};
    const struct paper_row rows[] = {
        number_row(p, say(p, "nơi khám chữa bệnh", "places of care"), (double[]){today[SITING_STATION] + today[SITING_POINT], kind[SITING_STATION], kind[SITING_STATION] + kind[SITING_POINT]}, 0),
        number_row(p, say(p, "phút, bình quân theo dân", "minutes, mean over people"), (double[]){c->mean_before, c->mean_after, c->mean_care}, 0),
        number_row(p, str_format(p->a, p->vi ? "%% dân trong %g phút" : "%% of people within %g min", p->q->proposal.near), (double[]){per * c->near_before, per * c->near_after, per * c->near_care}, 1),
        number_row(p, str_format(p->a, p->vi ? "%% dân trong %g phút" : "%% of people within %g min", p->q->proposal.far), (double[]){per * c->far_before, per * c->far_after, per * c->far_care}, 1)};
    paper_table(f, &(struct paper_table){.columns = columns, .column_count = 4, .rows = rows, .row_count = 4, .size = small});
}

static void put_criteria(const struct page *p, struct paper_flow *f) {
    double sum = 0;
    unsigned known[SITING_CRITERIA] = {0};
    struct paper_row rows[SITING_CRITERIA];
    for (int k = 0; k < SITING_CRITERIA; k++) sum += p->q->proposal.weight[k];
    for (uint32_t c = 0; c < p->q->communes; c++)
        for (int k = 0; k < SITING_CRITERIA; k++) known[k] += p->r->choice[c].known[k];
    for (int k = 0; k < SITING_CRITERIA; k++) {
        struct buf rule = buf_new(p->a);
        siting_add_rule(&rule, &p->q->proposal, (enum siting_criterion)k, p->vi);
        rows[k] = row_of(p, 4, (str[]){str_of(siting_criterion_name((enum siting_criterion)k, p->vi)), str_format(p->a, "%.*s %%", STR_ARG(number(p, 100 * p->q->proposal.weight[k] / sum, 0))),
                                       str_format(p->a, "%u/%u", known[k], p->q->communes), buf_str(&rule)});
    }
    const struct paper_column columns[] = {{.head = say(p, "tiêu chí (0–100)", "criterion (0–100)"), .share = 2.1}, {say(p, "trọng số", "weight"), 1, PAPER_RIGHT, STR_NONE},
                                           {say(p, "xã có số liệu", "known in"), 1.1, PAPER_RIGHT, STR_NONE}, {.head = say(p, "quy tắc chấm điểm", "rule"), .share = 6.4}};
    paper_space(f, 1);
    paper_table(f, &(struct paper_table){.columns = columns, .column_count = 4, .rows = rows, .row_count = SITING_CRITERIA, .size = small});
}

static void put_trade(const struct page *p, struct paper_flow *f) {
    const struct siting_result *r = p->r;
    struct buf b = buf_new(p->a);
    if (r->steps < 2) return;
    buf_add(&b, say(p, "Đổi điểm lấy thời gian: ", "Points against time: "));
    for (size_t k = 0; k < r->steps && k < 4; k++) {
        if (k) buf_addf(&b, " → %.*s: ", STR_ARG(p->q->commune[r->step[k].commune].name));
        siting_add_decimal(&b, r->step[k].score, 1, p->vi);
        buf_add(&b, say(p, " điểm, ", " points, "));
        siting_add_decimal(&b, r->step[k].minutes, 1, p->vi);
        buf_add(&b, say(p, " phút", " min"));
    }
    paper_space(f, 0.6);
    paragraph(f, buf_str(&b));
}

/* ---- communes -------------------------------------------------------------------------------------------------------- */

static void put_differences(const struct page *p, struct paper_flow *f) {
    struct paper_row *rows = ARENA_ARRAY(p->a, struct paper_row, (size_t)p->q->communes + 1);
    size_t n = 0;
    heading(p, f, str_format(p->a, "%s (%u)", p->vi ? "Nơi hai phương án khác nhau" : "Where the plans differ", p->r->differs));
    for (uint32_t c = 0; c < p->q->communes; c++) {
        struct buf why = buf_new(p->a);
        if (!differs(p, c)) continue;
        siting_reasons(&why, p->q, p->r, c, siting_beside(p->q, c), p->vi);
        rows[n++] = row_of(p, 4, (str[]){p->q->commune[c].name, str_format(p->a, PAPER_B "%.*s", STR_ARG(site_name(p, p->r->choice[c].site))), site_name(p, siting_beside(p->q, c)), buf_str(&why)});
    }
    const struct paper_column columns[] = {{.head = say(p, "xã, phường", "commune"), .share = 1.7}, {.head = say(p, "chương trình chọn", "chosen here"), .share = 1.7},
                                           {.head = say(p, "phương án kia", "other plan"), .share = 1.6}, {.head = say(p, "vì sao", "why"), .share = 9}};
    paper_table(f, &(struct paper_table){.columns = columns, .column_count = 4, .rows = rows, .row_count = n, .size = small + 0.2, .empty = say(p, "không có", "nowhere")});
}

/* The footnote: how much of the agreement is built in, and what is chosen without it. */
static void put_seatless(const struct page *p, struct paper_flow *f) {
    struct buf b = buf_new(p->a);
    uint32_t listed = 0;
    if (!p->r->seatless) return;
    buf_addf(&b, p->vi ? "¹ Phương án dẫn xuất chọn trụ sở xã mới trước tiên; giao thông ở đây cũng là đường đến trụ sở: một phần sự giống nhau đã nằm sẵn trong cách tính. "
                         PAPER_B "Bỏ tiêu chí ấy thì khác nhau %u trong %u xã, phường" PAPER_N ", khi đó chương trình chọn: "
                       : "¹ The derived plan takes the new commune's seat first, and transport here is the way to the seat: part of the agreement is built in. "
                         PAPER_B "Without that criterion they differ in %u of %u communes" PAPER_N "; the program then chooses: ",
             p->r->differs_seatless, p->q->communes);
    for (uint32_t c = 0; c < p->q->communes; c++) {
        uint32_t site = p->r->seatless[c], beside = siting_beside(p->q, c);
        if (beside == SITING_NO_SITE || site == SITING_NO_SITE || site == beside) continue;
        buf_addf(&b, "%s%.*s: %.*s", listed++ ? "; " : "", STR_ARG(short_name(p->q->commune[c].name)), STR_ARG(site_name(p, site)));
    }
    buf_addz(&b, listed ? "." : "–");
    paper_text(f, buf_str(&b), (struct paper_style){.size = 6.6, .before = 0.6});
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

/* "Xã Nà Bủng: xã Vàng Đán +11,9; giao thông < 14 %" */
static str choice_line(const struct page *p, uint32_t c) {
    const struct siting_choice *x = &p->r->choice[c];
    struct buf b = buf_new(p->a);
    int k = 0;
    bool up = false;
    buf_addf(&b, "%.*s: " PAPER_B "%.*s" PAPER_N, STR_ARG(p->q->commune[c].name), STR_ARG(site_name(p, x->site)));
    if (isfinite(x->lead)) buf_addf(&b, " +%.*s", STR_ARG(number(p, x->lead, 1)));
    if (x->site != SITING_NO_SITE && nearest_turn(x, &k, &up) < 2)
        buf_addf(&b, "; %s\u00a0%s\u00a0%.*s\u00a0%%", siting_criterion_name((enum siting_criterion)k, p->vi), up ? ">" : "<", STR_ARG(number(p, 100 * (up ? x->turn[k].high : x->turn[k].low), 0)));
    return buf_str(&b);
}

static void put_same(const struct page *p, struct paper_flow *f) {
    uint32_t same = p->q->communes - p->r->differs, done = 0;
    heading(p, f, str_format(p->a, "%s (%u)", p->q->beside_name_vi ? (p->vi ? "Nơi giống nhau: điểm hơn nơi thứ hai; trọng số làm đổi" : "Where they agree: points ahead of the second; weight that turns it")
                                                                   : (p->vi ? "Trạm được chọn: điểm hơn nơi thứ hai; trọng số làm đổi" : "Stations chosen: points ahead of the second; weight that turns it"), same));
    struct paper_flow *column = paper_columns(f, 3, (double[]){1, 1, 1});
    for (uint32_t c = 0; c < p->q->communes; c++) {
        if (differs(p, c)) continue;
        paper_text(&column[done * 3 / same], choice_line(p, c), (struct paper_style){.size = 6.6, .left = 2, .first = -2});
        done++;
    }
}

/* ---- people and limits ----------------------------------------------------------------------------------------------- */

static void put_losers(const struct page *p, struct paper_flow *f) {
    struct paper_row rows[LOSERS_SHOWN];
    size_t n = 0;
    heading(p, f, str_format(p->a, "%s (%zu; %s)", p->vi ? "Xa trạm hơn trước" : "Farther from a station than before", p->r->losers, p->vi ? "nhiều nhất" : "the most"));
    for (; n < p->r->losers && n < LOSERS_SHOWN; n++) {
        const struct siting_loser *l = &p->r->loser[n];
        const struct siting_village *v = &p->q->village[l->village];
        str name = l->excused ? v->name : str_format(p->a, "%.*s " PAPER_B "%s", STR_ARG(v->name), p->vi ? "(không có điểm trạm)" : "(no point)");
        rows[n] = row_of(p, 5, (str[]){name, number(p, v->people, 0), number(p, l->before, 0), number(p, l->after, 0), number(p, l->care, 0)});
    }
    str minutes = say(p, "phút đến", "minutes to");
    const struct paper_column columns[] = {{.head = say(p, "xã cũ, thôn, bản", "village"), .share = 3}, {say(p, "dân", "people"), 1.2, PAPER_RIGHT, STR_NONE},
                                           {say(p, "trước", "before"), 1, PAPER_RIGHT, minutes}, {say(p, "trạm", "station"), 1, PAPER_RIGHT, minutes},
                                           {say(p, "điểm trạm", "point"), 1.3, PAPER_RIGHT, minutes}};
    paper_table(f, &(struct paper_table){.columns = columns, .column_count = 5, .rows = rows, .row_count = n, .size = small, .empty = say(p, "không có", "nobody")});
    struct buf groups = buf_new(p->a);
    for (size_t g = 0; g < p->r->groups && g < LOSERS_SHOWN; g++) {
        const struct siting_cover *c = &p->r->group[g].cover;
        buf_addf(&groups, p->vi ? "%s%.*s: bình quân %.*s → %.*s phút" : "%s%.*s: mean %.*s → %.*s min", g ? "; " : "", STR_ARG(p->r->group[g].name), STR_ARG(number(p, c->mean_before, 0)), STR_ARG(number(p, c->mean_after, 0)));
    }
    if (groups.len) paragraph(f, buf_str(&groups));
}

/* How much of the travel the plan of least travel would save, in percent. */
static double saved_percent(const struct siting_result *r) { return r->travel > 0 ? 100 * (r->travel - r->least_travel) / r->travel : 0; }

static str sources_line(const struct page *p) {
    const struct siting_problem *q = p->q;
    struct buf b = buf_new(p->a);
    buf_add(&b, say(p, "Thời gian: ", "Times: "));
    for (size_t k = 0; k < q->used.len; k++) {
        bool guess = str_is(q->used.at[k].name, "estimated");
        buf_addf(&b, "%s%.*s (%zu)", k ? ", " : "", STR_ARG(guess && p->vi ? STR("ước tính") : q->used.at[k].name), q->used.at[k].pairs);
    }
    if (q->range > 0) buf_addf(&b, p->vi ? "; ước tính theo đường chim bay, ±%.0f %%, là giả định" : "; estimated from straight lines, ±%.0f %%, an assumption", 100 * q->range);
    buf_addc(&b, '.');
    if (q->note_vi) buf_addf(&b, " %s", p->vi ? q->note_vi : q->note_en);
    for (const char *const *s = siting_not_modelled(p->vi); *s; s++) buf_addf(&b, " %s", *s);
    return buf_str(&b);
}

static void put_limits(const struct page *p, struct paper_flow *f) {
    const struct siting_result *r = p->r;
    heading(p, f, say(p, "Quy tắc bắt buộc và điều chưa biết", "Hard rules, and what nobody knows"));
    for (size_t k = 0; k < r->findings; k++) paragraph(f, str_format(p->a, PAPER_B "! " PAPER_N "%.*s.", STR_ARG(r->finding[p->vi][k])));
    str alone = r->splits ? say(p, "Người dân đến trạm của xã mình, nên mỗi xã là một câu hỏi riêng: lựa chọn là chính xác, không cần bộ giải. ",
                                "People use their own commune's station, so every commune is a question of its own: the choice is exact and needs no solver. ") : STR("");
    paragraph(f, str_format(p->a, p->vi ? "%.*sPhương án ít đi lại nhất bớt được %.*s %% thời gian." : "%.*sThe plan of least travel would save %.*s %% of the time.", STR_ARG(alone), STR_ARG(number(p, saved_percent(r), 1))));
    paragraph(f, sources_line(p));
}

struct paper *siting_page(struct arena *a, const struct siting_problem *q, const struct siting_result *r, bool vietnamese) {
    struct page p = {a, paper_new(a, PAPER_A4, vietnamese), q, r, vietnamese};
    struct paper_flow *f = &p.paper->body;
    p.paper->top = p.paper->bottom = 9, p.paper->left = p.paper->right = 11, p.paper->font_size = 7.6;
    str title = str_format(a, "%s%s%.*s", vietnamese ? "Chọn trạm y tế cho các xã, phường" : "Stations for the communes", q->title.len ? " – " : "", STR_ARG(q->title));
    p.paper->title = title;
    paper_text(f, title, (struct paper_style){.size = 13, .bold = true});
    struct buf b = buf_new(a);
    if (q->beside_name_vi)
        buf_addf(&b, vietnamese ? "Đề xuất của chương trình bên cạnh %s: khác nhau %u trong %u xã, phường%s. " : "The program's proposal beside the %s: they differ in %u of %u communes%s. ",
                 vietnamese ? q->beside_name_vi : q->beside_name_en, r->differs, q->communes, r->seatless ? "¹" : "");
    buf_add(&b, say(&p, "Chương trình đề xuất; người có thẩm quyền quyết định và ghi lý do.", "The program proposes; a person decides and writes why."));
    paper_text(f, buf_str(&b), (struct paper_style){.after = 0.6});
    struct paper_flow *top = paper_columns(f, 2, (double[]){36, 64});
    put_map(&p, &top[0]);
    put_numbers(&p, &top[1]), put_criteria(&p, &top[1]), put_trade(&p, &top[1]);
    if (q->beside_name_vi) put_differences(&p, f), put_seatless(&p, f);
    put_same(&p, f);
    struct paper_flow *foot = paper_columns(f, 2, (double[]){47, 53});
    put_losers(&p, &foot[0]);
    put_limits(&p, &foot[1]);
    heading(&p, f, say(&p, "Ý kiến, quyết định và lý do", "Decision, and why"));
    for (int k = 0; k < 2; k++) paper_space(f, 5), paper_rule(f, 0);
    return p.paper;
}
