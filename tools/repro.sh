#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# repro.sh: builds the working tree twice, in two folders of different names, and compares the programs byte by byte.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in one another-folder; do
    mkdir "$work/$name"
    git ls-files -z | xargs -0 cp --parents -t "$work/$name"
    make -s -C "$work/$name" -j"$(nproc)" >/dev/null
done
if cmp "$work/one/build/tram" "$work/another-folder/build/tram"; then
    echo "the same bytes: $(sha256sum < "$work/one/build/tram" | cut -c1-64)"
else
    echo "the two builds differ" >&2
    exit 1
fi
