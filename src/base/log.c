/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log lines and panic.
 */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static _Atomic int lowest_level = LOG_INFO;
static const char *const level_names[] = {"debug", "info", "warning", "error"};

void log_level_set(enum log_level level) { atomic_store(&lowest_level, (int)level); }

bool log_wanted(enum log_level level) { return (int)level >= atomic_load(&lowest_level); }

static void write_line(const char *level, const char *room, const char *format, va_list args) {
    char line[1024];
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &utc);
    n += (size_t)snprintf(line + n, sizeof line - n, ".%03ldZ %s %s: ", now.tv_nsec / 1000000, level, room);
    int body = vsnprintf(line + n, sizeof line - n, format, args);
    size_t end = body < 0 ? n : n + (size_t)body;
    if (end > sizeof line - 2) end = sizeof line - 2;
    for (size_t i = n; i < end; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = ' ';
    line[end++] = '\n';
    if (write(STDERR_FILENO, line, end) < 0) return; /* nowhere left to say so */
}

void log_line(enum log_level level, const char *room, const char *format, ...) {
    if ((int)level < atomic_load(&lowest_level)) return;
    va_list args;
    va_start(args, format);
    write_line(level_names[level], room, format, args);
    va_end(args);
}

void panic(const char *format, ...) {
    va_list args;
    va_start(args, format);
    write_line("panic", "tram", format, args);
    va_end(args);
    abort();
}
