/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log entries of other nodes: any bytes are refused cleanly or stored so that the node stays sound. The chain hash is filled in by the
 * harness where the text has "chain":"?", so that the fuzzer gets behind it with entries that continue nothing (seq > 1).
 */
#include "store/store.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *store;
static unsigned count;
static char dir[64];

static void start(struct arena *a) {
    struct store_options o = {.mode = STORE_WRITE};
    if (store) {
        char command[96];
        store_close(store);
        snprintf(command, sizeof command, "rm -rf %s", dir);
        if (system(command)) abort();
    }
    snprintf(dir, sizeof dir, "%s/tram-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(dir) || store_init(a, dir).code || store_open(a, dir, &o, &store).code) abort();
    log_level_set(LOG_ERROR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    struct arena *a = arena_new();
    if (count++ % 2000 == 0) start(a);
    struct buf text = buf_new(a);
    str rest = {(const char *)data, size};
    for (const char *at; rest.len && (at = memmem(rest.at, rest.len, "\"?\"", 3));) {
        size_t n = (size_t)(at - rest.at);
        buf_add(&text, str_slice(rest, 0, n));
        buf_addc(&text, '"');
        buf_addz(&text, zeros);
        buf_addc(&text, '"');
        rest = str_slice(rest, n + 3, rest.len);
    }
    buf_add(&text, rest);
    err e = store_import_log(store, a, buf_str(&text));
    if (e.code == ERR_INTERNAL || e.code == ERR_IO) abort();
    if (count % 500 == 0) {
        struct buf report = buf_new(a);
        if (store_check(store, a, &report).code == ERR_IO) abort();
        e = store_rebuild(store, a, true, &report);
        if (e.code) {
            fwrite(report.at, 1, report.len, stderr);
            abort();
        }
    }
    arena_free(a);
    return 0;
}
