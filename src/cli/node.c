/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands that care for a node: init, check, rebuild, backup, restore, stats.
 */
#include "cli.h"

#include <stdio.h>

int command_init(struct invocation *in) {
    err e = store_init(in->arena, in->arguments[0]);
    struct store *s;
    if (!e.code) e = open_node(in, in->arguments[0], STORE_WRITE, &s); /* the rooms' tables */
    if (e.code) return fail(in, e);
    store_close(s);
    return EXIT_DONE;
}

int command_check(struct invocation *in) {
    struct store *s;
    err e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    struct buf report = buf_new(in->arena);
    e = store_check(s, in->arena, &report);
    store_close(s);
    int code = print(in, buf_str(&report), EXIT_DONE);
    return e.code ? fail(in, e) : code;
}

int command_rebuild(struct invocation *in) {
    struct store *s;
    bool check = option_value(in, "check") != NULL;
    err e = open_node_alone(in, in->arguments[0], &s);
    if (e.code) return fail(in, e);
    struct buf report = buf_new(in->arena);
    e = store_rebuild(s, in->arena, check, &report);
    store_close(s);
    int code = print(in, buf_str(&report), EXIT_DONE);
    return e.code ? fail(in, e) : code;
}

int command_backup(struct invocation *in) {
    struct store *s;
    err e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    e = store_backup(s, in->arena, in->arguments[1]);
    store_close(s);
    return e.code ? fail(in, e) : EXIT_DONE;
}

int command_restore(struct invocation *in) {
    err e = store_restore(in->arena, in->arguments[0], in->arguments[1]);
    return e.code ? fail(in, e) : EXIT_DONE;
}

static void write_stats(struct buf *out, const struct store_stats *s) {
    double per = s->resources ? (double)s->bytes / (double)s->resources : 0;
    double rows = s->resources ? (double)s->index_rows / (double)s->resources : 0;
    bool first = true;
    buf_addz(out, "{\"resources\":{");
    for (fhir_type t = 0; t < FHIR_TYPE_MAX; t++) {
        if (!s->by_type[t]) continue;
        buf_addf(out, "%s\"%s\":%lld", first ? "" : ",", fhir_type_name(t), (long long)s->by_type[t]);
        first = false;
    }
    buf_addf(out, "},\"total\":%lld,\"bytes\":%lld,\"bytes_per_resource\":%.1f,\"index_rows_per_resource\":%.2f,"
                  "\"stubs\":%lld,\"conflicts\":%lld,\"stale\":%lld}\n",
             (long long)s->resources, (long long)s->bytes, per, rows, (long long)s->stubs, (long long)s->conflicts,
             (long long)s->stale);
}

static void write_stats_table(struct buf *out, const struct store_stats *s) {
    for (fhir_type t = 0; t < FHIR_TYPE_MAX; t++)
        if (s->by_type[t]) buf_addf(out, "%-32s %12lld\n", fhir_type_name(t), (long long)s->by_type[t]);
    buf_addf(out, "%-32s %12lld\n%-32s %12.1f\n", "total", (long long)s->resources, "bytes per resource",
             s->resources ? (double)s->bytes / (double)s->resources : 0);
}

int command_stats(struct invocation *in) {
    struct store *s;
    err e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    struct store_stats stats;
    e = store_stats(s, in->arena, &stats);
    store_close(s);
    if (e.code) return fail(in, e);
    struct buf out = buf_new(in->arena);
    if (option_value(in, "json")) write_stats(&out, &stats);
    else write_stats_table(&out, &stats);
    return print(in, buf_str(&out), EXIT_DONE);
}
