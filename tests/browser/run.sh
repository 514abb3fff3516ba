#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Browser tests: Playwright and axe-core in Debian's Chromium, under Node 22 from npm (Debian 12 ships Node 18), against a small
# demo node of this build. Ends with "N passed, N failed". TRAM_BASE=http://… tests a running server instead; any argument is a
# part of the names of the tests to run.
set -eu
cd "$(dirname "$0")"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --ignore-scripts >npm.log 2>&1 || { tail -3 npm.log; echo "tram: the browser tests need their npm packages; is there a network?"; echo "0 passed, 1 failed"; exit 1; }
    rm -f npm.log
    touch node_modules/.package-lock.json
fi
node=$(ls -d node_modules/node-linux-*/bin/node | head -1)
exec "$node" run.mjs "$@"
