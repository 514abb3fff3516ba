#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes src/care/growth_table.c, the L, M and S of the WHO Child Growth Standards as whole numbers.

usage: tools/growth-table.py SOURCE_DIRECTORY > src/care/growth_table.c
SOURCE_DIRECTORY holds who_{wfa,lhfa,bfa,hcfa,acfa,tsfa,ssfa}.csv (sex,age,l,m,s: days) and who_{wfl,wfh}.csv (sex,length or
height,l,m,s: cm), as WHO's anthro package holds them. Only the figures are taken over. Stops when a table has a gap or a figure
with more decimals than are kept.
"""
import csv
import os
import sys
from decimal import Decimal

TABLES = ["wfa", "lhfa", "bfa", "hcfa", "acfa", "tsfa", "ssfa", "wfl", "wfh"]

HEAD = """/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Made by tools/growth-table.py, not by hand: L, M and S of the WHO Child Growth Standards (WHO Multicentre Growth Reference
 * Study Group, Geneva 2006 and 2007), birth to five years, by day or by 0.1 cm. Source: World Health Organization; the figures
 * as in its R package anthro, commit b776d8a. Facts only: no text or file of the source.
 */
#include "growth_table.h"
"""


def whole(text, scale):
    value = Decimal(text) * scale
    if value != int(value):
        sys.exit(f"{text} has more decimals than are kept")
    return int(value)


def table(folder, name):
    columns = {}
    with open(os.path.join(folder, f"who_{name}.csv"), encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            at = whole(row["age"], 1) if "age" in row else whole(row.get("length") or row["height"], 10)
            columns.setdefault(int(row["sex"]), []).append(
                (at, whole(row["l"], 10000), whole(row["m"], 10000), whole(row["s"], 100000)))
    first, last = columns[1][0][0], columns[1][-1][0]
    for sex in (1, 2):
        if [r[0] for r in columns[sex]] != list(range(first, last + 1)):
            sys.exit(f"{name}: sex {sex} does not run from {first} to {last} without a gap")
    return first, last, columns


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(HEAD)
    rows = []
    for name in TABLES:
        first, last, columns = table(sys.argv[1], name)
        for sex, word in ((1, "boys"), (2, "girls")):
            print(f"static const struct growth_lms {name}_{word}[] = {{")
            line = "   "
            for _, l, m, s in columns[sex]:
                cell = f" {{{m},{l},{s}}},"
                if len(line) + len(cell) > 120:
                    print(line)
                    line = "   "
                line += cell
            print(line + "\n};\n")
        rows.append(f"    {{{first}, {last}, {{{name}_boys, {name}_girls}}}},")
    print("const struct growth_table growth_tables[GROWTH_TABLES] = {")
    print("\n".join(rows))
    print("};")


if __name__ == "__main__":
    main()
