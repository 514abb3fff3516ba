/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The station's own certificate, for `serve --tls`: camera and service worker of a phone need https. In DIR/tls:
 *
 *   authority.key, authority.pem   the station's own authority, made once; a phone trusts it by the invitation. It can vouch for
 *                                  private addresses and this machine's names only (name constraints), for nothing else in the world
 *   station.key, station.pem       what is served; made anew when it nears its end or the machine has another address
 *   station.csr                    a request that the province may sign
 *   signed.pem                     the province's answer, put there by a person: served instead as long as it fits the key and time
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { AUTHORITY_DAYS = 3650, STATION_DAYS = 397, RENEW_DAYS = 30, DAY = 86400 };

struct own_names {
    char host[256];
    struct { unsigned char bytes[16]; unsigned size; char text[64]; } at[32];
    size_t count;
};

static err gnutls(struct arena *a, int code, const char *what) {
    return code < 0 ? err_make(a, ERR_IO, "tls", "%s: %s", what, gnutls_strerror(code)) : OK_ERR;
}

/* The ranges that an authority of a station may vouch for: private networks (RFC 1918, 6598), unique local addresses (RFC 4193). */
static const unsigned char private_four[][8] = {{10, 0, 0, 0, 255, 0, 0, 0}, {172, 16, 0, 0, 255, 240, 0, 0}, {192, 168, 0, 0, 255, 255, 0, 0},
                                                {100, 64, 0, 0, 255, 192, 0, 0}, {127, 0, 0, 0, 255, 0, 0, 0}};
enum { PRIVATE_FOUR = sizeof private_four / sizeof *private_four };
static const unsigned char private_six[32] = {[0] = 0xFC, [16] = 0xFE};

static bool in_range(const unsigned char *address, const unsigned char *range, size_t size) {
    for (size_t i = 0; i < size; i++)
        if ((address[i] & range[size + i]) != range[i]) return false;
    return true;
}

static bool is_private(const unsigned char *address, unsigned size) {
    if (size == 16) return in_range(address, private_six, 16);
    for (size_t i = 0; i < PRIVATE_FOUR; i++)
        if (in_range(address, private_four[i], 4)) return true;
    return false;
}

/* This machine's name and private addresses, without loopback and link-local ones. */
static void own_names(struct own_names *out) {
    struct ifaddrs *list = NULL;
    memset(out, 0, sizeof *out);
    if (gethostname(out->host, sizeof out->host - 1) || !out->host[0]) snprintf(out->host, sizeof out->host, "tram");
    if (getifaddrs(&list)) return;
    for (struct ifaddrs *i = list; i && out->count < sizeof out->at / sizeof *out->at; i = i->ifa_next) {
        if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || i->ifa_flags & IFF_LOOPBACK) continue;
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)i->ifa_addr;
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)i->ifa_addr;
        bool is_four = i->ifa_addr->sa_family == AF_INET, is_six = i->ifa_addr->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr);
        if (!is_four && !is_six) continue;
        unsigned size = is_four ? 4 : 16;
        if (!is_private(is_four ? (const void *)&four->sin_addr : (const void *)&six->sin6_addr, size)) continue;
        memcpy(out->at[out->count].bytes, is_four ? (const void *)&four->sin_addr : (const void *)&six->sin6_addr, size);
        out->at[out->count].size = size;
        listen_address_text(i->ifa_addr, out->at[out->count].text, sizeof out->at[out->count].text);
        out->count++;
    }
    freeifaddrs(list);
}

/* ---- files ------------------------------------------------------------------------------------------------------------------------ */

static const char *in_tls(struct arena *a, const char *dir, const char *name) { return str_z(a, str_format(a, "%s/tls/%s", dir, name)); }

/* Under its name only when whole. */
static err write_file(struct arena *a, const char *path, const gnutls_datum_t *text, mode_t mode) {
    const char *draft = str_z(a, str_format(a, "%s.new", path));
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    bool written = fd >= 0 && write(fd, text->data, text->size) == (ssize_t)text->size && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    if (written && rename(draft, path) == 0) return OK_ERR;
    return err_make(a, ERR_IO, "tls", "cannot write %s: %s", path, strerror(errno));
}

