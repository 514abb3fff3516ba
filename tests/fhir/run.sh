#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Many real resources through the validator: `run.sh` takes what is quick, `run.sh examples` HL7's 5,306 examples, `run.sh synthea` all
# 120 patients. Reference data that is absent is skipped with a word. Last line: N passed, N failed, N skipped.
set -u
cd "$(dirname "$0")/../.."
shared=${TRAM_SHARED:-../shared}
corpus=${BUILD:-build}/test/corpus
examples=tools/node_modules/hl7.fhir.r4.examples
logs=${BUILD:-build}/test-logs
passed=0 failed=0 skipped=0
mkdir -p "$logs"
make -s "$corpus" >&2 || { echo "0 passed, 1 failed"; exit 1; }
pass() { passed=$((passed + 1)); }
no() { echo "FAILED $1"; failed=$((failed + 1)); }
skip() { echo "skipped: $1"; skipped=$((skipped + 1)); }

# the examples that the validator refuses are exactly those listed, with their reason, in docs/fhir-examples.md
run_examples() {
    [ -d $examples ] || { skip "HL7's examples are absent (make definitions fetches them)"; return; }
    find $examples -name '*.json' ! -name package.json | LC_ALL=C sort | xargs -n 10000 "$corpus" rules >"$logs/fhir-examples.txt"
    local total refused listed
    total=$(find $examples -name '*.json' ! -name package.json | wc -l)
    refused=$(grep -P '\t' "$logs/fhir-examples.txt" | grep -v 'warning: ' | cut -f1 | LC_ALL=C sort -u)
    listed=$(sed -nE 's/^\| `([^`]+\.json)` .*/\1/p' docs/fhir-examples.md | LC_ALL=C sort -u)
    if [ "$total" = 5306 ]; then pass; else no "$total examples, want 5306"; fi
    if [ "$refused" = "$listed" ]; then passed=$((passed + total)); else no "refused and listed examples differ:"; diff <(echo "$refused") <(echo "$listed"); fi
}

# every resource of the Synthea bundles is valid; `most` bundles
run_synthea() {
    local most=$1 n=0 all=0 line
    [ -d "$shared/data/fhir/synthea" ] || { skip "Synthea patients are absent (TRAM_SHARED)"; return; }
    for f in "$shared"/data/fhir/synthea/blaze-120-bz2/*.bz2; do
        [ $n -lt "$most" ] || break
        n=$((n + 1))
        line=$(bzcat "$f" | "$corpus" bundles | tail -1)
        case $line in
            *" resources, 0 failed,"*) all=$((all + ${line%% *})) ;;
            *) no "$f: $line" ;;
        esac
    done
    passed=$((passed + all))
    [ "$most" -lt 1000 ] || { [ $all = 92114 ] && pass || no "$all resources, want 92114"; }
}

# cases of HL7's validator: the same verdict, but for those in other.txt (they need terminology or foreign profiles, docs/fhirpath.md)
run_validator() {
    local cases=$shared/data/fhir/validator refused name
    [ -d "$cases" ] || { skip "the validator's cases are absent (TRAM_SHARED)"; return; }
    while read -r name; do
        refused=no
        "$corpus" rules "$cases/cases/$name" >"$logs/fhir-case.txt" 2>&1 || refused=yes
        if grep -qx "$name" tests/fhir/refused.txt; then [ $refused = yes ] && pass || no "accepted: $name"
        elif ! grep -qx "$name" tests/fhir/other.txt; then [ $refused = no ] && pass || { no "refused: $name"; head -3 "$logs/fhir-case.txt"; }
        fi
    done < <(sed -nE 's/^ *"file": "(.*\.(json|xml))",?$/\1/p' "$cases/index.json" | sort -u)
}

# the committed tables are what tools/definitions.mjs makes
run_definitions() {
    [ -d $examples ] || { skip "the packages of the definitions are absent (make definitions fetches them)"; return; }
    local out=${BUILD:-build}/definitions
    mkdir -p "$out"
    if node tools/definitions.mjs "$out/definitions_data.c" >/dev/null && cmp "$out/definitions_data.c" src/fhir/definitions_data.c &&
        cmp "$out/resource_types.h" src/fhir/resource_types.h; then pass; else no "the definitions differ from what is generated"; fi
}

case ${1:-quick} in
    examples) run_examples ;;
    synthea) run_synthea 1000 ;;
    quick) run_definitions; run_synthea 6; run_validator; run_examples ;;
    *) echo "use: run.sh [examples|synthea]" >&2; exit 2 ;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
