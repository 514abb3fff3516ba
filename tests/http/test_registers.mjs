// SPDX-License-Identifier: GPL-3.0-or-later
// /registers: what FHIR R4 has no type for, on the same machinery: validation with place and reason, versions, search, history,
// rights; and none of it at /fhir.
import { Node, test, equal, ok, run } from './harness.mjs';

const node = new Node().init();
const admin = node.token('program'), nurse = node.token('nurse'), planner = node.token('planner');
await node.serve();
const as = (token, more = {}) => ({ headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json', ...more } });
const call = (method, path, token, body, more) => node.call(method, path, { ...as(token, more), body: body && JSON.stringify(body) });
const draft = {
    resourceType: 'Decision', id: 'd1', status: 'draft', title: 'Sắp xếp trạm y tế', effectiveOn: '2025-12-01', number: '12/QĐ-UBND',
    operation: [{ kind: 'merge', place: [{ reference: 'Location/a' }, { reference: 'Location/b' }], target: { reference: 'Location/c' },
        part: [{ target: { reference: 'Location/c' }, share: 0.26 }] }] };

test('a decision is put, read, found and its history told', async () => {
    const put = await call('PUT', '/registers/Decision/d1', admin, draft);
    equal(put.status, 201);
    const got = await call('GET', '/registers/Decision/d1', planner);
    equal([got.status, got.json.operation[0].part[0].share], [200, 0.26]);
    const again = await call('PUT', '/registers/Decision/d1', admin, { ...draft, title: 'Sắp xếp lại' }, { 'If-Match': got.headers.get('etag') });
    equal(again.status, 200);
    equal((await call('PUT', '/registers/Decision/d1', admin, draft, { 'If-Match': got.headers.get('etag') })).status, 412, 'an old version');
    equal((await call('GET', '/registers/Decision/d1/_history', planner)).json.entry.length, 2);
    const found = async q => (await call('GET', `/registers/Decision?${q}`, planner)).json.total;
    equal([await found('status=draft'), await found('place=Location/b'), await found('place=Location/x'), await found('effective=ge2025-11-30'),
        await found('title=sap%20xep'), await found('operation=merge'), await found('number=12')], [1, 1, 0, 1, 1, 1, 1]);
});
test('bad content is refused with its place', async () => {
    const refused = async (change, where) => {
        const r = await call('PUT', '/registers/Decision/d2', admin, { ...draft, id: 'd2', ...change });
        ok([400, 422].includes(r.status), String(r.status));
        ok(r.json.issue.some(i => i.expression?.[0] === where), JSON.stringify(r.json.issue.map(i => i.expression)));
    };
    await refused({ status: 'perhaps' }, 'Decision.status');
    await refused({ effectiveOn: '2025-02-30' }, 'Decision.effectiveOn');
    await refused({ colour: 'red' }, 'Decision.colour');
    await refused({ title: undefined }, 'Decision.title');
    await refused({ operation: [{ kind: 'explode' }] }, 'Decision.operation[0].kind');
    await refused({ operation: [{ kind: 'merge', place: [{ reference: 'Patient/a' }] }] }, 'Decision.operation[0].place[0].reference');
});
test('registers are not at /fhir, R4 is not at /registers', async () => {
    equal((await call('GET', '/fhir/Decision/d1', admin)).status, 404);
    equal((await call('GET', '/registers/Patient', admin)).status, 404);
    equal((await call('PUT', '/fhir/Decision/d9', admin, { ...draft, id: 'd9' })).status, 404);
    const capability = (await call('GET', '/fhir/metadata', admin)).json;
    ok(!capability.rest[0].resource.some(r => r.type === 'Decision'), 'not in the CapabilityStatement');
    equal((await call('GET', '/registers/metadata', admin)).status, 404);
    ok(!JSON.stringify((await call('GET', '/fhir/_history', admin)).json).includes('"Decision"'), 'not in the history of /fhir');
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: { ...draft, id: 'd7' }, request: { method: 'PUT', url: 'Decision/d7' } }] };
    equal((await call('POST', '/fhir', admin, bundle)).status, 404);
    equal((await call('POST', '/registers', admin, bundle)).status, 200);
});
test('only an administrator writes there', async () => {
    for (const who of [nurse, planner]) equal((await call('PUT', '/registers/Decision/d3', who, { ...draft, id: 'd3' })).status, 403);
    equal((await node.call('GET', '/registers/Decision/d1')).status, 401);
});
await run(() => node.stop());
