// SPDX-License-Identifier: GPL-3.0-or-later
// REST from outside where R4 3.1.0 leaves no choice: preconditions, the order and overlaps of a transaction, conditions that
// say nothing, absolute references to this server.
import { Node, test, equal, ok, run, patient } from './harness.mjs';

const node = new Node().init();
const admin = node.token('program');
await node.serve();
const call = (method, path, body, headers) => node.call(method, `/fhir${path}`, { token: admin, body, headers });
const transaction = (...entry) => call('POST', '', { resourceType: 'Bundle', type: 'transaction', entry });
const known = value => ({ resourceType: 'Patient', identifier: [{ system: 'urn:test', value }] });
const count = async query => (await call('GET', `/${query}&_summary=count`)).json.total;
const urn = 'urn:uuid:11111111-1111-4111-8111-111111111111';

test('If-Match: * wants something there, whatever it is', async () => {
    equal((await call('PUT', '/Patient/star', patient('star'), { 'If-Match': '*' })).status, 412);
    equal((await call('GET', '/Patient/star')).status, 404);
    equal((await call('PUT', '/Patient/star', patient('star'))).status, 201);
    equal((await call('PUT', '/Patient/star', patient('star', 'Lò'), { 'If-Match': '*' })).status, 200);
    equal((await call('DELETE', '/Patient/star', undefined, { 'If-Match': '*' })).status, 204);
    equal((await call('PUT', '/Patient/star', patient('star'), { 'If-Match': '*' })).status, 412, 'deleted');
});
test('If-None-Match of a read is a list', async () => {
    const etag = (await call('PUT', '/Patient/list', patient('list'))).headers.get('etag');
    for (const [value, status] of [[etag, 304], [`W/"other", ${etag}`, 304], ['*', 304], ['W/"other"', 200]])
        equal((await call('GET', '/Patient/list', undefined, { 'If-None-Match': value })).status, status, value);
});
test('a conditional create does not find what its own transaction deletes', async () => {
    await call('PUT', '/Patient/old', { ...known('moved'), id: 'old' });
    const r = await transaction({ resource: known('moved'), request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:test|moved' } },
        { request: { method: 'DELETE', url: 'Patient/old' } });
    equal([r.status, r.json.entry?.map(e => e.response.status.slice(0, 3))], [200, ['201', '204']]);
    equal([(await call('GET', '/Patient/old')).status, await count('Patient?identifier=urn:test|moved')], [410, 1]);
});
test('one resource twice in a transaction is refused and nothing stays, also when a deletion finds nothing', async () => {
    await call('PUT', '/Patient/there', patient('there'));
    for (const id of ['there', 'never'])
        for (const others of [{ request: { method: 'DELETE', url: `Patient/${id}` } }, { resource: patient(id, 'Giàng'), request: { method: 'PUT', url: `Patient/${id}` } }]) {
            const r = await transaction({ resource: patient('beside'), request: { method: 'PUT', url: 'Patient/beside' } },
                { resource: patient(id, 'Quàng'), request: { method: 'PUT', url: `Patient/${id}` } }, others);
            equal([r.status, r.json.resourceType], [400, 'OperationOutcome'], id);
        }
    equal([(await call('GET', '/Patient/beside')).status, (await call('GET', '/Patient/never')).status], [404, 404]);
    equal((await call('GET', '/Patient/there')).json.name[0].family, 'Nguyễn');
});
test('a fullUrl twice is refused', async () => {
    const r = await transaction(...['u1', 'u2'].map(id => ({ fullUrl: urn, resource: patient(id), request: { method: 'PUT', url: `Patient/${id}` } })));
    equal([r.status, r.json.issue[0].expression], [400, ['Bundle.entry[1]']]);
    equal((await call('GET', '/Patient/u1')).status, 404);
});
test('one condition twice creates nothing twice', async () => {
    for (const request of [{ method: 'POST', url: 'Patient', ifNoneExist: 'identifier=urn:test|twice' }, { method: 'PUT', url: 'Patient?identifier=urn:test|twice' }]) {
        const r = await transaction({ resource: known('twice'), request }, { resource: known('twice'), request });
        equal([r.status, r.json.issue[0].expression], [400, ['Bundle.entry[1]']], request.method);
        equal((await transaction({ resource: known(request.method), request: { ...request, ifNoneExist: undefined, url: `Patient${request.method === 'PUT' ? '?identifier=urn:test|PUT' : ''}` } })).status, 200);
    }
    equal(await count('Patient?identifier=urn:test|twice'), 0);
});
test('a condition without a search parameter touches nothing', async () => {
    await call('PUT', '/Basic/only', { resourceType: 'Basic', id: 'only', code: { text: 'x' } });
    for (const query of ['_count=5', '_count=5&_format=json', '_sort=_id', '_count=100&_include=*'])
        equal((await call('DELETE', `/Basic?${query}`)).status, 412, query);
    equal((await call('PUT', '/Basic?_count=1', { resourceType: 'Basic', code: { text: 'y' } })).status, 412);
    equal((await call('POST', '/Basic', { resourceType: 'Basic', code: { text: 'y' } }, { 'If-None-Exist': '_count=1' })).status, 412);
    equal([(await call('GET', '/Basic/only')).json.code.text, await count('Basic?')], ['x', 1]);
});
test('an absolute URL of this server is the local reference', async () => {
    await call('PUT', '/Patient/near', patient('near'));
    await call('PUT', '/Observation/o', { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/near' } });
    for (const value of [`${node.url}/fhir/Patient/near`, 'Patient/near', 'near'])
        for (const name of ['subject', 'patient', 'subject:Patient'])
            equal(await count(`Observation?${name}=${encodeURIComponent(value)}`), 1, `${name}=${value}`);
    equal(await count('Observation?subject=http://elsewhere.example/fhir/Patient/near'), 0);
});
await run(() => node.remove());
