#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""1,000 synthetic children of 0 to 8 years for the bench: most on time, some late, some gone after a few visits."""
import datetime
import json
import random

rng = random.Random(1)
PLAN = [(0, 'VGB'), (10, 'BCG'), (61, 'DPT-VGB-Hib'), (61, 'OPV'), (92, 'DPT-VGB-Hib'), (92, 'OPV'), (122, 'DPT-VGB-Hib'),
        (122, 'OPV'), (153, 'IPV'), (274, 'IPV'), (275, 'Soi'), (367, 'VNNB'), (375, 'VNNB'), (551, 'DPT'), (551, 'MR'),
        (745, 'VNNB'), (2560, 'Td')]
today = datetime.date(2026, 11, 20)
for n in range(1000):
    age = rng.randrange(3000)
    birth = today - datetime.timedelta(age)
    slip, stop, doses = 0, rng.choice([4000, 4000, 4000, 300, 120]), []
    for due, vaccine in PLAN:
        slip += rng.choice([0, 0, 0, 3, 10]) if due else 0
        if due + slip <= min(age, stop):
            doses.append({'date': (birth + datetime.timedelta(due + slip)).isoformat(), 'cvx': vaccine})
    print(json.dumps({'id': n, 'dob': birth.isoformat(), 'sex': rng.choice('FM'), 'assessment_date': today.isoformat(),
                      'area': rng.choice(['Điện Biên', 'Sơn La']), 'doses': doses}))
