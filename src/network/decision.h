/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A decision as plain structs: a signed act with ordered operations on places (docs/network.md). The register resource
 * Decision is its form in the store; decision_read and decision_write go between the two and lose nothing. Pure.
 */
#ifndef NETWORK_DECISION_H
#define NETWORK_DECISION_H

#include "base/json.h"
#include "place_kind.h"

/* In the order of docs/network.md; the codes are those of the register (value set of data/definitions). */
#define OPERATION_KINDS(X)                                                                                             \
    X(CREATE, "create", "thành lập", "create")                                                                         \
    X(MERGE, "merge", "sáp nhập", "merge")                                                                             \
    X(SPLIT, "split", "chia tách", "split")                                                                            \
    X(DISSOLVE, "dissolve", "giải thể", "dissolve")                                                                    \
    X(CONVERT_TO_POINT, "convert-to-point", "chuyển thành điểm trạm", "convert to point")                              \
    X(PROMOTE_TO_STATION, "promote-to-station", "nâng thành trạm y tế", "promote to station")                          \
    X(TRANSFER_MANAGEMENT, "transfer-management", "chuyển giao quản lý", "transfer management")                        \
    X(RENAME, "rename", "đổi tên", "rename")                                                                           \
    X(RECODE, "recode", "đổi mã", "recode")                                                                            \
    X(RELOCATE, "relocate", "di chuyển", "relocate")                                                                   \
    X(REPURPOSE, "repurpose", "chuyển đổi công năng", "repurpose")                                                     \
    X(CHANGE_SERVICES, "change-services", "thay đổi dịch vụ", "change services")                                       \
    X(SUSPEND, "suspend", "tạm dừng", "suspend")                                                                       \
    X(RESUME, "resume", "hoạt động trở lại", "resume")                                                                 \
    X(MOVE_BOUNDARY, "move-boundary", "điều chỉnh địa giới", "move boundary")                                          \
    X(CORRECT, "correct", "đính chính", "correct")                                                                     \
    X(REVOKE, "revoke", "bãi bỏ", "revoke")
/* REVOKE only lists the places of the decision that `revokes` names: the annex of a revocation. */
enum operation_kind {
#define X(name, code, vi, en) OPERATION_##name,
    OPERATION_KINDS(X)
#undef X
        OPERATION_KIND_COUNT
};
const char *operation_kind_code(enum operation_kind kind);
const char *operation_kind_name(enum operation_kind kind, bool vietnamese);
enum operation_kind operation_kind_of(str code); /* OPERATION_KIND_COUNT: none */

/* What a place has of which nothing may get lost (the ledger). */
#define HOLDINGS(X)                                                                                                    \
    X(POSTS, "posts", "biên chế", "posts")                                                                             \
    X(LEADERSHIP, "leadership", "vị trí lãnh đạo", "leadership posts")                                                 \
    X(UNITS, "units", "khoa, phòng", "units")                                                                          \
    X(BEDS, "beds", "giường bệnh", "beds")                                                                             \
    X(BUDGET, "budget", "ngân sách (nghìn đồng)", "budget (thousand đồng)")                                            \
    X(STOCK, "stock", "lô tồn kho", "stock lots")
enum holding {
#define X(name, code, vi, en) HOLDING_##name,
    HOLDINGS(X)
#undef X
        HOLDING_COUNT
};
const char *holding_code(enum holding h);
const char *holding_name(enum holding h, bool vietnamese);
enum holding holding_of(str code); /* HOLDING_COUNT: none */

/* Who stands above a place in a hierarchy. The government's hierarchy is the parent. */
enum hierarchy { HIERARCHY_MANAGER, HIERARCHY_DIRECTOR, HIERARCHY_INSURER, HIERARCHY_COUNT };
const char *hierarchy_code(enum hierarchy h); /* "manager", "director", "insurer" */
enum hierarchy hierarchy_of(str code);        /* HIERARCHY_COUNT: none */

enum { DAY_FIRST = INT32_MIN, DAY_LAST = INT32_MAX }; /* since ever, still */

/* What a receiver takes: a service code, or a kind of open thing ("chronic-patient", "stock" …); empty: everything. */
struct receiver {
    str what, place;
};
struct share {
    str target;
    double share;
};
struct transfer {
    enum holding what;
    int64_t quantity;
    str from, to /* empty: given up */, reason;
};

struct operation {
    enum operation_kind kind;
    struct {
        str *at;
        size_t len, cap;
    } places;
    str query;  /* of transfer-management, as it was asked: "manager=centre-116" (network_query) */
    str target; /* merge into, station of a point, new body, commune of a boundary; empty: see docs/network.md */
    /* shares of a place that is divided; of transfer-management without target: parts[i] is the new body of places[i]
     */
    struct {
        struct share *at;
        size_t len, cap;
    } parts;
    struct {
        struct receiver *at;
        size_t len, cap;
    } receivers;
    struct {
        struct transfer *at;
        size_t len, cap;
    } transfers;
    enum hierarchy role; /* transfer-management */
    bool has_role;
    /* new values; STR_NONE, PLACE_UNKNOWN, DAY_FIRST, has_… false: not given */
    enum place_kind place_kind;
    str name, code, parent, manager, director, insurer, reason;
    bool has_position;
    double latitude, longitude;
    str latitude_text, longitude_text; /* as written */
    struct {
        str *at;
        size_t len, cap;
    } services;
    bool continues;      /* split: the old place goes on */
    int32_t from, until; /* correct: the day of the error; suspend: its last day + 1 */
    struct {
        enum holding what;
        int64_t quantity;
    } capacity[HOLDING_COUNT];
    size_t capacity_count;
};

/* What a proposal was computed to do: digits as written, empty where not known. */
struct decision_effect {
    str what, minutes, before, after;
};

enum decision_status { DECISION_DRAFT, DECISION_SIGNED, DECISION_ERROR /* entered-in-error */ };
struct decision {
    str id, number, title, authority, signer, province, revokes, reason;
    enum decision_status status;
    bool assumed; /* certainty: the data do not say (which, or on which day) */
    str certainty_note;
    struct {
        str *at;
        size_t len, cap;
    } legal_basis;
    int32_t signed_on, effective_on, operational_on, recorded_on; /* DAY_FIRST: not given */
    struct {
        struct operation *at;
        size_t len, cap;
    } operations;
    struct {
        struct decision_effect *at;
        size_t len, cap;
    } effects;
    const struct json
        *source; /* of one that was read: what has no place here (document, identifier …) is written back; NULL */
};

/* Reads a Decision resource (already structurally valid). Texts are views into the tree. ERR_INVALID with the element's
 * path for a code, day, share or quantity that is none. */
err decision_read(struct arena *a, const struct json *resource, struct decision *out);
/* The resource, without meta. */
void decision_write(struct buf *out, const struct decision *d);
/* Before or after in the order of law: effective day, then number (digits first by value), then id: <0, 0, >0. */
int decision_compare(const struct decision *x, const struct decision *y);

#endif
