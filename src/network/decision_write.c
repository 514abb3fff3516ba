/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A decision as the register resource: absent members are absent, as in FHIR.
 */
#include "base/date.h"
#include "decision.h"

static void name(struct buf *out, const char *n) {
    buf_addf(out, "%s\"%s\":", out->len && !strchr("{[", out->at[out->len - 1]) ? "," : "", n);
}
static void text(struct buf *out, const char *n, str s) {
    if (!s.len) return;
    name(out, n);
    buf_add_json(out, s);
}
static void day(struct buf *out, const char *n, int32_t d) {
    char digits[11];
    if (d != DAY_FIRST) text(out, n, str_of(day_format(d, digits)));
}
static void bare_reference(struct buf *out, const char *type, str id) {
    buf_addf(out, "{\"reference\":");
    buf_add_json(out, str_format(out->arena, "%s/%.*s", type, STR_ARG(id)));
    buf_addc(out, '}');
}
static void reference(struct buf *out, const char *n, const char *type, str id) {
    if (!id.len) return;
    name(out, n);
    bare_reference(out, type, id);
}
static void item(struct buf *out) { buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{"); }
static void list(struct buf *out, const char *n) {
    name(out, n);
    buf_addc(out, '[');
}

static void write_lists(struct buf *out, const struct operation *o) {
    if (o->places.len) list(out, "place");
    for (size_t i = 0; i < o->places.len; i++) {
        if (i) buf_addc(out, ',');
        bare_reference(out, "Location", o->places.at[i]);
    }
    if (o->places.len) buf_addc(out, ']');
    if (o->parts.len) list(out, "part");
    for (size_t i = 0; i < o->parts.len; i++) {
        item(out);
        reference(out, "target", "Location", o->parts.at[i].target);
        buf_addf(out, ",\"share\":%.10g}", o->parts.at[i].share);
    }
    if (o->parts.len) buf_addc(out, ']');
    if (o->receivers.len) list(out, "receiver");
    for (size_t i = 0; i < o->receivers.len; i++) {
        item(out);
        text(out, "what", o->receivers.at[i].what);
        reference(out, "place", "Location", o->receivers.at[i].place);
        buf_addc(out, '}');
    }
    if (o->receivers.len) buf_addc(out, ']');
    if (o->transfers.len) list(out, "transfer");
    for (size_t i = 0; i < o->transfers.len; i++) {
        const struct transfer *t = &o->transfers.at[i];
        item(out);
        buf_addf(out, "\"what\":\"%s\",\"quantity\":%lld", holding_code(t->what), (long long)t->quantity);
        reference(out, "from", "Location", t->from);
        reference(out, "to", "Location", t->to);
        text(out, "reason", t->reason);
        buf_addc(out, '}');
    }
    if (o->transfers.len) buf_addc(out, ']');
    if (o->capacity_count) list(out, "capacity");
    for (size_t i = 0; i < o->capacity_count; i++) {
        item(out);
        buf_addf(out, "\"what\":\"%s\",\"quantity\":%lld}", holding_code(o->capacity[i].what),
                 (long long)o->capacity[i].quantity);
    }
    if (o->capacity_count) buf_addc(out, ']');
    if (o->services.len) list(out, "service");
    for (size_t i = 0; i < o->services.len; i++) {
        if (i) buf_addc(out, ',');
        buf_add_json(out, o->services.at[i]);
    }
    if (o->services.len) buf_addc(out, ']');
}

static void write_operation(struct buf *out, const struct operation *o) {
    item(out);
    buf_addf(out, "\"kind\":\"%s\"", operation_kind_code(o->kind));
    write_lists(out, o);
    text(out, "query", o->query);
    reference(out, "target", "Location", o->target);
    if (o->has_role) text(out, "role", str_of(hierarchy_code(o->role)));
    text(out, "placeKind", str_of(place_kind_code(o->place_kind)));
    text(out, "name", o->name);
    text(out, "code", o->code);
    reference(out, "parent", "Location", o->parent);
    reference(out, "manager", "Location", o->manager);
    reference(out, "director", "Location", o->director);
    reference(out, "insurer", "Location", o->insurer);
    if (o->has_position)
        buf_addf(out, ",\"latitude\":%.*s,\"longitude\":%.*s", STR_ARG(o->latitude_text), STR_ARG(o->longitude_text));
    if (o->continues) buf_addz(out, ",\"continues\":true");
    day(out, "from", o->from);
    day(out, "until", o->until);
    text(out, "reason", o->reason);
    buf_addc(out, '}');
}

static void digits(struct buf *out, const char *n, str s) {
    if (!s.len) return;
    name(out, n);
    buf_add(out, s);
}

static void write_effects(struct buf *out, const struct decision *d) {
    if (d->effects.len) list(out, "effect");
    for (size_t i = 0; i < d->effects.len; i++) {
        const struct decision_effect *e = &d->effects.at[i];
        item(out);
        text(out, "what", e->what);
        digits(out, "minutes", e->minutes);
        digits(out, "before", e->before);
        digits(out, "after", e->after);
        buf_addc(out, '}');
    }
    if (d->effects.len) buf_addc(out, ']');
}

/* Members of the resource that stand in no field of the struct, as they were. */
static void write_rest(struct buf *out, const struct json *source) {
    static const char *const known[] = {"resourceType",  "id",          "meta",          "status",     "number",
                                        "title",         "authority",   "signer",        "province",   "legalBasis",
                                        "signedOn",      "effectiveOn", "operationalOn", "recordedOn", "certainty",
                                        "certaintyNote", "reason",      "revokes",       "operation",  "effect"};
    for (const struct json *m = source ? source->first : NULL; m; m = m->next) {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && !str_is(m->key, known[i])) i++;
        if (i < sizeof known / sizeof *known) continue;
        name(out, str_z(out->arena, m->key));
        json_write(out, m);
    }
}

void decision_write(struct buf *out, const struct decision *d) {
    static const char *const statuses[] = {"draft", "signed", "entered-in-error"};
    buf_addz(out, "{\"resourceType\":\"Decision\"");
    text(out, "id", d->id);
    text(out, "status", str_of(statuses[d->status]));
    text(out, "number", d->number);
    text(out, "title", d->title);
    text(out, "authority", d->authority);
    text(out, "signer", d->signer);
    reference(out, "province", "Location", d->province);
    if (d->legal_basis.len) list(out, "legalBasis");
    for (size_t i = 0; i < d->legal_basis.len; i++) {
        if (i) buf_addc(out, ',');
        buf_add_json(out, d->legal_basis.at[i]);
    }
    if (d->legal_basis.len) buf_addc(out, ']');
    day(out, "signedOn", d->signed_on);
    day(out, "effectiveOn", d->effective_on);
    day(out, "operationalOn", d->operational_on);
    day(out, "recordedOn", d->recorded_on);
    text(out, "certainty", d->assumed ? STR("assumed") : STR("stated"));
    text(out, "certaintyNote", d->certainty_note);
    text(out, "reason", d->reason);
    reference(out, "revokes", "Decision", d->revokes);
    write_rest(out, d->source);
    write_effects(out, d);
    if (d->operations.len) list(out, "operation");
    for (size_t i = 0; i < d->operations.len; i++) write_operation(out, &d->operations.at[i]);
    buf_addz(out, d->operations.len ? "]}" : "}");
}
