/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line charts: two axes with a grid, curves cut to the plot, their names at the right edge. Drawn to be read on a
 * black-and-white printer too: curves differ by width, dashes and name, not by colour alone.
 */
#include "paper_int.h"

#include <math.h>

struct plot {
    const struct paper_chart *chart;
    double x, y, width, height; /* of the plot, without its figures */
};

static double at_x(const struct plot *p, double v) {
    return p->x + (v - p->chart->x.from) / (p->chart->x.to - p->chart->x.from) * p->width;
}
static double at_y(const struct plot *p, double v) {
    return p->y + p->height - (v - p->chart->y.from) / (p->chart->y.to - p->chart->y.from) * p->height;
}

static void grid(struct room *r, const struct plot *p, bool vertical, double step, double width, double gray) {
    const struct paper_axis *axis = vertical ? &p->chart->x : &p->chart->y;
    if (!(step > 0)) return;
    cairo_set_line_width(r->cairo, width);
    cairo_set_source_rgb(r->cairo, gray, gray, gray);
    for (double v = ceil(axis->from / step - 1e-9) * step; v <= axis->to + step * 1e-6; v += step) {
        cairo_move_to(r->cairo, vertical ? at_x(p, v) : p->x, vertical ? p->y : at_y(p, v));
        cairo_line_to(r->cairo, vertical ? at_x(p, v) : p->x + p->width, vertical ? p->y + p->height : at_y(p, v));
    }
    cairo_stroke(r->cairo);
}

static void figures(struct room *r, const struct plot *p, bool vertical) {
    const struct paper_axis *axis = vertical ? &p->chart->x : &p->chart->y;
    struct type small = {7, false, false};
    cairo_set_source_rgb(r->cairo, 0, 0, 0);
    for (double v = ceil(axis->from / axis->step - 1e-9) * axis->step; v <= axis->to + axis->step * 1e-6;
         v += axis->step) {
        str text = str_format(r->scratch, "%g", round(v * 1000) / 1000 + 0.0);
        char *point = memchr(text.at, '.', text.len);
        if (point && r->paper->vietnamese) *point = ',';
        if (vertical)
            press_label(r->press, r->cairo, r->scratch, text, small, at_x(p, v), p->y + p->height + 9, PAPER_CENTER);
        else
            press_label(r->press, r->cairo, r->scratch, text, small, p->x - 4, at_y(p, v) + 2.5, PAPER_RIGHT);
    }
    struct type plain = {8, false, false};
    if (vertical)
        press_label(r->press, r->cairo, r->scratch, axis->label, plain, p->x + p->width / 2, p->y + p->height + 20,
                    PAPER_CENTER);
    else
        press_label(r->press, r->cairo, r->scratch, axis->label, plain, p->x - 18, p->y - 5, PAPER_LEFT);
}

static void ink(struct room *r, const struct paper_curve *c) {
    cairo_set_source_rgb(r->cairo, (c->rgb >> 16 & 255) / 255.0, (c->rgb >> 8 & 255) / 255.0, (c->rgb & 255) / 255.0);
}

static void draw_curve(struct room *r, const struct plot *p, const struct paper_curve *c) {
    cairo_t *cr = r->cairo;
    double dashes[] = {3, 2};
    cairo_save(cr);
    cairo_rectangle(cr, p->x - 2, p->y - 2, p->width + 4, p->height + 4);
    cairo_clip(cr);
    ink(r, c);
    cairo_set_line_width(cr, c->width > 0 ? c->width : 0.8);
    if (c->dashed) cairo_set_dash(cr, dashes, 2, 0);
    for (size_t i = 0; i < c->count; i++) cairo_line_to(cr, at_x(p, c->x[i]), at_y(p, c->y[i]));
    cairo_stroke(cr);
    for (size_t i = 0; c->dots && i < c->count; i++) {
        cairo_arc(cr, at_x(p, c->x[i]), at_y(p, c->y[i]), 2, 0, 2 * M_PI);
        cairo_fill(cr);
    }
    cairo_restore(cr);
    if (!c->count || !c->label.len) return;
    double y = at_y(p, c->y[c->count - 1]);
    if (y < p->y - 4 || y > p->y + p->height + 4) return;
    ink(r, c);
    press_label(r->press, cr, r->scratch, c->label, (struct type){7, false, false}, at_x(p, c->x[c->count - 1]) + 3,
                y + 2.5, PAPER_LEFT);
}

void chart_draw(struct room *r, const struct paper_chart *c, double x, double y, double width) {
    struct plot p = {c, x + 26, y + 16, width - 26 - 30, POINTS(c->height) - 16 - 26};
    if (!(c->x.to > c->x.from && c->y.to > c->y.from && c->x.step > 0 && c->y.step > 0) || p.width <= 0 ||
        p.height <= 0)
        return;
    cairo_save(r->cairo);
    grid(r, &p, true, c->x.minor, 0.25, 0.85);
    grid(r, &p, false, c->y.minor, 0.25, 0.85);
    grid(r, &p, true, c->x.step, 0.4, 0.65);
    grid(r, &p, false, c->y.step, 0.4, 0.65);
    figures(r, &p, true);
    figures(r, &p, false);
    for (size_t i = 0; i < c->curve_count; i++) draw_curve(r, &p, &c->curves[i]);
    cairo_restore(r->cairo);
}
