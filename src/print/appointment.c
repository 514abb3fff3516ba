/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/appointment/{id}?size=a6|80mm&on=DAY: the slip of the next booked appointment.
 */
#include "print_int.h"

#include "forms/appointment.h"

/* The first booked appointment on or after a day, or on that day when one is asked for. */
static err next_booked(struct request *r, struct reader *reader, str person, int32_t from, const struct json **out) {
    struct resources found;
    int32_t first = DAY_NONE;
    *out = NULL;
    TRY(print_find(r, reader, NULL, FHIR_TYPE_APPOINTMENT,
                   str_format(r->arena, "patient=Patient/%.*s&status=booked", STR_ARG(person)), 100, &found));
    for (size_t i = 0; i < found.len; i++) {
        int32_t day = print_day(JSON_TEXT(found.at[i], "start"));
        if (day == DAY_NONE || day < from || (first != DAY_NONE && day >= first)) continue;
        first = day;
        *out = found.at[i];
    }
    return *out ? OK_ERR : err_make(r->arena, ERR_NOT_FOUND, "Appointment", "no appointment is booked");
}

static str time_of(struct arena *a, str start) {
    struct date_time d;
    int64_t from, to;
    if (!date_parse(start, false, &d) || d.precision < DATE_MINUTE) return STR_NONE;
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    int64_t minutes = (from / 60000 + VIETNAM_OFFSET_MINUTES) % 1440;
    return str_format(a, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

err print_appointment(struct request *r) {
    struct reader *reader;
    struct subject s;
    struct appointment_form form = {0};
    const struct json *booked;
    int32_t today = day_today(), from = today;
    str on = request_query(r, "on"), size = request_query(r, "size");
    if (on.len && !day_parse(on, &from)) return err_make(r->arena, ERR_INVALID, "on", "a day is YYYY-MM-DD");
    if (size.len && !str_is(size, "a6") && !str_is(size, "80mm"))
        return err_make(r->arena, ERR_INVALID, "size", "size is a6 or 80mm");
    TRY(print_subject(r, &reader, r->parameters[0], today, &s));
    TRY(next_booked(r, reader, s.person.id, from, &booked));
    TRY(print_frame(r, reader, STR_NONE, today, &form.frame));
    form.frame.synthetic = s.person.synthetic;
    form.who = s.form;
    form.code = str_format(r->arena, "urn:tram:person:%.*s", STR_ARG(s.person.id));
    form.on = print_day(JSON_TEXT(booked, "start"));
    form.time = time_of(r->arena, JSON_TEXT(booked, "start"));
    form.what = JSON_TEXT(booked, "description");
    if (!form.what.len) form.what = print_concept(json_item(JSON_GET(booked, "serviceType"), 0));
    if (!form.what.len) form.what = print_concept(json_item(JSON_GET(booked, "reasonCode"), 0));
    form.bring = form_say(&form.frame, "phiếu này, thẻ BHYT hoặc căn cước, đơn thuốc cũ",
                          "this slip, insurance or identity card, the last prescription");
    form.receipt = str_is(size, "80mm");
    return request_pdf(r, appointment_paper(r->arena, &form), form.frame.vietnamese ? "phieu-hen" : "appointment");
}
