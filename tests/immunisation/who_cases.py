#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The 21 example patients of WHO's SMART Guidelines (TRAM_SHARED/data/who-imm) and the 7 rows of its measles decision
table with our WHO-style schedule. A known difference must differ as explained. Usage: who_cases.py DRIVER SCHEDULES SHARED"""
import json
import os
import subprocess
import sys

driver, schedules, shared = sys.argv[1:4]
SERIES = {'MCV1': ('Measles', 1), 'MCV2': ('Measles', 2), 'HepB dose 1': ('HepB', 1), 'HepB dose 2': ('HepB', 2),
          'HepB dose 3': ('HepB', 3), 'BCG': ('BCG', 1)}
# id -> our answer and why it differs
KNOWN = {'07.Agt9mLVlt4w': (('Measles', 1, '2026-01-29'), "WHO's date rule for MCV1 forgets the live vaccine two weeks ago; its own "
                            'decision table (row Measles10.3) says not due until 4 weeks after it'),
         '06.D1': (('BCG', 1, '2026-01-14'), 'the dose is dated two weeks before birth: it is reported and not counted')}


def run(schedule, patients):
    out = subprocess.run([driver, '--schedule', os.path.join(schedules, schedule)], text=True, capture_output=True, check=True,
                         input=''.join(json.dumps(p) + '\n' for p in patients))
    return [json.loads(line) for line in out.stdout.splitlines()]


def patient(c):
    return {'id': c['id'], 'dob': c['birth'], 'sex': c['sex'], 'assessment_date': c['today'],
            'doses': [{'date': d['date'], 'cvx': d['icd11']} for d in c['doses']]}


failed = passed = 0
cases = [json.loads(line) for line in open(os.path.join(shared, 'data/who-imm/who-imm-cases.ndjson'), encoding='utf-8')]
for c in cases:
    schedule = 'who-low-transmission.json' if 'LowTx' in c['library'] else 'who.json'
    r = run(schedule, [patient(c)])[0]
    groups = {g['vaccine_group']: g for g in r['groups']}
    name = 'Measles' if 'Measles' in c['library'] else 'HepB' if 'Hep' in c['library'] else 'BCG'
    g, want = groups[name], c['expect']
    if c['id'] in KNOWN and not (c['id'] == '06.D1' and r.get('issues', [{}])[0].get('code') != 'before-birth'):
        got = (name, g['dose_number'], g['earliest'])
        ok = got == KNOWN[c['id']][0]
        print('differs as explained: %s: %s' % (c['id'], KNOWN[c['id']][1]))
    elif want['next'] is None:
        ok = g['status'] == 'Complete'
    else:
        ok = g['status'] == 'Not Complete' and (name, g['dose_number']) == SERIES[want['next']] \
            and ('due' not in want or g['recommended'] == want['due'])
    passed, failed = passed + ok, failed + (not ok)
    if not ok:
        print('FAILED', c['library'], c['id'], want, {k: g[k] for k in ('status', 'dose_number', 'earliest', 'recommended')})

# decision table: (row, birth, doses, due now?), assessed on 2026-01-15
ROWS = [('Measles08.1', '2025-05-01', [], False), ('Measles09.3', '2025-03-01', [], True),
        ('Measles10.3', '2025-03-01', [('2026-01-01', 'XM5V64')], False),
        ('Measles11.2', '2025-01-01', [('2025-10-10', 'XM8TF3')], False),
        ('Measles12.3', '2024-09-01', [('2025-06-10', 'XM8TF3')], True),
        ('Measles13.3', '2024-09-01', [('2025-06-10', 'XM8TF3'), ('2026-01-01', 'XM5V64')], False),
        ('Measles14.1', '2024-05-01', [('2025-02-10', 'XM8TF3'), ('2025-08-10', 'XM8TF3')], None)]
for row, birth, doses, due in ROWS:
    p = {'id': row, 'dob': birth, 'sex': 'F', 'assessment_date': '2026-01-15',
         'doses': [{'date': d, 'cvx': v} for d, v in doses]}
    g = [g for g in run('who.json', [p])[0]['groups'] if g['vaccine_group'] == 'Measles'][0]
    got = None if g['status'] == 'Complete' else g['earliest'] <= '2026-01-15'
    passed, failed = passed + (got == due), failed + (got != due)
    if got != due:
        print('FAILED', row, g)
print('%d passed, %d failed' % (passed, failed))
sys.exit(1 if failed or len(cases) != 21 else 0)
