/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts lines as it passes them.
 */
#include "scanner.h"

#include <string.h>

bool scanner_word(struct scanner *s, str *out) {
    while (s->at < s->text.len) {
        char ch = s->text.at[s->at];
        if (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n') break;
        s->at++;
        if (ch == '\n') s->line++, s->line_at = s->at;
    }
    s->word_at = s->at;
    while (s->at < s->text.len && !strchr(" \t\r\n", s->text.at[s->at])) s->at++;
    *out = str_slice(s->text, s->word_at, s->at);
    return out->len > 0;
}
