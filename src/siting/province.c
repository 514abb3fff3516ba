/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A province from the published tables inside the program: each former commune is a village with its people at its
 * centroid and a site with its station. What the tables do not hold (buildings, staff, roads) stays not known.
 */
#include "siting_int.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/map.h"
#include "network/network.h"

#include <math.h>

struct site_fact {
    str area, seat;
};

static err read_site_facts(struct arena *a, str province, struct map *out) {
    *out = map_new(a);
    str f[3], name = str_format(a, "siting/%.*s-sites.csv", STR_ARG(province));
    struct csv csv = {.rest = data_file(str_z(a, name))};
    size_t n;
    bool row;
    for (bool header = true;; header = false) {
        TRY(csv_row(&csv, a, f, 3, &n, &row));
        if (!row) return OK_ERR;
        if (n != 3) return err_make(a, ERR_INVALID, "siting", "%.*s line %u has %zu fields", STR_ARG(name), csv.line, n);
        if (header) continue;
        struct site_fact *s = ARENA_NEW(a, struct site_fact);
        *s = (struct site_fact){f[1], f[2]};
        map_put(out, f[0], s);
    }
}

static struct coordinates place_of(const struct place_fact *f, bool *placed) {
    struct coordinates p = {0, 0};
    *placed = str_number(f->latitude, &p.latitude) && str_number(f->longitude, &p.longitude);
    return p;
}

static void add_former(struct siting_problem *q, const struct place_fact *f, uint32_t commune, const struct site_fact *more, struct arena *a) {
    bool placed, urban = str_starts(f->name, STR("Phường ")) || str_starts(f->name, STR("Thị trấn "));
    struct coordinates at = place_of(f, &placed);
    enum travel_land land = urban ? TRAVEL_VALLEY : TRAVEL_HILL;
    struct siting_village *v = &q->village[q->villages++];
    *v = (struct siting_village){.code = f->code, .name = f->name, .group = urban ? STR("phường, thị trấn") : STR("xã"), .commune = commune, .people = (double)f->population, .at = at, .placed = placed, .land = land, .area_km2 = NAN};
    if (more) str_number(more->area, &v->area_km2);
    q->site[q->sites++] = (struct siting_site){
        .code = f->code, .name = network_site_name(a, PLACE_STATION, f->name), .commune = commune, .at = at, .placed = placed, .land = land,
        .today = SITING_STATION, .station_today = SITING_NO_SITE, .beside = f->site == PLACE_STATION, .road_minutes = NAN, .grade = NAN, .rooms = NAN, .land_m2 = NAN,
        .doctors = NAN, .midwives = NAN, .assistants = NAN, .cost = NAN};
}

/* Transport, as far as it is known: the way to the former commune where the new People's Committee sits. */
static void ways_to_seat(struct siting_problem *q, const struct map *facts) {
    for (uint32_t j = 0; j < q->sites; j++) {
        const struct site_fact *f = map_get(facts, q->site[j].code);
        if (!f || !str_is(f->seat, "yes")) continue;
        for (uint32_t k = 0; k < q->sites; k++)
            if (q->site[k].commune == q->site[j].commune && q->site[k].placed && q->site[j].placed)
                q->site[k].road_minutes = travel_estimate(q->site[k].at, q->site[j].at, &travel_guesses[q->site[k].land]).minutes;
    }
}

