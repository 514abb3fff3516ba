#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line from outside: answers, exit codes, bad input, and commands beside a running server.
set -u
cd "$(dirname "$0")/../.."
tram=$PWD/build/tram
work=$(mktemp -d)
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
server=
passed=0 failed=0
export LC_ALL=C.UTF-8

# check NAME EXPECTED-EXIT PATTERN-IN-STDOUT PATTERN-IN-STDERR command...   ('' = nothing may be there, * = anything)
check() {
    local name=$1 want=$2 out_pattern=$3 err_pattern=$4 status
    shift 4
    "$@" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    local why=
    [ $status = "$want" ] || why="exit $status instead of $want"
    matches "$work/out" "$out_pattern" || why="$why; stdout: $(head -c 300 "$work/out")"
    matches "$work/err" "$err_pattern" || why="$why; stderr: $(head -c 300 "$work/err")"
    if [ -z "$why" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $name: $why"; fi
}
matches() {
    case $2 in
        '*') return 0 ;;
        '') [ ! -s "$1" ] ;;
        *) grep -qE -- "$2" "$1" ;;
    esac
}
one_line() { if [ "$(wc -l <"$work/err")" = 1 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: not one line on stderr"; fi; }

# ---- usage
check 'no command' 2 'Usage' '' "$tram"
check 'help' 0 'import' '' "$tram" --help
check 'help in Vietnamese' 0 'Cách dùng' '' env LC_ALL=vi_VN.UTF-8 "$tram" --help
check 'help of import' 0 '--unpack' '' "$tram" import --help
check 'unknown command' 2 '' 'unknown command' "$tram" fly
check 'unknown option' 2 '' 'unknown option' "$tram" stats "$work/n" --fast
one_line 'unknown option'
check 'missing argument' 2 '' 'missing' "$tram" get "$work/n"
check 'too many' 2 '' 'too many' "$tram" init a b
check 'manual page' 0 '^\.TH TRAM 1' '' "$tram" manual
check 'completion' 0 'complete .*_tram tram' '' "$tram" completion bash
for c in $("$tram" --help | awk '/^  [a-z]/ { print $1 }'); do check "help of $c" 0 "^tram $c" '' "$tram" "$c" --help; done

# ---- codes: a list in, taken back, out; faults by line and column
"$tram" init "$work/codes" >/dev/null
printf 'code;vi;en\nI10;Tăng huyết áp;Hypertension\nZ99.9;Phụ thuộc máy;\n' >"$work/icd.csv"
printf 'code,vi\nI10,Một\nI10,Hai\nX,Ba\n' >"$work/bad.csv"
check 'codes: what the program ships' 0 'icd-10 +[0-9]+ +of the program' '' "$tram" codes "$work/codes"
check 'codes import: preview' 0 '\+ Z99.9  Phụ thuộc máy' '' "$tram" codes "$work/codes" import icd-10 "$work/icd.csv" --preview
check 'codes import' 0 '2 rows, 0 same, 1 new, 1 changed' '' "$tram" codes "$work/codes" import icd-10 "$work/icd.csv" --from 2026-07-01
check 'codes: the version in force' 0 '2026-07-01 +2 .*icd.csv  \(in force\)' '' "$tram" codes "$work/codes"
check 'codes: before its day' 0 'icd-10 +[0-9]+ +of the program' '' "$tram" codes "$work/codes" --at 2026-06-30
check 'codes export' 0 'Z99.9,Phụ thuộc máy,' '' "$tram" codes "$work/codes" export icd-10
check 'codes import: faults by line and column' 1 '' 'line 3, column code \(A\): code I10 stands in line 2 too' "$tram" codes "$work/codes" import icd-10 "$work/bad.csv"
check 'codes import: no such list' 2 '' 'is no list' "$tram" codes "$work/codes" import icd-9 "$work/icd.csv"
check 'codes undo' 0 '"title":"icd.csv"' '' "$tram" codes "$work/codes" undo icd-10
check 'codes undo: nothing left' 1 '' 'no imported version is left' "$tram" codes "$work/codes" undo icd-10
# ---- network: four provinces as they were and are, a day, a list, bad input
check 'network replay' 0 '2025-11-01 +communes +54 +stations +55 +points +92 +stopped 26 +hospitals 14 +regional 5 +centres +0 +polyclinics 0 +social units 1' '' "$tram" network replay --province 22
check 'network replay: all' 0 '2025-12-01 +communes +45 +stations +45 +points +84' '' "$tram" network replay
check 'network replay: unknown province' 1 '' 'no table of province 99' "$tram" network replay --province 99
"$tram" init "$work/net" >"$work/out" 2>&1
for p in 11 12 14 22; do check "network load $p" 0 'resources of Tỉnh' '' "$tram" network "$work/net" load --province $p; done
check 'network: 606 stations before the mergers' 0 '606 communes, 606 stations, 2 points, 0 stopped' '' "$tram" network "$work/net" --at 2025-06-30
check 'network: at the end of the year' 0 '212 communes, 281 stations, 301 points, 26 stopped' '' "$tram" network "$work/net" --at 2025-12-31
check 'network: as known before it was decided' 0 '606 communes, 606 stations' '' "$tram" network "$work/net" --at 2025-12-31 --known 2025-06-15
check 'network: JSON' 0 '^\{"at":"2025-06-30","places":\[\{"id":"province-11","code":"11",.*"kind":"station","commune":"former-commune-03124","parent":"former-commune-03124"\}' '' "$tram" network "$work/net" --at 2025-06-30 --json
check 'network: no day' 2 '' 'is no day' "$tram" network "$work/net" --at 2025-02-30
check 'network: unknown word' 2 '' 'not understood' "$tram" network "$work/net" fly
"$tram" network "$work/net" export --at 2026-01-01 >"$work/list.csv"
check 'network import: the same list' 0 '"added":0,"changed":0,"missing":0,"problems":\[\]' '' "$tram" network "$work/net" import "$work/list.csv" --at 2026-01-01
printf 'id,code,name,kind,parent\na,1,Một,station,province-11\nb,1,Hai,station,province-11\n' >"$work/two.csv"
check 'network import: two rows for one code' 1 '' '"line":3,"column":"code"' "$tram" network "$work/net" import "$work/two.csv"
printf '{"type":"FeatureCollection","features":[{"type":"Feature"' >"$work/cut.geojson"
check 'network boundaries: cut off' 1 '' 'line 1, column [0-9]+: ' "$tram" network "$work/net" boundaries "$work/cut.geojson"
check 'network: nothing was changed' 0 '212 communes, 281 stations, 301 points, 26 stopped' '' "$tram" network "$work/net" --at 2025-12-31

# ---- growth: the header decides, what came in goes out, a wrong row is told and kept
growth() { printf "$1" | "$tram" growth; }
head_of_answer='clenhei,cmeasure,c9mo_flag,cbmi,csex,zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi,zhc,fhc,zac,fac,zts,fts,zss,fss'
no_answer=',,,,,,,,,,,,,,,,,,,,,'
check 'growth' 0 '^60,1,growth,h,8,60,,1,,1,-4\.81,0,,,,,,,,,,,,,,$' '' growth 'lenhei,sex,note,measure,age_months\n60,1,growth,h,8\n'
check 'growth: header' 0 "^sex,weight,$head_of_answer\$" '' growth 'sex,weight\n'
check 'growth: Excel' 0 '^"F","a ""b"", c",1522,17,,,0,,2,,,0\.24,0,' '' growth '\xef\xbb\xbf"sex",note,"age_days",weight\r\n\r\n"F","a ""b"", c",1522,17\r\n'
check 'growth: own answer again' 0 "^sex,weight,$head_of_answer\$" '' growth "zlen,sex,weight,$head_of_answer\\n" # columns named twice are dropped, too
check 'growth: NA' 0 '^1,NA,3,NA,,,0,,1,,,,,' '' growth 'sex,age_days,weight,lenhei\n1,NA,3,NA\n'
for bad in '3,400,9' ',400,9' '1,-4,9' '1,400,0' '1,400,-9' '1,400,9.1.2' '1,400,inf' '1,400,1e3' '1,400,0x9' '1,400,.' '1,400,99999999999999999999' '1,4OO,9'; do
    check "growth: bad $bad" 1 "^$bad$no_answer\$" '^tram growth: line 3: ' growth "sex,age_days,weight\n1,400,9\n$bad\n2,400,9\n"
    check "growth: goes on after $bad" 1 '^2,400,9,,,0,,2,' '1 of 3 rows' growth "sex,age_days,weight\n1,400,9\n$bad\n2,400,9\n"
done
check 'growth: decimal comma' 1 "^1,\"9,1\"$no_answer\$" 'line 2: weight "9,1"' growth 'sex,weight\n1,"9,1"\n'
check 'growth: short row' 1 "^1,$no_answer\$" 'line 2: 1 fields' growth 'sex,weight\n1\n'
check 'growth: long row' 1 "^1,2$no_answer\$" 'line 2: 3 fields' growth 'sex,weight\n1,2,3\n'
check 'growth: open quote' 1 "^1,\"2\"$no_answer\$" 'line 2: a quote' growth 'sex,weight\n1,"2'
check 'growth: lines inside quotes count' 1 '*' 'line 4: sex' growth 'sex,weight,note\n1,2,"a\nb"\n5,2,x\n'
check 'growth: Vietnamese' 1 '*' 'dòng 2: ' env LC_ALL=vi_VN.UTF-8 bash -c "printf 'sex,weight\n7,2\n' | '$tram' growth"
check 'growth: nothing' 1 '' 'empty' growth ''
check 'growth: no sex' 1 '' 'no column sex' growth 'age;weight\n1;2\n'
check 'growth: no measure' 1 '' 'no measure' growth 'sex,age_days\n1,2\n'
check 'growth: twice' 1 '' 'two columns' growth 'sex,weight,sex\n1,2,3\n'
check 'growth: full device' 4 '' 'cannot write' bash -c "printf 'sex,weight\n1,2\n' | '$tram' growth >/dev/full"

# ---- a node
check 'not a node' 3 '' '*' "$tram" stats "$work/nothing"
one_line 'not a node'
check 'init' 0 '' '' "$tram" init "$work/n"
check 'init twice' 1 '' '*' "$tram" init "$work/n"
check 'stats of an empty node' 0 '"resources":\{\}' '' "$tram" stats "$work/n" --json

# ---- import
cat >"$work/patient.json" <<'J'
{"resourceType":"Patient","id":"p1","name":[{"text":"Lò Thị Ỉnh"}],"birthDate":"1990-01-02"}
J
cat >"$work/two.ndjson" <<'J'
{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":1.50}}
{"resourceType":"Organization","name":"Trạm"}
J
check 'import' 0 '^1 stored, 0 failed in [0-9.]+ s$' '*' "$tram" import "$work/n" "$work/patient.json"
check 'import NDJSON' 0 '^2 stored, 0 failed' '*' "$tram" import "$work/n" "$work/two.ndjson"
gzip -k "$work/two.ndjson" && zstd -q "$work/two.ndjson"
check 'import gzip' 0 '^2 stored, 0 failed' '*' "$tram" import "$work/n" "$work/two.ndjson.gz"
check 'import zstd' 0 '^2 stored, 0 failed' '*' "$tram" import "$work/n" "$work/two.ndjson.zst"
head -c 120 "$work/two.ndjson.gz" >"$work/cut.gz"
check 'import cut gzip' 1 'stored, 1 failed' 'gzip' "$tram" import "$work/n" "$work/cut.gz"
check 'import from standard input' 0 '^1 stored' '*' sh -c "'$tram' import '$work/n' - <'$work/patient.json'"
check 'decimals keep their digits' 0 '"value":1\.50' '' "$tram" get "$work/n" Observation/o1
check 'get' 0 'Lò Thị Ỉnh' '' "$tram" get "$work/n" Patient/p1
check 'get has a version' 0 '"versionId":"[0-9A-HJKMNP-TV-Z]{13}-[0-9A-HJKMNP-TV-Z]{13}"' '' "$tram" get "$work/n" Patient/p1
check 'get unknown' 1 '' 'OperationOutcome' "$tram" get "$work/n" Patient/nobody
check 'get nonsense' 2 '' '*' "$tram" get "$work/n" Patient
check 'search without accents' 0 '"total":1' '' "$tram" search "$work/n" 'Patient?name=lo%20thi&_total=accurate'
check 'search unknown parameter' 1 '' 'OperationOutcome' "$tram" search "$work/n" 'Patient?colour=red'
check 'export' 0 '"resourceType":"Patient"' '' "$tram" export "$work/n" --type Patient
[ "$("$tram" export "$work/n" | wc -l)" = "$("$tram" stats "$work/n" --json | sed -E 's/.*"total":([0-9]+).*/\1/')" ] &&
    passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED export: lines differ from the total of stats'; }
check 'export unknown type' 2 '' 'no resource type' "$tram" export "$work/n" --type Pig

# ---- bundles
cat >"$work/transaction.json" <<'J'
{"resourceType":"Bundle","type":"transaction","entry":[
 {"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111","resource":{"resourceType":"Patient","name":[{"family":"Vàng"}]},"request":{"method":"POST","url":"Patient"}},
 {"resource":{"resourceType":"Condition","subject":{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}},"request":{"method":"POST","url":"Condition"}}]}
J
check 'transaction' 0 '^2 stored, 0 failed' '*' "$tram" import "$work/n" "$work/transaction.json"
check 'its reference is rewritten' 0 '"reference":"Patient/' '' "$tram" search "$work/n" 'Condition?subject:Patient.family=vang'
cat >"$work/collection.json" <<'J'
{"resourceType":"Bundle","id":"c","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"inside"}}]}
J
check 'other bundles are stored' 0 '^1 stored' '*' "$tram" import "$work/n" "$work/collection.json"
check 'as a Bundle' 0 '"collection"' '' "$tram" get "$work/n" Bundle/c
check 'their entries are not' 1 '' '*' "$tram" get "$work/n" Patient/inside
check 'unless unpacked' 0 '^1 stored' '*' "$tram" import "$work/n" --unpack "$work/collection.json"
check 'then they are' 0 'inside' '' "$tram" get "$work/n" Patient/inside

# ---- bad input: one line or an OperationOutcome that says where, and nothing stays
bad() { # name pattern text
    printf '%s' "$3" >"$work/bad.json"
    check "$1" 1 'stored, [1-9][0-9]* failed' "$2" "$tram" import "$work/n" "$work/bad.json"
}
bad 'cut-off JSON' 'line 1' '{"resourceType":"Patient","id":"bad"'
bad 'duplicate key' 'duplicate key' '{"resourceType":"Patient","id":"bad","id":"bad2"}'
bad 'unknown element' 'Patient.colour' '{"resourceType":"Patient","id":"bad","colour":"red"}'
bad 'wrong code' 'Patient.gender' '{"resourceType":"Patient","id":"bad","gender":"Female"}'
bad 'bad id' 'Patient.id' '{"resourceType":"Patient","id":"bad id"}'
bad 'bad date' 'Patient.birthDate' '{"resourceType":"Patient","id":"bad","birthDate":"1990-02-30"}'
bad 'unknown type' '*' '{"resourceType":"Pig","id":"bad"}'
bad 'lone surrogate' 'surrogate' '{"resourceType":"Patient","id":"bad","name":[{"text":"\ud800"}]}'
bad 'empty' '*' ''
bad 'NDJSON with one bad line leaves nothing' '*' '{"resourceType":"Patient","id":"bad"}
{"resourceType":"Patient","id":"bad2","active":"yes"}'
check 'nothing of it stayed' 1 '' '*' "$tram" get "$work/n" Patient/bad
head -c 67108864 /dev/zero | tr '\0' ' ' >"$work/spaces.json"
check '64 MB of spaces' 1 'stored, 1 failed' '*' "$tram" import "$work/n" "$work/spaces.json"
urn=urn:uuid:7b0a1d2c-3f4e-4a5b-8c6d-9e0f1a2b3c4d
cat >"$work/links.json" <<END
{"resourceType":"Bundle","type":"collection","entry":[
{"resource":{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"$urn"}}},
{"fullUrl":"$urn","resource":{"resourceType":"Patient","id":"linked"}}]}
END
check 'links inside an unpacked Bundle' 0 '^2 stored' '' "$tram" import "$work/n" --unpack "$work/links.json"
check 'point at what was stored' 0 '"total":1' '' "$tram" search "$work/n" 'Observation?subject=Patient/linked&_count=0'
printf '{"resourceType":"Patient"}\n{"resourceType":"Patient","x":1}\n' >"$work/line.ndjson"
check 'a bad line is named by its number in the file' 1 'stored, 1 failed' '"line 2, column 27"' "$tram" import "$work/n" "$work/line.ndjson"
check 'a good file beside a bad one' 1 '^1 stored, 1 failed' '*' "$tram" import "$work/n" "$work/bad.json" "$work/patient.json"
check 'a file that is not there' 1 '^0 stored, 1 failed' 'No such file' "$tram" import "$work/n" "$work/none.json"
check 'a directory' 1 '^0 stored, 1 failed' 'directory' "$tram" import "$work/n" "$work"

# ---- care of the node
check 'check' 0 '*' '' "$tram" check "$work/n"
check 'rebuild --check' 0 '*' '' "$tram" rebuild "$work/n" --check
check 'rebuild' 0 '*' '' "$tram" rebuild "$work/n"
check 'backup' 0 '*' '*' "$tram" backup "$work/n" "$work/backup"
check 'restore' 0 '*' '*' "$tram" restore "$work/backup" "$work/m"
check 'the restored node answers' 0 'Lò Thị Ỉnh' '' "$tram" get "$work/m" Patient/p1
check 'restore over a node' 1 '' '*' "$tram" restore "$work/backup" "$work/m"
check 'restore of nonsense' 1 '' '*' "$tram" restore "$work/patient.json" "$work/x"
"$tram" export "$work/n" | sed -E 's/"(versionId|lastUpdated)":"[^"]*"//g' >"$work/a"
"$tram" export "$work/m" | sed -E 's/"(versionId|lastUpdated)":"[^"]*"//g' >"$work/b"
cmp -s "$work/a" "$work/b" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'FAILED the restored node differs'; }
cp -r "$work/m" "$work/newer" && sqlite3 "$work/newer/tram.db" 'PRAGMA user_version = 9999'
check 'a newer format' 1 '' '*' "$tram" stats "$work/newer"

# ---- accounts
check 'user add' 0 '' '*' sh -c "echo secret-word | '$tram' user '$work/n' add an --role nurse --display 'An'"
check 'user list' 0 '^an' '' "$tram" user "$work/n" list
check 'short password' 1 '' 'password' sh -c "echo x | '$tram' user '$work/n' add b --role nurse"
check 'unknown role' 1 '' '*' sh -c "echo secret-word | '$tram' user '$work/n' add c --role king"
check 'token' 0 '^[A-Za-z0-9_-]{43}$' '' "$tram" token "$work/n"
check 'config' 0 'listen' '' "$tram" config "$work/n"
echo 'colour = red' >"$work/m/tram.conf"
check 'wrong configuration' 2 '' 'line 1' "$tram" config "$work/m"

# ---- beside a running server
port=$((20000 + RANDOM % 20000))
check 'an address that is not loopback' 2 '' '*' "$tram" serve "$work/n" --listen 0.0.0.0:$port
"$tram" serve "$work/n" --listen 127.0.0.1:$port 2>"$work/log" &
server=$!
for _ in $(seq 100); do curl -s -o "$work/health" "http://127.0.0.1:$port/health" && break; sleep 0.05; done
check 'health' 0 '"status"' '*' curl -s "http://127.0.0.1:$port/health"
check 'a second serve' 3 '' '*' "$tram" serve "$work/n" --listen 127.0.0.1:$((port + 1))
one_line 'a second serve'
check 'import through the socket' 0 '^1 stored, 0 failed' '*' "$tram" import "$work/n" "$work/patient.json"
check 'token through the socket' 0 '^[A-Za-z0-9_-]{43}$' '' "$tram" token "$work/n"
check 'get beside it' 0 'p1' '' "$tram" get "$work/n" Patient/p1
check 'export beside it' 0 'p1' '' "$tram" export "$work/n"
check 'backup beside it' 0 '*' '*' "$tram" backup "$work/n" "$work/backup2"
check 'rebuild refuses' 3 '' '*' "$tram" rebuild "$work/n"
check 'restore refuses' 1 '' '*' "$tram" restore "$work/backup" "$work/n"
check 'port taken' 3 '' '*' "$tram" serve "$work/m2" --listen 127.0.0.1:$port
"$tram" init "$work/m3"
check 'port taken, by name' 3 '' "$port" "$tram" serve "$work/m3" --listen 127.0.0.1:$port
kill -TERM $server && wait $server
check 'after the stop' 0 'p1' '' "$tram" get "$work/n" Patient/p1

# ---- full disk, when a small file system may be mounted
if mkdir "$work/small" && mount -t tmpfs -o size=3m tmpfs "$work/small" 2>/dev/null; then
    "$tram" init "$work/small/n"
    { printf '{"resourceType":"Bundle","type":"transaction","entry":['
      for i in $(seq 1500); do
          [ "$i" = 1 ] || printf ,
          printf '{"resource":{"resourceType":"Patient","id":"f%d","name":[{"text":"%s"}]},"request":{"method":"PUT","url":"Patient/f%d"}}' "$i" "$(head -c 1500 /dev/urandom | base64 -w0)" "$i"
      done
      printf ']}'; } >"$work/many.json"
    check 'a full disk' 4 'stored, [1-9][0-9]* failed' 'full|space' "$tram" import "$work/small/n" "$work/many.json"
    check 'nothing half-done' 0 '"resources":\{\}' '*' "$tram" stats "$work/small/n" --json
    umount "$work/small"
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
