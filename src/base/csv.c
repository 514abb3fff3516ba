/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row at a time, without copying but for doubled quotes.
 */
#include "csv.h"

static char separator(const struct csv *c) { return c->separator ? c->separator : ','; }

static err quoted(struct csv *c, struct arena *a, str *field) {
    const char *p = c->rest.at + 1, *end = c->rest.at + c->rest.len, *from = p;
    struct buf copy = buf_new(a);
    for (; p < end; p++) {
        if (*p != '"') continue;
        if (p + 1 < end && p[1] == '"') {
            buf_add(&copy, (str){from, (size_t)(p + 1 - from)});
            from = ++p + 1;
            continue;
        }
        *field = (str){from, (size_t)(p - from)};
        if (copy.len) {
            buf_add(&copy, *field);
            *field = buf_str(&copy);
        }
        c->rest = (str){p + 1, (size_t)(end - p - 1)};
        if (c->rest.len && c->rest.at[0] != separator(c) && c->rest.at[0] != '\n' && c->rest.at[0] != '\r')
            return err_make(a, ERR_INVALID, "csv", "line %u: text after a closing quote", c->line);
        return OK_ERR;
    }
    return err_make(a, ERR_INVALID, "csv", "line %u: a quote is not closed", c->line);
}

err csv_row(struct csv *c, struct arena *a, str *fields, size_t max, size_t *count, bool *row) {
    *count = 0;
    *row = false;
    while (c->rest.len && (c->rest.at[0] == '\n' || c->rest.at[0] == '\r')) {
        if (c->rest.at[0] == '\n') c->line++;
        c->rest = str_slice(c->rest, 1, c->rest.len);
    }
    if (!c->rest.len) return OK_ERR;
    c->line++;
    *row = true;
    for (;;) {
        if (*count == max) return err_make(a, ERR_INVALID, "csv", "line %u: more than %zu fields", c->line, max);
        str *field = &fields[(*count)++];
        if (c->rest.len && c->rest.at[0] == '"') {
            TRY(quoted(c, a, field));
        } else {
            size_t n = 0;
            while (n < c->rest.len && c->rest.at[n] != separator(c) && c->rest.at[n] != '\n' && c->rest.at[n] != '\r') n++;
            *field = str_slice(c->rest, 0, n);
            c->rest = str_slice(c->rest, n, c->rest.len);
        }
        if (!c->rest.len || c->rest.at[0] != separator(c)) break;
        c->rest = str_slice(c->rest, 1, c->rest.len);
    }
    if (c->rest.len && c->rest.at[0] == '\r') c->rest = str_slice(c->rest, 1, c->rest.len);
    if (c->rest.len && c->rest.at[0] == '\n') c->rest = str_slice(c->rest, 1, c->rest.len);
    return OK_ERR;
}

void csv_add(struct buf *out, str field) {
    bool quote = false;
    for (size_t i = 0; i < field.len; i++) quote |= strchr(",\"\n\r", field.at[i]) != NULL;
    if (quote) buf_addc(out, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.at[i] == '"') buf_addc(out, '"');
        buf_addc(out, field.at[i]);
    }
    if (quote) buf_addc(out, '"');
}
