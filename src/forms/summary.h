/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A person's summary for travel and for handing over: the sections of the International Patient Summary as they can be
 * read by a person. What was never asked is said to be so: "không có thông tin" is not "không có".
 */
#ifndef FORMS_SUMMARY_H
#define FORMS_SUMMARY_H

#include "form.h"

enum summary_known { SUMMARY_ROWS, SUMMARY_NO_INFORMATION, SUMMARY_KNOWN_NONE };
struct summary_section {
    str title;
    enum summary_known known; /* ROWS with no rows counts as NO_INFORMATION */
    const struct paper_column *columns;
    size_t column_count;
    const struct paper_row *rows;
    size_t row_count;
};
struct summary_form {
    struct form_frame frame;
    struct form_person who;
    const struct summary_section *sections;
    size_t section_count;
    str source; /* "Hồ sơ tại Trạm …, đến ngày …" */
};

struct paper *summary_paper(struct arena *a, const struct summary_form *form);

#endif
