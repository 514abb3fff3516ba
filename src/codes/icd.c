/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ICD-10 codes and lists of them, as the annexes of circulars write them.
 */
#include "icd.h"

static bool digit(char c) { return c >= '0' && c <= '9'; }

bool icd_read(str text, char out[ICD_TEXT]) {
    size_t n = 0;
    str s = str_trim(text);
    while (s.len && (s.at[s.len - 1] == '*' || s.at[s.len - 1] == '+')) s.len--;
    if (str_ends(s, STR("†"))) s.len -= strlen("†");
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i] >= 'a' && s.at[i] <= 'z' ? (char)(s.at[i] - 32) : s.at[i];
        if (c == '.' && n == 3) continue; /* the dot is set below */
        if (n == 3) out[n++] = '.';
        if (n >= ICD_TEXT - 2) return false;
        out[n++] = c;
    }
    out[n] = 0;
    if (n != 3 && n != 5 && n != 6) return false;
    for (size_t i = 0; i < n; i++)
        if (i == 0 ? out[i] < 'A' || out[i] > 'Z' : i != 3 && !digit(out[i])) return false;
    return s.at[s.len - 1] != '.';
}

static bool item_covers(str item, str code) {
    size_t dash = str_find(item, '-');
    if (dash == item.len) return str_starts(code, item);
    str from = str_slice(item, 0, dash), to = str_slice(item, dash + 1, item.len);
    if (code.len < from.len) return false;
    str head = str_slice(code, 0, from.len);
    return str_compare(head, from) >= 0 && str_compare(head, to) <= 0;
}

bool icd_covered(str list, str code) {
    str rest = list, item;
    while (str_split(&rest, ' ', &item))
        if (item.len && item_covers(item, code)) return true;
    return false;
}
