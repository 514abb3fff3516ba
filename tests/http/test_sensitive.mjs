// SPDX-License-Identifier: GPL-3.0-or-later
// A person whose whole record is sensitive: without the right nothing of it is anywhere. Every GET of the program, every list, count,
// export, paper, search and every projection table is taken before and after the record is written, and must be the same; the same
// record without its label must change them, so that the walk would notice.
import { Node, test, equal, ok, run, command } from './harness.mjs';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.002', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
await node.serve();
const program = node.token('program'), nurse = await node.signIn('nurse', 'tram-demo'), admin = await node.signIn('admin', 'tram-demo');
const day = n => new Date(Date.now() + 7 * 3600e3 + n * 86400e3).toISOString().slice(0, 10), at = n => `${day(n)}T08:00:00+07:00`;
const put = async (r, id = r.id) => {
    const a = await node.call('PUT', `/fhir/${r.resourceType}/${id}`, { token: program, body: { ...r, id } });
    ok(a.status < 300, `${r.resourceType}: ${a.status} ${a.text}`);
};
const neighbour = (await nurse.call('GET', '/api/persons?q=nguyen&limit=1')).json.persons[0];
const like = (await nurse.call('GET', `/fhir/Patient/${neighbour.id}`)).json;
const person = (id, more) => ({ resourceType: 'Patient', id, active: true, name: [{ text: 'Kín Văn Đáo' }], gender: 'male', birthDate: '1961-02-03', extension: like.extension.filter(e => e.url === 'urn:tram:residence'), ...more });
await put(person('kin'));
await put(person('mat', { name: [{ text: 'Mất Văn Rồi' }], deceasedDateTime: day(-2) }));

// ---- one of everything that rooms read, each with a word of its own in its text
const R = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }];
const concept = (system, code) => ({ coding: [{ system, code }], text: 'KINMAT' }), loinc = c => concept('http://loinc.org', c), icd = c => concept('http://hl7.org/fhir/sid/icd-10', c);
const P = { reference: 'Patient/kin' }, station = { reference: `Organization/${nurse.place}` }, visit = { reference: 'Encounter/kin-visit' };
const quantity = (value, unit) => ({ value, unit, system: 'http://unitsofmeasure.org', code: unit });
const record = [
    { resourceType: 'Encounter', id: 'kin-visit', status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: P, period: { start: at(-3), end: at(-3) }, serviceProvider: station, reasonCode: [icd('B20')] },
    { resourceType: 'Condition', id: 'kin-condition', clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }, subject: P, encounter: visit, recordedDate: day(-3), code: icd('B20') },
    { resourceType: 'Condition', id: 'mat-condition', subject: { reference: 'Patient/mat' }, recordedDate: day(-3), code: icd('B20') },
    { resourceType: 'Observation', id: 'mat-cause', status: 'final', subject: { reference: 'Patient/mat' }, effectiveDateTime: at(-2), code: loinc('69453-9'), valueCodeableConcept: icd('B20') },
    { resourceType: 'EpisodeOfCare', id: 'kin-episode', status: 'active', patient: P, managingOrganization: station, type: [concept('urn:tram:programme', 'hypertension')], period: { start: day(-400) } },
    { resourceType: 'Observation', id: 'kin-pressure', status: 'final', subject: P, encounter: visit, effectiveDateTime: at(-3), code: loinc('85354-9'), component: [{ code: loinc('8480-6'), valueQuantity: quantity(201, 'mm[Hg]') }, { code: loinc('8462-4'), valueQuantity: quantity(121, 'mm[Hg]') }] },
    { resourceType: 'Observation', id: 'kin-weight', status: 'final', subject: P, encounter: visit, effectiveDateTime: at(-3), code: loinc('29463-7'), valueQuantity: quantity(47, 'kg') },
    { resourceType: 'Observation', id: 'kin-sugar', status: 'final', subject: P, encounter: visit, effectiveDateTime: at(-3), code: loinc('15074-8'), valueQuantity: quantity(17, 'mmol/L') },
    { resourceType: 'Appointment', id: 'kin-appointment', status: 'booked', start: at(-40), end: at(-40), description: 'KINMAT', participant: [{ actor: P, status: 'accepted' }] },
    { resourceType: 'Communication', id: 'kin-call', status: 'completed', subject: P, sent: at(-1), reasonCode: [concept('urn:tram:call-outcome', 'agreed')] },
    { resourceType: 'MedicationRequest', id: 'kin-medicine', status: 'active', intent: 'order', subject: P, encounter: visit, authoredOn: day(-3), groupIdentifier: { system: 'urn:tram:prescription', value: 'S0000KINMAT0-c' }, reasonCode: [icd('I10')],
        medicationCodeableConcept: concept('http://www.whocc.no/atc', 'C08CA01'), dosageInstruction: [{ text: 'Uống ngày 1 viên' }], dispenseRequest: { quantity: { value: 30, unit: 'viên' }, expectedSupplyDuration: { value: 30, unit: 'ngày', system: 'http://unitsofmeasure.org', code: 'd' } } },
    { resourceType: 'MedicationRequest', id: 'kin-arv', status: 'active', intent: 'plan', subject: P, authoredOn: day(-3), medicationCodeableConcept: concept('http://www.whocc.no/atc', 'J05AR13') },
    { resourceType: 'AllergyIntolerance', id: 'kin-allergy', patient: P, code: { text: 'KINMAT' }, recordedDate: day(-3) },
    { resourceType: 'Immunization', id: 'kin-dose', status: 'completed', patient: P, occurrenceDateTime: day(-3), vaccineCode: { text: 'KINMAT' } },
    { resourceType: 'Procedure', id: 'kin-procedure', status: 'completed', subject: P, performedDateTime: day(-3), code: { text: 'KINMAT' } },
    { resourceType: 'ServiceRequest', id: 'kin-referral', status: 'active', intent: 'order', subject: P, encounter: visit, authoredOn: day(-3), category: [concept('http://snomed.info/sct', '3457005')], performer: [station], code: { text: 'KINMAT' } },
    { resourceType: 'CarePlan', id: 'kin-plan', status: 'active', intent: 'plan', subject: P, title: 'KINMAT' },
    { resourceType: 'DocumentReference', id: 'kin-paper', status: 'current', subject: P, description: 'KINMAT', content: [{ attachment: { title: 'KINMAT' } }] },
];
// a class by its code where there is one, else by a label
const label = r => (/"B20"|J05AR13/.test(JSON.stringify(r)) ? r : { ...r, meta: { security: R } }), plain = r => JSON.parse(JSON.stringify(r).replaceAll('"B20"', '"J11"').replaceAll('J05AR13', 'C08CA01'));

