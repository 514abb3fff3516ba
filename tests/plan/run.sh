#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tram site, tram choose, tram rounds and tram travel from outside: answers, exit codes, bad input; the page fits one sheet of A4 in both languages.
set -u
cd "$(dirname "$0")/../.."
tram=$PWD/build/tram here=$PWD/tests/plan
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
export LC_ALL=C.UTF-8

# check NAME EXPECTED-EXIT PATTERN command...   the pattern is looked for in what the command prints on both outputs
check() {
    local name=$1 want=$2 pattern=$3 status
    shift 3
    "$@" >"$work/out" 2>&1 </dev/null
    status=$?
    if [ $status = "$want" ] && grep -qE -- "$pattern" "$work/out"; then passed=$((passed + 1)); else
        failed=$((failed + 1)); echo "FAILED $name: exit $status (want $want): $(head -c 300 "$work/out")"; fi
}
cd "$work" || exit 1

# a square of four towns, each next to two at distance 1: two sites serve all at 2; the last of duplicate edges counts
printf '4 5 2\n1 2 9\n2 3 1\n3 4 1\n4 1 1\n1 2 1\n' >square.txt
check 'site: p-median' 0 '^\{"value":2,"bound":2,"gap":0,"sites":\[[1-4],[1-4]\],"proven":true' "$tram" site square.txt
check 'site: p-center' 0 '"value":1,"bound":1,.*"proven":true' "$tram" site --method pcenter square.txt
check 'site: covering' 0 '"value":3,"bound":3,.*"proven":true' "$tram" site --method cover --p 1 --radius 1 square.txt
check 'site: p larger than the sites' 1 'p is 5 but there are only 4 sites' "$tram" site --p 5 square.txt
check 'site: p of 0' 1 'p is 0' "$tram" site --p 0 square.txt
check 'site: covering without a radius' 2 '--radius is needed' "$tram" site --method cover square.txt
check 'site: unknown method' 2 '--method is' "$tram" site --method best square.txt
check 'site: no file' 1 'nowhere' "$tram" site nowhere.txt
printf 'from,to,minutes\na,x,5\na,y,-3\n' >negative.csv
check 'site: negative time' 1 'line 3' "$tram" site --p 1 negative.csv
printf 'from,to,minutes\na,x,5\na,y,3\nb,x,4\n' >hole.csv
check 'site: a hole' 1 'b' "$tram" site --p 1 hole.csv
printf 'from,to,minutes\na,x,5\nb,x,none\n' >cut.csv
check 'site: a village without access' 1 'b has no access' "$tram" site --p 1 cut.csv

# bad input: each named with its place, in both languages: refused FILE PATTERN PATTERN-VI command…
refused() {
    local file=$1 en=$2 vi=$3
    shift 3
    check "bad $file" 1 "$en" env LC_ALL=en_US.UTF-8 "$tram" "$@" "$file"
    check "bad $file (vi)" 1 "$vi" env LC_ALL=vi_VN.UTF-8 "$tram" "$@" "$file"
}
refused negative.csv 'line 3, column 3 \(minutes\): negative: -3' 'dòng 3, cột 3 \(minutes\): số âm' site --p 1
refused hole.csv 'a hole: no time from b to y' 'ô trống: không có thời gian từ b đến y' site --p 1
refused cut.csv 'b has no access' 'b không có đường' site --p 1
refused square.txt 'p is 9 but there are only 4 sites' 'p là 9 mà chỉ có 4 điểm' site --p 9
printf 'from,to,minutes\na,x,5\na,y,12 min\n' >unit.csv
refused unit.csv 'line 3, column 3 \(minutes\): not a plain number without a unit: "12 min"' 'dòng 3, cột 3 .*đơn vị: "12 min"' site --p 1
printf 'from,to,minutes,season\na,x,5,dry\na,y,3,wet\n' >seasons.csv
refused seasons.csv 'line 3, column 4 \(season\): "wet", but "dry" before' 'dòng 3, cột 4 .*hãy chọn' site --p 1
printf 'from,to,minutes\na,x,5\na,x,6\n' >pair.csv
refused pair.csv 'line 3: this pair was given before' 'dòng 3: cặp này đã có' site --p 1
printf 'from,to,minutes,weight\na,x,5,0\nb,x,4,0\n' >zero.csv
refused zero.csv 'the weights sum to 0' 'tổng các trọng số bằng 0' site --p 1
printf '4 5 2\n1 2 9\n2 3 1\n3 4' >cut.txt
refused cut.txt 'line 4, column 4: the file ends where a length is expected' 'dòng 4, cột 4: tệp hết ở chỗ phải có độ dài' site
printf '4 5 2\n1 2 9\n2  x 1\n' >word.txt
refused word.txt 'line 3, column 4: a node is not a number: "x"' 'dòng 3, cột 4: một nút không phải là số: "x"' site
printf '1 0\n2 1 9\n1 0 0 4\n1 5 5 4\n' >customer.txt
refused customer.txt 'line 4, column 1: place 1 is given twice' 'dòng 4, cột 1: nơi 1 có hai lần' site
printf '10\n2\n0 0 0 0 0 90 0\n1 3 4 -1 0 90 1\n2 3 4 1 0 90 1\n' >demand.txt
refused demand.txt 'stop 1: a negative demand' 'nơi 1: nhu cầu âm' rounds --tries 10
printf '10\n1\n0 0 0 0 0 90 0\n1 3 4 1 50 40 1\n' >windows.txt
refused windows.txt 'stop 1: closes before it opens' 'nơi 1: đóng trước khi mở' rounds --tries 10
printf 'id,x,y,demand\ns,0,0,\na,1,1,3 kg\n' >kilograms.csv
refused kilograms.csv 'line 3, column 4 \(demand\): not a number from 0 .*"3 kg"' 'dòng 3, cột 4 .*"3 kg"' rounds --tries 10

