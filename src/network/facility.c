/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Code, telephone and address of a facility in its Organization. See facility.h.
 */
#include "facility.h"

#include "base/vocabulary.h"

static bool is_code(const struct json *identifier) {
    return str_is(JSON_TEXT(identifier, "system"), SYSTEM_PRESCRIBING_FACILITY);
}

static int32_t end_of(const struct json *identifier, const char *which) {
    int32_t day;
    return day_parse(json_text(JSON_GET(identifier, "period"), str_of(which)), &day) ? day : DAY_NONE;
}

static bool is_phone(const struct json *telecom) { return str_is(JSON_TEXT(telecom, "system"), "phone"); }

void facility_read(struct arena *a, const struct json *organization, int32_t day, struct facility *out) {
    const struct json *list = JSON_GET(organization, "identifier"), *telecom = JSON_GET(organization, "telecom");
    *out = (struct facility){.address = JSON_TEXT(json_item(JSON_GET(organization, "address"), 0), "text")};
    for (const struct json *i = list ? list->first : NULL; i; i = i->next) {
        struct facility_code c = {JSON_TEXT(i, "value"), end_of(i, "start"), end_of(i, "end")};
        if (!is_code(i) || !c.code.len) continue;
        VEC_PUSH(a, &out->codes, c);
        if ((c.from == DAY_NONE || c.from <= day) && (c.until == DAY_NONE || day <= c.until)) out->code = c.code;
    }
    for (const struct json *t = telecom ? telecom->first : NULL; t; t = t->next)
        if (is_phone(t)) out->phone = JSON_TEXT(t, "value");
}

bool facility_code_valid(str code) {
    bool noughts = true;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
        noughts &= c == '0';
    }
    return code.len == FACILITY_CODE && !noughts;
}

bool facility_phone_valid(str phone) {
    int digits = 0;
    for (size_t i = 0; i < phone.len; i++) {
        if (phone.at[i] >= '0' && phone.at[i] <= '9')
            digits++;
        else if (!strchr(i ? " .-()" : "+(", phone.at[i]))
            return false;
    }
    return digits >= 8 && digits <= 15;
}

/* ---- writing ------------------------------------------------------------------------------------------------------
 */

static void open_item(struct buf *out) { buf_addz(out, out->at[out->len - 1] == '[' ? "" : ","); }

static void write_code(struct buf *out, str code, int32_t from, int32_t until) {
    char day[11];
    open_item(out);
    buf_addz(out, "{\"system\":\"" SYSTEM_PRESCRIBING_FACILITY "\",\"value\":");
    buf_add_json(out, code);
    if (from != DAY_NONE || until != DAY_NONE) {
        buf_addz(out, ",\"period\":{");
        if (from != DAY_NONE) buf_addf(out, "\"start\":\"%s\"", day_format(from, day));
        if (until != DAY_NONE) buf_addf(out, "%s\"end\":\"%s\"", from != DAY_NONE ? "," : "", day_format(until, day));
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
}

static void write_identifiers(struct buf *out, const struct json *list, str code, int32_t from) {
    bool goes_on = false;
    for (const struct json *i = list ? list->first : NULL; i; i = i->next) {
        int32_t begin = end_of(i, "start"), end = end_of(i, "end");
        if (!is_code(i)) {
            open_item(out);
            json_write(out, i);
            continue;
        }
        if (begin != DAY_NONE && begin >= from) continue;
        bool reaches = end == DAY_NONE || end >= from - 1, same = reaches && str_eq(JSON_TEXT(i, "value"), code);
        goes_on |= same;
        write_code(out, JSON_TEXT(i, "value"), begin, same ? DAY_NONE : reaches ? from - 1 : end);
    }
    if (code.len && !goes_on) write_code(out, code, from, DAY_NONE);
}

static void write_telecom(struct buf *out, const struct json *list, str phone) {
    for (const struct json *t = list ? list->first : NULL; t; t = t->next) {
        if (is_phone(t)) continue;
        open_item(out);
        json_write(out, t);
    }
    if (!phone.len) return;
    open_item(out);
    buf_addz(out, "{\"system\":\"phone\",\"value\":");
    buf_add_json(out, phone);
    buf_addc(out, '}');
}

/* A list whose members `write` adds; left out when there are none. */
#define LIST(out, name, write)                                                                                         \
    do {                                                                                                               \
        size_t before = (out)->len;                                                                                    \
        buf_addz(out, ",\"" name "\":[");                                                                              \
        write;                                                                                                         \
        if ((out)->at[(out)->len - 1] == '[')                                                                          \
            (out)->len = before;                                                                                       \
        else                                                                                                           \
            buf_addc(out, ']');                                                                                        \
    } while (0)

void facility_write(struct buf *out, const struct json *organization, const struct facility *next, int32_t from) {
    buf_addz(out, "{\"resourceType\":\"Organization\"");
    for (const struct json *m = organization->first; m; m = m->next) {
        static const char *const own[] = {"resourceType", "identifier", "telecom", "address"};
        bool skip = false;
        for (size_t i = 0; i < sizeof own / sizeof *own; i++) skip |= str_is(m->key, own[i]);
        if (skip) continue;
        buf_addf(out, ",\"%.*s\":", STR_ARG(m->key));
        json_write(out, m);
    }
    LIST(out, "identifier", write_identifiers(out, JSON_GET(organization, "identifier"), next->code, from));
    LIST(out, "telecom", write_telecom(out, JSON_GET(organization, "telecom"), next->phone));
    if (next->address.len) {
        buf_addz(out, ",\"address\":[{\"text\":");
        buf_add_json(out, next->address);
        buf_addz(out, "}]");
    }
    buf_addc(out, '}');
}
