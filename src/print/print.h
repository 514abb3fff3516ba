/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Print: the routes that answer with a PDF. They read the record with the rights of who asks, fill the structs of
 * forms/ and audit every person whose record is printed ("print"). Shapes in docs/print.md.
 */
#ifndef PRINT_PRINT_H
#define PRINT_PRINT_H

#include "server/server.h"

extern const struct route print_routes[]; /* ended by a row with method NULL */

#endif
