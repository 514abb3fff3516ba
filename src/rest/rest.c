/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of the FHIR interactions: which one a request is.
 */
#include "rest_int.h"

static void refuse(struct call *c, const char *why) {
    respond_error(c, err_make(c->arena, ERR_METHOD, NULL, "%s", why));
}

/* Does the request read a type that the asker has no right for? (A change is judged where its entries are.) */
static bool reads_foreign_type(struct call *c, const struct rest_path *p, bool get) {
    return p->type != FHIR_TYPE_NONE && (get || p->search || p->history) && !access_reads(c->in->access, p->type);
}

void rest_dispatch(struct call *c, const struct rest_path *p) {
    enum rest_method m = c->in->method;
    bool get = m == REST_GET || m == REST_HEAD;
    if (reads_foreign_type(c, p, get)) {
        respond_error(c, err_make(c->arena, ERR_FORBIDDEN, NULL, "%s is not yours to read", fhir_type_name(p->type)));
        return;
    }
    bool base = p->type == FHIR_TYPE_NONE && !p->history && !p->search && !p->operation.len && !p->metadata &&
                p->compartment_of == FHIR_TYPE_NONE;
    if (p->operation.len) rest_operation(c, p);
    else if (p->metadata && get) {
        struct buf body = buf_new(c->arena);
        rest_capabilities(c->arena, c->in->base_url, &body);
        c->out->status = 200;
        c->out->body = buf_str(&body);
    } else if (p->history && p->version.len) get ? rest_read(c, p) : refuse(c, "a version can only be read");
    else if (p->history) get ? rest_history(c, p) : refuse(c, "a history can only be read");
    else if (p->search) m == REST_POST ? rest_search(c, p) : refuse(c, "_search is a POST");
    else if (base && m == REST_POST) rest_bundle(c);
    else if (base && !get) refuse(c, "the base takes POST of a Bundle");
    else if (p->compartment_of != FHIR_TYPE_NONE) get ? rest_search(c, p) : refuse(c, "a compartment can only be searched");
    else if (get && p->id.len) rest_read(c, p);
    else if (get) rest_search(c, p);
    else rest_change(c, p);
}

void rest_handle(struct store *s, struct arena *a, const struct rest_request *in, struct rest_response *out) {
    struct call c = {.store = s, .arena = a, .in = in, .out = out};
    struct rest_path p;
    *out = (struct rest_response){.status = 500};
    err e = path_parse(a, in->path, in->shelf, &p);
    if (e.code) respond_error(&c, e);
    else rest_dispatch(&c, &p);
    call_fresh(&c);
    out->written = c.written.at;
    out->written_count = c.written.len;
}