# rules: four villages on a line, a site in each; without rules b and c are open (least sum 2)
printf 'id,x,y\na,0,0\nb,1,0\nc,5,0\nd,6,0\n' >line.csv
rule() { printf '{"rules":[%s]}' "$1" >rules.json; }
rule '{"name":"staff","sites":{"a":1,"b":3,"c":3,"d":2},"most":3}'
check 'rules: what the open sites sum to' 0 '"value":2,.*"sites":\["a","d"\],"proven":true.*"rules":1' "$tram" site --p 2 --rules rules.json line.csv
rule '{"name":"pair","if":"b","then":"a"},{"name":"of these","sites":["b","c"],"least":2}'
check 'rules: if and then, at least' 0 '"sites":\["a","b","c"\],"proven":true.*"rules":2' "$tram" site --p 3 --rules rules.json line.csv
check 'rules: no plan keeps them' 1 '"value":null,.*"proven":true' "$tram" site --p 2 --rules rules.json line.csv
rule '{"name":"reach","clients":["a"],"within":0}'
check 'rules: within reach' 0 '"value":2,.*"sites":\["a",' "$tram" site --p 2 --rules rules.json line.csv
rule '{"name":"x","sites":["a","e"],"least":1}'
refused line.csv 'line 1, column 36: no place "e" in the question' 'dòng 1, cột 36: bài toán không có nơi "e"' site --p 2 --rules rules.json
rule '{"name":"x","sites":["a"],"least":"one"}'
refused line.csv 'line 1, column 45: not a number' 'dòng 1, cột 45: không phải là số' site --p 2 --rules rules.json
rule '{"name":"x","places":["a"],"least":1}'
refused line.csv '"places" is not known' 'không biết "places"' site --p 2 --rules rules.json

# GLPK: absent; one that never ends is killed and its bound kept; one that lies about its plan is not believed
awk 'BEGIN { srand(5); print "from,to,minutes"; for (i = 0; i < 60; i++) for (j = 0; j < 30; j++) printf "v%d,s%d,%d\n", i, j, 5 + 195 * rand() }' >random.csv
rule '{"name":"of these","sites":["s0","s1","s2","s3"],"least":3}'
mkdir -p never liar
printf '#!/bin/sh\necho "+ 12: mip = 1.0e+03   >= 1.3e+03 5.0%% (3; 0)"\nexec sleep 60\n' >never/glpsol
printf '#!/bin/sh\nprintf "s mip 1 31 o 1\\nj 5 1\\ne o f\\n" >plan\n' >liar/glpsol
chmod +x never/glpsol liar/glpsol
glpk() { timeout 20 env PATH="$PWD/$1:$2" "$tram" site --p 5 --rules rules.json --time-limit 0.0001 --glpk "$3" random.csv; }
LC_ALL=C check 'glpk: not installed' 2 'the package glpk-utils' glpk nowhere /nowhere 2
check 'glpk: killed at its limit, the bound is kept' 0 '"bound":1299.99948,.*"boundFrom":"glpk"' glpk never "$PATH" 2
check 'glpk: a plan that breaks a rule is not taken' 0 '"sites":\["s[0-3]","s[0-3]","s[0-3]",.*"proven":false.*"boundFrom":"own"' glpk liar "$PATH" 2
if command -v glpsol >/dev/null; then
    own=$("$tram" site --p 5 --rules rules.json random.csv | grep -oE '^.value.:[0-9]+,')
    check 'glpk: the same optimum as our own' 0 "^.${own#?}.*\"proven\":true.*\"boundFrom\":\"glpk\"" glpk none "$PATH" 60
