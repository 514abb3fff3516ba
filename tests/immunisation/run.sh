#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The suites of the immunisation room: written cases of Viet Nam, and, where TRAM_SHARED (or ../shared) has them, CDC's
# and WHO's reference cases and a short differential run. Ends with "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/../.."
make -s build/forecast-driver || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
driver=build/forecast-driver here=tests/immunisation passed=0 failed=0 skipped=0
shared=${TRAM_SHARED:-}
for d in ../shared ../../shared; do [ -z "$shared" ] && [ -d $d/data/cdsi ] && shared=$d; done
suite() { # name command...
    local name=$1
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $name"; fi
}
suite "Viet Nam" $here/vn_cases.py $driver data/schedules/vn-epi.json
if [ -n "$shared" ]; then
    suite "CDSi cases" $here/reference.py $driver "$shared" --page docs/immunisation-cases.md
    suite "CDSi cases, to the letter" $here/reference.py $driver "$shared" --as-published
    suite "XML, text and folder alike" $here/roundtrip.sh $driver "$shared"
    suite "differential" $here/differential.py $driver "$shared" 600 "$(date +%j)"
    suite "WHO" $here/who_cases.py $driver data/schedules "$shared"
else
    echo "no reference data (TRAM_SHARED): CDSi, WHO and differential suites skipped"
    skipped=5
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
