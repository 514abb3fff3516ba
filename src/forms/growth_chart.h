/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A child's growth on one A4 page: two charts over WHO's curves, and the measurements under them. The curves and scores
 * come from the caller (care/growth.h); nothing is computed here.
 */
#ifndef FORMS_GROWTH_CHART_H
#define FORMS_GROWTH_CHART_H

#include "form.h"

enum { GROWTH_CHART_CURVES = 7 }; /* z = -3 … 3 */
struct growth_chart {
    str title;          /* "Cân nặng theo tuổi" */
    str unit;           /* "kg" */
    const double *ages; /* months, of the curves */
    size_t age_count;
    const double *curves[GROWTH_CHART_CURVES]; /* measure at z = i - 3, or NULL */
    const double *months, *values;             /* the child's points in order of age */
    size_t point_count;
};
struct growth_measurement {
    str day, age, weight, length, scores, word;
};
struct growth_form {
    struct form_frame frame;
    struct form_person who;
    struct growth_chart charts[2];
    size_t chart_count;
    const struct growth_measurement *measurements;
    size_t measurement_count;
};

struct paper *growth_chart_paper(struct arena *a, const struct growth_form *form);

#endif
