#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the written table vn-cases.md through the forecast driver. Usage: vn_cases.py DRIVER SCHEDULE"""
import json
import os
import re
import subprocess
import sys

STATUS = {'đủ': 'Complete', 'quá tuổi': 'Aged Out', 'chống chỉ định': 'Contraindicated',
          'không chỉ định': 'Not Recommended', 'miễn dịch': 'Immune'}
DOSE = {'hợp lệ': 'Valid', 'không hợp lệ': 'Not Valid', 'ngoài lịch': 'Extraneous', 'không đạt': 'Sub-standard'}
REASON = {'quá sớm': 'Interval: Too Soon', 'chưa đủ tuổi': 'Age: Too Young', 'quá tuổi': 'Age: Too Old',
          'vắc xin sống': 'Vaccine Conflict'}
SCREEN = {'tiêm': 'go', 'hoãn': 'defer', 'chuyển': 'refer', 'dừng': 'stop'}
ORDER = ['Valid', 'Not Valid', 'Extraneous', 'Sub-standard']


def iso(text):
    d, m, y = text.split('/')
    return '%s-%s-%s' % (y, m, d)


def when(text):
    """`dd/mm/yyyy[ hh:mm]` as FHIR date or dateTime of +07:00."""
    day, _, time = text.partition(' ')
    return iso(day) + ('T%s:00+07:00' % time if time else '')


def patient(row):
    n, _, born, sex, area, on, given = row[:7]
    p = {'id': int(n), 'dob': when(born), 'sex': sex, 'assessment_date': iso(on), 'doses': [], 'observations': []}
    if area:
        p['area'] = area
    for part in filter(None, (x.strip() for x in given.split(','))):
        if part.startswith('dh:'):
            code, _, date = part[3:].partition(' ')
            p['observations'].append({'code': code, 'date': iso(date) if date else ''})
        elif part.startswith('nhiệt '):
            p['temperature'] = float(part[6:])
        else:
            m = re.match(r'(\S+) (\d\d/\d\d/\d{4}(?: \d\d:\d\d)?)(?: lô hết hạn (\S+))?$', part)
            dose = {'cvx': m[1], 'date': when(m[2])}
            if m[3]:
                dose['lot_expiry'] = iso(m[3])
            p['doses'].append(dose)
    return p


def check(expect, r, antigens):
    """What one expectation misses in result r, or None."""
    groups = {g['vaccine_group']: g for g in r['groups']}
    m = re.match(r'VX(\d+) (\S+) (không hợp lệ|hợp lệ|ngoài lịch|không đạt)(?: \((.+)\))?$', expect)
    if m:
        for name in m[2].split(','):
            own = [e for e in r['doses'][int(m[1]) - 1]['evaluations'] if e['antigen'] in antigens[name]]
            got = min((e['status'] for e in own), key=ORDER.index, default='none')
            if got != DOSE[m[3]]:
                return 'dose %s %s: %s' % (m[1], name, got)
            if m[4] and not any(REASON[m[4]] in e['reasons'] for e in own):
                return 'dose %s %s: reasons %s' % (m[1], name, [e['reasons'] for e in own])
        return None
    m = re.match(r'đúng 24 giờ (có|không|chưa rõ)$', expect)
    if m:
        got = [e['timely'] for e in r['doses'][0]['evaluations'] if 'timely' in e]
        return None if got == [{'có': True, 'không': False, 'chưa rõ': None}[m[1]]] else 'timely %s' % got
    m = re.match(r'sàng lọc (\S+)(?: đến (\S+))?$', expect)
    if m:
        s = r.get('screening', {})
        ok = s.get('decision') == SCREEN[m[1]] and (not m[2] or s['offer_again_by'] == iso(m[2]))
        return None if ok else 'screening %s' % s
    m = re.match(r'(\S+) mũi (\d+) từ (\S+)(?: hạn (\S+))?$', expect)
    if m:
        for name in m[1].split(','):
            g = groups.get(name, {'status': 'none'})
            got = (g['status'], g.get('dose_number'), g.get('earliest'), g.get('recommended'))
            if got != ('Not Complete', int(m[2]), iso(m[3]), iso(m[3])) or (m[4] and g['past_due'] != iso(m[4])):
                return '%s: %s, past due %s' % (name, got, g.get('past_due'))
        return None
    name, _, word = expect.partition(' ')
    got = groups.get(name, {'status': 'none'})['status']
    if word == 'không có':
        return None if got == 'none' else '%s: %s' % (name, got)
    return None if got == STATUS[word] else '%s: %s' % (name, got)


def main():
    driver, schedule = sys.argv[1:3]
    here = os.path.dirname(os.path.abspath(__file__))
    antigens = {k: v['antigens'] for k, v in json.load(open(schedule, encoding='utf-8'))['groups'].items()}
    rows = [[c.strip() for c in line.strip().strip('|').split('|')]
            for line in open(os.path.join(here, 'vn-cases.md'), encoding='utf-8') if re.match(r'\| \d+ \|', line)]
    out = subprocess.run([driver, '--schedule', schedule], text=True, capture_output=True, check=True,
                         input=''.join(json.dumps(patient(r)) + '\n' for r in rows)).stdout.splitlines()
    failed = 0
    for row, line in zip(rows, out):
        r = json.loads(line)
        misses = ['%s -> %s' % (x, why) for x in row[7].split('; ')
                  for why in [r['error']['en'] if 'error' in r else check(x, r, antigens)] if why]
        if misses:
            failed += 1
            print('FAILED case %s (%s): %s' % (row[0], row[1], '; '.join(misses)))
    print('%d passed, %d failed' % (len(rows) - failed, failed))
    sys.exit(1 if failed or len(rows) < 120 or len(out) != len(rows) else 0)


main()
