/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The routes of the immunisation room, for the table in cli/rooms.c.
 */
#ifndef IMMUNISATION_ROUTES_H
#define IMMUNISATION_ROUTES_H

#include "server/server.h"

extern const struct route immunisation_routes[];

#endif
