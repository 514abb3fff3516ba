/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The floor of the store: what the engine alone needs for the same bodies and rows, by a bare loop.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

/* Reads all rows of DIR/tram.db into memory, then writes them into DIR/floor.db in transactions of 20,000 resources,
 * index rows in key order. Seconds of the writing by the clock; *processor those of the processor. */
double floor_import(const char *dir, double *processor);
/* One resource with its rows in a transaction of up to 16 (what 16 writers can share), durable: resources a second. */
double floor_single(const char *dir);

#endif