else echo "skipped: glpsol is not here (package glpk-utils)"; fi

check 'choose: Điện Biên' 0 '"splits":true,"differs":[0-9]+,"undecided":0' "$tram" choose --province 11
check 'choose: draft' 0 '^\{"resourceType":"Decision","status":"draft".*"reason":"gần dân".*"effect":\[\{"what":"stations","before":129,"after":45\}.*"kind":"convert-to-point"' "$tram" choose --province 11 --format draft --why 'gần dân'
check 'choose: no draft without a reason' 2 'a person decides and writes why' "$tram" choose --province 11 --format draft
check 'choose: 40 points, proven' 0 '"points":\{"value":[0-9.]+,"bound":[0-9.]+,"gap":0\}' "$tram" choose --province 11 --points 40
check 'choose: across, proven' 0 '"travel":\{.*"proven":true' "$tram" choose --province 11 --across
check 'choose: weights of 0' 1 'the weights sum to 0' "$tram" choose --province 11 --weights 0,0,0,0,0
check 'choose: four weights' 2 'has 4 numbers' "$tram" choose --province 11 --weights 1,2,3,4
check 'choose: nothing known to choose by' 1 '"undecided":45' "$tram" choose --province 11 --weights 0,0,0,1,1
check 'choose: how much of the agreement is built in' 0 '"differsWithoutSeat":[1-9][0-9]*,' "$tram" choose --province 11
check 'choose: Sơn La' 0 '"province":"14",.*"undecided":0' "$tram" choose --province 14
check 'choose: Lai Châu has no plan to compare with' 0 'hold no plan of stations for this province' "$tram" choose --province 12
check 'choose: no such province' 1 'no table of province 99' "$tram" choose --province 99
check 'choose: neither' 2 'SITES and VILLAGES' "$tram" choose
check 'choose: unknown format' 2 '--format is' "$tram" choose --province 11 --format odt
printf 'code,name,commune,doctors\nA,Tram A,x,1\nB,Tram B,x,2\n' >sites.csv
printf 'code,name,commune,people\nv,Ban,x,100\n' >villages.csv
printf 'from,to,minutes,mode,season,source,date\nv,A,5,motorbike,,village head,2026-05-02\n' >times.csv
check 'choose: hole in the matrix' 1 'a hole: no time from v to B' "$tram" choose sites.csv villages.csv --travel times.csv
echo 'v,B,20,motorbike,,road office,2026-05-02' >>times.csv
check 'choose: two sources are told' 0 '"sources":\[\{"name":"village head","pairs":1\},\{"name":"road office","pairs":1\}\],"estimatedPairs":0' "$tram" choose sites.csv villages.csv --travel times.csv
check 'choose: proposal' 0 '"weights":\{"location":20,.*"staff":90\}' "$tram" choose sites.csv villages.csv --travel times.csv --proposal <(echo '{"weights":{"staff":90}}')
check 'choose: unknown word in the proposal' 1 'weights.luck is not known' "$tram" choose sites.csv villages.csv --travel times.csv --proposal <(echo '{"weights":{"luck":90}}')

