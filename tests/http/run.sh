#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Black-box suites over HTTP: each starts `tram serve` on a node of its own and prints "N passed, N failed".
cd "$(dirname "$0")/../.."
status=0
for suite in tests/http/test_*.mjs; do
    echo "# $suite"
    node "$suite" || status=1
done
exit $status
