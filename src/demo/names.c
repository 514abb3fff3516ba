/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One list of weighted words for each (group, part, sex), found by a key text.
 */
#include "names.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdio.h>

struct word {
    str text;
    int until;
};
struct words {
    struct word *at;
    size_t len, cap;
    int total;
};
struct names {
    struct map lists;
};

err names_new(struct arena *a, struct names **out) {
    struct names *n = ARENA_NEW(a, struct names);
    n->lists = map_new(a);
    struct csv csv = {.rest = data_file("demo/names.csv")};
    str f[5];
    size_t count;
    bool row;
    TRY(csv_row(&csv, a, f, 5, &count, &row));
    for (;;) {
        TRY(csv_row(&csv, a, f, 5, &count, &row));
        if (!row) break;
        int64_t weight;
        if (count != 5 || !str_int64(f[4], &weight) || weight < 1 || weight > 10000)
            return err_make(a, ERR_INVALID, "names", "line %u", csv.line);
        str key = str_format(a, "%.*s/%.*s/%.*s", STR_ARG(f[0]), STR_ARG(f[1]), STR_ARG(str_slice(f[2], 0, 1)));
        struct words *list = map_get(&n->lists, key);
        if (!list) {
            list = ARENA_NEW(a, struct words);
            map_put(&n->lists, key, list);
        }
        list->total += (int)weight;
        VEC_PUSH(a, list, (struct word){f[3], list->total});
    }
    *out = n;
    return OK_ERR;
}

str names_draw(const struct names *n, struct random *r, const char *group, const char *part, char sex) {
    char key[64];
    int len = snprintf(key, sizeof key, "%s/%s/", group, part);
    if (sex) key[len++] = sex;
    const struct words *list = map_get(&n->lists, (str){key, (size_t)len});
    if (!list) return STR_NONE;
    int at = random_below(r, list->total);
    size_t low = 0, high = list->len - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (at < list->at[middle].until)
            high = middle;
        else
            low = middle + 1;
    }
    return list->at[low].text;
}