// ---- the walk
const folder = mkdtempSync(join(tmpdir(), 'tram-sensitive-'));
const shown = {
    pdf: bytes => { return spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes, encoding: 'utf8' }).stdout; },
    xlsx: bytes => { writeFileSync(join(folder, 'x.xlsx'), bytes); return spawnSync('python3', ['-c', "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); [print(z.read(n).decode()) for n in sorted(z.namelist()) if 'sheet' in n.lower() or 'strings' in n.lower()]", join(folder, 'x.xlsx')], { encoding: 'utf8' }).stdout; },
};
const routes = (await node.call('GET', '/api', { token: program })).json.routes.filter(r => r.method === 'GET').map(r => r.path);
const lists = (await nurse.call('GET', '/api/lists')).json.lists.map(l => l.code), types = (await node.call('GET', '/fhir/metadata', { token: program })).json.rest[0].resource.map(r => r.type);
const month = day(-3).slice(0, 7), registers = [`A1?month=${month}`, `A6?month=${day(-2).slice(0, 7)}`];
const skipped = ['/fhir', '/registers', '/events', '/metrics', '/health', '/station-ca.crt', '/api/session', '/api/sessions', '/api/invitation', '/api/codes', '/api/network/export'];
function paths() {
    const out = [];
    for (const route of routes) {
        if (skipped.some(s => route === s || route.startsWith(s + '/'))) continue;
        if (route === '/api/lists/{code}') for (const l of lists) out.push(`/api/lists/${l}?limit=200`, `/api/lists/${l}?limit=200&q=kin`, `/api/lists/${l}?format=xlsx`);
        else if (route === '/api/print/register/{register}') for (const r of registers) out.push(`/api/print/register/${r}`, `/api/print/register/${r}&format=xlsx`);
        else if (route === '/api/programmes/{code}') out.push('/api/programmes/hypertension', '/api/programmes/diabetes', `/api/programmes/hypertension?place=${nurse.place}`);
        else if (route === '/api/persons') out.push('/api/persons?q=kin+van+dao', '/api/persons?q=kin+van+dao+1961');
        else if (route === '/api/print/visit/{id}') out.push('/api/print/visit/kin-visit');
        else if (route === '/api/print/prescription/{id}') out.push('/api/print/visit/kin-visit?code=S0000KINMAT0-c');
        else if (route === '/api/print/referral/{id}') out.push('/api/print/referral/kin-referral');
        else out.push(route.replace('{other}', neighbour.id).replace(/\{[^}]*\}/g, 'kin'));
    }
    for (const t of types) out.push(`/fhir/${t}?_count=0&_total=accurate`);
    for (const r of record) out.push(`/fhir/${r.resourceType}/${r.id}`, `/fhir/${r.resourceType}/${r.id}/_history`, `/fhir/${r.resourceType}?_id=${r.id}`);
    return [...out, '/fhir/Patient/kin/$everything?_count=500', '/fhir/Patient/kin/$summary', '/fhir/Patient/mat/$everything', '/fhir/Patient/kin/*', '/fhir/Patient?_has:Condition:patient:code=B20', '/fhir/Patient?_id=kin&_revinclude=*', '/fhir/Patient?_id=kin&_revinclude=Condition:patient'];
}
/** The same words at every time: instants, versions and positions out. */
const still = text => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+\d\d:\d\d)/g, 'T').replace(/\b[0-9A-HJKMNP-TV-Z]{13}-[0-9A-HJKMNP-TV-Z]{13}\b/g, 'V').replace(/"position":\d+/g, '').replace(/urn:uuid:[0-9a-f-]+/g, 'U').replace(/(In lúc|Printed)[^\n]*/g, '').replace(/\d\d:\d\d(:\d\d)? \d\d\/\d\d\/\d{4}|\d\d\/\d\d\/\d{4} \d\d:\d\d/g, 'T');
async function walk(who) {
    const all = paths(), out = new Map(all.map(p => [p, '']));
    let next = 0;
    const one = async () => {
        const path = all[next++];
        const r = await fetch(node.url + path, { headers: { Cookie: who.cookie } }), bytes = Buffer.from(await r.arrayBuffer()), type = r.headers.get('content-type') ?? '';
        const text = type.includes('pdf') ? shown.pdf(bytes) : type.includes('spreadsheet') ? shown.xlsx(bytes) : bytes.toString();
        out.set(path, `${r.status} ${path.includes('$summary') ? still(text).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'U') : still(text)}`); // a summary is a document of its own each time
    };
    await Promise.all(Array.from({ length: 6 }, async () => { while (next < all.length) await one(); }));
    return out;
}
/** Every table that begins with the column subject, but what carries the audit. */
function tables() {
    const r = spawnSync('python3', ['-c', `
import sqlite3, sys, json
db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)
out = {}
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%subject INTEGER%'").fetchall():
    out[name] = sorted(map(repr, db.execute('SELECT * FROM "%s"' % name).fetchall()))
print(json.dumps(out))`, join(node.dir, 'tram.db')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (r.status) throw new Error(r.stderr);
    return JSON.parse(r.stdout);
}
const differs = (a, b) => [...a].filter(([path, text]) => b.get(path) !== text).map(([path]) => path);

let before, tablesBefore, hidden;
test('the walk takes every list, paper and table, and twice the same', async () => {
    before = await walk(nurse);
    tablesBefore = tables();
    ok(before.size > 280 && lists.length > 6 && Object.keys(tablesBefore).length > 8, `${before.size} paths, ${lists.length} lists, tables ${Object.keys(tablesBefore)}`);
    equal(differs(before, await walk(nurse)), [], 'paths that differ by themselves');
    const good = [...before.values()].filter(t => t.startsWith('200')).length;
    ok(good > 150, `${good} answers`);
});
test('without the right nothing of a sensitive record is anywhere: answers, counts, exports, papers', async () => {
    for (const r of record) await put(label(r));
    hidden = await walk(nurse);
    equal(differs(before, hidden), []);
    equal([...hidden].filter(([, text]) => text.includes('KINMAT')).map(([path]) => path), []);
});
test('no projection table holds a row of it', () => equal(Object.entries(tables()).filter(([name, rows]) => JSON.stringify(rows) !== JSON.stringify(tablesBefore[name])).map(([name]) => name), []));
test('an alert that hidden medicines could give is “not checked”, never “none”', async () => {
    await put({ resourceType: 'AllergyIntolerance', id: 'kin-none', patient: P, code: { coding: [{ system: 'urn:tram:allergy', code: 'none-known' }] }, recordedDate: day(-3) });
    const check = async patient => (await nurse.call('POST', '/api/prescriptions/check', { body: { patient, kind: 'c', on: day(0), diagnoses: [{ code: 'I10', text: 'Tăng huyết áp' }], lines: [{ text: 'Amlodipin 5 mg', atc: 'C08CA01', dose: 1, times: 1, days: 30, quantity: 30, unit: 'viên', doseUnit: 'viên' }] } })).json;
    const said = JSON.stringify(await check('kin'));
    ok(said.includes('"not-checked"') && !/"state":"none"/.test(said) && !said.includes('KINMAT'), said);
    await node.call('DELETE', '/fhir/AllergyIntolerance/kin-none', { token: program });
});
test('with the right of the post it is there', async () => {
    const made = await admin.call('POST', '/api/accounts', { body: { account: 'duoc.xem', name: 'Người được xem (mẫu)', password: 'mat khau dai', post: { role: 'doctor', place: nurse.place, sensitive: ['hiv', 'restricted'] } } });
    if (made.status !== 201) throw new Error(made.text);
    const right = await node.signIn('duoc.xem', 'mat khau dai');
    ok((await right.call('GET', '/fhir/Patient/kin/$everything?_count=500')).text.includes('KINMAT'), '$everything');
    ok((await right.call('GET', '/api/persons/kin/timeline')).text.includes('KINMAT'), 'timeline');
});
test('the administrator sees no record at all, sensitive or not, and has the audit', async () => {
    for (const path of ['/api/persons?q=kin', '/api/persons/kin', '/api/persons/kin/timeline', '/api/lists', '/api/lists/overdue', '/fhir/Patient/kin', '/fhir/Condition?code=B20', '/fhir/Patient/kin/$everything', '/fhir/Patient/kin/$summary', '/fhir/Bundle', '/fhir/Binary', '/api/print/summary/kin', '/api/print/register/A1', '/api/households/x'])
        equal((await admin.call('GET', path)).status, 403, path);
    ok(!JSON.stringify([...(await walk(admin)).values()]).includes('KINMAT'), 'nowhere');
    equal((await admin.call('GET', '/api/audit?limit=1')).status, 200);
    const refused = await admin.call('POST', '/api/accounts', { body: { account: 'may', name: 'Máy', password: 'mat khau dai', post: { role: 'program', place: nurse.place } } });
    equal(refused.status, 400, 'the role of programs is no post');
});
test('the same record without label and class changes answers and tables: the walk would have noticed', async () => {
    for (const r of record) await put(plain(r));
    const seen = differs(hidden, await walk(nurse)), touched = Object.entries(tables()).filter(([name, rows]) => JSON.stringify(rows) !== JSON.stringify(tablesBefore[name])).map(([name]) => name);
    for (const part of ['/api/lists/', 'format=xlsx', '/api/programmes/', '/timeline', '/api/print/summary', '/api/print/register/A1', '/api/print/register/A6', '/api/print/visit', '/api/province', '/prescribing', '/blood-pressure', '/measurements', '$everything', '$summary', '/fhir/Condition?_count=0', '_revinclude'])
        ok(seen.some(p => p.includes(part)), `${part} is not among ${seen.length} changed`);
    ok(touched.length >= 4, `tables: ${touched}`);
});
test('an existing label that is added later takes it out again; rebuild gives the same', async () => {
    for (const r of record) await put(label(r));
    equal(differs(before, await walk(nurse)).filter(path => !/^\/fhir\/Practitioner/.test(path)), []); // a doctor has come since
    const whole = tables();
    equal(Object.keys(whole).filter(name => JSON.stringify(whole[name]) !== JSON.stringify(tablesBefore[name]) && name !== 'post'), []);
    equal(command(['check', node.dir]).status, 0);
});
await run(() => node.remove());