# two villages, one car: a and b by 07:30 in one round; the far one only on day 2; an optional one not worth its way
printf 'id,demand,service,opens,closes,prize,days,x,y\nstation,0,0,07:00,17:00,,,0,0\na,10,15,,,,,30,0\nb,10,15,08:00,09:00,,,30,40\nc,20,30,,,,2,0,60\nd,5,10,,,20,,0,-200\n' >stops.csv
check 'rounds: a plan of two days' 0 '"cost":260,"travelled":240,"leftOut":20,"complete":true' "$tram" rounds --days 2 --room 25 --tries 2000 stops.csv
check 'rounds: day 2 has the far one' 0 '"day":2,"vehicle":1,"minutes":120,"load":20,"stops":\[\{"id":"c","begin":480\}\]' "$tram" rounds --days 2 --room 25 --tries 2000 stops.csv
check 'rounds: the same dice, the same answer' 0 '"missing":\["d"\]' "$tram" rounds --days 2 --room 25 --tries 2000 --seed 7 stops.csv
check 'rounds: open on none of the days' 1 'c is open on none of the days' "$tram" rounds --days 1 --room 25 --tries 10 stops.csv
check 'rounds: more than a vehicle holds' 1 'c needs more room' "$tram" rounds --days 2 --room 15 --tries 10 stops.csv
sed 's/08:00,09:00/09:00,08:00/' stops.csv >late.csv
check 'rounds: closes before it opens' 1 'line 4, column 5: closes before it opens: "b"' "$tram" rounds --tries 10 late.csv
printf 'id,latitude,longitude\ns,21.4,103.0\na,21.5,103.0\nb,,\n' >unplaced.csv
check 'rounds: a hole without coordinates' 1 'no time from s to b' "$tram" rounds --tries 10 unplaced.csv
printf 'from,to,minutes,mode,season,source,date\ns,b,9,,,head,\nb,s,9,,,head,\na,b,8,,,head,\nb,a,8,,,head,\n' >some.csv
check 'rounds: the rest is estimated and counted' 0 '"estimatedPairs":2,' "$tram" rounds --tries 100 --travel some.csv unplaced.csv
printf '200\n2\n0 0 0 0 0 90 0\n1 3 4 1 0 90 1\n' >short.txt
check 'rounds: a cut file' 1 'the file is cut' "$tram" rounds --tries 10 short.txt
printf 'TYPE : MDVRPTW\nDIMENSION : 3\nNODE_COORD_SECTION\n' >depots.vrp
check 'rounds: several depots are refused by name' 1 'MDVRPTW' "$tram" rounds --tries 10 depots.vrp

printf 'code,name,commune,latitude,longitude\nS,Tram,x,21.0,103.0\n' >placed.csv
printf 'code,name,commune,people,latitude,longitude\nv,Ban,x,10,21.0,103.1\n' >far.csv
line() { printf '{"type":"Feature","properties":{"highway":"%s"%s},"geometry":{"type":"LineString","coordinates":[[103.0,21.0],[103.1,21.0]]}}' "$1" "$2"; }
printf '{"type":"FeatureCollection","features":[%s]}' "$(line primary ',"closed":"wet"')" >roads.geojson
# 10.38 km at 45 km/h
check 'travel: by road' 0 '^v,S,13\.8,road,any,"roads roads.geojson",$' "$tram" travel placed.csv far.csv --roads roads.geojson
check 'travel: the road is closed in the rains' 1 'no road can be travelled' "$tram" travel placed.csv far.csv --roads roads.geojson --season wet
check 'travel: what it prints is what choose reads' 0 '"sources":\[\{"name":"roads roads.geojson","pairs":1\}\],"estimatedPairs":0' \
    sh -c "$tram travel placed.csv far.csv --roads roads.geojson >t.csv && $tram choose placed.csv far.csv --travel t.csv"
