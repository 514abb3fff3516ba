// SPDX-License-Identifier: GPL-3.0-or-later
// Registering over HTTP: cards, likeness, villages, households, kin, history, and merging two records and parting them again.
import { Node, test, equal, ok, run, command } from './harness.mjs';
import { randomUUID } from 'node:crypto';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.004', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
const admin = node.token('program');
await node.serve();
const nurse = await node.signIn('nurse', 'tram-demo'), director = await node.signIn('director', 'tram-demo');
const get = async path => (await nurse.call('GET', path)).json;
const post = async (path, body) => (await nurse.call('POST', path, { body })).json;
const resource = async (type, id) => (await node.call('GET', `/fhir/${type}/${id}`, { token: admin })).json;
const save = entries => nurse.call('POST', '/fhir', { body: { resourceType: 'Bundle', type: 'transaction', entry: entries } });
const put = r => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}` }, resource: r });
const strip = ({ meta, ...rest }) => rest;

const villages = (await get('/api/villages')).villages.filter(v => v.kind === 'hamlet');
const someone = (await get('/api/persons?q=nguyen&limit=50')).persons.find(p => p.birth?.length === 10);
const record = await resource('Patient', someone.id);
const number = (record.identifier ?? []).find(i => i.system.endsWith('national_id'))?.value;
const newcomer = (name, birth, place, more = {}) => ({ resourceType: 'Patient', id: randomUUID(),
    extension: [{ url: 'urn:tram:residence', valueReference: { reference: `Location/${place}` } }],
    name: [{ use: 'official', text: name }], gender: 'female', ...(birth && { birthDate: birth }), ...more });

test('the villages of the post', async () => {
    ok(villages.length > 3 && villages.every(v => v.commune === 'Xã Thanh Nưa'), JSON.stringify(villages[0]));
    const elsewhere = (await get('/api/villages?q=muong%20phang')).villages;
    ok(elsewhere.length && elsewhere.every(v => /Mường Phăng/.test(v.formerCommune + v.commune + v.name)), JSON.stringify(elsewhere[0]));
});
test('a card of somebody here finds the person; nothing of it is in the log', async () => {
    ok(number, 'the example has a CCCD');
    const day = record.birthDate.split('-').reverse().join('');
    const scan = await post('/api/persons/scan', { text: `${number}||${record.name[0].text.toUpperCase()}|${day}|${record.gender === 'male' ? 'Nam' : 'Nữ'}|x|01012022\r\n` });
    equal([scan.fault, scan.kind, scan.persons.map(p => p.id)], [null, 'identity', [someone.id]]);
    ok(/•/.test(scan.persons[0].cccd), 'masked');
    ok(!node.log.includes(number), 'the number is not logged');
});
test('a card of a newcomer gives the fields, the village that its address names, and who looks alike', async () => {
    const v = villages[0], day = record.birthDate.split('-').reverse().join('');
    const scan = await post('/api/persons/scan', { text: `011190999999||${record.name[0].text}|${day}|Nữ|${v.name}, ${v.commune}, Điện Biên|01012022` });
    equal([scan.fault, scan.name, scan.birth, scan.village, scan.persons], [null, record.name[0].text, record.birthDate, v.id, []]);
    ok(scan.likely.some(p => p.id === someone.id && p.tellApart && p.why.includes('birth') && p.why.includes('other-cccd')), JSON.stringify(scan.likely));
});
test('other formats are named', async () => {
    for (const [text, fault] of [['', 'empty'], ['x', 'format'], ['00109012345|1|A|01011990|Nam|x|01012020', 'number'], ['001090123456||A|29112126|Nam|x|01012020', 'future'],
        ['https://example.org', 'link'], ['0002010102115303704', 'payment']]) equal((await post('/api/persons/scan', { text })).fault, fault, text);
    equal((await nurse.call('POST', '/api/persons/scan', { body: '{"text":', headers: { 'Content-Type': 'application/json' } })).status, 400);
    equal((await nurse.call('POST', '/api/persons/scan', { body: { text: 'x'.repeat(20000) } })).status, 413);
    equal((await director.call('POST', '/api/persons/scan', { body: { text: 'x' } })).status, 403);
    equal((await node.call('POST', '/api/persons/scan', { body: { text: 'x' } })).status, 401);
});
test('same folded name, birth year within two, same commune: must be told apart', async () => {
    const place = record.extension.find(e => e.url === 'urn:tram:residence').valueReference.reference.slice(9);
    const year = Number(record.birthDate.slice(0, 4)), plain = record.name[0].text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');
    const other = villages.find(v => v.id !== place).id;
    const ask = body => post('/api/persons/likely', body);
    for (const [birth, expected] of [[String(year + 2), true], [String(year - 2), true], [String(year + 3), false], ['', true]]) {
        const found = (await ask({ name: plain, birth, place: other })).likely.find(p => p.id === someone.id);
        equal(!!found?.tellApart, expected, `birth ${birth}`);
    }
    equal((await ask({ name: plain, birth: String(year), place: other, self: someone.id })).likely.filter(p => p.id === someone.id), []);
    equal((await ask({})).likely, []);
    equal((await nurse.call('POST', '/api/persons/likely', { body: { name: 'x'.repeat(900) } })).status, 400);
    equal((await ask({ name: 'ລາວ ປະເທດ', birth: '1990', place: other })).likely, []); /* Lao script is a name like any other */
});

const place = villages[0].id, A = newcomer('Sùng Thị Ẳng', '1959', place, { identifier: [{ system: 'http://fhir.ehealth.gov.vn/core/sid/national_id', value: '011159777001' }] });
const B = newcomer('Sùng Thị Ẩng', '1959-03-01', place, { telecom: [{ system: 'phone', value: '0100777888' }] });
const reading = (patient, day, systolic) => ({ resourceType: 'Observation', id: randomUUID(), status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
    subject: { reference: `Patient/${patient}` }, effectiveDateTime: day, component: [['8480-6', systolic], ['8462-4', 80]].map(([code, value]) =>
        ({ code: { coding: [{ system: 'http://loinc.org', code }] }, valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } })) });
test('two records of one person are merged and parted: both histories, and back to the byte', async () => {
    equal((await save([put(A), put(B), put(reading(A.id, '2026-01-05', 150)), put(reading(B.id, '2026-05-05', 120))])).status, 200);
    const before = [strip(await resource('Patient', A.id)), strip(await resource('Patient', B.id))], alone = await get(`/api/persons/${A.id}/timeline`);
    equal(alone.events.length, 1);
    const residents = async () => (await node.call('GET', '/api/province', { token: admin })).json.tiles.residents, people = await residents();
    const bundle = await get(`/api/persons/${A.id}/merge/${B.id}`);
    equal((await nurse.call('POST', '/fhir', { body: bundle })).status, 200);
    equal((await nurse.call('POST', '/fhir', { body: bundle })).status, 412, 'merged meanwhile');
    equal((await nurse.call('GET', `/api/persons/${A.id}/merge/${B.id}`)).status, 400, 'merged already');
    equal((await nurse.call('GET', `/api/persons/${A.id}/merge/${A.id}`)).status, 400, 'into itself');
    equal((await get(`/api/persons/${A.id}/timeline`)).events.map(e => e.systolic), [120, 150]);
    equal((await get(`/api/persons/${B.id}`)).id, A.id, 'the old id finds the person');
    equal((await get('/api/persons?q=0100777888')).persons.map(p => p.id), [A.id], 'by the other record\'s phone');
    equal((await get('/api/persons?q=sung%20thi%20ang')).persons.filter(p => [A.id, B.id].includes(p.id)).length, 1);
    equal(await residents(), people - 1);
    const apart = await get(`/api/persons/${A.id}/unmerge/${B.id}`);
    equal((await nurse.call('POST', '/fhir', { body: apart })).status, 200);
    equal([strip(await resource('Patient', A.id)), strip(await resource('Patient', B.id))], before);
    equal((await get(`/api/persons/${A.id}/timeline`)).events, alone.events);
    equal(await residents(), people);
});
test('the history of a record says who changed what', async () => {
    const again = { ...A, name: [{ use: 'official', text: 'Sùng Thị Ẳng Mới' }], birthDate: '1960' };
    equal((await save([put(again)])).status, 200);
    const { versions } = await get(`/api/persons/${A.id}/history`);
    equal(versions[0].changes, [{ field: 'name', before: 'Sùng Thị Ẳng', after: 'Sùng Thị Ẳng Mới' }, { field: 'birth', before: '1959', after: '1960' }]);
    ok(versions[0].by && !/\//.test(versions[0].by) && /^\d{4}-/.test(versions[0].at), JSON.stringify(versions[0]));
    equal(versions.at(-1).changes.find(c => c.field === 'cccd').after, '011159••7001');
});
test('a household, a newborn and its mother; somebody leaves', async () => {
    const child = newcomer('Con bà Sùng Thị Ẳng', '2026-11-01', place, { name: [{ use: 'temp', text: 'Con bà Sùng Thị Ẳng' }] });
    const group = (members, more = {}) => ({ resourceType: 'Group', id: 'household-x', active: true, type: 'person', actual: true,
        extension: [{ url: 'urn:tram:household-head', valueReference: { reference: `Patient/${A.id}` } }],
        code: { coding: [{ system: 'urn:tram:group-kind', code: 'household' }] }, member: members, ...more });
    const m = (id, more = {}) => ({ entity: { reference: `Patient/${id}` }, ...more });
    const mother = { resourceType: 'RelatedPerson', id: randomUUID(), active: true, patient: { reference: `Patient/${child.id}` },
        relationship: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH' }] }], name: [{ text: 'Sùng Thị Ẳng' }],
        extension: [{ url: 'urn:tram:kin', valueReference: { reference: `Patient/${A.id}` } }] };
    equal((await save([put(child), put(mother), put(group([m(A.id), m(B.id), m(child.id)]))])).status, 200);
    const h = await get('/api/households/household-x');
    equal([h.head, h.members.map(p => p.id), h.unseen], [A.id, [A.id, B.id, child.id], 0]);
    const family = await get(`/api/persons/${child.id}/family`);
    equal(family.kin.map(k => [k.kind, k.name, k.person?.id]), [['mother', 'Sùng Thị Ẳng', A.id]]);
    equal((await get(`/api/persons/${A.id}/family`)).children.map(k => k.person.id), [child.id]);
    equal((await get(`/api/persons/${child.id}`)).household.size, 3);
    equal((await save([put(group([m(A.id), m(B.id, { inactive: true, period: { end: '2026-11-20' } }), m(child.id)]))])).status, 200);
    equal((await get(`/api/persons/${B.id}`)).household, null);
    equal((await get(`/api/persons/${child.id}`)).household.size, 2);
    equal((await get('/api/households/household-x')).members.filter(p => p.left).map(p => [p.id, p.until]), [[B.id, '2026-11-20']]);
    equal((await nurse.call('GET', '/api/households/none')).status, 404);
});
test('who moved away is no resident any more and is still found', async () => {
    const residents = async () => (await node.call('GET', '/api/province', { token: admin })).json.tiles.residents, people = await residents();
    const gone = { ...B, extension: [...B.extension, { url: 'urn:tram:moved-away', valueDate: '2026-11-20' }] };
    equal((await save([put(gone)])).status, 200);
    equal(await residents(), people - 1);
    equal((await get(`/api/persons/${B.id}`)).moved, '2026-11-20');
});
test('death and moving out close membership, appointments and every list; who comes back is on them again; the record stays readable', async () => {
    const day = shift => new Date(Date.now() + 7 * 3600e3 + shift * 86400e3).toISOString().slice(0, 10);
    const member = (name, birth) => newcomer(name, birth, place);
    const in_programme = p => { // hypertension since a year, seen 100 days ago and high, an appointment missed and one to come
        const visit = { resourceType: 'Encounter', id: randomUUID(), status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
            subject: { reference: `Patient/${p.id}` }, participant: [{ individual: { reference: nurse.actor } }], period: { start: `${day(-50)}T08:00:00+07:00`, end: `${day(-50)}T08:10:00+07:00` } };
        const appointment = on => ({ resourceType: 'Appointment', id: randomUUID(), status: 'booked', start: `${on}T08:00:00+07:00`, end: `${on}T08:15:00+07:00`,
            participant: [{ actor: { reference: `Patient/${p.id}` }, status: 'accepted' }] });
        return [p, visit, { ...reading(p.id, day(-50), 172), encounter: { reference: `Encounter/${visit.id}` } }, appointment(day(-20)),
            { resourceType: 'EpisodeOfCare', id: randomUUID(), status: 'active', type: [{ coding: [{ system: 'urn:tram:programme', code: 'hypertension' }] }],
                patient: { reference: `Patient/${p.id}` }, period: { start: day(-365) } }].map(put);
    };
    const adult = member('Tòng Thị Đi Xa', '1950-02-03'), other = member('Tòng Văn Qua Đời', '1951-02-03'), child = newcomer('Tòng Bé Nhỏ', day(-400), place);
    equal((await save([...in_programme(adult), ...in_programme(other), put(child)])).status, 200);
    const lists = ['overdue?programme=hypertension', 'uncontrolled?programme=hypertension', 'members?programme=hypertension', 'mine', 'check-up', 'child-due'];
    const on = async id => {
        const found = [];
        for (const l of lists)
            for (let path = `/api/lists/${l}${l.includes('?') ? '&' : '?'}limit=100`, next = ''; path;) {
                const page = await get(path + next);
                if (page.rows.some(r => r.id === id)) { found.push(l.split('?')[0]); break; }
                if (!page.after) break;
                next = `&after=${encodeURIComponent(page.after)}`;
            }
        return found;
    };
    equal(await on(adult.id), ['overdue', 'uncontrolled', 'members', 'mine', 'check-up']);
    equal(await on(child.id), ['check-up', 'child-due']);
    const away = p => ({ ...p, extension: [...p.extension, { url: 'urn:tram:moved-away', valueDate: day(-1) }] });
    equal((await save([put(away(adult)), put(away(child)), put({ ...other, deceasedDateTime: day(-1) })])).status, 200);
    for (const p of [adult, other, child]) {
        equal(await on(p.id), [], `${p.name[0].text} is on no list`);
        equal((await nurse.call('GET', `/api/persons/${p.id}/timeline`)).status, 200);
    }
    const sheet = await get(`/api/persons/${adult.id}/blood-pressure`);
    ok(!JSON.stringify(sheet).includes('"state":"overdue"'), 'not overdue on the sheet either');
    equal((await get(`/api/persons/${other.id}`)).dead, day(-1));
    equal((await save([put(adult), put(child), put(other)])).status, 200); // back, and the death was a mistake
    equal([await on(adult.id), await on(other.id), await on(child.id)],
        [['overdue', 'uncontrolled', 'members', 'mine', 'check-up'], ['overdue', 'uncontrolled', 'members', 'mine', 'check-up'], ['check-up', 'child-due']]);
    equal((await save([put({ ...other, deceasedBoolean: true })])).status, 200); // dead, nobody knows since when
    equal(await on(other.id), []);
});
test('twenty years of history: 2,000 resources of one person', async () => {
    const old = newcomer('Hờ A Dài', '1950', place), day = i => new Date(Date.UTC(2006, 10, 28) + i * 14.6 * 86400000).toISOString().slice(0, 10);
    const made = [put(old)];
    for (let i = 0; i < 500; i++) {
        const visit = { resourceType: 'Encounter', id: `long-v${i}`, status: 'finished', class: { code: 'AMB', system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode' },
            subject: { reference: `Patient/${old.id}` }, period: { start: `${day(i)}T09:00:00+07:00`, end: `${day(i)}T09:10:00+07:00` } };
        const encounter = { reference: `Encounter/${visit.id}` };
        made.push(put(visit), put({ ...reading(old.id, `${day(i)}T09:05:00+07:00`, 120 + i % 40), id: `long-o${i}`, encounter }),
            put({ resourceType: 'Observation', id: `long-w${i}`, status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] }, subject: visit.subject, encounter,
                effectiveDateTime: day(i), valueQuantity: { value: 50 + i % 7, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } }),
            put({ resourceType: 'MedicationRequest', id: `long-m${i}`, status: 'completed', intent: 'order', subject: visit.subject, encounter, authoredOn: day(i), medicationCodeableConcept: { text: 'Amlodipin 5 mg' } }));
    }
    equal((await node.call('POST', '/fhir', { token: admin, body: { resourceType: 'Bundle', type: 'transaction', entry: made } })).status, 200);
    const p95 = async (times, ask) => {
        const ms = [];
        for (let i = 0; i < times; i++) {
            const begun = performance.now();
            const answer = await ask(i);
            ok(answer.status < 300, JSON.stringify(answer.json).slice(0, 300));
            ms.push(performance.now() - begun);
        }
        return ms.sort((a, b) => a - b)[Math.floor(times * 0.95)];
    };
    const path = `/api/persons/${old.id}`;
    const [page, chart, banner] = [await p95(40, () => nurse.call('GET', `${path}/timeline`)), await p95(40, () => nurse.call('GET', `${path}/measurements`)), await p95(40, () => nurse.call('GET', path))];
    const saving = await p95(40, i => save([put({ ...reading(old.id, `2026-11-2${i % 8}T10:00:00+07:00`, 130 + i), id: `long-n${i}` })]));
    console.log(`2,000 resources: p95 timeline ${page.toFixed(1)} ms, measurements ${chart.toFixed(1)} ms, banner ${banner.toFixed(1)} ms, saving a reading ${saving.toFixed(1)} ms`);
    ok(page + banner + chart < 300, `the page opens within 300 ms: ${page + banner + chart}`);
    // page by page, everything once, newest first
    const seen = [];
    for (let before = ''; ;) {
        const t = await get(`${path}/timeline?limit=200${before && `&before=${before}`}`);
        seen.push(...t.events);
        if (!t.more) break;
        ok(t.next && t.next === t.events.at(-1).day, t.next);
        before = t.next;
    }
    equal([seen.length, new Set(seen.map(e => e.resource)).size], [1540, 1540]); // 500 readings, weights, prescriptions, and the 40
    ok(seen.every((e, i) => !i || e.day <= seen[i - 1].day), 'newest first');
    equal(new Set((await get(`${path}/timeline?kinds=medicine`)).events.map(e => e.kind)).size, 1);
    equal((await nurse.call('GET', `${path}/timeline?before=x`)).status, 400);
    equal((await get(`${path}/measurements`)).series.find(s => s.code === '29463-7').points.length, 500);
});
await run(() => node.remove());
