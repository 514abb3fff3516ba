#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the CDSi reference cases of TRAM_SHARED through the forecast driver and compares them as facts/immunisation.md
1.7 says: group status; when another dose is needed its earliest, recommended and past due days and (healthy cases)
its number; the status of every dose. Writes docs/immunisation-cases.md with --page FILE.

  reference.py DRIVER SHARED [--as-published] [--page FILE] [--misses]
"""
import json
import os
import subprocess
import sys

GROUP = {'DTAP': 'DTaP/Tdap/Td', 'POL': 'Polio', 'HIB': 'Hib', 'ROTA': 'Rotavirus', 'PCV': 'Pneumococcal',
         'VAR': 'Varicella', 'MCV': 'Meningococcal', 'MENB': 'Meningococcal B', 'FLU': 'Influenza',
         'ZOSTER': 'Zoster', 'YF': 'Yellow Fever', 'IPOL': 'Polio'}


def day(text):
    """ISO day of the case files' date, None if there is none."""
    text = (text or '').strip()
    if not text[:1].isdigit():
        return None
    if '/' in text:
        m, d, y = text.split('/')
        return '%04d-%02d-%02d' % (int(y), int(m), int(d))
    return text[:10]


def run(driver, schedule, lines, extra=()):
    out = subprocess.run([driver, '--schedule', schedule, *extra], input='\n'.join(lines) + '\n', text=True,
                         capture_output=True)
    if out.returncode:
        sys.exit('driver: ' + out.stderr)
    return [json.loads(line) for line in out.stdout.splitlines()]


def dose_status(statuses):
    """One word for what the series of a group say of a dose."""
    for word in ('Not Valid', 'Extraneous'):
        if word in statuses and not (word == 'Extraneous' and 'Valid' in statuses):
            return word
    return 'Valid' if 'Valid' in statuses else 'none'


def differences(case, result, under):
    """The fewest differences over the forecasts of the case's group."""
    want = case['expect']
    name = GROUP.get(case['vaccine_group'].upper(), case['vaccine_group']).lower()
    groups = [g for g in result.get('groups', []) if g['vaccine_group'].lower() == name]
    best = None
    for g in groups or [{'status': 'none', 'series': ''}]:
        diff = []
        if g['status'].lower() != want['series_status'].strip().lower():
            diff.append('status %s, expected %s' % (g['status'], want['series_status']))
        elif g['status'] == 'Not Complete':
            for key in ('earliest', 'recommended', 'past_due'):
                if g[key] != day(want[key]):
                    diff.append('%s %s, expected %s' % (key.replace('_', ' '), g[key], day(want[key])))
            if not under and want['dose_number'].isdigit() and g['dose_number'] != int(want['dose_number']):
                diff.append('dose number %s, expected %s' % (g['dose_number'], want['dose_number']))
        own = set(g['series'].split('; '))
        any_own = {s for x in groups for s in x['series'].split('; ')}
        for i, given in enumerate(case['doses']):
            evaluations = result['doses'][i]['evaluations']
            statuses = {e['status'] for e in evaluations if e['series'] in own}
            if under and 'Valid' in {e['status'] for e in evaluations if e['series'] in any_own}:
                statuses = {'Valid'}
            if not statuses:
                statuses = {e['status'] for e in evaluations}
            expected = given['eval'].strip()
            if expected and dose_status(statuses).lower() != expected.lower():
                diff.append('dose %d %s, expected %s' % (i + 1, dose_status(statuses), expected))
        if best is None or len(diff) < len(best):
            best = diff
    return best


def suite(driver, schedule, path, extra):
    lines = open(path, encoding='utf-8').read().splitlines()
    cases = [json.loads(line) for line in lines]
    results = run(driver, schedule, lines, extra)
    assert len(results) == len(cases)
    return [(c, differences(c, r, 'under' in path)) for c, r in zip(cases, results)]


def main():
    driver, shared = sys.argv[1:3]
    extra = ['--as-published'] if '--as-published' in sys.argv else []
    data = os.path.join(shared, 'data/cdsi')
    schedule = os.path.join(data, 'supporting-data-4.64')
    healthy = suite(driver, schedule, os.path.join(data, 'test-cases/healthy-v4.45.ndjson'), extra)
    under = suite(driver, schedule, os.path.join(data, 'test-cases/underlying-conditions-v4.6.ndjson'), extra)
    reasons = json.load(open(os.path.join(os.path.dirname(__file__), 'known-misses.json'), encoding='utf-8'))
    good = [sum(not d for _, d in s) for s in (healthy, under)]
    print('healthy %d of %d, underlying conditions %d of %d (%.1f %%)'
          % (good[0], len(healthy), good[1], len(under), 100 * good[1] / len(under)))
    if '--misses' in sys.argv:
        for c, d in healthy + under:
            if d:
                print(' ', c['id'], c['vaccine_group'], c['name'][:60], '|', '; '.join(d))
    if '--page' in sys.argv:
        page(sys.argv[sys.argv.index('--page') + 1], healthy, under, reasons)
    unexplained = [c['id'] for c, d in under if d and c['id'] not in reasons]
    if unexplained:
        print('without a reason:', ' '.join(unexplained))
    ok = good[0] == len(healthy) and (extra or (good[1] >= 0.95 * len(under) and not unexplained))
    sys.exit(0 if ok else 1)


def page(path, healthy, under, reasons):
    with open(path, 'w', encoding='utf-8') as f:
        f.write('# Immunisation engine: the reference cases\n\n'
                'Made by `make immunisation-cases`; do not edit. Cases and rules: CDC CDSi supporting data 4.64, '
                'healthy cases 4.45, underlying-condition cases 4.6 (US government work). Compared: group status, '
                'earliest, recommended and past due days, dose number (healthy cases), status of every dose.\n\n')
        for title, rows in (('Healthy children and adults', healthy), ('Underlying conditions', under)):
            f.write('## %s: %d of %d equal\n\n| case | group | what | result |\n|---|---|---|---|\n'
                    % (title, sum(not d for _, d in rows), len(rows)))
            for c, d in rows:
                result = 'equal' if not d else '**differs**: %s. %s' % ('; '.join(d), reasons.get(c['id'], ''))
                f.write('| %s | %s | %s | %s |\n' % (c['id'], c['vaccine_group'], ' '.join(c['name'].split()), result))
            f.write('\n')


main()
