/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a place is: the codes of Location.type (system urn:tram:place-kind). Pure; the rules and the tables share it.
 */
#ifndef NETWORK_PLACE_KIND_H
#define NETWORK_PLACE_KIND_H

#include "base/text.h"

/* Numbers are stored: append only. Areas are what people live in; the rest are bodies, of which sites serve the sick.
 */
#define PLACE_KINDS(X)                                                                                                 \
    X(UNKNOWN, 0, "", "", "")                                                                                          \
    X(PROVINCE, 1, "province", "tỉnh", "province")                                                                     \
    X(COMMUNE, 2, "commune", "xã", "commune")                                                                          \
    X(WARD, 3, "ward", "phường", "ward")                                                                               \
    X(FORMER_COMMUNE, 4, "former-commune", "xã cũ", "former commune")                                                  \
    X(HAMLET, 5, "hamlet", "thôn, bản", "hamlet")                                                                      \
    X(STATION, 6, "station", "trạm y tế", "health station")                                                            \
    X(POINT, 7, "point", "điểm trạm", "satellite point")                                                               \
    X(OFFICE, 8, "office", "cơ quan", "office")                                                                        \
    X(COMMITTEE, 9, "committee", "ủy ban nhân dân", "People's Committee")                                              \
    X(DISTRICT, 10, "district", "huyện", "district")                                                                   \
    X(TOWNSHIP, 11, "township", "thị trấn", "township")                                                                \
    X(SPECIAL_ZONE, 12, "special-zone", "đặc khu", "special zone")                                                     \
    X(HOSPITAL, 13, "hospital", "bệnh viện", "hospital")                                                               \
    X(REGIONAL_HOSPITAL, 14, "regional-hospital", "bệnh viện đa khoa khu vực", "regional general hospital")            \
    X(HEALTH_CENTRE, 15, "health-centre", "trung tâm y tế", "health centre")                                           \
    X(POLYCLINIC, 16, "polyclinic", "phòng khám đa khoa khu vực", "regional polyclinic")                               \
    X(CENTRE, 17, "centre", "trung tâm chuyên ngành", "specialised centre")                                            \
    X(SOCIAL_UNIT, 18, "social-unit", "cơ sở trợ giúp xã hội", "social-welfare unit")
enum place_kind {
#define X(name, number, code, vi, en) PLACE_##name = number,
    PLACE_KINDS(X)
#undef X
        PLACE_KIND_COUNT
};
const char *place_kind_code(enum place_kind kind);
enum place_kind place_kind_of(str code); /* PLACE_UNKNOWN */
const char *place_kind_name(enum place_kind kind, bool vietnamese);

/* Commune, ward, township or special zone: the lowest level of government. */
static inline bool place_is_commune(enum place_kind k) {
    return k == PLACE_COMMUNE || k == PLACE_WARD || k == PLACE_TOWNSHIP || k == PLACE_SPECIAL_ZONE;
}
static inline bool place_is_area(enum place_kind k) {
    return place_is_commune(k) || k == PLACE_PROVINCE || k == PLACE_DISTRICT || k == PLACE_FORMER_COMMUNE ||
           k == PLACE_HAMLET;
}
/* Serves people: must have a manager, a professional director and a holder of the insurance contract. */
static inline bool place_is_site(enum place_kind k) {
    return k == PLACE_STATION || k == PLACE_POINT || (k >= PLACE_HOSPITAL && k <= PLACE_SOCIAL_UNIT);
}

#endif
