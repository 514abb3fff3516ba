/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the rooms are put together: their tables, projections and routes. A new room is one line in rooms.c.
 */
#ifndef CLI_ROOMS_H
#define CLI_ROOMS_H

#include "server/server.h"
#include "server/socket.h"

extern const struct route *const node_routes[];
extern const size_t node_route_count;
/* Rules of the rooms for what is entered over HTTP, ended by NULL. */
extern rest_gate *const node_gates[];
/* What the node's socket answers, ended by name NULL. */
extern const struct socket_command node_commands[];
err command_demo_run(struct socket_call *call); /* demo.c */
err command_codes_import(struct socket_call *call); /* codes.c */
err command_codes_undo(struct socket_call *call);
err command_network_import(struct socket_call *call); /* network.c */
err command_network_boundaries(struct socket_call *call);
err command_network_load(struct socket_call *call);
err node_access_of(struct reader *r, struct arena *a, str role, str place, struct access *out);

#endif
