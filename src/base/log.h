/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One-line logs on stderr (the journal keeps them) and the panic that ends a process whose invariants broke.
 * Never log a person's data, a password, a token or a body: ids of log entries, counts and durations only.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below `level` are dropped. Default LOG_INFO. */
void log_level_set(enum log_level level);
/* Would a line of this level be written? For those who gather their lines themselves. */
bool log_wanted(enum log_level level);

/* `2026-11-23T05:16:31.123Z info store: message`. `room` is a literal. Thread-safe, one write a line; control
 * characters in the message are replaced by spaces, so that a log line is always one line. */
void log_line(enum log_level level, const char *room, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Logs the message and aborts. For out of memory and broken invariants only; a wrong input is an `err`. */
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
