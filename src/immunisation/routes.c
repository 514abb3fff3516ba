/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The requests this room answers: $immds-forecast. It judges what it is sent and reads no record.
 */
#include "immunisation.h"

#include "base/data.h"
#include "base/date.h"
#include "immds.h"
#include "routes.h"

static err immds(struct request *r) {
    struct schedule *s;
    str name = request_query(r, "schedule");
    str inside = str_format(r->arena, "schedules/%.*s", STR_ARG(name));
    if (name.len && !data_file(str_z(r->arena, inside)).len) /* never a file of the machine */
        return err_make(r->arena, ERR_INVALID, "schedule", "there is no schedule of this name in the program");
    TRY(schedule_load(r->arena, name, false, &s)); /* well under a millisecond, and nothing to keep in step */
    r->type = "application/fhir+json";
    return immds_forecast(r->arena, s, r->body, day_today(), &r->out);
}

const struct route immunisation_routes[] = {
    {ROUTE("POST", "/fhir/$immds-forecast", PERMISSION_FHIR, immds, "Tính lịch tiêm chủng (ImmDS)",
           "Immunization forecast (ImmDS)")},
    {.method = NULL}};