/* false: there is none. */
static bool load_key(const char *path, gnutls_x509_privkey_t key) {
    gnutls_datum_t text = {0};
    bool good = gnutls_load_file(path, &text) == 0 && gnutls_x509_privkey_import(key, &text, GNUTLS_X509_FMT_PEM) == 0;
    gnutls_free(text.data);
    return good;
}

static bool load_certificate(const char *path, gnutls_x509_crt_t certificate) {
    gnutls_datum_t text = {0};
    bool good = gnutls_load_file(path, &text) == 0 && gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM) == 0;
    gnutls_free(text.data);
    return good;
}

static err save_key(struct arena *a, const char *path, gnutls_x509_privkey_t key) {
    gnutls_datum_t text = {0};
    TRY(gnutls(a, gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &text), "the key"));
    err e = write_file(a, path, &text, 0600);
    gnutls_free(text.data);
    return e;
}

static err save_certificate(struct arena *a, const char *path, gnutls_x509_crt_t certificate) {
    gnutls_datum_t text = {0};
    TRY(gnutls(a, gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &text), "the certificate"));
    err e = write_file(a, path, &text, 0644);
    gnutls_free(text.data);
    return e;
}

/* ---- making ------------------------------------------------------------------------------------------------------------------------- */

static err key_of(struct arena *a, const char *path, gnutls_x509_privkey_t key) {
    if (load_key(path, key)) return OK_ERR;
    TRY(gnutls(a, gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0), "a new key"));
    return save_key(a, path, key);
}

static void begin_certificate(gnutls_x509_crt_t c, const char *name, gnutls_x509_privkey_t key, int days) {
    unsigned char serial[16];
    time_t now = time(NULL);
    gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] &= 0x7F;
    gnutls_x509_crt_set_version(c, 3);
    gnutls_x509_crt_set_serial(c, serial, sizeof serial);
    gnutls_x509_crt_set_activation_time(c, now - DAY); /* clocks of phones differ */
    gnutls_x509_crt_set_expiration_time(c, now + (time_t)days * DAY);
    gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, name, (unsigned)strlen(name));
    gnutls_x509_crt_set_key(c, key);
}

/* Vouches for private addresses and this machine's names alone: whoever trusts it trusts it with nothing else. */
static err constrain(struct arena *a, gnutls_x509_crt_t authority, const struct own_names *names) {
    gnutls_x509_name_constraints_t nc;
    gnutls_datum_t d;
    int code = gnutls_x509_name_constraints_init(&nc);
    for (size_t i = 0; i < PRIVATE_FOUR && code >= 0; i++) {
        d = (gnutls_datum_t){(unsigned char *)(uintptr_t)private_four[i], 8};
        code = gnutls_x509_name_constraints_add_permitted(nc, GNUTLS_SAN_IPADDRESS, &d);
    }
    d = (gnutls_datum_t){(unsigned char *)(uintptr_t)private_six, sizeof private_six};
    if (code >= 0) code = gnutls_x509_name_constraints_add_permitted(nc, GNUTLS_SAN_IPADDRESS, &d);
    const char *hosts[] = {names->host, "localhost", "local"};
    for (size_t i = 0; i < 3 && code >= 0; i++) {
        d = (gnutls_datum_t){(unsigned char *)(uintptr_t)hosts[i], (unsigned)strlen(hosts[i])};
        code = gnutls_x509_name_constraints_add_permitted(nc, GNUTLS_SAN_DNSNAME, &d);
    }
    if (code >= 0) code = gnutls_x509_crt_set_name_constraints(authority, nc, 1);
    gnutls_x509_name_constraints_deinit(nc);
    return gnutls(a, code, "the authority's constraints");
}

