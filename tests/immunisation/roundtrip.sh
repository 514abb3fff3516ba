#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# CDC's XML, the same converted to one tram-schedule/1 text, and the compact folder give the same answers, byte for byte.
set -eu
driver=$1 data=$2/data/cdsi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
$driver --convert "$data/supporting-data-4.64" >"$dir/cdsi.json"
for cases in healthy-v4.45 underlying-conditions-v4.6; do
    $driver --as-published --schedule "$data/supporting-data-4.64" <"$data/test-cases/$cases.ndjson" >"$dir/xml"
    $driver --as-published --schedule "$dir/cdsi.json" <"$data/test-cases/$cases.ndjson" >"$dir/text"
    cmp "$dir/xml" "$dir/text"
done
# the compact folder has no observation dictionary, so only the healthy cases can be alike to the byte
$driver --as-published --schedule "$data/supporting-data-4.64" <"$data/test-cases/healthy-v4.45.ndjson" >"$dir/xml"
$driver --as-published --schedule "$data/compact-4.64" <"$data/test-cases/healthy-v4.45.ndjson" >"$dir/folder"
cmp "$dir/xml" "$dir/folder"
# every title, guidance, trade name, volume and code of the XML stands in the text
python3 - "$data/supporting-data-4.64" "$dir/cdsi.json" <<'P'
import glob, json, sys, xml.etree.ElementTree as ET
text = json.dumps(json.load(open(sys.argv[2], encoding='utf-8')), ensure_ascii=False)
flat = ' '.join(text.replace('\\n', ' ').replace('\\"', '"').split())
missing = set()
for f in glob.glob(sys.argv[1] + '/*.xml'):
    for e in ET.parse(f).iter():
        if e.tag in ('seriesName', 'seriesAdminGuidance', 'tradeName', 'description', 'guidance', 'contraindicationText',
                     'contraindicationGuidance', 'observationTitle', 'indicationText', 'clarifyingText', 'setDescription',
                     'shortDescription', 'seriesGroupName', 'code', 'text'):
            s = ' '.join((e.text or '').split())
            if s and s.lower() != 'n/a' and s not in flat:
                missing.add((e.tag, s[:80]))
for m in sorted(missing):
    print('lost:', *m)
sys.exit(1 if missing else 0)
P
