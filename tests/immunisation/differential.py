#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random histories through our engine and through the reference reading of the specification in
TRAM_SHARED/data/cdsi/oracle; every difference in a group's status, dates or number or in a dose's status is printed.
Histories are drawn so that rules bite: ages and gaps near the schedule's own, bursts of live vaccines, repeats.

  differential.py DRIVER SHARED COUNT [SEED]
"""
import datetime
import json
import os
import random
import subprocess
import sys

driver, shared, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
data = os.path.join(shared, 'data/cdsi')
sys.path.insert(0, os.path.join(data, 'oracle'))
sys.dont_write_bytecode = True
import cdsi_ref  # noqa: E402

rng = random.Random(seed)
reference = cdsi_ref.load()
ALL = sorted(reference.cm, key=int)
USUAL = ['8', '20', '106', '107', '110', '120', '146', '10', '17', '48', '49', '133', '116', '119', '3', '94', '21', '83',
         '62', '165', '114', '115', '9', '113', '33', '215', '216', '141', '140', '111', '187', '121', '162', '163', '5',
         '4', '37', '207', '208', '212', '2', '178', '182', '304', '306']
OBSERVATIONS = sorted({c for a in reference.ant.values() for s in a.series for c, _, _ in s.ind if c}
                      | {c for a in reference.ant.values() for c, _, _ in a.ci_group}
                      | {c for a in reference.ant.values() for c, _ in a.ci_vac})
GAPS = [1, 14, 23, 24, 27, 28, 30, 31, 51, 52, 56, 60, 84, 90, 150, 180, 181, 365, 366, 1500, 3650]
START = [0, 1, 38, 42, 56, 61, 90, 180, 270, 361, 365, 366, 450, 730, 1460, 2550, 2557, 4015, 6570, 7000, 18262, 21915]


def patient(n):
    assess = datetime.date(2016, 1, 1) + datetime.timedelta(rng.randrange(4200))
    age = rng.choice([rng.randrange(800), rng.randrange(7000), rng.randrange(30000)])
    birth = assess - datetime.timedelta(age)
    doses, day = [], rng.choice(START) + rng.randrange(-4, 5)
    few = rng.sample(USUAL if rng.random() < 0.8 else ALL, rng.randrange(1, 6))
    for _ in range(rng.choice([0, 1, 2, 3, 4, 6, 8, 12])):
        if 0 <= day <= age:
            for cvx in rng.sample(few, rng.randrange(1, len(few) + 1)):
                doses.append({'date': (birth + datetime.timedelta(day)).isoformat(), 'cvx': cvx,
                              'mvx': rng.choice(['', '', 'SKB', 'PMC', 'MSD'])})
        day += rng.choice(GAPS) + rng.choice([0, 0, -1, 1, 3])
    observations = []
    if rng.random() < 0.4:
        for code in rng.sample(OBSERVATIONS, rng.randrange(1, 3)):
            when = birth + datetime.timedelta(rng.randrange(age + 1))
            observations.append({'code': code, 'date': when.isoformat() if rng.random() < 0.7 else ''})
    return {'id': n, 'dob': birth.isoformat(), 'sex': rng.choice('MFU'), 'assessment_date': assess.isoformat(),
            'doses': doses, 'observations': observations}


def expected(p):
    e = cdsi_ref.Engine(reference)
    doses = [dict(date=cdsi_ref.pd(d['date']), cvx=d['cvx'], mvx=d['mvx']) for d in p['doses']]
    groups = e.run(cdsi_ref.pd(p['dob']), p['sex'], cdsi_ref.pd(p['assessment_date']), doses,
                   [(o['code'], cdsi_ref.pd(o['date'])) for o in p['observations']])
    iso = lambda d: d.isoformat() if d else None
    rows = []
    for name, results in groups.items():
        for r in results:
            more = r.status == 'Not Complete'
            rows.append((name, r.status, iso(r.earliest) if more else None, iso(r.rec) if more else None,
                         iso(r.pd) if more else None, r.num if more else None))
    order = sorted(range(len(doses)), key=lambda i: doses[i]['date'])
    judged = [[] for _ in doses]
    for antigen, best in e.best.items():
        for s in best:
            for j, d in enumerate(s.doses):
                if s.ev[j]:
                    judged[order[d.idx]].append((antigen, s.S.name, s.ev[j][0]))
    return sorted(rows, key=str), [sorted(x) for x in judged]


def answered(r):
    rows = [(g['vaccine_group'], g['status'], g['earliest'], g['recommended'], g['past_due'], g['dose_number'])
            for g in r['groups']]
    return sorted(rows, key=str), [sorted((v['antigen'], v['series'], v['status']) for v in d['evaluations']) for d in r['doses']]


patients = [patient(n) for n in range(count)]
out = subprocess.run([driver, '--as-published', '--schedule', os.path.join(data, 'supporting-data-4.64')],
                     input=''.join(json.dumps(p) + '\n' for p in patients), text=True, capture_output=True, check=True)
different = 0
for p, line in zip(patients, out.stdout.splitlines()):
    want, got = expected(p), answered(json.loads(line))
    if want != got:
        different += 1
        if different <= 5:
            print('patient', json.dumps(p))
            for a, b in zip(want, got):
                print('  reference only:', [x for x in a if x not in b])
                print('  engine only   :', [x for x in b if x not in a])
print('%d random histories (seed %d), %d doses: %d differ' % (count, seed, sum(len(p['doses']) for p in patients), different))
sys.exit(1 if different else 0)