/* What there is to compare with, and what the tables leave open. */
static void tell_of_data(struct arena *a, const struct place_facts *facts, struct siting_problem *q) {
    uint32_t compared = 0, seats = 0;
    bool islands = false, any = false;
    for (size_t k = 0; k < facts->len; k++) islands = islands || facts->at[k].kind == PLACE_SPECIAL_ZONE;
    for (uint32_t c = 0; c < q->communes; c++) {
        uint32_t j = siting_next(q, c, 0);
        compared += siting_beside(q, c) != SITING_NO_SITE;
        seats += j < q->sites && !isnan(q->site[j].road_minutes);
    }
    for (uint32_t j = 0; j < q->sites; j++) any = any || !q->site[j].beside; /* all stay stations: nothing was decided */
    for (uint32_t j = 0; j < q->sites && !any; j++) q->site[j].beside = false;
    q->seat_in_both = any && seats;
    if (any) q->beside_name_vi = "phương án dẫn xuất của tỉnh", q->beside_name_en = "derived provincial plan";
    for (int vi = 0; vi < 2; vi++) {
        struct buf b = buf_new(a);
        if (seats) buf_addf(&b, vi ? "Giao thông tạm tính bằng đường đến trụ sở xã mới, biết được ở %u trong %u xã, phường." : "Transport stands for the way to the new commune's seat, known in %u of %u communes.", seats, q->communes);
        else buf_addz(&b, vi ? "Chưa biết trụ sở xã mới đặt ở xã cũ nào, nên giao thông chưa chấm điểm được." : "In which former communes the new seats are is not known, so transport has no points.");
        if (!any) buf_addz(&b, vi ? " Bảng công bố chưa có phương án trạm nào của tỉnh này để so sánh." : " The published tables hold no plan of stations for this province to compare with.");
        else if (seats) buf_addz(&b, vi ? " Phương án dẫn xuất cũng lấy trụ sở trước tiên, nên hai phương án giống nhau một phần vì vậy." : " The derived plan takes the seat first, so the two agree partly for that reason.");
        if (any && compared < q->communes) buf_addf(&b, vi ? " Số xã, phường không so sánh vì phương án ấy có hai trạm: %u." : " Communes not compared, as that plan has two stations there: %u.", q->communes - compared);
        if (islands) buf_addz(&b, vi ? " Đường biển ra đảo không được tính: thời gian ở đặc khu chỉ là đường chim bay." : " Ways by sea are not known: times in the special zones are straight lines only.");
        *(vi ? &q->note_vi : &q->note_en) = str_z(a, buf_str(&b));
    }
}

err siting_province(struct arena *a, str code, struct siting_problem *out) {
    struct place_facts facts;
    struct map more, index = map_new(a);
    TRY(network_facts(a, code, &facts));
    TRY(read_site_facts(a, code, &more));
    *out = (struct siting_problem){
        .code = code, .site = ARENA_ARRAY(a, struct siting_site, facts.len), .village = ARENA_ARRAY(a, struct siting_village, facts.len),
        .commune = ARENA_ARRAY(a, struct siting_commune, facts.len), .proposal = siting_defaults};
    for (size_t k = 0; k < facts.len; k++) {
        const struct place_fact *f = &facts.at[k];
        if (f->kind == PLACE_PROVINCE) out->title = f->name;
        if (!place_is_commune(f->kind)) continue;
        out->commune[out->communes++] = (struct siting_commune){f->code, f->name};
        map_put(&index, f->code, (void *)(uintptr_t)out->communes);
    }
    for (size_t k = 0; k < facts.len; k++) {
        const struct place_fact *f = &facts.at[k];
        uintptr_t commune = (uintptr_t)map_get(&index, f->parent);
        if (f->kind == PLACE_FORMER_COMMUNE && commune) add_former(out, f, (uint32_t)commune - 1, map_get(&more, f->code), a);
    }
    ways_to_seat(out, &more);
    tell_of_data(a, &facts, out);
    return OK_ERR;
}

err siting_as_of(struct arena *a, struct siting_problem *q, const struct network *n, int32_t day) {
    struct map index = map_new(a);
    str id = str_format(a, "province-%.*s", STR_ARG(q->code));
    const struct place_state *province = network_at(n, id, day);
    if (!province || !province->exists)
        return err_make(a, ERR_UNPROCESSABLE, "province", "the network of this node does not hold %.*s on that day", STR_ARG(q->title));
    for (uint32_t j = 0; j < q->sites; j++) map_put(&index, siting_place_id(a, q, j), (void *)(uintptr_t)(j + 1));
    for (uint32_t j = 0; j < q->sites; j++) {
        struct siting_site *site = &q->site[j];
        const struct place_state *s = network_at(n, siting_place_id(a, q, j), day);
        site->today = !s || !s->exists ? SITING_NOTHING : s->kind == PLACE_STATION ? SITING_STATION : s->kind == PLACE_POINT ? SITING_POINT : SITING_NOTHING;
        uintptr_t station = site->today == SITING_POINT ? (uintptr_t)map_get(&index, s->point_of) : 0;
        site->station_today = station ? (uint32_t)station - 1 : SITING_NO_SITE;
        if (s && s->exists && s->suspended) site->functioning = SITING_NO;
    }
    return OK_ERR;
}
