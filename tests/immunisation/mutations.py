#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks one rule of the engine at a time, in a copy of the tree, and asks whether a test notices: the ten mutations of
CDSi's rules first, then those of our own. Usage: mutations.py [SHARED]"""
import glob
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TREE = os.path.join(ROOT, 'build/mutants')
SHARED = sys.argv[1] if len(sys.argv) > 1 else os.environ.get('TRAM_SHARED', os.path.join(ROOT, '../shared'))
R = 'src/immunisation/'
MUTATIONS = [
    ('no age grace', R + 'evaluate.c', 'age->absolute && d->day < age_day(e, age->absolute)',
     'age->minimum && d->day < age_day(e, age->minimum)'),
    ('no conflict', R + 'evaluate.c', 'if (!e->s->vaccines[d->vaccine].impacted) return false;', 'return false;'),
    ('no skips', R + 'evaluate.c', 'if (!(rule->when & when)) continue;', 'if (when) continue;'),
    ('no allowable interval', R + 'evaluate.c', 'if (rows && allowed) return true;', '(void)allowed;'),
    ('no inadvertent', R + 'evaluate.c', 'if (dose->never && bits_has', 'if (false && bits_has'),
    ('no recurring', R + 'evaluate.c', 'if (t->dose->recurring) repeat_target(run, k);', '(void)repeat_target;'),
    ('wrong impossible-date rule', R + 'duration.c', 'dom = 1;\n        if (++month > 12) month = 1, year++;',
     'dom = days_in_month(year, month);'),
    ('no interval priority', R + 'plan.c', 'run->priority = some && all;', 'run->priority = some && all && false;'),
    ('no re-validation', R + 'plan.c', '!target_skipped(e, x, run, run->dose, SKIP_FORECAST, run->earliest, x->record_count)',
     'run->earliest != DAY_NONE'),
    ('one scoring criterion dropped', R + 'select.c', 'award(pool, count, holds_completable, 0, 3, 3, -3);', ';'),
    ('criterion dropped: product and valid', R + 'select.c', 'award(pool, count, holds_product_valid, 0, 2, 2, -2);', ';'),
    ('criterion dropped: most valid, in process', R + 'select.c', 'award(pool, count, holds_most_valid, most, 2, 0, -2);', ';'),
    ('criterion dropped: closest to completion', R + 'select.c', 'award(pool, count, holds_closest, least, 2, 0, -2);', ';'),
    ('criterion dropped: finishes earliest', R + 'select.c', 'award(pool, count, holds_finish, finish, 1, 0, -1);', ';'),
    ('criterion dropped: starts earliest', R + 'select.c', 'award(pool, count, holds_start, start, 1, 0, -1);', ';'),
    ('criterion dropped: completable, no doses', R + 'select.c', 'award(pool, count, holds_completable, 0, 1, 1, -1);', ';'),
    ('criterion dropped: product, no doses', R + 'select.c', 'award(pool, count, holds_product, 0, -1, -1, 1);', ';'),
    ('criterion dropped: most valid, complete', R + 'select.c', 'award(pool, count, holds_most_valid, most, 1, 0, -1);', ';'),
    ('sub-standard doses count', R + 'evaluate.c', 'if (unfit) { /* 6.1 */', 'if (unfit && false) {'),
    ('country of birth ignored', R + 'plan.c', 'if (!b->country.len) return true;', 'return true;'),
    ('immunity ignored', R + 'plan.c', 'if (immune(e, x->antigen)) return', 'if (immune(e, x->antigen) && false) return'),
    ('contraindication ignored', R + 'plan.c', 'if (contraindicated(e, x->antigen, run)) return',
     'if (contraindicated(e, x->antigen, run) && false) return'),
    ('age limit ignored', R + 'plan.c', 'e->on >= run->maximum_age) return', 'e->on >= run->maximum_age && false) return'),
    ('past due a day late', R + 'plan.c', '--late < earliest', 'late < earliest'),
    ('roll-out ignored', R + 'plan.c', 'if (!s->gated) return true;', 'return true;'),
    ('law date ignored', R + 'engine.h', 'return since <= day && day <= until;', 'return (since <= day && day <= until) || true;'),
    ('next pregnancy ignored', R + 'plan.c', 'if (newer != DAY_NONE && newer > from && rule->minimum', 'if (false && rule->minimum'),
    ('fever limit exclusive', R + 'screening.c', 't >= q->celsius', 't > q->celsius'),
    ('month end of the call-back', R + 'screening.c', 'day_from_civil(y, m, days_in_month(y, m))', 'day_from_civil(y, m, 28)'),
    ('24 hours not asked', R + 'forecast.c', '<= dose->within_hours * 60', '<= dose->within_hours * 6000'),
    ('interval windows closed', R + 'evaluate.c', 'if (rule->absolute && day < after(e, from, rule->absolute)) fits = false;',
     'if (rule->absolute && day <= after(e, from, rule->absolute)) fits = false;'),
    ('equivalent paths ignored', R + 'select.c', 'if (other->status == SERIES_COMPLETE) return false;', ''),
    ('full group flag ignored', R + 'forecast.c', 'out->dose_number = g->full ? low : high;', 'out->dose_number = g->full ? high : low;'),
]


