#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes data/network/PP-NAME.csv, PP-operations.csv and data/demo/PP-age.csv from published tables (see data/network/README.md).

usage: tools/network-table.py SOURCE_DIRECTORY PROVINCE_CODE NAME OUTPUT_DIRECTORY
SOURCE_DIRECTORY holds communes.csv, old-communes.csv, stations-derived.csv and population-age-districts-2019.csv.
Only facts are taken over (codes, names, counts, centroids): no polygon, no text of a source. What no source says is derived here
by a rule that the README names, and the decision that rests on it is marked assumed.
"""
import csv
import math
import os
import sys

# The base of the population of a province, as published.
POPULATION = {"11": ("646182", "average population 2023, dienbien.gov.vn"),
              "12": ("494626", "provincial figure beside the merger of 2025, sapnhap.bando.com.vn"),
              "14": ("1327430", "provincial figure beside the merger of 2025, sapnhap.bando.com.vn"),
              "22": ("1429841", "provincial figure beside the merger of 2025, sapnhap.bando.com.vn")}

# Bodies that the articles name, and those they only count. id, kind, name, note
UNNAMED = "counted by the source, not named"
BODIES = {
    "11": [("hospital-11-general", "hospital", "Bệnh viện Đa khoa tỉnh Điện Biên", "")],
    "12": [("hospital-12-general", "hospital", "Bệnh viện Đa khoa tỉnh Lai Châu", "")],
    "14": [],
    "22": [("hospital-22-general", "hospital", "Bệnh viện Đa khoa tỉnh Quảng Ninh", ""),
           ("hospital-22-ha-long", "hospital", "Bệnh viện Đa khoa Hạ Long", ""),
           ("hospital-22-bai-chay", "hospital", "Bệnh viện Bãi Cháy", ""),
           ("hospital-22-lung", "hospital", "Bệnh viện Phổi Quảng Ninh", ""),
           ("hospital-22-mental-protection", "hospital", "Bệnh viện Bảo vệ sức khỏe tâm thần Quảng Ninh", "")]
    + [(f"hospital-22-{n}", "hospital", f"Bệnh viện chuyên khoa hoặc đa khoa số {n} (không nêu tên)", UNNAMED) for n in range(6, 11)]
    + [("centre-22-mental-support", "centre", "Trung tâm Hỗ trợ sức khỏe tâm thần Quảng Ninh", "assumed to be one of the 6 centres")]
    + [(f"centre-22-{n}", "centre", f"Trung tâm dự phòng, chuyên ngành hoặc giám định số {n} (không nêu tên)", UNNAMED) for n in range(2, 7)]
    + [(f"social-22-{n}", "social-unit", f"Đơn vị trợ giúp xã hội số {n} (không nêu tên)", UNNAMED) for n in range(1, 4)]
    + [(f"polyclinic-22-{slug}", "polyclinic", f"Phòng khám đa khoa khu vực {name}", "") for slug, name in
       (("hoanh-mo", "Hoành Mô"), ("ha-nam", "Hà Nam"), ("nam-khe", "Nam Khê"), ("mao-khe", "Mạo Khê"), ("quan-lan", "Quan Lạn"),
        ("cao-xanh", "Cao Xanh"), ("ha-tu", "Hà Tu"))]
    + [("office-22-social-protection", "office", "Phòng Bảo trợ xã hội", ""),
       ("office-22-social-evils", "office", "Phòng Phòng, chống tệ nạn xã hội", "")],
}
DISTRICT_WORDS = ("Thành phố ", "Thị xã ", "Thị Xã ", "Huyện ")
KINDS = {"Xã": "commune", "Phường": "ward", "Đặc khu": "special-zone"}


def rows(folder, name, province):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return [r for r in csv.DictReader(f) if r["province_code"] == province]


def lower(name):
    for word in ("Phường", "Xã", "Thị trấn", "Đặc khu"):
        if name.startswith(word + " "):
            return word.lower() + name[len(word):]
    return name


def km(x, y):
    a, b, c, d = (math.radians(float(v)) for v in (x["lat"], x["lon"], y["lat"], y["lon"]))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12742 * math.asin(math.sqrt(h))


class Operations:
    """Rows of PP-operations.csv; lists of places are joined by spaces, `target` of a split is id:share."""
    columns = "decision kind place target place_kind name code parent role manager director insurer receiver reason".split()

    def __init__(self):
        self.rows = []

    def add(self, decision, kind, place, **more):
        place = place if isinstance(place, str) else " ".join(place)
        self.rows.append({"decision": decision, "kind": kind, "place": place, **more})


def shares(r):
    """Successors of a former commune with the share of its area, greatest first; what is below one hundredth is left out."""
    codes = r["new_commune_codes"].split()
    if len(codes) == 1:
        return [(codes[0], 1.0)]
    known = dict(p.split(":") for p in r["overlap"].split())
    parts = sorted(((c, float(known.get(c, 0))) for c in codes), key=lambda p: -p[1])
    parts = [p for p in parts if p[1] >= 0.05]
    total = sum(p[1] for p in parts)
    parts = [(c, round(s / total, 2)) for c, s in parts]
    return [(c, s) for c, s in parts[:-1]] + [(parts[-1][0], round(1 - sum(s for _, s in parts[:-1]), 2))]


def communes_merge(o, province, communes, former, districts):
    """The Resolution of the Standing Committee of the National Assembly: new communes, their committees, no districts."""
    d = f"{province}-communes"
    for c in communes:
        whole = [r for r in former if shares(r)[0][0] == c["commune_code"] and len(shares(r)) == 1]
        assert whole, c
        o.add(d, "merge", [f"former-commune-{r['commune_code']}" for r in whole], target=f"commune-{c['commune_code']}",
              place_kind=KINDS[c["kind"]], name=c["name_vi"], code=c["commune_code"], parent=f"province-{province}")
    for r in former:
        if len(shares(r)) > 1:
            o.add(d, "split", f"former-commune-{r['commune_code']}", target=" ".join(f"commune-{c}:{s}" for c, s in shares(r)),
                  reason="shares of the area")
    for c in communes:
        o.add(d, "create", f"committee-{c['commune_code']}", place_kind="committee", name=f"Ủy ban nhân dân {lower(c['name_vi'])}",
              parent=f"commune-{c['commune_code']}")
    o.add(d, "dissolve", [f"district-{code}" for code in sorted(districts.values())], receiver=f"=province-{province}",
          reason="two levels of local government")


def roles(province, former, stations):
    """station, point or stopped for each former commune."""
    role = {r["commune_code"]: stations[r["commune_code"]]["role_after_derived"] for r in former}
    if province == "12":  # the source says nothing of stations: they stay
        return {c: "station" for c in role}
    if province != "22":
        return role
    by_code = {r["commune_code"]: r for r in former}
    main = {shares(r)[0][0]: r for r in former if role[r["commune_code"]] == "station"}
    rest = [r for r in former if role[r["commune_code"]] != "station"]
    population = {}
    for r in former:
        population[shares(r)[0][0]] = population.get(shares(r)[0][0], 0) + int(r["population_est_2025"])
    # 55 stations in 54 communes: the second one in the most populous commune
    most = max(population, key=population.get)
    second = max((r for r in rest if shares(r)[0][0] == most), key=lambda r: int(r["population_est_2025"]))
    role[second["commune_code"]] = "station"
    rest.remove(second)
    # 26 stopped: those nearest to their commune's station
    rest.sort(key=lambda r: km(r, main[shares(r)[0][0]]))
    for i, r in enumerate(rest):
        role[r["commune_code"]] = "stopped" if i < 26 else "point"
    assert by_code
    return role


def stations_change(o, d, province, communes, former, role):
    """Stations named after the new commune, points below them, stopped ones absorbed."""
    main = {}
    for r in former:
        if role[r["commune_code"]] == "station":
            main.setdefault(shares(r)[0][0], []).append(r)
    # the derived main station first: it bears the commune's name; a second one keeps its own
    name = {c["commune_code"]: c["name_vi"] for c in communes}
    for code in sorted(main):
        main[code].sort(key=lambda r: -int(r["derived_main"]))
        o.add(d, "rename", f"station-{main[code][0]['commune_code']}", name=f"Trạm Y tế {lower(name[code])}")
    for r in former:
        target = f"station-{main[shares(r)[0][0]][0]['commune_code']}"
        if role[r["commune_code"]] == "point":
            o.add(d, "convert-to-point", f"station-{r['commune_code']}", target=target, name=f"Điểm trạm Y tế {lower(r['name_vi'])}")
        elif role[r["commune_code"]] == "stopped":
            o.add(d, "merge", f"station-{r['commune_code']}", target=target, receiver=f"={target}")


def sites(former, role):
    return [f"station-{r['commune_code']}" for r in former if role[r["commune_code"]] != "stopped"]


def dien_bien(o, communes, former, districts, role):
    d = "11-stations"
    stations_change(o, d, "11", communes, former, role)
    # stated: the centre of Nậm Pồ directly manages the 8 points of the 4 communes it guides
    nam_po = {"03166", "03176", "03169", "03175"}
    points = [f"station-{r['commune_code']}" for r in former if shares(r)[0][0] in nam_po and role[r["commune_code"]] == "point"]
    assert len(points) == 8
    o.add(d, "transfer-management", [s for s in sites(former, role) if s not in points], role="manager",
          reason="stations are units of the commune (Circular 43/2025/TT-BYT); the 8 points of Nậm Pồ stay with its centre")


def son_la(o, communes, former, districts, role):
    stations_change(o, "14-stations", "14", communes, former, role)
    o.add("14-transfer", "transfer-management", sites(former, role), role="manager")


def quang_ninh(o, communes, former, districts, role):
    d, centre = "22-system", lambda name: f"health-centre-{districts[name]}"
    stations_change(o, d, "22", communes, former, role)
    regional = {"dong-trieu": ("Đông Triều", ["Đông Triều"], ["mao-khe"]), "quang-yen": ("Quảng Yên", ["Quảng Yên", "Uông Bí"], ["ha-nam", "nam-khe"]),
                "van-don": ("Vân Đồn", ["Vân Đồn", "Cô Tô"], ["quan-lan"]),
                "tien-yen": ("Tiên Yên", ["Tiên Yên", "Bình Liêu", "Ba Chẽ", "Đầm Hà"], ["hoanh-mo"]), "mong-cai": ("Móng Cái", ["Móng Cái", "Hải Hà"], [])}
    body = {}
    for slug, (name, centres, polyclinics) in regional.items():
        target = f"hospital-22-{slug}"
        o.add(d, "merge", [centre(c) for c in centres] + [f"polyclinic-22-{p}" for p in polyclinics], target=target,
              place_kind="regional-hospital", name=f"Bệnh viện Đa khoa khu vực {name}", parent="province-22",
              manager="health-department-22", director="health-department-22", insurer=target)
        body.update({districts[c]: target for c in centres})
    o.add(d, "merge", [centre("Hạ Long"), "polyclinic-22-cao-xanh", "polyclinic-22-ha-tu"], target="hospital-22-lung")
    o.add(d, "dissolve", centre("Cẩm Phả"), receiver="=health-department-22", reason="who takes over is not stated: the Department is assumed")
    o.add(d, "merge", "hospital-22-ha-long", target="hospital-22-general")
    o.add(d, "merge", ["hospital-22-mental-protection", "centre-22-mental-support"], target="hospital-22-mental-health", place_kind="hospital",
          name="Bệnh viện Sức khỏe tâm thần Quảng Ninh", parent="province-22", manager="health-department-22",
          director="health-department-22", insurer="hospital-22-mental-health")
    o.add(d, "merge", [f"social-22-{n}" for n in (1, 2, 3)], target="social-22-assistance", place_kind="social-unit",
          name="Trung tâm Trợ giúp xã hội Quảng Ninh", parent="province-22", manager="health-department-22",
          director="health-department-22", insurer="social-22-assistance")
    o.add(d, "merge", "office-22-social-evils", target="office-22-social-protection")
    body.update({districts["Hạ Long"]: "hospital-22-lung", districts["Cẩm Phả"]: "hospital-22-general"})
    kept = sites(former, role)
    extra = ["station-22-sub-1", "station-22-sub-2"]
    o.add(d, "transfer-management", kept + extra, role="manager", reason="who manages the stations is not stated: the communes are assumed")
    o.add(d, "transfer-management", kept + extra, role="director", target="health-department-22",
          reason="professional direction by the Department (Circular 43/2025/TT-BYT)")
    by_station = {f"station-{r['commune_code']}": body[districts[bare(r["district"])]] for r in former}
    by_station.update({s: by_station[f"station-{c}"] for s, c in zip(extra, substation_homes(former))})
    for target in sorted(set(body.values())):
        places = [s for s in kept + extra if by_station[s] == target]
        if places:
            o.add(d, "transfer-management", places, role="insurer", target=target, reason="the successor of the centre is assumed to hold the contract")
    for s, c in zip(extra, substation_homes(former)):
        home = next(r for r in former if r["commune_code"] == c)
        station = next(r for r in former if role[r["commune_code"]] == "station" and shares(r)[0][0] == shares(home)[0][0] and r["derived_main"])
        o.add(d, "convert-to-point", s, target=f"station-{station['commune_code']}")


def bare(district):
    for word in DISTRICT_WORDS:
        if district.startswith(word):
            return district[len(word):]
    return district


def substation_homes(former):
    """Where the two unnamed sub-stations are put: the two largest former communes."""
    return [r["commune_code"] for r in sorted(former, key=lambda r: -float(r["polygon_area_km2"] or 0))[:2]]


def write_places(path, province, communes, former, districts, role):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow("kind code parent name population census_2019 urban_2019 households_2019 latitude longitude "
                   "district role note".split())
        total = sum(int(r["population_2019"]) for r in former)
        population, note = POPULATION[province]
        w.writerow(["province", province, "", "Tỉnh " + communes[0]["province"], population, total,
                    sum(int(r["urban_2019"]) for r in former), sum(int(r["households_2019"]) for r in former),
                    "", "", "", "", note])
        names = {r["district_code"]: r["district"].replace("Thị Xã", "Thị xã") for r in former}
        for code in sorted(names):
            w.writerow(["district", code, province, names[code], "", "", "", "", "", "", "", "", "until 2025-06-30"])
        for code in sorted(names):
            w.writerow(["health-centre", f"health-centre-{code}", province, f"Trung tâm Y tế {bare(names[code])}", "", "", "", "", "", "",
                        names[code], "", "" if province == "22" or bare(names[code]) in ("Nậm Pồ", "Mường Lay") else "one centre a district is assumed"])
        for code, kind, name, note in BODIES[province]:
            w.writerow([kind, code, province, name, "", "", "", "", "", "", "", "", note])
        for r in sorted(communes, key=lambda r: r["commune_code"]):
            w.writerow(["commune", r["commune_code"], province, r["name_vi"], r["population"], r["census_2019"], "", "",
                        r["lat"], r["lon"], "", "", r["flags"]])
        for r in sorted(former, key=lambda r: r["commune_code"]):
            low = "low confidence of the coordinates" if "LOW CONFIDENCE" in r["coord_source"] else ""
            w.writerow(["former-commune", r["commune_code"], shares(r)[0][0], r["name_vi"], r["population_est_2025"],
                        r["population_2019"], r["urban_2019"], r["households_2019"], r["lat"], r["lon"], names[r["district_code"]],
                        role[r["commune_code"]], "; ".join(x for x in (r["notes"], low) if x)])
        for n, code in enumerate(substation_homes(former), 1) if province == "22" else ():
            home = next(r for r in former if r["commune_code"] == code)
            w.writerow(["point", f"station-22-sub-{n}", code, f"Phân trạm y tế số {n} (không nêu tên)", "", "", "", "", home["lat"], home["lon"],
                        names[home["district_code"]], "point", "counted by the source, place assumed"])


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, province, name, out = sys.argv[1:]
    communes = rows(source, "communes.csv", province)
    former = rows(source, "old-communes.csv", province)
    stations = {r["old_commune_code"]: r for r in rows(source, "stations-derived.csv", province)}
    ages = rows(source, "population-age-districts-2019.csv", province)
    for r in former:
        r["derived_main"] = stations[r["commune_code"]]["role_after_derived"] == "station"
    districts = {bare(r["district"]): r["district_code"] for r in former}
    role = roles(province, former, stations)
    os.makedirs(f"{out}/network", exist_ok=True)
    os.makedirs(f"{out}/demo", exist_ok=True)
    write_places(f"{out}/network/{province}-{name}.csv", province, communes, former, districts, role)

    o = Operations()
    communes_merge(o, province, communes, former, districts)
    for code, rest in (("11", dien_bien), ("14", son_la), ("22", quang_ninh)):
        if code == province:
            rest(o, communes, former, districts, role)
    with open(f"{out}/network/{province}-operations.csv", "w", encoding="utf-8", newline="") as f:
        w = csv.DictWriter(f, Operations.columns, restval="", lineterminator="\n")
        w.writeheader()
        w.writerows(o.rows)

    if province != "11":
        return
    names = {r["district"].casefold(): r["district"].replace("Thị Xã", "Thị xã") for r in former}  # the census table writes some in other case
    with open(f"{out}/demo/{province}-age.csv", "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["district", "age", "population"])
        for r in ages:
            if r["district"]:
                w.writerow([names[r["district"].casefold()], int(r["age_group"].rstrip("+").split("-")[0]), r["total"]])


main()
