/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loader of schedules, files: a file (with the files it `extends`), a folder of parts, or a folder of CDC's XML. The
 * only file of this room that opens schedule files; the rules get the finished tables.
 */
#include "base/data.h"
#include "base/json.h"
#include "base/vec.h"
#include "cdsi.h"
#include "schedule.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef VEC(struct schedule_source) source_list;

static err read_file(struct arena *a, str path, str *out) {
    const char *z = str_z(a, path);
    FILE *f = fopen(z, "rb");
    if (!f && (*out = data_file(str_z(a, str_format(a, "schedules/%s", z)))).len) return OK_ERR; /* inside the program */
    if (!f) return err_make(a, ERR_IO, "schedule", "cannot open %s: %s", z, strerror(errno));
    struct buf b = buf_new(a);
    for (size_t n = 1; n > 0;) {
        buf_reserve(&b, 1u << 16);
        n = fread(b.at + b.len, 1, 1u << 16, f);
        b.len += n;
    }
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad) return err_make(a, ERR_IO, "schedule", "cannot read %s", z);
    *out = buf_str(&b);
    return OK_ERR;
}

static str beside(struct arena *a, str path, str name) {
    size_t slash = path.len;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    return str_format(a, "%.*s%.*s", (int)slash, path.at, STR_ARG(name));
}

/* The file after the one it extends, so that what it says itself is read last and wins. */
static err take_file(struct arena *a, str path, source_list *list, int depth) {
    struct schedule_source s = {.file = path};
    struct json *root;
    TRY(read_file(a, path, &s.text));
    if (depth > 8) return err_make(a, ERR_INVALID, "schedule", "%.*s:1: circle of `extends`", STR_ARG(path));
    err e = json_parse(a, s.text, &root);
    if (e.code) return err_make(a, ERR_INVALID, "schedule", "%.*s: %.*s", STR_ARG(path), STR_ARG(e.detail));
    str base = JSON_TEXT(root, "extends");
    if (base.len) TRY(take_file(a, beside(a, path, base), list, depth + 1));
    VEC_PUSH(a, list, s);
    return OK_ERR;
}

static int by_file(const void *a, const void *b) {
    return str_compare(((const struct schedule_source *)a)->file, ((const struct schedule_source *)b)->file);
}

static err take_folder(struct arena *a, str path, source_list *list) {
    DIR *d = opendir(str_z(a, path));
    if (!d) return err_make(a, ERR_IO, "schedule", "cannot open the folder %.*s", STR_ARG(path));
    for (struct dirent *f; (f = readdir(d));)
        if (str_ends(str_of(f->d_name), STR(".json")) && f->d_name[0] != '.')
            VEC_PUSH(a, list, (struct schedule_source){.file = str_format(a, "%.*s/%s", STR_ARG(path), f->d_name)});
    closedir(d);
    if (!list->len) return err_make(a, ERR_INVALID, "schedule", "%.*s: no schedule here (*.json, or CDC's XML)", STR_ARG(path));
    qsort(list->at, list->len, sizeof *list->at, by_file);
    size_t whole = 0;
    for (size_t i = 0; i < list->len; i++) {
        TRY(read_file(a, list->at[i].file, &list->at[i].text));
        whole += str_contains(list->at[i].text, STR("\"groups\""));
        if (str_contains(list->at[i].text, STR("\"extends\""))) whole++;
    }
    if (whole > 1)
        return err_make(a, ERR_INVALID, "schedule", "%.*s: several schedules in this folder; name one file",
                        STR_ARG(path));
    return OK_ERR;
}

err schedule_load(struct arena *a, str path, bool as_published, struct schedule **out) {
    while (path.len > 1 && path.at[path.len - 1] == '/') path.len--;
    struct stat st;
    source_list list = {0};
    if (!path.len) path = STR("vn-epi.json");
    if (data_file(str_z(a, str_format(a, "schedules/%.*s", STR_ARG(path)))).len && stat(str_z(a, path), &st) != 0) {
        TRY(take_file(a, path, &list, 0));
        return schedule_read(a, list.at, list.len, as_published, out);
    }
    if (stat(str_z(a, path), &st) != 0)
        return err_make(a, ERR_IO, "schedule", "cannot open %.*s: %s", STR_ARG(path), strerror(errno));
    if (!S_ISDIR(st.st_mode)) {
        TRY(take_file(a, path, &list, 0));
    } else if (stat(str_z(a, str_format(a, "%.*s/ScheduleSupportingData.xml", STR_ARG(path))), &st) == 0) {
        struct schedule_source s = {.file = path};
        TRY(cdsi_convert(a, path, as_published, &s.text));
        VEC_PUSH(a, &list, s);
    } else {
        TRY(take_folder(a, path, &list));
    }
    return schedule_read(a, list.at, list.len, as_published, out);
}

str schedule_id(const struct schedule *s) { return s->id; }
str schedule_version(const struct schedule *s) { return s->version; }
