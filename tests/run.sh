#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs every suite, adds up what they say and ends with "N passed, N failed, N skipped".
# A suite is a command whose output has cmocka's closing lines or a line "N passed, N failed[, N skipped]".
set -u
cd "$(dirname "$0")/.."
passed=0 failed=0 skipped=0
logs=build/test-logs
mkdir -p $logs

counts() { # file: "passed failed skipped"
    awk '/^\[  (PASSED|FAILED|SKIPPED) *\] [0-9]+ test/ { n[tolower($2)] += $4 }
         /^([a-z]+: )?[0-9]+ passed, [0-9]+ failed/ {
             for (i = 1; i < NF; i++) if ($i ~ /^[0-9]+$/) { word = $(i + 1); gsub(/[^a-z]/, "", word); n[word] += $i } }
         END { print n["passed"] + 0, n["failed"] + 0, n["skipped"] + 0 }' "$1"
}

suite() { # name command...
    local name=$1 log=$logs/${1//[^a-zA-Z0-9]/-}.log started=$SECONDS status p f s
    shift
    "$@" >"$log" 2>&1
    status=$?
    read -r p f s < <(counts "$log")
    # a suite that ended badly without counting a failure, or that counted nothing, has failed
    if [ $status -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    if [ $((p + f + s)) -eq 0 ]; then f=1; echo "no test was run" >>"$log"; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-28s %5d passed %3d failed %3d skipped  %4d s\n' "$name" "$p" "$f" "$s" $((SECONDS - started))
    [ "$f" -eq 0 ] && return
    grep -aE 'FAIL|ERROR|[Ee]rror|not ok|panic|differ|no test' "$log" | tail -25 | sed 's/^/    | /'
    echo "    all of it: $log"
}

suite floors tools/floors.sh
for t in build/test/test_*; do
    case $t in *.d) continue ;; esac
    suite "unit ${t#build/test/test_}" "$t"
done
for s in tests/*/run.sh; do
    suite "$(basename "$(dirname "$s")")" "$s"
done
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
