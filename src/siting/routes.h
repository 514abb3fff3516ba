/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What siting/ answers over HTTP: the choice of stations for a proposal, as JSON, as a page, as a draft. Nothing is stored.
 */
#ifndef SITING_ROUTES_H
#define SITING_ROUTES_H

#include "server/server.h"

extern const struct route siting_routes[];

#endif
