// SPDX-License-Identifier: GPL-3.0-or-later
// The first workplace over HTTP: a nurse finds a resident, saves a blood pressure as docs/blood-pressure.md says, the province moves.
import { Node, test, equal, ok, run, command, root, sleep } from './harness.mjs';
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.004', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
const admin = node.token('program');
await node.serve();
const as = token => ({ headers: { Authorization: `Bearer ${token}` } });
const get = (path, who) => node.call('GET', path, who);
const nurse = await node.signIn('nurse', 'tram-demo'), director = await node.signIn('director', 'tram-demo');
const session = s => ({ headers: { Cookie: s.cookie, 'X-CSRF-Token': s.csrf } });

test('the demonstration names its accounts', () => {
    ok(/password tram-demo/.test(made.stdout) && / nurse /.test(made.stdout), made.stdout);
});
test('the nurse finds people of her commune and nobody else', async () => {
    const mine = await get('/api/persons?q=nguyen%20thi&limit=50', session(nurse)), all = await get('/api/persons?q=nguyen%20thi&limit=50', as(admin));
    equal([mine.status, mine.headers.get('cache-control')], [200, 'no-store']);
    ok(mine.json.persons.length > 0, 'she finds somebody');
    for (const p of mine.json.persons) {
        equal(p.place.commune, 'Xã Thanh Nưa');
        ok(/^Nguyễn Thị/.test(p.name), p.name);
    }
    const foreign = all.json.persons.find(p => p.place.commune !== 'Xã Thanh Nưa');
    equal((await get(`/api/persons/${foreign.id}`, as(admin))).status, 200);
    for (const part of ['', '/timeline', '/blood-pressure']) equal((await get(`/api/persons/${foreign.id}${part}`, session(nurse))).status, 404, part);
    equal((await get(`/api/persons/${mine.json.persons[0].id}`, session(nurse))).status, 200);
});
test('a director sees counts and no person; without sign-in there is nothing', async () => {
    equal((await get('/api/persons?q=lan', session(director))).status, 403);
    equal((await get('/api/province', session(director))).status, 200);
    equal((await get('/api/persons?q=lan')).status, 401);
    equal((await get('/api/province')).status, 401);
});
test('wrong limits are refused', async () => {
    for (const limit of ['0', '51', 'x', '-1']) equal((await get(`/api/persons?q=lan&limit=${limit}`, as(admin))).status, 400, limit);
});
test('the banner hides what it can', async () => {
    const [p] = (await get('/api/persons?q=nguyen', session(nurse))).json.persons;
    const b = (await get(`/api/persons/${p.id}`, session(nurse))).json;
    ok(b.synthetic === true && Array.isArray(b.allergies), 'synthetic');
    if (b.cccd) ok(/^099\d{3}•{2}•?\d{4}$/.test(b.cccd), b.cccd);
    equal(b.place.province, 'Tỉnh Điện Biên');
});
test('the written example of a visit is saved, and sent twice is stored once; the province moves', async () => {
    const found = (await get('/api/persons?q=nguyen%20thi&limit=50', session(nurse))).json.persons, P = found[0].id;
    const before = (await get('/api/province', session(director))).json.tiles, sheet = (await get(`/api/persons/${P}/blood-pressure`, session(nurse))).json;
    ok(/^station-\d{5}$/.test(sheet.station), sheet.station);
    equal([sheet.months.length, sheet.limits.systolic], [12, [70, 300]]);
    let text = readFileSync(join(root, 'docs/blood-pressure.md'), 'utf8').match(/```json\n([\s\S]*?)```/)[1];
    text = text.replaceAll('2026-11-23', sheet.today).replaceAll('2026-12-21', sheet.proposedNext).replaceAll('Patient/P', `Patient/${P}`)
        .replaceAll('Organization/S', `Organization/${sheet.station}`);
    for (const letter of 'EOA') {
        const id = randomUUID();
        text = text.replaceAll(new RegExp(`(Encounter|Observation|Appointment)/${letter}"`, 'g'), `$1/${id}"`).replaceAll(`"id": "${letter}"`, `"id": "${id}"`);
    }
    const told = new AbortController();
    const stream = await fetch(`${node.url}/events?topic=province`, { headers: session(director).headers, signal: told.signal });
    equal(stream.status, 200);
    const heard = (async () => {
        let text = '';
        for await (const part of stream.body) if (/event: ?province|province/.test(text += Buffer.from(part).toString())) return Date.now();
    })().catch(() => 0);
    const begun = Date.now();
    for (let i = 0; i < 2; i++) {
        const saved = await node.call('POST', '/fhir', { ...session(nurse), body: text, headers: { ...session(nurse).headers, 'Content-Type': 'application/fhir+json' } });
        equal(saved.status, 200, JSON.stringify(saved.json));
    }
    const when = await Promise.race([heard, sleep(3000)]);
    told.abort();
    ok(when >= begun && when - begun < 2000, 'the province page is told within 2 s');
    const after = (await get('/api/province', session(director))).json.tiles;
    equal([after.visitsToday, after.visitsThisMonth], [before.visitsToday + 1, before.visitsThisMonth + 1]);
    const again = (await get(`/api/persons/${P}/blood-pressure`, session(nurse))).json;
    equal([again.last.systolic, again.last.diastolic, again.last.grade, again.last.controlled], [148, 92, 1, false]);
    equal(again.months[11].visits, 1 + sheet.months[11].visits);
    equal(again.medicines, sheet.medicines, 'the example prescribes nothing: what was given before goes on');
    if (again.enrolled) equal(again.dueOn, sheet.proposedNext);
    const events = (await get(`/api/persons/${P}/timeline`, session(nurse))).json.events;
    equal([events[0].kind, events[0].systolic, events[0].day], ['blood-pressure', 148, sheet.today]);
    ok(events[0].place.startsWith('Trạm Y tế'), events[0].place);
    ok(!events.some(e => e.kind === 'visit' && e.day === sheet.today), 'the visit is told once');
});
test('the province adds up', async () => {
    const p = (await get('/api/province', as(admin))).json;
    equal([p.communes.length, p.sites.length, p.months.length], [45, 129, 12]);
    equal([p.sites.filter(s => s.kind === 'station').length, p.sites.filter(s => s.kind === 'point').length], [45, 84]);
    ok(p.sites.every(s => s.assumed), 'the choice of stations is a draft');
    for (const key of ['residents', 'enrolled', 'counted', 'controlled', 'visitsToday', 'visitsThisMonth'])
        equal(p.communes.reduce((sum, c) => sum + c[key], 0), p.tiles[key], key);
    equal(p.communes.reduce((sum, c) => sum + c.population, 0), 673091, 'register figures of the communes');
    ok(p.communes.every(c => c.stations === 1), 'one main station each');
});
test('a nurse changes no places, staff or definitions: they decide who sees whom', async () => {
    const someone = (await get('/fhir/Location?type=urn:tram:place-kind|hamlet&_count=1', as(admin))).json.entry[0].resource;
    const write = (method, path, body) => node.call(method, path, { headers: session(nurse).headers, body });
    equal((await write('PUT', `/fhir/Location/${someone.id}`, someone)).status, 403);
    equal((await write('DELETE', `/fhir/Location/${someone.id}`)).status, 403);
    equal((await write('DELETE', '/fhir/Location?type=urn:tram:place-kind|hamlet&_count=1000')).status, 403);
    equal((await write('POST', '/fhir/Practitioner', { resourceType: 'Practitioner' })).status, 403);
    equal((await write('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: someone,
        request: { method: 'PUT', url: `Location/${someone.id}` } }] })).status, 403);
    equal((await get(`/fhir/Location/${someone.id}`, as(admin))).headers.get('etag'), `W/"${someone.meta.versionId}"`);
});
test('a record with several persons is that of its subject', async () => {
    const ids = async who => (await get('/fhir/Patient?_count=1000&_elements=id', who)).json.entry.map(e => e.resource.id);
    const mine = await ids(session(nurse)), foreign = (await ids(as(admin))).find(id => !mine.includes(id));
    for (const [id, subject, performer, status] of [['seen', mine[0], foreign, 200], ['unseen', foreign, mine[0], 404]]) {
        const body = { resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${subject}` }, performer: [{ reference: `Patient/${performer}` }] };
        equal((await node.call('PUT', `/fhir/Observation/${id}`, { token: admin, body })).status, 201);
        equal((await get(`/fhir/Observation/${id}`, session(nurse))).status, status, id);
    }
});
await run(() => node.remove());
