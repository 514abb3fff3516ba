#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `tram fhirpath` and `tram validate` from outside: what they print for people's scripts and the exit codes. Last line: N passed, N failed.
set -u
cd "$(dirname "$0")/../.."
tram=${BUILD:-build}/tram
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
cat >"$dir/p.json" <<'J'
{"resourceType":"Patient","id":"a","active":true,"birthDate":"1980-02-03","name":[{"family":"Lê","given":["An","Bình"]}],
 "extension":[{"url":"http://example.org/w","valueQuantity":{"value":1.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}},
 {"url":"http://example.org/t","valueTime":"10:00:00"},{"url":"http://example.org/d","valueDecimal":1.50}]}
J
printf '{"resourceType":"Patient","gender":"unknown"}' >"$dir/good.json"
printf '{"resourceType":"Patient","gender":"x"}' >"$dir/bad.json"
printf '{"resourceType":"Patient",' >"$dir/broken.json"
printf '{"a":1}' >"$dir/untyped.json"

# expect CODE OUTPUT ARGUMENT...: exit code and standard output
expect() {
    local code=$1 want=$2 got
    shift 2
    got=$("$tram" "$@" 2>"$dir/err" </dev/null; echo "rc=$?")
    if [ "$got" = "${want:+$want
}rc=$code" ] && { [ "$code" = 0 ] || [ -s "$dir/err" ]; }; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $*: $got $(cat "$dir/err")"; fi
}
path() { local code=$1 want=$2; shift 2; expect "$code" "$want" fhirpath --resource "$dir/p.json" "$@"; }