static err make_authority(struct arena *a, const char *dir, const struct own_names *names, gnutls_x509_privkey_t key, gnutls_x509_crt_t out) {
    char name[300];
    TRY(key_of(a, in_tls(a, dir, "authority.key"), key));
    if (load_certificate(in_tls(a, dir, "authority.pem"), out)) return OK_ERR;
    snprintf(name, sizeof name, "Trạm %s", names->host);
    begin_certificate(out, name, key, AUTHORITY_DAYS);
    gnutls_x509_crt_set_basic_constraints(out, 1, 0);
    gnutls_x509_crt_set_key_usage(out, GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
    unsigned char id[64];
    size_t size = sizeof id;
    if (gnutls_x509_crt_get_key_id(out, 0, id, &size) == 0) gnutls_x509_crt_set_subject_key_id(out, id, size);
    TRY(constrain(a, out, names));
    TRY(gnutls(a, gnutls_x509_crt_sign2(out, out, key, GNUTLS_DIG_SHA256, 0), "the authority"));
    return save_certificate(a, in_tls(a, dir, "authority.pem"), out);
}

static bool fits(gnutls_x509_crt_t c, gnutls_x509_privkey_t key) {
    unsigned char of_key[64], of_certificate[64];
    size_t n = sizeof of_key, m = sizeof of_certificate;
    time_t now = time(NULL);
    return gnutls_x509_privkey_get_key_id(key, 0, of_key, &n) == 0 && gnutls_x509_crt_get_key_id(c, 0, of_certificate, &m) == 0 && n == m &&
           memcmp(of_key, of_certificate, n) == 0 && gnutls_x509_crt_get_activation_time(c) <= now &&
           gnutls_x509_crt_get_expiration_time(c) > now;
}

static bool lasts(gnutls_x509_crt_t c) { return gnutls_x509_crt_get_expiration_time(c) > time(NULL) + (time_t)RENEW_DAYS * DAY; }

static bool names_all(gnutls_x509_crt_t c, const struct own_names *names) {
    for (size_t i = 0; i < names->count; i++)
        if (!gnutls_x509_crt_check_hostname(c, names->at[i].text)) return false;
    return gnutls_x509_crt_check_hostname(c, names->host);
}

static void add_names(gnutls_x509_crt_t c, const struct own_names *names) {
    static const unsigned char loopback[4] = {127, 0, 0, 1};
    char local[300];
    snprintf(local, sizeof local, "%s.local", names->host);
    const char *hosts[] = {names->host, local, "localhost"};
    for (size_t i = 0; i < 3; i++) gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_DNSNAME, hosts[i], (unsigned)strlen(hosts[i]), GNUTLS_FSAN_APPEND);
    gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS, loopback, sizeof loopback, GNUTLS_FSAN_APPEND);
    for (size_t i = 0; i < names->count; i++)
        gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS, names->at[i].bytes, names->at[i].size, GNUTLS_FSAN_APPEND);
}

static err make_request(struct arena *a, const char *dir, const struct own_names *names, gnutls_x509_privkey_t key) {
    gnutls_x509_crq_t request;
    gnutls_datum_t text = {0};
    TRY(gnutls(a, gnutls_x509_crq_init(&request), "the request"));
    gnutls_x509_crq_set_version(request, 1);
    gnutls_x509_crq_set_dn_by_oid(request, GNUTLS_OID_X520_COMMON_NAME, 0, names->host, (unsigned)strlen(names->host));
    gnutls_x509_crq_set_key(request, key);
    gnutls_x509_crq_set_subject_alt_name(request, GNUTLS_SAN_DNSNAME, names->host, (unsigned)strlen(names->host), GNUTLS_FSAN_SET);
    for (size_t i = 0; i < names->count; i++)
        gnutls_x509_crq_set_subject_alt_name(request, GNUTLS_SAN_IPADDRESS, names->at[i].bytes, names->at[i].size, GNUTLS_FSAN_APPEND);
    int code = gnutls_x509_crq_sign2(request, key, GNUTLS_DIG_SHA256, 0);
    if (code >= 0) code = gnutls_x509_crq_export2(request, GNUTLS_X509_FMT_PEM, &text);
    err e = gnutls(a, code, "the request");
    if (!e.code) e = write_file(a, in_tls(a, dir, "station.csr"), &text, 0644);
    gnutls_free(text.data);
    gnutls_x509_crq_deinit(request);
    return e;
}

