// SPDX-License-Identifier: GPL-3.0-or-later
// The pure rules of the screens, without a browser.
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { check, equal, root, test } from './lib.mjs';

const { build } = createRequire(join(root, 'web/package.json'))('esbuild');

export async function load(name) {
    const dir = mkdtempSync(join(tmpdir(), 'tram-rules-')),
        outfile = join(dir, 'module.mjs');
    await build({
        entryPoints: [join(root, 'web/src', name)],
        bundle: true,
        format: 'esm',
        outfile,
        logLevel: 'error',
    });
    const module = await import(pathToFileURL(outfile));
    rmSync(dir, { recursive: true });
    return module;
}

test('rules: a value steps on when it is complete, not before', async () => {
    const { complete } = await load('rules/pressure.ts');
    const steps = (field, text) => [...text].findIndex((_, i) => complete(field, text.slice(0, i + 1))) + 1; // 0: never
    for (const text of ['148', '100', '300', '210']) equal(steps('systolic', text), 3, text);
    for (const text of ['70', '92', '85']) equal(steps('systolic', text), 2, text);
    for (const text of ['40', '60', '99']) equal(steps('diastolic', text), 2, text);
    equal(steps('diastolic', '110'), 3, 'diastolic 110');
    equal(steps('systolic', '40'), 0, 'systolic 40 never steps');
    equal(steps('diastolic', '39'), 0, 'diastolic 39 never steps');
});

test('rules: limits 70-300 and 40-180, systolic not below diastolic, pulse may be left out', async () => {
    const { faults } = await load('rules/pressure.ts');
    const of = (systolic, diastolic, pulse = '') => faults({ systolic, diastolic, pulse });
    for (const pair of [
        ['70', '40'],
        ['300', '180'],
        ['148', '92'],
        ['120', '120'],
    ])
        equal(of(...pair), {}, pair.join('/'));
    equal(of('69', '40').systolic, 'low', '69');
    equal(of('301', '90').systolic, 'high', '301');
    equal(of('1480', '92').systolic, 'high', '1480');
    equal(of('120', '39').diastolic, 'low', '39');
    equal(of('190', '181').diastolic, 'high', '181');
    equal(of('92', '148').diastolic, 'order', '92/148');
    equal(of('', '').systolic, 'missing', 'nothing typed');
    equal(of('148', '92', '7').pulse, 'low', 'pulse 7');
});

test('rules: grades of QĐ 3192 (the higher of the two decides)', async () => {
    const { grade } = await load('rules/pressure.ts');
    const table = [
        [139, 89, 0],
        [140, 60, 1],
        [120, 90, 1],
        [159, 99, 1],
        [160, 60, 2],
        [120, 100, 2],
        [179, 109, 2],
        [180, 60, 3],
        [120, 110, 3],
    ];
    for (const [s, d, wanted] of table) equal(grade(s, d), wanted, `${s}/${d}`);
});

test('rules: days are typed as digits, and wrong days are refused', async () => {
    const { readDay, spaceDay, addDays, showDay } = await load('base/date.ts');
    const today = '2026-11-23';
    for (const text of ['21/12/2026', '21122026', '211226', '21/12/26', '21-12-2026', '2112', '21.12'])
        equal(readDay(text, today), '2026-12-21', text);
    for (const text of ['31/02/2026', '0/12/2026', '21/13/2026', 'x', '', '211', '21/12/026', '29/02/2027'])
        equal(readDay(text, today), null, text);
    equal(readDay('29/02/2028', today), '2028-02-29', 'leap day');
    equal(spaceDay('21122026'), '21/12/2026', 'separators while typing');
    equal(addDays('2026-11-23', 28), '2026-12-21', 'four weeks');
    equal(showDay('2026-12-21'), '21/12/2026', 'shown');
});

test('rules: a visit becomes the transaction of docs/blood-pressure.md, and is taken back without deleting', async () => {
    const { transaction, takenBack, newId } = await load('rules/visit.ts');
    const ids = Object.fromEntries(
        ['encounter', 'pressure', 'pulse', 'appointment', 'episode', 'condition'].map((k) => [k, newId()]),
    );
    const visit = {
        person: 'P',
        name: '',
        ids,
        started: Date.parse('2026-11-23T02:32:00Z'),
        day: null,
        systolic: '148',
        diastolic: '92',
        pulse: '72',
        medicines: [],
        next: '2026-12-21',
        enrol: true,
    };
    const made = transaction(visit, 'S', Date.parse('2026-11-23T02:34:00Z'));
    equal(
        made.entry.map((e) => e.resource.resourceType),
        ['Encounter', 'Observation', 'Observation', 'Appointment', 'Condition', 'EpisodeOfCare'],
        'resources',
    );
    check(
        made.entry.every(
            (e) => e.request.method === 'PUT' && e.request.url === `${e.resource.resourceType}/${e.resource.id}`,
        ),
        'each entry is a PUT on its own id',
    );
    equal(made.entry[1].resource.effectiveDateTime, '2026-11-23T09:34:00+07:00', 'the time has its zone');
    equal(
        made.entry[1].resource.component.map((c) => c.valueQuantity.value),
        [148, 92],
        'values',
    );
    equal(made.entry[0].resource.serviceProvider, { reference: 'Organization/S' }, 'station');
    equal(
        transaction(visit, 'S', Date.parse('2026-11-23T02:34:00Z')),
        made,
        'the same visit gives the same transaction',
    );
    const past = transaction({ ...visit, day: '2026-11-20' }, null, Date.now());
    equal(past.entry[1].resource.effectiveDateTime, '2026-11-20', 'a day of the past has no invented time');
    const old = {
        resourceType: 'Appointment',
        id: 'old',
        meta: { versionId: '1' },
        status: 'booked',
        start: '2026-12-02T08:00:00+07:00',
        participant: [{}],
    };
    const others = [
        { ...old, id: 'other', serviceType: [{}] },
        { ...old, id: 'before', start: '2026-11-23T08:00:00+07:00' },
    ];
    const early = transaction(visit, 'S', Date.parse('2026-11-23T02:34:00Z'), [old, ...others]);
    equal(
        early.entry.filter((e) => e.resource.status === 'fulfilled').map((e) => [e.resource.id, e.resource.meta]),
        [['old', undefined]],
        'the appointment he came early for is fulfilled, others stay',
    );
    equal(
        takenBack(early).entry.find((e) => e.resource.id === 'old').resource.status,
        'booked',
        'and booked again when taken back',
    );
    const back = takenBack(made);
    check(
        back.entry.every(
            (e) => (e.resource.status ?? e.resource.verificationStatus.coding[0].code) === 'entered-in-error',
        ),
        'entered in error',
    );
    check(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(newId()), 'an id is a UUID');
});
