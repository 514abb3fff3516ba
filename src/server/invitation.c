/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bringing a phone into the station: the address to open, as a QR code on the screen, and the authority to trust once, with the
 * fingerprint that the phone shows. Nothing in it is secret; whoever comes in still signs in. And the list of all addresses.
 */
#include "server_int.h"

#include "base/members.h"
#include "paper/paper.h"

static str address_of(struct request *r) {
    const struct server *s = exchange_of(r)->server;
    str base = request_base_url(r), host = str_slice(base, str_find(base, '/') + 2, base.len), port = STR("");
    bool own = str_starts(host, STR("localhost")) || str_starts(host, STR("127.")) || str_starts(host, STR("[::1]"));
    if (!own || !s->options->own_certificate) return base; /* the browser that asks came by an address that others reach too */
    size_t colon = host.len;
    while (colon && host.at[colon - 1] != ':' && host.at[colon - 1] != ']') colon--;
    if (colon && host.at[colon - 1] == ':') port = str_slice(host, colon - 1, host.len);
    str address = s->options->own_certificate->address;
    bool six = str_find(address, ':') < address.len;
    return str_format(r->arena, "https://%s%.*s%s%.*s", six ? "[" : "", STR_ARG(address), six ? "]" : "", STR_ARG(port));
}

static err invitation(struct request *r) {
    const struct server *s = exchange_of(r)->server;
    const struct certificate *own = s->options->own_certificate;
    str address = address_of(r);
    struct buf *out = &r->out, svg = buf_new(r->arena);
    TRY(paper_qr_svg(r->arena, address, &svg));
    buf_addc(out, '{');
    add_text(out, "url", address);
    add_bool(out, "secure", s->tls || str_starts(address, STR("https://")));
    add_text(out, "authority", own && own->authority ? str_format(r->arena, "%.*s/station-ca.crt", STR_ARG(address)) : STR_NONE);
    add_text(out, "fingerprint", own ? own->fingerprint : STR_NONE);
    add_text(out, "qr", buf_str(&svg));
    buf_addc(out, '}');
    return OK_ERR;
}

/* The authority's certificate, for the phone to install: open, since a phone asks for it before anybody has signed in. */
static err authority(struct request *r) {
    const struct certificate *own = exchange_of(r)->server->options->own_certificate;
    str text;
    if (!own || !own->authority) return err_make(r->arena, ERR_NOT_FOUND, NULL, "this server has no authority of its own");
    TRY(server_file(r->arena, own->authority, &text));
    r->type = "application/x-x509-ca-cert";
    request_set_header(r, "Content-Disposition", STR("attachment; filename=\"tram-station.crt\""));
    buf_add(&r->out, text);
    return OK_ERR;
}

/* The addresses of this program: what each is for and which right it needs. */
static err list_routes(struct request *r) {
    static const char *const codes[] = {
        [PERMISSION_NONE] = "none",
#define X(name, code) [PERMISSION_##name] = code,
        PERMISSIONS(X)
#undef X
    };
    const struct router *router = &exchange_of(r)->server->router;
    buf_addz(&r->out, "{\"routes\":[");
    for (size_t i = 0; i < router->count; i++) {
        const struct route *route = router->at[i].route;
        buf_addz(&r->out, i ? ",{" : "{");
        add_text(&r->out, "method", str_of(route->method));
        add_text(&r->out, "path", str_of(route->path));
        add_text(&r->out, "permission", str_of(codes[route->permission]));
        add_text(&r->out, "vi", str_of(route->summary_vi));
        add_text(&r->out, "en", str_of(route->summary_en));
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

const struct route invitation_routes[] = {
    {ROUTE("GET", "/api", PERMISSION_SIGNED_IN, list_routes, "Các địa chỉ của chương trình", "The addresses of this program")},
    {ROUTE("GET", "/api/invitation", PERMISSION_SIGNED_IN, invitation, "Mời một điện thoại vào trạm", "Bring a phone into the station")},
    {ROUTE("GET", "/station-ca.crt", PERMISSION_NONE, authority, "Chứng thư của trạm để điện thoại tin cậy", "The station's authority for a phone to trust")},
    {.method = NULL},
};
