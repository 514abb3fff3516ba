#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# deps.sh NEED...: installs what is missing of the Debian packages listed under these needs in tools/packages.
set -eu
here=$(dirname "$0")
missing=
for need in "$@"; do
    for entry in $(sed -n "s/^$need //p" "$here/packages"); do
        package=${entry%%:*}
        case $entry in *:*) command -v "${entry#*:}" >/dev/null && continue ;; esac
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null; then
    echo "tram: this is not Debian; install what corresponds to:$missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "tram: run this as root, or install sudo, or: apt-get install$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "tram: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! $as_root apt-get install -y --no-install-recommends $missing >"$log" 2>&1; then
    $as_root apt-get update >"$log" 2>&1 || true
    if ! $as_root apt-get install -y --no-install-recommends $missing >"$log" 2>&1; then
        grep '^E:' "$log" >&2 || tail -3 "$log" >&2
        echo "tram: could not install the packages above; is there a network and a Debian mirror? Then run this again." >&2
        exit 1
    fi
fi
