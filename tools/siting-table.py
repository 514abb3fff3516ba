#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes data/siting/PP-sites.csv from published tables (see data/siting/README.md).

usage: tools/siting-table.py SOURCE_DIRECTORY PROVINCE_CODE OUTPUT_DIRECTORY
SOURCE_DIRECTORY holds communes.csv and old-communes.csv. Only facts are taken over: no polygon, no text of a source.
"""
import csv
import os
import sys
import unicodedata


def rows(folder, name, province):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
        return [r for r in csv.DictReader(f) if r["province_code"] == province]


def folded(name):
    """Without marks and case: the sources spell Pu Nhi and Pú Nhi, Noong Hẹt and Noọng Hẹt."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(ch for ch in plain if not unicodedata.combining(ch))


def by_name(commune, members):
    """Former communes by the names that the text of the merger uses. A name that no list has belongs to the one former
    commune left over (the sources spell Xá Nhè and Sáng Nhè)."""
    names = [folded(n.strip()) for n in commune["predecessors"].split(",")]
    found = {folded(m["name_vi"]): m for m in members}
    lost = [n for n in names if n not in found]
    left = [m for name, m in found.items() if name not in names]
    if len(lost) == len(left) == 1:
        found[lost[0]] = left[0]
    return found


def seat_of(commune, members):
    """The former commune in which the new People's Committee sits, when the published text names it: by its own name, or
    as the township that carries the name of the district whose offices are used."""
    found, text = by_name(commune, members), folded(commune["admin_centre_vi"])
    at = text.rfind("ubnd ") + len("ubnd ")
    named = found.get(text[at:]) or found.get(text[at:].replace("huyen ", "thi tran ", 1))
    return named["commune_code"] if named else ""


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    source, province, out = sys.argv[1:]
    former = rows(source, "old-communes.csv", province)
    seats = {}
    for commune in rows(source, "communes.csv", province):
        members = [m for m in former if commune["commune_code"] in m["new_commune_codes"].split()]
        seats[commune["commune_code"]] = seat_of(commune, members)
    os.makedirs(f"{out}/siting", exist_ok=True)
    with open(f"{out}/siting/{province}-sites.csv", "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["code", "area_km2", "seat"])
        for m in former:
            seat = seats[m["new_commune_codes"].split()[0]]
            w.writerow([m["commune_code"], m["polygon_area_km2"], "" if not seat else "yes" if seat == m["commune_code"] else "no"])


main()
