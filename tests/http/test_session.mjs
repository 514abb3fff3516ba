// SPDX-License-Identifier: GPL-3.0-or-later
// Who are you, may you: sign-in, cookie, CSRF, lockout, bearer tokens, roles, sign-out, restart.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Node, test, equal, ok, run, until, command } from './harness.mjs';

const node = new Node().init();
node.user('lan', 'nurse', 'mat khau dai');
node.user('ke-hoach', 'planner', 'mat khau dai');
node.user('khoa', 'nurse', 'mat khau dai');
node.user('dong-ho', 'nurse', 'mat khau dai');
const admin = node.token('program'), nurse = node.token('nurse'), planner = node.token('planner'), metrics = node.token('metrics');
await node.serve();

test('nothing is open but sign-in, health and files', async () => {
    for (const [method, path] of [['GET', '/fhir/Patient/x'], ['GET', '/fhir/metadata'], ['GET', '/fhir'], ['POST', '/fhir'], ['GET', '/api/session'],
        ['DELETE', '/api/session'], ['GET', '/metrics'], ['GET', '/events'], ['GET', '/api/nothing-here'], ['PUT', '/fhir/Patient/x']]) {
        const r = await node.call(method, path);
        equal(r.status, 401, `${method} ${path}`);
        equal(r.json.resourceType, 'OperationOutcome');
        equal(r.json.issue[0].code, 'login');
        ok(r.headers.get('www-authenticate').startsWith('Bearer'));
    }
    equal((await node.call('GET', '/health')).json.status, 'pass');
});
test('sign-in gives a strict cookie and says who one is', async () => {
    const r = await node.call('POST', '/api/session', { body: { name: 'lan', password: 'mat khau dai' } });
    equal(r.status, 200);
    const cookie = r.headers.get('set-cookie');
    ok(/^tram=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d+$/.test(cookie), cookie);
    equal([r.json.role, r.json.language, r.json.csrf.length], ['nurse', 'vi', 32]);
    equal(r.headers.get('cache-control'), 'no-store');
    const me = await node.call('GET', '/api/session', { headers: { Cookie: cookie.split(';')[0] } });
    equal([me.status, me.json.csrf], [200, r.json.csrf]);
    ok(!node.log.includes(cookie.slice(5, 48)), 'a session token is in the log');
});
test('a wrong password, an unknown name, a broken body', async () => {
    for (const body of [{ name: 'lan', password: 'falsch falsch' }, { name: 'nobody', password: 'mat khau dai' }]) {
        const r = await node.call('POST', '/api/session', { body });
        equal([r.status, r.json.issue[0].diagnostics, r.headers.get('set-cookie')], [401, 'tên hoặc mật khẩu không đúng', null]);
    }
    equal((await node.call('POST', '/api/session', { body: '{"name":"lan"' })).status, 400);
    equal((await node.call('POST', '/api/session', { body: {} })).status, 400);
    equal((await node.call('POST', '/api/session', { body: 'name=lan', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status, 415);
    equal((await node.call('POST', '/api/session', { body: { name: 'lan', password: 'x'.repeat(9000) } })).status, 413);
});
test('an unknown name takes as long as a wrong password', async () => {
    const time = async name => {
        const begun = performance.now();
        await node.call('POST', '/api/session', { body: { name, password: 'wrong wrong' } });
        return performance.now() - begun;
    };
    let known, unknown, s;
    for (let round = 0; round < 4; round++) { // other work on the machine disturbs: one quiet round is enough
        known = unknown = Infinity;
        for (let i = 0; i < 4; i++) {
            known = Math.min(known, await time('dong-ho'));
            unknown = Math.min(unknown, await time(`niemand-${round}-${i}`));
        }
        s = await node.signIn('dong-ho', 'mat khau dai'); // four failures and one success: the count is cleared
        if (Math.abs(known - unknown) < Math.max(known, unknown) * 0.4) break;
        if (round === 3) throw new Error(`known ${known} ms, unknown ${unknown} ms`);
    }
    ok(Math.min(known, unknown) > 10, 'no work was done');
    equal(s.role, 'nurse');
});
test('after five failures the name waits, whether it exists or not', async () => {
    for (const name of ['khoa', 'khong-co-ten']) {
        const seen = [];
        for (let i = 0; i < 6; i++) seen.push((await node.call('POST', '/api/session', { body: { name, password: `wrong ${i} wrong` } })));
        equal(seen.map(r => r.status), [401, 401, 401, 401, 401, 429], name);
        ok(Number(seen[5].headers.get('retry-after')) >= 20);
    }
    equal((await node.call('POST', '/api/session', { body: { name: 'khoa', password: 'mat khau dai' } })).status, 429, 'the right one waits too');
});
test('writes with a cookie need the CSRF token, with a bearer token they do not', async () => {
    const s = await node.signIn('lan', 'mat khau dai');
    const body = { language: 'en' };
    const put = headers => node.call('PUT', '/api/session/language', { body, headers: { Cookie: s.cookie, ...headers } });
    equal((await put({})).status, 403);
    equal((await put({ 'X-CSRF-Token': 'x'.repeat(32) })).status, 403);
    equal((await put({ 'X-CSRF-Token': s.csrf.slice(0, 31) })).status, 403);
    equal((await put({ 'X-CSRF-Token': s.csrf })).status, 200);
    equal((await s.call('GET', '/api/session')).json.language, 'en');
    equal((await node.signIn('lan', 'mat khau dai')).language, 'en', 'it is the account that speaks');
    equal((await s.call('PUT', '/api/session/language', { body: { language: 'vi' } })).json.language, 'vi');
    equal((await s.call('PUT', '/api/session/language', { body: { language: 'de' } })).status, 400);
    equal((await node.call('PUT', '/fhir/Patient/csrf', { token: admin, body: { resourceType: 'Patient', id: 'csrf' } })).status, 201);
    const cross = await node.call('PUT', '/fhir/Patient/csrf2', { body: { resourceType: 'Patient', id: 'csrf2' }, headers: { Cookie: s.cookie } });
    equal(cross.status, 403);
});
test('tokens: forms, wrong ones, not as cookies', async () => {
    equal((await node.call('GET', '/fhir/Patient/csrf', { token: admin })).status, 200);
    for (const token of [admin.slice(0, 42), admin + 'A', 'A'.repeat(43), '', admin.slice(0, 42) + '!'])
        equal((await node.call('GET', '/fhir/Patient/csrf', { headers: { Authorization: `Bearer ${token}` } })).status, 401);
    equal((await node.call('GET', '/fhir/Patient/csrf', { headers: { Authorization: `Basic ${admin}` } })).status, 401);
    equal((await node.call('GET', '/fhir/Patient/csrf', { headers: { Cookie: `tram=${admin}` } })).status, 401);
    const s = await node.signIn('lan', 'mat khau dai');
    equal((await node.call('GET', '/api/session', { token: s.cookie.slice(5) })).status, 401, 'a cookie is no bearer token');
    equal((await node.call('GET', '/api/session', { headers: { Cookie: `${s.cookie}; tram=x` } })).status, 401, 'two cookies of one name');
    ok(!node.log.includes(admin), 'a token is in the log');
});
test('roles: what each may', async () => {
    const body = { resourceType: 'Patient', id: 'roles' };
    equal((await node.call('PUT', '/fhir/Patient/roles', { token: planner, body })).status, 403);
    equal((await node.call('DELETE', '/fhir/Patient/roles', { token: planner })).status, 403);
    equal((await node.call('POST', '/fhir', { token: planner, body: { resourceType: 'Bundle', type: 'batch' } })).status, 403);
    equal((await node.call('GET', '/fhir/metadata', { token: planner })).status, 200);
    equal((await node.call('GET', '/fhir/metadata', { token: metrics })).status, 403);
    equal((await node.call('GET', '/metrics', { token: nurse })).status, 403);
    const m = await node.call('GET', '/metrics', { token: metrics });
    equal(m.status, 200);
    ok(/^tram_http_requests_total\{method="GET",route="\/metrics",status="4xx"\} \d+$/m.test(m.text), m.text.slice(0, 500));
    ok(m.headers.get('content-type').startsWith('text/plain'));
    for (const line of m.text.trim().split('\n')) ok(/^(#.*|[a-z_]+(\{([a-z]+="[^"]*",?)*\})? [0-9.e+-]+)$/.test(line), `not Prometheus: ${line}`);
});
test('planner and director see nobody', async () => {
    equal((await node.call('GET', '/fhir/Patient/csrf', { token: planner })).status !== 200, true);
});
test('sign-out ends the session at once', async () => {
    const s = await node.signIn('lan', 'mat khau dai');
    const out = await s.call('DELETE', '/api/session');
    equal(out.status, 204);
    ok(/tram=; .*Max-Age=0/.test(out.headers.get('set-cookie')));
    equal((await s.call('GET', '/api/session')).status, 401);
});
test('a session survives a restart, and so does its CSRF token', async () => {
    const s = await node.signIn('lan', 'mat khau dai');
    equal(await node.stop(), 0, 'exit code of a graceful stop');
    await node.serve();
    ok(node.startedMs < 2000, `start took ${node.startedMs} ms`);
    equal((await s.call('GET', '/api/session')).json.csrf, s.csrf);
    equal((await s.call('PUT', '/api/session/language', { body: { language: 'vi' } })).status, 200);
});
test('through the socket: a new token and a new user work at once', async () => {
    const token = node.token('doctor');
    equal((await node.call('GET', '/api/session', { token })).json.role, 'doctor');
    node.user('moi', 'nurse', 'mat khau moi');
    equal((await node.signIn('moi', 'mat khau moi')).role, 'nurse');
    const twice = command(['user', node.dir, 'add', 'moi', '--role', 'nurse'], 'mat khau moi\n');
    equal(twice.status, 1);
});
test('a second server on one node is refused with exit code 3', async () => {
    const r = command(['serve', node.dir, '--listen', '127.0.0.1:0']);
    equal(r.status, 3, r.stderr);
});
test('every read of a record is in the audit within two seconds: who, what, whose', async () => {
    const s = await node.signIn('lan', 'mat khau dai');
    await node.call('PUT', '/fhir/Patient/soi', { token: admin, body: { resourceType: 'Patient', id: 'soi' } });
    await node.call('PUT', '/fhir/Observation/soi-o', { token: admin, body: { resourceType: 'Observation', id: 'soi-o', status: 'final', code: { text: 'x' }, subject: { reference: 'Patient/soi' } } });
    await node.call('PUT', '/fhir/Organization/soi-g', { token: admin, body: { resourceType: 'Organization', id: 'soi-g', name: 'x' } });
    for (const path of ['Patient/soi', 'Observation/soi-o', 'Organization/soi-g', 'Observation?subject=Patient/soi', 'Patient/soi/_history'])
        equal((await node.call('GET', `/fhir/${path}`, { token: admin })).status, 200, path);
    equal((await s.call('GET', '/fhir/Patient/soi')).status === 200, false, 'a nurse without a post sees nobody');
    const rows = () => spawnSync('sqlite3', [join(node.dir, 'tram.db'),
        "SELECT actor || ' ' || type || '/' || resource FROM audit WHERE action = 'read' AND resource LIKE 'soi%' AND patient = (SELECT rid FROM res WHERE id = 'soi' AND type = (SELECT id FROM type WHERE name = 'Patient')) ORDER BY id"], { encoding: 'utf8' });
    const first = rows();
    if (first.error || first.status) { console.log(`the rows of the audit are not compared: ${first.error?.message ?? first.stderr}`); return; }
    const want = ['Patient/soi', 'Observation/soi-o', 'Observation/soi-o', 'Patient/soi'].map(x => `Token/program ${x}`).join('\n');
    await until(`the audit rows, got ${rows().stdout}`, () => rows().stdout.trim() === want, 3000);
});
await run(() => node.remove());
