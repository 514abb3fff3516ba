/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rooms put together: tables and projections, routes, socket commands.
 */
#include "rooms.h"

#include "care/care.h"
#include "cli.h"
#include "codes/codes.h"
#include "decisions/decisions.h"
#include "immunisation/routes.h"
#include "network/network.h"
#include "people/people.h"
#include "prescribing/prescribing.h"
#include "print/print.h"
#include "programmes/programmes.h"
#include "siting/routes.h"
#include "surveys/surveys.h"

const struct store_room *const node_rooms[] = {&server_room, &network_room, &codes_room, &people_room, &care_room, &programmes_room, &decisions_room, &surveys_room};
const size_t node_room_count = sizeof node_rooms / sizeof *node_rooms;

const struct route *const node_routes[] = {
    people_routes,
    care_routes,
    programmes_routes,
    immunisation_routes,
    prescribing_routes,
    siting_routes,
    codes_routes,
    survey_routes,
    network_routes,
    decision_routes,
    decision_print_routes,
    list_routes,
    facility_routes,
    series_routes,
    print_routes,
};
const size_t node_route_count = sizeof node_routes / sizeof *node_routes;

rest_gate *const node_gates[] = {prescribing_gate, decisions_gate, surveys_gate, NULL};

const struct socket_command node_commands[] = {
    {"demo", command_demo_run},
    {"import", command_import},
    {"user-add", command_user_add},
    {"user-password", command_user_password},
    {"user-disable", command_user_disable},
    {"user-enable", command_user_enable},
    {"codes-import", command_codes_import},
    {"codes-undo", command_codes_undo},
    {"network-import", command_network_import},
    {"network-boundaries", command_network_boundaries},
    {"network-load", command_network_load},
    {"token", command_token},
    {"token-revoke", command_token_revoke},
    {"audit", command_audit},
    {NULL, NULL},
};

err node_access_of(struct reader *r, struct arena *a, str role, str place, struct access *out) {
    return network_access(r, a, &(struct network_post){role, place, day_today()}, out);
}

const struct holder *const node_holders[] = {fhir_holders, NULL};
const struct network_measure *const node_measures[] = {care_measures, NULL};
