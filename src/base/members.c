/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members of a JSON object, with the comma that stands before them.
 */
#include "members.h"

void add_name(struct buf *out, const char *name) {
    buf_addf(out, "%s\"%s\":", out->len && !strchr("{[,", out->at[out->len - 1]) ? "," : "", name);
}

void add_text(struct buf *out, const char *name, str s) {
    add_name(out, name);
    if (s.len) buf_add_json(out, s);
    else buf_addz(out, "null");
}

void add_day(struct buf *out, const char *name, int32_t day) {
    char text[11];
    add_text(out, name, day == DAY_NONE ? STR_NONE : str_of(day_format(day, text)));
}

void add_number(struct buf *out, const char *name, int64_t n) {
    add_name(out, name);
    buf_addf(out, "%lld", (long long)n);
}

void add_bool(struct buf *out, const char *name, bool b) {
    add_name(out, name);
    buf_addz(out, b ? "true" : "false");
}