printf '{"type":"FeatureCollection","features":[%s]}' "$(line bridleway '')" >bridle.geojson
check 'travel: a class without a speed' 1 'class "bridleway" is not in the speed table' "$tram" travel placed.csv far.csv --roads bridle.geojson
head -c 300 /dev/urandom >cut.osm.pbf
check 'travel: a damaged extract' 1 'cut.osm.pbf: ' "$tram" travel placed.csv far.csv --roads cut.osm.pbf
# an extract is said to be cut or clipped wherever it is cut between two blocks, and only then
python3 "$here/pbf.py" whole
printf 'code,name,commune,people,latitude,longitude\nv,Ban,x,10,21.0,103.06\n' >near.csv
check 'travel: a whole extract' 0 '^v,S,8\.3,road' "$tram" travel placed.csv near.csv --roads whole.osm.pbf
check 'travel: a whole extract is not doubted' 1 '^0$' sh -c "$tram travel placed.csv near.csv --roads whole.osm.pbf 2>&1 | grep -cE 'cut|filtered'"
check 'travel: cut among its nodes' 1 '4 nodes but no way: the file is cut before its ways' "$tram" travel placed.csv near.csv --roads whole-cut-2.osm.pbf
check 'travel: cut before its ways' 1 '7 nodes but no way: the file is cut before its ways' "$tram" travel placed.csv near.csv --roads whole-cut-3.osm.pbf
for kept in 4 5 6; do check "travel: cut after $kept blocks" 0 'no relation: it may be cut among its ways, or filtered' "$tram" travel placed.csv near.csv --roads whole-cut-$kept.osm.pbf; done
check 'travel: cut, and a place without a road' 0 '1 of 1 villages reach no site by the roads of the file \(first: Ban\)' "$tram" travel placed.csv near.csv --most-km 1 --roads whole-cut-4.osm.pbf
check 'travel: clipped' 0 '2 of 3 ways refer to nodes that are not in the file \(4 of 9 nodes, 44\.4 %\): it seems cut or clipped' "$tram" travel placed.csv near.csv --roads whole-clipped.osm.pbf

head -c 2884802 /dev/zero >N21E103.hgt
check 'travel: on foot over flat heights at 4 km/h' 0 '^v,S,155\.7,foot,any,"heights N21E103.hgt",$' "$tram" travel placed.csv far.csv --terrain N21E103.hgt
printf '\200\000%.0s' $(seq 1201) | dd of=N21E103.hgt bs=2402 seek=1200 conv=notrunc 2>/dev/null
check 'travel: a void in the heights' 1 'no height at .*: a void' "$tram" travel placed.csv far.csv --terrain N21E103.hgt
head -c 1000 /dev/zero >N21E104.hgt
check 'travel: cut heights' 1 'neither 1201 x 1201 nor 3601 x 3601' "$tram" travel placed.csv far.csv --terrain N21E104.hgt
rm N21E103.hgt N21E104.hgt
mkdir tiles && head -c 2884802 /dev/zero >tiles/N21E103.hgt
printf 'code,name,commune,people,latitude,longitude\nv,Ban,x,10,21.0,104.1\n' >east.csv
check 'travel: a missing tile is named' 1 'tiles within the box of the places that are not given: N21E104' "$tram" travel placed.csv east.csv --terrain tiles
check 'travel: and where the way leaves what is there' 1 'no height at 21\.00000, 104\.10000: tile N21E104 is missing' "$tram" travel placed.csv east.csv --terrain tiles
cp tiles/N21E103.hgt N21E104.hgt
check 'travel: a folder and a list are one' 0 '^v,S,1712\.9,foot' "$tram" travel placed.csv east.csv --terrain tiles/N21E103.hgt,N21E104.hgt
check 'travel: a tile twice' 1 'tile N21E103 is given twice' "$tram" travel placed.csv east.csv --terrain tiles/N21E103.hgt,tiles/N21E103.hgt
printf '\000\007' | dd of=N21E104.hgt bs=2 seek=0 conv=notrunc 2>/dev/null
check 'travel: tiles that do not agree on their edge' 0 'differ at 1 of 1201 samples of their shared edges, by 7 m at most' "$tram" travel placed.csv east.csv --terrain tiles/N21E103.hgt,N21E104.hgt
mkdir empty
check 'travel: a folder without tiles' 1 'empty holds no .hgt tile' "$tram" travel placed.csv east.csv --terrain empty
check 'travel: nothing to compute from' 2 'give --roads FILE or --terrain FILE' "$tram" travel placed.csv far.csv
check 'travel: a village without coordinates' 1 'v has no coordinates' "$tram" travel placed.csv villages.csv --roads roads.geojson

for language in vi_VN en_US; do
    LC_ALL=$language.UTF-8 LANG=$language.UTF-8 "$tram" choose --province 11 --format pdf >page.pdf
    pages=$(grep -aoE '/Count [0-9]+' page.pdf | head -1)
    if [ "$pages" = '/Count 1' ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED the page in $language: ${pages:-no} sheets of A4"; fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