expect 0 2 fhirpath '1 + 1'
path 0 '"An"
"Bình"' name.given
path 0 '' name.where\(false\)
path 0 true active
path 0 '"1980-02-03"' birthDate
path 0 '"1980-02-03"' '@1980-02-03'
path 0 '"T10:00"' '@T10:00'
path 0 '"2020-01-01T10:00:00+07:00"' '@2020-01-01T10:00:00+07:00'
path 0 1.50 '1.50'
path 0 1.50 'extension.where(url.endsWith("d")).value'
path 0 '{"value":4,"unit":"mg"}' "4 'mg'"
path 0 '{"value":4,"unit":"days"}' '4 days'
path 0 '{"family":"Lê","given":["An","Bình"]}' name
path 0 '{"namespace":"System","name":"Integer"}' '1.type()'
path 0 '' '1 / 0'
path 1 '' '1 +'
path 1 '' name.nothing
path 1 '' 'name.given.single()'
path 1 '' "'a'.matches('(')"
path 1 '' "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+\$')"
path 1 '' "$(printf '(%.0s' {1..100000})"
# bad input: an error that says where, within 10 seconds of processor and 400 MB
bounded() {
    local got
    got=$(ulimit -t 10 -v 1500000; "$tram" "$@" 2>&1 >/dev/null </dev/null; echo "rc=$?")
    if [[ $got == *"line "*", column "*"rc=1" ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED bounded ${2:0:60}: ${got:0:200}"; fi
}
repeated() { printf "%.0s$1" $(seq "$2"); }
bounded fhirpath "$(repeated '(' 100000)"
bounded fhirpath "$(repeated '(' 60000)1$(repeated ')' 60000)"
bounded fhirpath "$(repeated '1+' 60000)1"
bounded fhirpath "a$(repeated '.a' 60000)"
bounded fhirpath "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+\$')"
bounded fhirpath "'$(repeated a 60)!'.replaceMatches('(a|aa)+\$', 'x')"
bounded fhirpath '1.repeat($this + 1)'
bounded fhirpath "'a'.repeat(\$this & 'a')"
bounded fhirpath "$(repeated 9 400)"
bounded fhirpath "1.$(repeated 9 400)"
bounded fhirpath '@0000-01-01'
bounded fhirpath '@10000-01-01'
bounded fhirpath --resource "$dir/untyped.json" a
bounded fhirpath --resource "$dir/broken.json" a
printf '{"resourceType":"Nothing"}' >"$dir/unknown.json"
bounded fhirpath --resource "$dir/unknown.json" a
printf '{"resourceType":"Patient","birthDate":"0000-01-01"}' >"$dir/year0.json"
printf '{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":%s}}' "$(repeated 9 400)" >"$dir/digits.json"
for f in untyped broken unknown; do [[ $("$tram" validate "$dir/$f.json") == *'line 1, column '* ]] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED no position: validate $f"; }; done
expect 1 '' fhirpath --resource "$dir/year0.json" 'birthDate + 1 day'
expect 1 '' fhirpath --resource "$dir/digits.json" 'value.value + 1'
expect 0 "$(repeated 9 400)" fhirpath --resource "$dir/digits.json" value.value
# what ends a cycle or leaves the years is empty, so is a division by zero (FHIRPath 5.2.3, 6.6)
expect 0 1 fhirpath '1.repeat($this)'
path 0 '' '1 / 0'
path 0 '' '1 div 0'
path 0 '' '1.5 mod 0'
path 0 '' '@9999-12-31 + 1 day'
path 0 '' '@0001-01-01 - 1 day'
path 0 '"9999-12-31"' '@9999-12-30 + 1 day'
# XML is read where JSON is
printf '<Patient xmlns="http://hl7.org/fhir"><active value="true"/><name><given value="An"/></name></Patient>' >"$dir/p.xml"
printf '<Patient xmlns="http://hl7.org/fhir">\n<active value="perhaps"/></Patient>' >"$dir/bad.xml"
printf '<Patient xmlns="http://hl7.org/fhir">\n<active></Patient>' >"$dir/broken.xml"
expect 0 '"An"' fhirpath --resource "$dir/p.xml" name.given
bounded fhirpath --resource "$dir/broken.xml" active
expect 1 '' fhirpath --resource "$dir/broken.json" a
expect 1 '' fhirpath --resource "$dir/none.json" a # absent input: 1
expect 2 '' fhirpath

got=$("$tram" fhirpath --resource - name.family <"$dir/p.json")
[ "$got" = '"Lê"' ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "FAILED standard input: $got"; }
# one outcome a line in the order of the files; warnings keep exit code 0
lines() { "$tram" validate "$@" 2>/dev/null | sed -E 's/.*"severity":"(fatal|error)".*/error/; s/^\{.*/clean/' | tr '\n' ' '; echo "${PIPESTATUS[0]}"; }
check() { local want=$1 got; shift; got=$(lines "$@"); if [ "$got" = "$want" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED validate $*: $got"; fi; }
check 'clean 0' "$dir/good.json"
check 'clean error error 1' "$dir/p.xml" "$dir/bad.xml" "$dir/broken.xml"
check 'clean error error error clean 1' "$dir/good.json" "$dir/bad.json" "$dir/broken.json" "$dir/untyped.json" "$dir/good.json"
expect 2 '' validate

# views: CSV and NDJSON out of a file, a Bundle and NDJSON
cat >"$dir/view.json" <<'J'
{"resourceType":"ViewDefinition","resource":"Patient","select":[{"column":[{"name":"id","path":"id"},{"name":"born","path":"birthDate"}]},
 {"forEachOrNull":"name","column":[{"name":"given","path":"given.first()"}]}]}
J
printf '{"resource":"Patient","select":[{"column":[{"name":"id","path":"id +"}]}]}' >"$dir/badview.json"
printf '{"resourceType":"Bundle","type":"collection","entry":[{"resource":%s},{"resource":{"resourceType":"Basic"}}]}' "$(cat "$dir/p.json" | tr -d '\n')" >"$dir/bundle.json"
{ tr -d '\n' <"$dir/p.json"; echo; echo; echo '{"resourceType":"Patient","id":"b"}'; } >"$dir/two.ndjson"
{ echo '{"resourceType":"Patient","id":"b"}'; echo '{"resourceType":'; } >"$dir/cut.ndjson"
csv=$'id,born,given\r\na,1980-02-03,An\r'
expect 0 "$csv" view "$dir/view.json" "$dir/p.json"
expect 0 "$csv" view "$dir/view.json" "$dir/bundle.json"
expect 0 $'id,born,given\r\na,1980-02-03,An\r\nb,,\r' view "$dir/view.json" "$dir/two.ndjson"
expect 0 '{"id":"a","born":"1980-02-03","given":"An"}
{"id":"b","born":null,"given":null}' view --format ndjson "$dir/view.json" "$dir/two.ndjson"
expect 0 $'id,born,given\r\n,,An\r' view "$dir/view.json" "$dir/p.xml"
expect 1 '' view "$dir/badview.json" "$dir/p.json"
expect 1 $'id,born,given\r\nb,,\r' view "$dir/view.json" "$dir/cut.ndjson"
expect 2 '' view --format xml "$dir/view.json" "$dir/p.json"
expect 2 '' view "$dir/view.json"

# walkers and evaluator agree on some of HL7's examples (all of them: make fhirpath-agree); 2,000 pairs against npm fhirpath
skipped=0
driver=${BUILD:-build}/fhirpath-driver shared=${TRAM_SHARED:-../shared} examples=tools/node_modules/hl7.fhir.r4.examples
make -s "$driver" >&2 || { echo "0 passed, 1 failed"; exit 1; }
if [ -d $examples ]; then
    if find $examples -name '*-e*.json' -size -100k | LC_ALL=C sort | xargs "$driver" agree >"$dir/agree"; then passed=$((passed + 1)); else failed=$((failed + 1)); tail -5 "$dir/agree"; fi
else skipped=$((skipped + 1)); fi
if [ -d tests/fhirpath/node_modules ] && [ -d "$shared/data/fhir/fhirpath" ]; then
    if node tests/fhirpath/differential.mjs "$driver" "$shared" 2000 >"$dir/differential"; then passed=$((passed + 1)); else failed=$((failed + 1)); tail -9 "$dir/differential"; fi
else skipped=$((skipped + 1)); fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
