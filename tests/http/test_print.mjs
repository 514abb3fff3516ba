// SPDX-License-Identifier: GPL-3.0-or-later
// Papers over HTTP: what a nurse prints says what the record says, to nobody else, and leaves its trace in the audit.
import { Node, test, equal, ok, run, command } from './harness.mjs';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.004', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
const admin = node.token('program');
await node.serve();
const as = token => ({ headers: { Authorization: `Bearer ${token}` } });
const nurse = await node.signIn('nurse', 'tram-demo'), director = await node.signIn('director', 'tram-demo');
const session = s => ({ headers: { Cookie: s.cookie, 'X-CSRF-Token': s.csrf } });

async function fetched(path, who) {
    const r = await fetch(node.url + path, who);
    return { status: r.status, type: r.headers.get('content-type'), cache: r.headers.get('cache-control'),
        name: r.headers.get('content-disposition'), bytes: Buffer.from(await r.arrayBuffer()) };
}
function text(pdf) {
    const file = join(node.dir, '..', 'paper.pdf');
    writeFileSync(file, pdf);
    const r = spawnSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
    if (r.status) throw new Error(r.stderr);
    return r.stdout;
}
const printed = async (path, who = session(nurse)) => {
    const r = await fetched(path, who);
    equal([r.status, r.type], [200, 'application/pdf'], path);
    return text(r.bytes);
};
const put = async r => {
    const answer = await node.call('PUT', `/fhir/${r.resourceType}/${r.id}`, { headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(r) });
    ok(answer.status < 300, `${r.resourceType}: ${answer.status} ${JSON.stringify(answer.json)}`);
    return r.id;
};
const mine = (await node.call('GET', '/api/persons?q=nguyen%20thi&limit=50', session(nurse))).json.persons;
const P = mine.find(p => p.age > 20), patient = { reference: `Patient/${P.id}` };
const station = (await node.call('GET', `/api/persons/${P.id}/blood-pressure`, session(nurse))).json.station;
const visit = randomUUID();
await put({ resourceType: 'Practitioner', id: 'doctor-x', name: [{ text: 'Lò Văn Thử' }] });
await put({ resourceType: 'Encounter', id: visit, status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: patient, period: { start: '2026-03-05T08:00:00+07:00', end: '2026-03-05T08:10:00+07:00' }, reasonCode: [{ text: 'ho, sốt 3 ngày' }],
    participant: [{ individual: { reference: 'Practitioner/doctor-x' } }], serviceProvider: { reference: `Organization/${station}` } });
await put({ resourceType: 'Condition', id: randomUUID(), subject: patient, encounter: { reference: `Encounter/${visit}` }, recordedDate: '2026-03-05',
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'J02' }], text: 'Viêm họng cấp' } });

test('before anything is prescribed there is no prescription', async () =>
    equal((await fetched(`/api/print/visit/${visit}`, session(nurse))).status, 404));