struct station {
    struct own_names names;
    gnutls_x509_privkey_t authority_key, key;
    gnutls_x509_crt_t authority, certificate, signed_one;
};

static err make_station(struct arena *a, const char *dir, struct station *s) {
    const char *path = in_tls(a, dir, "station.pem");
    TRY(make_authority(a, dir, &s->names, s->authority_key, s->authority));
    TRY(key_of(a, in_tls(a, dir, "station.key"), s->key));
    gnutls_x509_crt_t old;
    gnutls_x509_crt_init(&old);
    bool good = load_certificate(path, old) && fits(old, s->key) && lasts(old) && names_all(old, &s->names);
    gnutls_x509_crt_deinit(old);
    if (good) return OK_ERR;
    begin_certificate(s->certificate, s->names.host, s->key, STATION_DAYS);
    gnutls_x509_crt_set_basic_constraints(s->certificate, 0, -1);
    gnutls_x509_crt_set_key_usage(s->certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
    gnutls_x509_crt_set_key_purpose_oid(s->certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
    add_names(s->certificate, &s->names);
    unsigned char id[64];
    size_t size = sizeof id;
    if (gnutls_x509_crt_get_key_id(s->authority, 0, id, &size) == 0) gnutls_x509_crt_set_authority_key_id(s->certificate, id, size);
    TRY(gnutls(a, gnutls_x509_crt_sign2(s->certificate, s->authority, s->authority_key, GNUTLS_DIG_SHA256, 0), "the certificate"));
    TRY(save_certificate(a, path, s->certificate));
    return make_request(a, dir, &s->names, s->key);
}

err certificate_prepare(struct arena *a, const char *dir, struct certificate *out) {
    struct station s = {0};
    const char *folder = in_tls(a, dir, "");
    if (mkdir(folder, 0700) && errno != EEXIST) return err_make(a, ERR_IO, "tls", "cannot make %s: %s", folder, strerror(errno));
    own_names(&s.names);
    gnutls_x509_privkey_init(&s.authority_key), gnutls_x509_privkey_init(&s.key);
    gnutls_x509_crt_init(&s.authority), gnutls_x509_crt_init(&s.certificate), gnutls_x509_crt_init(&s.signed_one);
    err e = make_station(a, dir, &s);
    bool by_province = load_certificate(in_tls(a, dir, "signed.pem"), s.signed_one);
    if (by_province && !fits(s.signed_one, s.key)) {
        log_line(LOG_WARNING, "server", "tls/signed.pem does not fit the key or the day: the station's own certificate is served");
        by_province = false;
    }
    *out = (struct certificate){.certificate = in_tls(a, dir, by_province ? "signed.pem" : "station.pem"), .key = in_tls(a, dir, "station.key"),
                                .authority = by_province ? NULL : in_tls(a, dir, "authority.pem"),
                                .address = str_copy(a, str_of(s.names.count ? s.names.at[0].text : s.names.host))};
    unsigned char print[32];
    size_t size = sizeof print;
    if (!e.code) e = gnutls(a, gnutls_x509_crt_get_fingerprint(by_province ? s.signed_one : s.authority, GNUTLS_DIG_SHA256, print, &size), "the fingerprint");
    struct buf text = buf_new(a);
    for (size_t i = 0; i < size && !e.code; i++) buf_addf(&text, "%s%02X", i ? ":" : "", print[i]);
    out->fingerprint = buf_str(&text);
    gnutls_x509_privkey_deinit(s.authority_key), gnutls_x509_privkey_deinit(s.key);
    gnutls_x509_crt_deinit(s.authority), gnutls_x509_crt_deinit(s.certificate), gnutls_x509_crt_deinit(s.signed_one);
    return e;
}
