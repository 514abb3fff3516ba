// SPDX-License-Identifier: GPL-3.0-or-later
// Prescriptions over HTTP: the live check, and that what Circular 26/2025/TT-BYT forbids is not taken by the node.
import { Node, test, equal, ok, run, command, patient } from './harness.mjs';
import { randomUUID } from 'node:crypto';

const node = new Node().init();
const admin = node.token('program');
await node.serve();
const as = { headers: { Authorization: `Bearer ${admin}` } };
const call = (method, path, body, headers = {}) => node.call(method, path, { body, headers: { ...as.headers, ...headers } });
const day = (shift = 0) => new Date(Date.now() + 7 * 3600e3 + shift * 86400e3).toISOString().slice(0, 10);
const put = r => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}` }, resource: r });
const save = (...resources) => call('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry: resources.map(put) });

let number = 0;
const code = (kind = 'c') => `00871${String(++number).padStart(7, '0')}-${kind}`;
const icd = c => ({ coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: c }], text: c });
function medicine({ who = 'adult', group, days = 30, reason = 'I10', text = 'Amlodipin 5 mg', atc = 'C08CA01', ...more }) {
    return { resourceType: 'MedicationRequest', id: randomUUID(), groupIdentifier: { system: 'urn:tram:prescription', value: group }, status: 'active', intent: 'order',
        medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }], text }, subject: { reference: `Patient/${who}` }, authoredOn: day(),
        ...(reason && { reasonCode: [icd(reason)] }), dosageInstruction: [{ text: 'Uống ngày 1 lần, mỗi lần 1 viên' }],
        dispenseRequest: { quantity: { value: days, unit: 'viên' }, expectedSupplyDuration: { value: days, unit: 'ngày', system: 'http://unitsofmeasure.org', code: 'd' } }, ...more };
}
function head(group, who = 'adult', more = {}) {
    return { resourceType: 'RequestGroup', id: randomUUID(), groupIdentifier: { system: 'urn:tram:prescription', value: group }, status: 'active', intent: 'order',
        subject: { reference: `Patient/${who}` }, authoredOn: day(), ...more };
}
const weight = (who, kg, on) => ({ resourceType: 'Observation', id: randomUUID(), status: 'final', code: { coding: [{ system: 'http://loinc.org', code: '29463-7' }] },
    subject: { reference: `Patient/${who}` }, effectiveDateTime: on, valueQuantity: { value: kg, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' } });
const broughtBy = name => ({ extension: [{ url: 'urn:tram:brought-by', valueString: name }] });
function refused(answer, word, where) {
    equal(answer.status, 422, answer.text);
    ok(answer.json.issue[0].diagnostics.includes(word), answer.json.issue[0].diagnostics);
    if (where) equal(answer.json.issue[0].expression, [where]);
}

equal((await save({ ...patient('adult'), birthDate: '1959-03-12' }, { ...patient('child'), birthDate: day(-700) },
    { ...patient('infant'), birthDate: day(-100) })).status, 200);

test('the catalogue: medicines by name or English name, programme drugs, diagnoses by code or words', async () => {
    const m = (await call('GET', '/api/medicines?q=amlo')).json.medicines;
    equal(m.map(x => x.text), ['Amlodipin 5 mg', 'Amlodipin 10 mg']);
    equal([m[0].atc, m[0].unit, m[0].content, m[0].usualDose], ['C08CA01', 'viên', '1', '1']);
    ok((await call('GET', '/api/medicines?programme=diabetes')).json.medicines.every(x => x.atc.startsWith('A10')), 'diabetes');
    equal((await call('GET', '/api/diagnoses?q=e119')).json.diagnoses.map(d => d.code), ['E11.9']);
    const [cold] = (await call('GET', '/api/diagnoses?q=common%20cold')).json.diagnoses;
    equal([cold.code, cold.longSupply], ['J00', false]);
    equal((await call('GET', '/api/diagnoses?q=tang%20huyet%20ap')).json.diagnoses[0].code, 'I10');
    equal((await node.call('GET', '/api/medicines')).status, 401);
});
test('the live check: quantities, days, the place of what is wrong', async () => {
    const c = (await call('POST', '/api/prescriptions/check', { patient: 'adult', kind: 'c', diagnoses: [{ code: 'I10' }], lines: [
        { medicine: 'hydroclorothiazid-25', dose: '1/2', times: '1', days: 30 }, { medicine: 'amlodipin-5', dose: '1', times: '1', days: 120 },
        { medicine: 'paracetamol-siro-60', dose: '5', times: '3', days: 5 }] })).json;
    equal(c.lines.map(l => [l.quantityText, l.unit]), [['15', 'viên'], ['120', 'viên'], ['02', 'chai']]);
    equal([c.daysMost, c.child, c.lines[2].total], [90, false, '75']);
    equal(c.findings.filter(f => f.level === 'refused').map(f => [f.rule, f.at]), [['days-most', 'lines[1].days']]);
    ok(/tối đa 90/.test(c.findings.find(f => f.rule === 'days-most').vi) && /at most 90/.test(c.findings.find(f => f.rule === 'days-most').en), 'both languages');
    equal(c.state, 'not-checked', 'nobody asked about allergies');
});
test('what is wrong in the request is said with its name', async () => {
    const wrong = async (body, at) => { const r = await call('POST', '/api/prescriptions/check', body); equal([r.status, r.json.issue[0].expression?.[0]], [400, at]); };
    await wrong({ on: '2026-13-01' }, 'on');
    await wrong({ lines: {} }, 'lines');
    await wrong({ lines: Array(61).fill({}) }, 'lines');
    equal((await call('POST', '/api/prescriptions/check', { patient: 'nobody', lines: [] })).status, 404);
    for (const dose of ['abc', '1\t2\n3', '-1', {}, [], null, true, '9'.repeat(400)]) {
        const c = (await call('POST', '/api/prescriptions/check', { diagnoses: [{ code: 'I10' }], lines: [{ medicine: 'amlodipin-5', dose, times: 1, days: 30 }] })).json;
        ok(c.findings.some(f => f.rule === 'dose-missing' && f.at === 'lines[0].dose'), JSON.stringify(dose));
    }
});
test('30 days, 90 for a listed condition, never 120', async () => {
    const g = code();
    refused(await save(medicine({ group: g, days: 120 }), head(g)), 'tối đa 90', 'Bundle.entry[0].resource.dispenseRequest.expectedSupplyDuration');
    equal((await call('GET', `/fhir/RequestGroup?group-identifier=urn:tram:prescription%7C${g}`)).json.total ?? 0, 0, 'nothing of it was stored');
    refused(await save(medicine({ group: g, days: 31, reason: 'J06' }), head(g)), 'tối đa 30');
    equal((await save(medicine({ group: g, days: 90 }), head(g))).status, 200);
    const single = medicine({ group: code(), days: 120 });
    equal((await call('PUT', `/fhir/MedicationRequest/${single.id}`, single)).status, 422, 'a single PUT is judged too');
});
test('narcotics 7 days, 10 for cancer; psychotropics 10; on their own form', async () => {
    const codeine = { text: 'Codein 30 mg', atc: 'R05DA04', reason: 'S82' };
    refused(await save(medicine({ group: code('c'), days: 5, ...codeine })), 'đơn thuốc N');
    refused(await save(medicine({ group: code('n'), days: 8, ...codeine })), 'tối đa 7');
    equal((await save(medicine({ group: code('n'), days: 7, ...codeine }))).status, 200);
    equal((await save(medicine({ group: code('n'), days: 10, ...codeine, reason: 'C34.9' }))).status, 200);
    refused(await save(medicine({ group: code('n'), days: 11, ...codeine, reason: 'C34.9' })), 'tối đa 10');
    refused(await save(medicine({ group: code('h'), days: 11, text: 'Diazepam 5 mg', atc: 'N05BA01', reason: 'F51' })), 'tối đa 10');
});
test('the code, the diagnosis and the days must be there', async () => {
    refused(await save(medicine({ group: '00871-c' })), '14 ký tự', 'Bundle.entry[0].resource.groupIdentifier.value');
    refused(await save(medicine({ group: code(), reason: null })), 'chẩn đoán', 'Bundle.entry[0].resource.reasonCode');
    const open = medicine({ group: code() });
    delete open.dispenseRequest;
    refused(await save(open), 'số ngày');
    const twice = code();
    equal((await save(head(twice))).status, 200);
    refused(await save(head(twice)), 'đã có');
});
test('an issued prescription is not edited: its state may change, another replaces it', async () => {
    const g = code(), m = medicine({ group: g }), h = head(g);
    equal((await save(m, h)).status, 200);
    equal((await save(m, h)).status, 200, 'sent again it is the same');
    refused(await save({ ...m, dispenseRequest: { ...m.dispenseRequest, quantity: { value: 60, unit: 'viên' } } }), 'thay thế');
    const { groupIdentifier, ...without } = m;
    refused(await save(without), 'thay thế');
    equal((await call('DELETE', `/fhir/MedicationRequest/${m.id}`)).status, 422);
    equal((await call('PATCH', `/fhir/MedicationRequest/${m.id}`, [{ op: 'replace', path: '/dispenseRequest/quantity/value', value: 60 }], { 'Content-Type': 'application/json-patch+json' })).status, 422);
    const next = code(), replacing = head(next, 'adult', { replaces: [{ reference: `RequestGroup/${h.id}` }] });
    const stopped = { ...m, status: 'stopped' }, revoked = { ...h, status: 'revoked' };
    equal((await save(stopped, revoked, medicine({ group: next, priorPrescription: { reference: `MedicationRequest/${m.id}` } }), replacing)).status, 200);
    equal((await call('GET', `/fhir/RequestGroup/${h.id}`)).json.status, 'revoked');
});
test('under 72 months: a weight of the last 30 days and who brought the child', async () => {
    const syrup = g => medicine({ who: 'child', group: g, days: 3, reason: 'J06', text: 'Paracetamol siro', atc: 'N02BE01' });
    const g = code();
    refused(await save(syrup(g), head(g, 'child', broughtBy('Lò Thị Mai'))), 'cân nặng');
    refused(await save(syrup(g), head(g, 'child', broughtBy('Lò Thị Mai')), weight('child', 11.2, day(-31))), 'quá 30 ngày');
    refused(await save(syrup(g), head(g, 'child'), weight('child', 11.2, day())), 'người đưa trẻ', 'Bundle.entry[1].resource.extension');
    equal((await save(syrup(g), head(g, 'child', broughtBy('Lò Thị Mai')), weight('child', 11.2, day()))).status, 200);
    const facts = (await call('GET', '/api/persons/child/prescribing')).json;
    equal([facts.child, facts.weight, facts.weighed, facts.lastCode, facts.last.length], [true, '11,2', day(), g, 1]);
    const check = (await call('POST', '/api/prescriptions/check', { patient: 'infant', kind: 'c', diagnoses: [{ code: 'J06' }], lines: [{ medicine: 'paracetamol-siro-60', dose: '2,5', times: '3', days: 3 }] })).json;
    equal(check.findings.filter(f => f.level === 'refused').map(f => f.at).sort(), ['guardian', 'weight']);
});
test('allergies, doubles and interactions; never “none” where nothing was compared', async () => {
    const allergy = (id, code, more = {}) => ({ resourceType: 'AllergyIntolerance', id, patient: { reference: 'Patient/allergic' },
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] }, code, ...more });
    equal((await save({ ...patient('allergic'), birthDate: '1980-01-01' }, allergy('a1', { text: 'Penicilin' }))).status, 200);
    const check = lines => call('POST', '/api/prescriptions/check', { patient: 'allergic', kind: 'c', diagnoses: [{ code: 'J06' }], lines }).then(r => r.json);
    const line = medicine => ({ medicine, dose: '1', times: '2', days: 5 });
    let c = await check([line('amoxicilin-500'), line('azithromycin-500')]);
    equal(c.lines.map(l => l.allergy), ['alert', 'none']);
    equal(c.state, 'alert');
    c = await check([line('azithromycin-500'), { text: 'Thuốc ho bổ phế', dose: '1', times: '2', days: 5 }]);
    equal(c.lines.map(l => l.allergy), ['none', 'not-checked']);
    equal(c.state, 'not-checked');
    equal((await save(medicine({ who: 'allergic', group: code(), days: 30, text: 'Perindopril 5 mg', atc: 'C09AA04' }))).status, 200);
    c = await check([line('enalapril-5'), line('ibuprofen-400')]);
    equal(c.lines.map(l => [l.double, l.interaction]), [['alert', 'alert'], ['none', 'alert']]);
    c = (await call('POST', '/api/prescriptions/check', { diagnoses: [{ code: 'J06' }], lines: [line('azithromycin-500')] })).json; /* nobody named */
    equal([c.lines[0].allergy, c.lines[0].double, c.state], ['not-checked', 'not-checked', 'not-checked']);
});

await run(() => node.remove());
