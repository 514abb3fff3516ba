#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# floors.sh: a file includes only from floors below its own, or from its own room; only db/ names SQLite; rules are pure.
set -u
cd "$(dirname "$0")/.."
floor() {
    case $1 in
        base) echo 1 ;;
        db | fhir | travel | paper) echo 2 ;;
        fhirpath | plan | rounds | forms) echo 3 ;;
        store | views) echo 4 ;;
        search) echo 5 ;;
        rest) echo 6 ;;
        server) echo 7 ;;
        network | codes | sync) echo 8 ;;
        people | surveys) echo 9 ;;
        care | immunisation | prescribing | siting | surveillance | supply | insurance | workforce | governance | decisions) echo 10 ;;
        demo | indicators | programmes) echo 11 ;;
        print) echo 11 ;;
        cli) echo 12 ;;
        main.c) echo 13 ;;
        *) echo 0 ;;
    esac
}
passed=0 failed=0
no() { echo "FAILED $1"; failed=$((failed + 1)); }
while IFS=: read -r file _ line; do
    room=$(echo "$file" | cut -d/ -f2)
    target=$(echo "$line" | sed -nE 's/.*#include "([a-z_]+)\/.*/\1/p')
    [ -n "$target" ] || continue
    own=$(floor "$room") other=$(floor "$target")
    if [ "$own" = 0 ]; then no "$file: room $room has no floor"
    elif [ "$other" = 0 ]; then no "$file: includes $target, which has no floor"
    elif [ "$room" != "$target" ] && [ "$other" -ge "$own" ]; then no "$file (floor $own) includes $target (floor $other)"
    else passed=$((passed + 1)); fi
done < <(grep -n '^#include "' -r src --include='*.[ch]')
for f in $(grep -lE '#include <(sqlite3|libpq-fe)\.h>' -r src | grep -v '^src/db/'); do no "$f names the database engine"; done
for f in $(grep -lE '#include <(sys/socket|microhttpd|gnutls/.*)\.h>' -r src | grep -vE '^src/(server|sync)/'); do no "$f opens sockets"; done
for f in $(grep -lE "#include <(cairo|pango|xlsxwriter|qrencode)" -r src | grep -v "^src/paper/"); do no "$f names a library of paper"; done
for f in $(find src/plan src/rounds src/views src/travel src/fhir src/paper src/forms src/siting -name '*.c' ! -name routes.c 2>/dev/null | xargs grep -lE '#include "(db|store)/|clock_now_ms|day_today' 2>/dev/null); do no "$f is a pure room"; done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