test('a prescription says what was prescribed', async () => {
    for (const [name, count] of [['Amoxicilin 500 mg', 20], ['Paracetamol 500 mg', 6]])
        await put({ resourceType: 'MedicationRequest', id: randomUUID(), status: 'active', intent: 'order', subject: patient,
            encounter: { reference: `Encounter/${visit}` }, authoredOn: '2026-03-05', requester: { reference: 'Practitioner/doctor-x' },
            medicationCodeableConcept: { text: name }, dosageInstruction: [{ text: 'Uống 1 viên mỗi lần' }],
            groupIdentifier: { system: 'urn:tram:prescription', value: '11025abc12de-c' }, reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'J02' }], text: 'Viêm họng cấp' }],
            dispenseRequest: { quantity: { value: count, unit: 'viên' }, expectedSupplyDuration: { value: 5, unit: 'ngày', system: 'http://unitsofmeasure.org', code: 'd' } } });
    const said = await printed(`/api/print/visit/${visit}`);
    for (const part of ['ĐƠN THUỐC', P.name, 'Viêm họng cấp (J02)', 'Amoxicilin 500 mg', '20 viên', '06 viên', '(5 ngày)', '11025abc12de-c', 'ngày 05 tháng 3 năm 2026', 'Lò Văn Thử', 'Dữ liệu giả lập'])
        ok(said.includes(part), `${part} is not in\n${said}`);
    ok((await printed(`/api/print/visit/${visit}?lang=en`)).includes('PRESCRIPTION'), 'English');
    const group = randomUUID(), medicines = (await node.call('GET', `/fhir/MedicationRequest?encounter=Encounter/${visit}`, as(admin))).json.entry.map(e => e.resource.id);
    await put({ resourceType: 'RequestGroup', id: group, status: 'active', intent: 'order', subject: patient, encounter: { reference: `Encounter/${visit}` }, authoredOn: '2026-03-05',
        groupIdentifier: { system: 'urn:tram:prescription', value: '11025abc12de-c' }, author: { reference: 'Practitioner/doctor-x' }, note: [{ text: 'Uống nhiều nước' }],
        reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'J02' }], text: 'Viêm họng cấp' }],
        action: medicines.map(id => ({ resource: { reference: `MedicationRequest/${id}` } })) });
    const one = await printed(`/api/print/prescription/${group}`);
    ok(one.includes('Uống nhiều nước') && one.includes('06 viên'), one);
    equal((await fetched(`/api/print/visit/${visit}?code=11025abc12de-n`, session(nurse))).status, 404);
});
test('without a code of the facility the paper says so, in place of noughts as if they were a code', async () => {
    const other = randomUUID(), request = { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: patient, encounter: { reference: `Encounter/${other}` }, authoredOn: '2026-03-06',
        medicationCodeableConcept: { text: 'Paracetamol 500 mg' }, dosageInstruction: [{ text: 'Uống 1 viên mỗi lần' }], groupIdentifier: { system: 'urn:tram:prescription', value: '00000abc12de-c' },
        reasonCode: [{ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'J02' }] }], dispenseRequest: { quantity: { value: 6, unit: 'viên' }, expectedSupplyDuration: { value: 5, unit: 'ngày', system: 'http://unitsofmeasure.org', code: 'd' } } };
    await put({ resourceType: 'Encounter', id: other, status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: patient,
        period: { start: '2026-03-06T08:00:00+07:00' }, serviceProvider: { reference: `Organization/${station}` } });
    await put({ ...request, id: randomUUID() });
    const said = await printed(`/api/print/visit/${other}`);
    ok(said.includes('Cơ sở chưa có mã') && /Số nội bộ: *abc12de-c/.test(said) && !said.includes('00000'), said);
    ok((await printed(`/api/print/visit/${other}?lang=en`)).includes('The facility has no code'), 'English');
});
test('code, telephone and address of the facility stand on its papers', async () => {
    const r = await node.call('PUT', `/api/facilities/${station}`, { headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ code: '11X07', phone: '0215 3825 100', address: 'Bản Mới, xã Thanh Nưa', from: '2026-03-01' }) });
    equal(r.status, 200, r.text);
    const said = await printed(`/api/print/visit/${visit}`);
    for (const part of ['Mã cơ sở: 11X07', 'ĐT: 0215 3825 100', 'Bản Mới, xã Thanh Nưa']) ok(said.includes(part), `${part} is not in\n${said}`);
});
test('the answer is shown, not stored', async () => {
    const r = await fetched(`/api/print/visit/${visit}`, session(nurse));
    equal([r.cache, r.name], ['no-store', 'inline; filename="don-thuoc.pdf"']);
});
test('the same rights as on the screen', async () => {
    const all = (await node.call('GET', '/api/persons?q=nguyen%20thi&limit=50', as(admin))).json.persons;
    const foreign = all.find(p => p.place.commune !== P.place.commune);
    for (const paper of ['summary', 'appointment', 'growth']) {
        equal((await fetched(`/api/print/${paper}/${foreign.id}`, session(nurse))).status, 404, paper);
        equal((await fetched(`/api/print/${paper}/${P.id}`, session(director))).status, 403, paper);
        equal((await fetched(`/api/print/${paper}/${P.id}`)).status, 401, paper);
    }
    equal((await fetched('/api/print/visit/none', session(nurse))).status, 404);
});
test('appointment slips of both sizes', async () => {
    await put({ resourceType: 'Appointment', id: randomUUID(), status: 'booked', start: '2036-04-03T01:30:00Z', end: '2036-04-03T01:45:00Z', description: 'Khám lại',
        participant: [{ actor: patient, status: 'accepted' }] });
    for (const size of ['a6', '80mm']) {
        const said = await printed(`/api/print/appointment/${P.id}?size=${size}&on=2036-01-01`);
        for (const part of ['PHIẾU HẸN', 'Thứ Năm, 03/04/2036', '08:30', 'Khám lại', P.name]) ok(said.includes(part), `${part} is not in\n${said}`);
    }
    equal((await fetched(`/api/print/appointment/${P.id}?size=a3`, session(nurse))).status, 400);
    equal((await fetched(`/api/print/appointment/${P.id}?on=3.4.2036`, session(nurse))).status, 400);
    equal((await fetched(`/api/print/appointment/${P.id}?on=2037-01-01`, session(nurse))).status, 404);
});
test('the summary tells "asked, none" from "no information"', async () => {
    const before = await printed(`/api/print/summary/${P.id}`);
    ok(/Dị ứng\s+Không có thông tin/.test(before), before);
    await put({ resourceType: 'AllergyIntolerance', id: randomUUID(), patient, clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
        code: { coding: [{ system: 'urn:tram:allergy', code: 'none-known' }] } });
    const said = await printed(`/api/print/summary/${P.id}`);
    ok(/Dị ứng\s+Đã hỏi: không có/.test(said) && said.includes('Amoxicilin 500 mg'), said);
});
test('a growth chart of a child', async () => {
    const child = randomUUID(), residence = (await node.call('GET', `/fhir/Patient/${P.id}`, as(admin))).json.extension;
    await put({ resourceType: 'Patient', id: child, name: [{ text: 'Lò Thị Bé' }], gender: 'female', birthDate: '2025-01-15', extension: residence });
    const measure = (code, value, unit, day) => put({ resourceType: 'Observation', id: randomUUID(), status: 'final', subject: { reference: `Patient/${child}` }, effectiveDateTime: day,
        code: { coding: [{ system: 'http://loinc.org', code }] }, valueQuantity: { value, unit, system: 'http://unitsofmeasure.org', code: unit } });
    await measure('29463-7', 7.1, 'kg', '2026-01-15');
    await measure('8306-3', 66.5, 'cm', '2026-01-15');
    await measure('8308-9', 75.5, 'cm', '2026-07-15'); // standing, as the child sheet records it
    const said = await printed(`/api/print/growth/${child}`);
    for (const part of ['BIỂU ĐỒ TĂNG TRƯỞNG', '15/01/2026', '12,0 tháng', '7,1', '66,5', '75,5', 'thấp còi']) ok(said.includes(part), `${part} is not in\n${said}`);
});
test('a referral and the lines of its reply', async () => {
    const id = randomUUID();
    await put({ resourceType: 'ServiceRequest', id, status: 'active', intent: 'order', subject: patient, encounter: { reference: `Encounter/${visit}` }, authoredOn: '2026-03-05',
        category: [{ coding: [{ system: 'http://snomed.info/sct', code: '3457005' }] }], performer: [{ display: 'Bệnh viện Đa khoa tỉnh' }],
        reasonCode: [{ text: 'Viêm phổi nặng' }], note: [{ text: 'Vượt khả năng của trạm' }], requester: { reference: 'Practitioner/doctor-x' } });
    const said = await printed(`/api/print/referral/${id}`);
    for (const part of ['Bệnh viện Đa khoa tỉnh', 'Viêm phổi nặng', 'Vượt khả năng của trạm', 'Lò Văn Thử', 'PHIẾU PHẢN HỒI']) ok(said.includes(part), `${part} is not in\n${said}`);
});
test('register A1: what one visit found is not booked at another; what a programme follows is', async () => {
    const bare = randomUUID(), followed = randomUUID(), begun = randomUUID(), icd = code => ({ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code }], text: 'Bệnh thử' });
    const encounter = (id, status, day) => put({ resourceType: 'Encounter', id, status, class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: patient,
        period: { start: `${day}T08:00:00+07:00` }, serviceProvider: { reference: `Organization/${station}` } });
    await encounter(bare, 'finished', '2026-02-09');
    await encounter(followed, 'finished', '2026-02-10');
    await encounter(begun, 'in-progress', '2026-02-11'); // taken, nothing recorded yet
    const active = { clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }, subject: patient };
    await put({ resourceType: 'Condition', id: randomUUID(), ...active, encounter: { reference: `Encounter/${followed}` }, recordedDate: '2026-02-01', code: icd('Q99') });
    const rows = async () => ((await printed('/api/print/register/A1?month=2026-02')).match(/Q9\d/g) ?? []).sort();
    equal(await rows(), ['Q99'], 'only at its own visit');
    const lasting = await put({ resourceType: 'Condition', id: randomUUID(), ...active, recordedDate: '2026-02-01', code: icd('Q98') });
    await put({ resourceType: 'EpisodeOfCare', id: randomUUID(), status: 'active', patient, diagnosis: [{ condition: { reference: `Condition/${lasting}` } }] });
    equal(await rows(), ['Q98', 'Q99'], 'the visit without a diagnosis of its own');
    const over = (await node.call('GET', `/fhir/Encounter?service-provider=Organization/${station}&date=ge2026-02-01&date=lt2026-03-01&status=finished&_summary=count`, as(admin))).json.total;
    ok((await printed('/api/print/register/A1?month=2026-02')).includes(`${over} dòng`), `${over} rows: without the visit that is not over`);
});
test('register A1 has the visits of the station and month, as PDF and as workbook', async () => {
    const said = await printed('/api/print/register/A1?month=2026-03');
    for (const part of ['SỔ KHÁM BỆNH (A1)', 'Tháng 03/2026', 'ho, sốt 3 ngày', '(14)']) ok(said.includes(part), `${part} is not in\n${said}`);
    const whole = (await node.call('GET', `/fhir/Encounter?service-provider=Organization/${station}&date=ge2026-03-01&date=lt2026-04-01&status=finished,onleave&_summary=count`, as(admin))).json.total;
    ok(said.includes(`${whole} dòng`), `${whole} rows`);
    const book = await fetched('/api/print/register/A1?month=2026-03&format=xlsx', session(nurse));
    equal([book.status, book.type, book.name], [200, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'attachment; filename="A1-2026-03.xlsx"']);
    ok(book.bytes.subarray(0, 2).toString() === 'PK', 'a zip');
    ok((await printed('/api/print/register/A1?month=1999-01')).includes('Không có dòng nào'), 'an empty month');
});
test('register A6 has the dead of the month', async () => {
    const record = (await node.call('GET', `/fhir/Patient/${P.id}`, as(admin))).json;
    const dead = { ...record, id: randomUUID(), name: [{ text: 'Quàng Văn Chết' }], identifier: undefined, deceasedDateTime: '2026-02-10' };
    delete dead.meta.versionId, delete dead.meta.lastUpdated;
    await put(dead);
    const said = await printed('/api/print/register/A6?month=2026-02');
    for (const part of ['SỔ THEO DÕI TỬ VONG', 'Quàng Văn Chết', '10/02/2026', 'chưa đối chiếu']) ok(said.includes(part), `${part} is not in\n${said}`);
    ok(!(await printed('/api/print/register/A6?month=2026-03')).includes('Quàng Văn Chết'), 'not in another month');
});
test('the communes of the province page as a workbook', async () => {
    const book = await fetched('/api/province?format=xlsx', session(director));
    equal([book.status, book.type], [200, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
    ok(/^attachment; filename="province-\d{4}-\d{2}-\d{2}\.xlsx"$/.test(book.name), book.name);
    const file = join(node.dir, '..', 'book.xlsx');
    writeFileSync(file, book.bytes);
    const sheet = spawnSync('python3', ['-c', "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); print(z.read('xl/worksheets/sheet1.xml').decode()); print(z.read('xl/sharedStrings.xml').decode())", file], { encoding: 'utf8' }).stdout;
    const communes = (await node.call('GET', '/api/province', session(director))).json.communes;
    equal((sheet.match(/<row /g) ?? []).length, communes.length + 2, 'a title, heads and a row for each commune');
    for (const c of communes) ok(sheet.includes(`>${c.name}<`), c.name);
    equal((await fetched('/api/province?format=pdf', session(director))).status, 400);
});
test('wrong questions are refused with a word', async () => {
    for (const [path, status] of [['A1?month=2026-13', 400], ['A1?month=March', 400], ['A99', 404], ['A1?format=doc', 400], ['A1?place=nowhere', 404]])
        equal((await fetched(`/api/print/register/${path}`, session(nurse))).status, status, path);
    equal((await fetched('/api/print/register/A1', as(admin))).status, 400, 'an administrator says which station');
    equal((await fetched('/api/print/register/A1', session(director))).status, 403);
});
test('a person\'s access log on paper', async () => {
    await new Promise(r => setTimeout(r, 1200));
    const said = await printed(`/api/print/access-log/${P.id}`, as(admin));
    for (const part of ['NHẬT KÝ TRUY CẬP', P.name, 'in: Patient']) ok(said.includes(part), `${part} is not in\n${said}`);
    equal((await fetched(`/api/print/access-log/${P.id}`, session(nurse))).status, 403);
});
test('every printed person is in the audit', async () => {
    await new Promise(r => setTimeout(r, 1200));
    const rows = spawnSync('sqlite3', [join(node.dir, 'tram.db'), `SELECT count(*) FROM audit WHERE action = 'print'`], { encoding: 'utf8' }).stdout.trim();
    ok(Number(rows) >= 10, `${rows} rows`);
});
await run(() => node.stop());