LIBRARIES = ['libxml-2.0', 'yajl', 'libutf8proc']


def flags(which):
    return subprocess.run(['pkg-config', which, *LIBRARIES], capture_output=True, text=True, check=True).stdout.split()


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def build(files):
    """Compiles these files of the copied room and links driver and unit test with the untouched objects of the build."""
    for f in files:
        done = run('gcc', '-std=gnu11', '-O1', '-D_GNU_SOURCE', '-I' + TREE + '/src', '-Isrc', '-Ibuild/gen', *flags('--cflags'),
                   '-c', '-o', TREE + '/' + os.path.basename(f) + '.o', os.path.join(TREE, R, os.path.basename(f)))
        if done.returncode:
            return False, done.stderr[-2000:]
    objects = glob.glob(TREE + '/*.c.o') + glob.glob(ROOT + '/build/src/base/*.o') + [ROOT + '/build/gen/data_files.o']
    for source, program in (('tests/immunisation/driver.c', 'driver'), ('tests/unit/test_immunisation.c', 'unit')):
        done = run('gcc', '-std=gnu11', '-O1', '-D_GNU_SOURCE', '-I' + TREE + '/src', '-Isrc', *flags('--cflags'), '-o',
                   TREE + '/' + program, source, *objects, *flags('--libs'), '-lcmocka', '-lm')
        if done.returncode:
            return False, done.stderr[-2000:]
    return True, ''


def caught():
    """The name of the first suite that notices, or None."""
    here = 'tests/immunisation/'
    for name, command in (('unit', [TREE + '/unit']),
                          ('Viet Nam', [here + 'vn_cases.py', TREE + '/driver', 'data/schedules/vn-epi.json']),
                          ('CDSi', [here + 'reference.py', TREE + '/driver', SHARED])):
        if run(*command).returncode != 0:
            return name
    return None


shutil.rmtree(TREE, ignore_errors=True)
shutil.copytree(os.path.join(ROOT, R), os.path.join(TREE, R))
ROOM = sorted(os.path.basename(f) for f in glob.glob(os.path.join(TREE, R, '*.c')) if not f.endswith('routes.c'))
if subprocess.run(['make', '-s', 'build/forecast-driver'], cwd=ROOT).returncode:
    sys.exit('the tree does not build')
ok, why = build(ROOM)
if not ok or caught():
    sys.exit('the tree itself does not pass: %s %s' % (why, ok and caught()))
survived = 0
for name, file, good, bad in MUTATIONS:
    path = os.path.join(TREE, file)
    text = open(path, encoding='utf-8').read()
    if text.count(good) < 1:
        print('%-32s NOT APPLIED: the text is gone from %s' % (name, file))
        survived += 1
        continue
    open(path, 'w', encoding='utf-8').write(text.replace(good, bad, 1))
    touched = ROOM if file.endswith('.h') else [os.path.basename(file)]
    ok, why = build(touched)
    by = caught() if ok else None
    print('%-32s %s' % (name, 'caught by ' + by if by else 'DOES NOT BUILD ' + why if not ok else 'SURVIVED'), flush=True)
    survived += by is None
    open(path, 'w', encoding='utf-8').write(text)
    for f in touched:
        os.remove(TREE + '/' + f + '.o')
    build(touched)
print('%d passed, %d failed' % (len(MUTATIONS) - survived, survived))
sys.exit(1 if survived else 0)
