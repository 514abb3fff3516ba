// SPDX-License-Identifier: GPL-3.0-or-later
// Every role on every route and every resource type (read, search, create, update, delete): what rights.tsv does not grant is
// refused, what it grants is not. A route or type that the file does not name fails: write down who may.
import { Node, test, equal, ok, run, command, root } from './harness.mjs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const expectation = readFileSync(join(root, 'tests/http/rights.tsv'), 'utf8').split('\n').filter(l => l && l[0] !== '#').map(l => l.split('\t'));
const wantRoute = new Map(expectation.filter(l => l[0] === 'route').map(l => [l[1], new Set(l[2].split(' '))]));
const wantType = new Map(expectation.filter(l => l[0] === 'type').map(l => [l[1], { read: new Set(l[2].split(' ')), write: new Set(l[3].split(' ')) }]));

const node = new Node().init();
const admin = node.token('program');
await node.serve();
const routes = (await node.call('GET', '/api', { token: admin })).json.routes;
const types = (await node.call('GET', '/fhir/metadata', { token: admin })).json.rest[0].resource.map(r => r.type);
const roles = (await node.call('GET', '/api/roles', { token: admin })).json.roles.map(r => r.code);
const tokens = new Map(roles.map(r => [r, node.token(r)]));

// status and words of an answer; a stream is let go
async function ask(role, method, path, body) {
    const stop = new AbortController();
    const headers = { ...(role ? { Authorization: `Bearer ${tokens.get(role)}` } : {}), ...(body === undefined ? {} : { 'Content-Type': path.startsWith('/fhir') || path.startsWith('/registers') ? 'application/fhir+json' : 'application/json' }) };
    const r = await fetch(node.url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: stop.signal });
    const stream = (r.headers.get('content-type') ?? '').startsWith('text/event-stream');
    const text = stream ? '' : await r.text();
    stop.abort();
    return { status: r.status, text };
}
async function many(jobs, at = 12) {
    let next = 0;
    await Promise.all(Array.from({ length: at }, async () => { while (next < jobs.length) await jobs[next++](); }));
}
const byRole = r => r.text.includes('the role does not allow this');
const filled = path => path.replace('{path...}', 'Basic/x').replace(/\{[^}]*\}/g, 'x');
const sends = method => method === 'POST' || method === 'PUT' || method === 'PATCH';

test('every route and every type of the program is in the expectation, and nothing else', () => {
    equal(routes.map(r => `${r.method} ${r.path}`).filter(r => !wantRoute.has(r)), [], 'routes without an expectation');
    equal(types.filter(t => !wantType.has(t)), [], 'types without an expectation');
    const known = new Set(routes.map(r => `${r.method} ${r.path}`));
    equal([...wantRoute.keys()].filter(r => !known.has(r)), [], 'expectations without a route');
    ok(routes.length > 60 && types.length > 140 && roles.length > 14, `${routes.length} routes, ${types.length} types, ${roles.length} roles`);
});
test('without signing in every route but the open ones is refused', async () => {
    const wrong = [];
    await many(routes.map(r => async () => {
        const open = wantRoute.get(`${r.method} ${r.path}`)?.has('everybody'), got = await ask(null, r.method, filled(r.path), sends(r.method) ? {} : undefined);
        if ((got.status !== 401) !== !!open && !(open && r.path.startsWith('/api/session'))) wrong.push(`${r.method} ${r.path}: ${got.status}`);
    }));
    equal(wrong, []);
});
for (const role of roles)
    test(`${role}: every route`, async () => {
        const wrong = [];
        await many(routes.map(r => async () => {
            const name = `${r.method} ${r.path}`, want = wantRoute.get(name);
            if (!want || want.has('everybody')) return;
            const got = await ask(role, r.method, filled(r.path), sends(r.method) ? {} : undefined), refused = got.status === 403 && byRole(got);
            if (refused === want.has(role) || got.status === 401) wrong.push(`${name}: ${got.status} ${got.text.slice(0, 120)}`);
        }));
        equal(wrong, []);
    });
for (const role of roles)
    test(`${role}: every resource type`, async () => {
        const wrong = [], id = `mx-${role}`;
        await many(types.map(t => async () => {
            const want = wantType.get(t);
            if (!want) return;
            const tries = [['read', 'GET', `/fhir/${t}/${id}-none`], ['read', 'GET', `/fhir/${t}?_count=0`], ['read', 'GET', `/fhir/${t}/_history?_count=1`],
                ['write', 'POST', `/fhir/${t}`, { resourceType: t }], ['write', 'PUT', `/fhir/${t}/${id}`, { resourceType: t, id }], ['write', 'DELETE', `/fhir/${t}/${id}-none`]];
            for (const [kind, method, path, body] of tries) {
                const got = await ask(role, method, path, body);
                if ((got.status === 403) === want[kind].has(role) || got.status === 401 || got.status >= 500) wrong.push(`${method} ${path}: ${got.status} ${got.text.slice(0, 100)}`);
            }
        }));
        equal(wrong.slice(0, 12), []);
    });
test('the same inside a batch and a transaction', async () => {
    const entry = (method, url, resource) => ({ request: { method, url }, ...(resource ? { resource } : {}) });
    for (const [role, type, may] of [['pharmacist', 'Observation', false], ['insurance-clerk', 'MedicationRequest', false], ['population-officer', 'Patient', true], ['nurse', 'Organization', false], ['doctor', 'PractitionerRole', false]]) {
        const resource = { resourceType: type };
        for (const kind of ['batch', 'transaction']) {
            resource.id = `tx-${role}-${kind}`;
            const r = await ask(role, 'POST', '/fhir', { resourceType: 'Bundle', type: kind, entry: [entry('PUT', `${type}/${resource.id}`, resource)] });
            const status = kind === 'batch' ? Number(JSON.parse(r.text).entry[0].response.status.slice(0, 3)) : r.status;
            equal(status === 403, !may, `${role} ${kind} ${type}: ${status}`);
        }
    }
    const r = await ask('insurance-clerk', 'POST', '/fhir', { resourceType: 'Bundle', type: 'batch', entry: [entry('GET', 'Observation?code=x'), entry('GET', 'Observation/x')] });
    equal(JSON.parse(r.text).entry.map(e => e.response.status.slice(0, 3)), ['403', '403']);
    equal(command(['check', node.dir]).status, 0);
});
await run(() => node.remove());
