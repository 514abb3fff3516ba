#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# make bench: every number of the README on this machine, as a table and as bench/latest.json. The server runs on one core, the
# load on the other. What needs the reference data (Synthea) says so when they are absent. TRAM_SHARED: where they lie.
set -u
cd "$(dirname "$0")/.."
shared=${TRAM_SHARED:-../shared}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tram=build/tram
make -s -j"$(nproc)" all build/bench/store build/bench/people build/bench/http_load build/bench/paper >/dev/null || exit 1
json="\"date\":\"$(date -u +%F)\",\"machine\":\"$(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)\",\"load\":\"$(cut -d' ' -f1 /proc/loadavg)\""
row() { printf '%-58s %s\n' "$1" "$2"; json="$json,\"$1\":\"$2\""; }
first() { grep -E "$1" "$2" | head -1; }

if ls "$shared"/data/fhir/synthea/blaze-120-bz2/*.bz2 >/dev/null 2>&1; then
    for f in "$shared"/data/fhir/synthea/blaze-120-bz2/*.bz2; do bzcat "$f" >"$work/$(basename "${f%.bz2}")"; done
    $tram init "$work/node"
    row 'import of 122 Synthea bundles (both cores, transactions)' "$($tram import "$work/node" "$work"/*.json 2>/dev/null | tail -1)"
    row 'disk, all R4 base search parameters (bytes a resource)' "$($tram stats "$work/node" --json | sed -E 's/.*"bytes_per_resource":([0-9.]+).*/\1/')"
    $tram export "$work/node" | awk '{ print } NR % 500 == 0 { print "" }' >"$work/all.ndjson"
    build/bench/store "$work/all.ndjson" "$work/bench" >"$work/store.txt" 2>&1
    row 'import, full validation' "$(first '^import' "$work/store.txt" | sed 's/^import: //')"
    row 'writer against a bare loop over the same rows' "$(first '^floor of the writer' "$work/store.txt" | sed 's/^floor of the writer: //')"
    row 'durable single writes' "$(first '^durable' "$work/store.txt" | sed 's/^durable single writes, //')"
    row 'durable writes against the bare loop' "$(first '^floor of durable' "$work/store.txt" | sed 's/^floor of durable writes: //')"
else
    row 'Synthea' 'not measured: the reference data are not here'
fi

node bench/http.mjs 8 >"$work/http.json" 2>"$work/http.err" && row 'HTTP' "$(tr -d '\n' <"$work/http.json" | tr '"' "'")" || row 'HTTP' "failed: $(tail -1 "$work/http.err")"

$tram init "$work/demo"
begin=$(date +%s.%N)
$tram demo "$work/demo" --scale 0.02 >/dev/null 2>&1
row 'tram demo --scale 0.02 (s)' "$(echo "$(date +%s.%N) $begin" | awk '{ printf "%.1f", $1 - $2 }')"

build/bench/people "${TRAM_BENCH_PEOPLE:-/tmp/tram-bench-people}" 1 people-only >"$work/people.txt" 2>&1
row "find among 646,182 people (ms of processor)" "$(grep -E "p95" "$work/people.txt" | tr -s " " | tr "\n" ";" | tr "\"" " ")"

row 'prints (ms of processor)' "$(build/bench/paper)"

echo "{$json}" >bench/latest.json
