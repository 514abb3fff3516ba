/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The growth chart. See growth_chart.h. Axes are taken from what is drawn: curves within the child's age and somewhat
 * on.
 */
#include "forms/growth_chart.h"

#include <math.h>

/* WHO's colours: green the median, orange 1, red 2, black 3; dashes tell them apart in black and white. */
static const uint32_t colours[GROWTH_CHART_CURVES] = {0x202020, 0xc62828, 0xe08a00, 0x2e7d32,
                                                      0xe08a00, 0xc62828, 0x202020};
static const char *const labels[GROWTH_CHART_CURVES] = {"-3", "-2", "-1", "0", "+1", "+2", "+3"};

static struct paper_axis age_axis(const struct growth_chart *c, bool vi) {
    double last = c->point_count ? c->months[c->point_count - 1] : 0;
    double to = last <= 12 ? 24 : 60;
    if (c->age_count && c->ages[c->age_count - 1] < to) to = c->ages[c->age_count - 1];
    return (struct paper_axis){.from = 0,
                               .to = to,
                               .step = to > 24 ? 6 : 2,
                               .minor = to > 24 ? 2 : 1,
                               .label = vi ? STR("tháng tuổi") : STR("age in months")};
}

static struct paper_axis value_axis(const struct growth_chart *c, double to_age) {
    double low = INFINITY, high = -INFINITY;
    for (int z = 0; z < GROWTH_CHART_CURVES; z++)
        for (size_t i = 0; c->curves[z] && i < c->age_count && c->ages[i] <= to_age; i++) {
            low = fmin(low, c->curves[z][i]);
            high = fmax(high, c->curves[z][i]);
        }
    for (size_t i = 0; i < c->point_count; i++) {
        low = fmin(low, c->values[i]);
        high = fmax(high, c->values[i]);
    }
    double step = high - low > 40 ? 10 : high - low > 12 ? 2 : 1;
    return (struct paper_axis){.from = floor(low / step) * step,
                               .to = ceil(high / step) * step,
                               .step = step,
                               .minor = step / 2,
                               .label = c->unit};
}

static void add_chart(struct paper *p, const struct growth_chart *c) {
    struct arena *a = p->body.arena;
    struct paper_curve curves[GROWTH_CHART_CURVES + 1];
    struct paper_axis x = age_axis(c, p->vietnamese);
    size_t n = 0, ages = 0;
    while (ages < c->age_count && c->ages[ages] <= x.to + 1e-9) ages++;
    for (int z = 0; z < GROWTH_CHART_CURVES; z++)
        if (c->curves[z])
            curves[n++] = (struct paper_curve){.x = c->ages,
                                               .y = c->curves[z],
                                               .count = ages,
                                               .label = str_of(labels[z]),
                                               .rgb = colours[z],
                                               .width = z == 3 ? 1.2 : 0.8,
                                               .dashed = z == 2 || z == 4};
    curves[n++] = (struct paper_curve){
        .x = c->months, .y = c->values, .count = c->point_count, .rgb = 0x0d47a1, .width = 1.6, .dots = true};
    paper_text(&p->body, str_format(a, "%.*s (%.*s)", STR_ARG(c->title), STR_ARG(c->unit)),
               (struct paper_style){.bold = true, .before = 2, .keep = true});
    paper_chart(&p->body, &(struct paper_chart){
                              .x = x, .y = value_axis(c, x.to), .curves = curves, .curve_count = n, .height = 88});
}

static void add_measurements(struct paper *p, const struct growth_form *form) {
    const struct form_frame *f = &form->frame;
    struct arena *a = p->body.arena;
    const struct paper_column columns[] = {
        {.head = form_say(f, "Ngày", "Date"), .share = 2},
        {.head = form_say(f, "Tuổi", "Age"), .share = 2},
        {.head = form_say(f, "Cân nặng (kg)", "Weight (kg)"), .share = 2, .align = PAPER_RIGHT},
        {.head = form_say(f, "Dài/cao (cm)", "Length/height (cm)"), .share = 2, .align = PAPER_RIGHT},
        {.head = form_say(f, "Điểm z", "z-scores"), .share = 4},
        {.head = form_say(f, "Nhận xét", "Remark"), .share = 5}};
    struct paper_row *rows = ARENA_ARRAY(a, struct paper_row, form->measurement_count);
    for (size_t i = 0; i < form->measurement_count; i++) {
        const struct growth_measurement *m = &form->measurements[i];
        str cells[] = {m->day, m->age, m->weight, m->length, m->scores, m->word};
        str *kept = ARENA_ARRAY(a, str, 6);
        memcpy(kept, cells, sizeof cells);
        rows[i].cells = kept;
    }
    paper_space(&p->body, 2);
    paper_table(&p->body, &(struct paper_table){.columns = columns,
                                                .column_count = 6,
                                                .rows = rows,
                                                .row_count = form->measurement_count,
                                                .size = 8.5,
                                                .empty = form_say(f, "Chưa có lần cân đo nào", "Not measured yet")});
}

struct paper *growth_chart_paper(struct arena *a, const struct growth_form *form) {
    const struct form_frame *f = &form->frame;
    struct paper *p = form_paper(a, PAPER_A4, f, form_say(f, "Biểu đồ tăng trưởng", "Growth chart"));
    form_head(p, f);
    form_title(p, form_say(f, "BIỂU ĐỒ TĂNG TRƯỞNG", "GROWTH CHART"), STR_NONE);
    form_who(p, f, &form->who);
    for (size_t i = 0; i < form->chart_count && i < 2; i++) add_chart(p, &form->charts[i]);
    paper_text(&p->body,
               form_say(f,
                        "Đường cong: chuẩn tăng trưởng của Tổ chức Y tế Thế giới (2006), từ -3 đến +3 độ lệch chuẩn.",
                        "Curves: WHO Child Growth Standards (2006), from -3 to +3 standard deviations."),
               (struct paper_style){.size = 7.5, .italic = true});
    add_measurements(p, form);
    return p;
}
