#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes data/network/PP-NAME.csv and data/demo/PP-age.csv from published tables (see data/network/README.md).

usage: tools/network-table.py SOURCE_DIRECTORY PROVINCE_CODE NAME OUTPUT_DIRECTORY
SOURCE_DIRECTORY holds communes.csv, old-communes.csv, stations-derived.csv and population-age-districts-2019.csv.
Only facts are taken over (codes, names, counts, centroids): no polygon, no text of a source.
"""
import csv
import os
import sys

# Average population of 2023 as published by the province (dienbien.gov.vn): the base of the synthetic population.
AVERAGE_POPULATION = {"11": ("646182", "average population 2023, dienbien.gov.vn")}


def rows(folder, name, province):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return [r for r in csv.DictReader(f) if r["province_code"] == province]


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    source, province, name, out = sys.argv[1:]
    communes = rows(source, "communes.csv", province)
    former = rows(source, "old-communes.csv", province)
    stations = {r["old_commune_code"]: r for r in rows(source, "stations-derived.csv", province)}
    ages = rows(source, "population-age-districts-2019.csv", province)
    os.makedirs(f"{out}/network", exist_ok=True)
    os.makedirs(f"{out}/demo", exist_ok=True)

    with open(f"{out}/network/{province}-{name}.csv", "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow("kind code parent name population census_2019 urban_2019 households_2019 latitude longitude "
                   "district role note".split())
        total = sum(int(r["population_2019"]) for r in former)
        population, note = AVERAGE_POPULATION[province]
        w.writerow(["province", province, "", "Tỉnh " + communes[0]["province"], population, total,
                    sum(int(r["urban_2019"]) for r in former), sum(int(r["households_2019"]) for r in former),
                    "", "", "", "", note])
        for r in sorted(communes, key=lambda r: r["commune_code"]):
            w.writerow(["commune", r["commune_code"], province, r["name_vi"], r["population"], r["census_2019"], "", "",
                        r["lat"], r["lon"], "", "", r["flags"]])
        for r in sorted(former, key=lambda r: r["commune_code"]):
            successor = r["new_commune_codes"].split()
            assert len(successor) == 1, r
            low = "low confidence of the coordinates" if "LOW CONFIDENCE" in r["coord_source"] else ""
            w.writerow(["former-commune", r["commune_code"], successor[0], r["name_vi"], r["population_est_2025"],
                        r["population_2019"], r["urban_2019"], r["households_2019"], r["lat"], r["lon"], r["district"],
                        stations[r["commune_code"]]["role_after_derived"], "; ".join(x for x in (r["notes"], low) if x)])

    districts = {r["district"].casefold(): r["district"] for r in former}  # the census table writes some in other case
    with open(f"{out}/demo/{province}-age.csv", "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["district", "age", "population"])
        for r in ages:
            if r["district"]:
                w.writerow([districts[r["district"].casefold()], int(r["age_group"].rstrip("+").split("-")[0]), r["total"]])


main()
