# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a small OpenStreetMap extract (PBF, by the format's description) and the same cut between each two of its blocks:
NAME.osm.pbf and NAME-cut-K.osm.pbf, K = blocks kept. A road along latitude 21 in three ways, and a relation over them.
usage: pbf.py NAME"""
import struct
import sys
import zlib


def varint(n):
    out = b""
    while True:
        n, low = n >> 7, n & 127
        out += bytes([low | (128 if n else 0)])
        if not n:
            return out


def number(field, n):
    return varint(field << 3) + varint(n)


def signed(n):
    return n << 1 if n >= 0 else (-n << 1) - 1


def data(field, b):
    return varint(field << 3 | 2) + varint(len(b)) + b


def packed(field, numbers):
    return data(field, b"".join(varint(n) for n in numbers))


def deltas(values):
    return [signed(v - u) for u, v in zip([0] + values, values)]


def block(kind, content):
    blob = number(2, len(content)) + data(3, zlib.compress(content))
    head = data(1, kind.encode()) + number(3, len(blob))
    return struct.pack(">I", len(head)) + head + blob


def primitive(strings, group):
    return block("OSMData", data(1, b"".join(data(1, s.encode()) for s in [""] + strings)) + data(2, group))


def nodes(ids):
    dense = packed(1, deltas(ids)) + packed(8, deltas([210000000] * len(ids))) + packed(9, deltas([1030000000 + 100000 * i for i in ids]))
    return primitive([], data(2, dense))


def way(number_of_way, refs):
    body = number(1, number_of_way) + packed(2, [1]) + packed(3, [2]) + packed(8, deltas(refs))
    return primitive(["highway", "primary"], data(3, body))


blocks = [block("OSMHeader", data(4, b"OsmSchema-V0.6") + data(4, b"DenseNodes")), nodes([0, 1, 2, 3]), nodes([4, 5, 6]), way(1, [0, 1, 2]), way(2, [2, 3, 4]), way(3, [4, 5, 6]),
          primitive(["type", "route", "way"], data(4, number(1, 9) + packed(2, [1]) + packed(3, [2]) + packed(8, [3]) + packed(9, deltas([1])) + packed(10, [1])))]
for kept in range(1, len(blocks) + 1):
    name = f"{sys.argv[1]}-cut-{kept}.osm.pbf" if kept < len(blocks) else f"{sys.argv[1]}.osm.pbf"
    with open(name, "wb") as f:
        f.write(b"".join(blocks[:kept]))
with open(f"{sys.argv[1]}-clipped.osm.pbf", "wb") as f:  # nodes 4 to 6 lie outside
    f.write(b"".join(blocks[:2] + blocks[3:]))
