// SPDX-License-Identifier: GPL-3.0-or-later
// The network in time over HTTP: as of a day, drafts, the check, signing, revocation, what changed for me (docs/network.md).
import { Node, test, equal, ok, run, command } from './harness.mjs';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.004', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
await node.serve();
const people = {};
for (const who of ['nurse', 'planner', 'director', 'point']) people[who] = await node.signIn(who, 'tram-demo');
const as = (who, more = {}) => ({ headers: { Cookie: people[who].cookie, 'X-CSRF-Token': people[who].csrf, 'Content-Type': 'application/json', ...more } });
const get = (path, who = 'planner') => node.call('GET', path, as(who));
const send = (method, path, body, who = 'planner', more) => node.call(method, path, { ...as(who, more), body: JSON.stringify(body ?? {}) });
const reference = id => ({ reference: `Location/${id}` });
const network = async (at, more = '') => (await get(`/api/network?at=${at}${more}`)).json;
const draft = (operation, effectiveOn = '2026-03-01') => ({ resourceType: 'Decision', status: 'draft', title: 'Thử nghiệm', authority: 'Ủy ban nhân dân tỉnh Điện Biên',
    province: reference('province-11'), effectiveOn, operation });
const checked = async (operation, effectiveOn) => {
    const made = await send('POST', '/api/decisions', draft(operation, effectiveOn));
    equal(made.status, 201, JSON.stringify(made.json));
    const answer = (await send('POST', `/api/decisions/${made.json.id}/check`)).json;
    equal((await send('DELETE', `/api/decisions/${made.json.id}`)).status, 204);
    return answer;
};
const today = (await network('2026-03-01'));
const stations = today.places.filter(p => p.kind === 'station');
const points = today.places.filter(p => p.kind === 'point');

test('the network of four days', async () => {
    const counts = async day => { const c = (await network(day)).counts; return [c.commune, c.station, c.point, c.district, c['health-centre']]; };
    equal(await counts('2025-06-30'), [129, 129, 0, 10, 10]);
    equal(await counts('2025-07-01'), [45, 129, 0, 0, 10]);
    equal(await counts('2025-11-30'), [45, 129, 0, 0, 10]);
    equal(await counts('2026-01-01'), [45, 45, 84, 0, 10]);
    equal((await network('2026-01-01')).days, ['2025-07-01', '2025-12-01']);
});
test('what was known then', async () => {
    const c = (await network('2026-01-01', '&known=2025-11-30')).counts;
    equal([c.commune, c.station, c.point], [45, 129, 0], 'the reorganisation was not known yet');
    equal((await network('2026-01-01', '&known=2025-06-01')).counts.commune, 129, 'nor the merger');
});
test('the tables and the replay of the resources give the same answer', async () => {
    for (const day of ['2025-01-01', '2025-06-30', '2025-07-01', '2025-11-30', '2025-12-01', '2026-11-01']) {
        const [fast, slow] = [await network(day), await network(day, '&known=2999-12-31')];
        equal(fast.counts, slow.counts, day);
        equal(fast.days, slow.days, day);
        const byId = list => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
        equal(byId(fast.places), byId(slow.places), day);
    }
});
test('residents are the same people under every structure', async () => {
    const sum = async day => (await network(day)).places.filter(p => ['commune', 'ward', 'township'].includes(p.kind)).reduce((n, p) => n + p.residents, 0);
    const [before, after] = [await sum('2025-06-30'), await sum('2026-01-01')];
    ok(before > 2000, String(before));
    equal(before, after);
});
test('the list behind a number, and wrong questions', async () => {
    equal((await get('/api/network?at=2026-01-01&kind=point')).json.places.length, 84);
    const commune = points[0].commune;
    ok((await get(`/api/network?commune=${commune}`)).json.places.every(p => p.commune === commune), 'only of that commune');
    for (const q of ['at=2025-02-30', 'at=x', 'known=1', 'kind=castle']) equal((await get(`/api/network?${q}`)).status, 400, q);
});
test('the eight points of Nậm Pồ stay with its centre', () => {
    const mine = points.filter(p => p.manager === 'health-centre-103');
    equal(mine.length, 8);
    ok(today.places.filter(p => p.director === 'health-centre-103' && ['commune-03166', 'commune-03176', 'commune-03169', 'commune-03175'].includes(p.commune)).length === 12, 'it guides 4 + 8');
    ok(points.every(p => p.assumed), 'which site is the point is assumed');
});
test('changes of a day', async () => {
    const { days } = (await get('/api/network/changes?from=2025-12-01&to=2025-12-01')).json;
    equal([days.length, days[0].changes.filter(c => c.field === 'kind').length, days[0].decisions[0].certainty], [1, 84, 'assumed']);
});
test('who may plan, who may sign', async () => {
    equal((await send('POST', '/api/decisions', draft([]), 'nurse')).status, 403);
    const made = (await send('POST', '/api/decisions', draft([{ kind: 'rename', place: [reference(stations[0].id)], name: 'Trạm Y tế mới' }]))).json;
    equal((await send('POST', `/api/decisions/${made.id}/sign`, { number: '1/QĐ-UBND', signedOn: '2026-02-01' }, 'planner')).status, 403);
    equal((await send('POST', `/api/decisions/${made.id}/sign`, { number: '1/QĐ-UBND' }, 'director')).status, 400, 'a day is needed');
    equal((await send('DELETE', `/api/decisions/${made.id}`)).status, 204);
});

// ---- bad decisions: named precisely, nothing changed
const rules = answer => answer.problems.filter(p => p.severity === 'error').map(p => p.rule);
const refuses = async (rule, operation, effectiveOn) => {
    const answer = await checked(operation, effectiveOn);
    ok(!answer.ok && rules(answer).includes(rule), `${rule} expected: ${JSON.stringify(answer.problems).slice(0, 900)}`);
    return answer.problems.find(p => p.rule === rule);
};
test('the last station of a commune', async () => {
    const p = await refuses('commune-station', [{ kind: 'dissolve', place: [reference(stations[0].id)], receiver: [{ place: reference(stations[1].id) }] }]);
    equal([p.place, p.operation, p.from], [stations[0].commune, 0, '2026-03-01']);
    const suspended = await refuses('commune-station', [{ kind: 'suspend', place: [reference(stations[0].id)], until: '2026-04-01' }]);
    equal([suspended.from, suspended.until], ['2026-03-01', '2026-04-01'], 'only while it is closed');
});
test('into itself', async () => {
    await refuses('itself', [{ kind: 'merge', place: [reference(points[0].id)], target: reference(points[0].id) }]);
    await refuses('itself', [{ kind: 'convert-to-point', place: [reference(stations[0].id)], target: reference(stations[0].id) }]);
});
test('before its predecessors exist, after they ended, unknown', async () => {
    await refuses('not-yet-begun', [{ kind: 'rename', place: [reference('commune-03127')], name: 'X' }], '2025-06-01');
    await refuses('ended-place', [{ kind: 'rename', place: [reference('district-094')], name: 'X' }]);
    await refuses('unknown-place', [{ kind: 'rename', place: [reference('station-99999')], name: 'X' }]);
    await refuses('unknown-target', [{ kind: 'transfer-management', role: 'manager', place: [reference(points[0].id)], target: reference('nobody') }]);
});
test('shares, members, kinds, doubles', async () => {
    await refuses('shares', [{ kind: 'split', place: [reference(points[0].id)], part: [{ target: reference(points[1].id), share: 0.5 }, { target: reference(points[2].id), share: 0.4 }] }]);
    await refuses('missing-member', [{ kind: 'convert-to-point', place: [reference(points[0].id)] }]);
    await refuses('kind', [{ kind: 'promote-to-station', place: [reference('commune-03127')] }]);
    await refuses('overlap', [{ kind: 'rename', place: [reference(points[0].id)], name: 'A' }, { kind: 'rename', place: [reference(points[0].id)], name: 'B' }]);
    await refuses('missing-member', undefined);
});
test('two decisions of one day on one thing, and one that changes nothing', async () => {
    await refuses('overlap', [{ kind: 'convert-to-point', place: [reference(points[0].id)], target: reference(stations[0].id) }], '2025-12-01');
    await refuses('applied-twice', [{ kind: 'rename', place: [reference(points[0].id)], name: points[0].name }]);
});
test('a dissolved site needs a receiver for what it has', async () => {
    const answer = await checked([{ kind: 'dissolve', place: [reference(points[0].id)] }]);
    ok(rules(answer).includes('receiver'), JSON.stringify(answer.problems).slice(0, 900));
    const posts = answer.losers.find(l => l.what === 'staff-post');
    ok(posts.count >= 2 && posts.receiver === null && !posts.ok, JSON.stringify(answer.losers));
    const good = await checked([{ kind: 'dissolve', place: [reference(points[0].id)], receiver: [{ place: reference(points[0].pointOf) }] }]);
    ok(good.ok, JSON.stringify(good.problems));
    equal(good.losers.find(l => l.what === 'staff-post').receiver, points[0].pointOf);
});
test('a point whose station goes is named', async () => {
    const station = stations.find(s => points.some(p => p.pointOf === s.id)), other = points.find(p => p.pointOf === station.id);
    const answer = await checked([{ kind: 'merge', place: [reference(station.id)], target: reference(other.id) }]);
    ok(rules(answer).includes('commune-station') && rules(answer).includes('point-station'), JSON.stringify(answer.problems).slice(0, 900));
});
test('a circle of managers', async () => {
    await refuses('cycle', [{ kind: 'transfer-management', role: 'manager', place: [reference('health-centre-094')], target: reference('health-centre-095') },
        { kind: 'transfer-management', role: 'manager', place: [reference('health-centre-095')], target: reference('health-centre-094') }]);
});
test('a code taken by somebody else', async () => {
    await refuses('code-unique', [{ kind: 'recode', place: [reference(points[0].id)], code: points[1].code }]);
});

// ---- one whole life
test('draft, check, sign, effective; the post follows; undone by another decision', async () => {
    const point = points.find(p => p.residents > 0 && points.filter(q => q.pointOf === p.pointOf).length > 1), station = stations.find(s => s.id === point.pointOf);
    const operations = [{ kind: 'promote-to-station', place: [reference(point.id)], name: 'Trạm Y tế thử' }];
    const made = (await send('POST', '/api/decisions', draft(operations, '2026-02-15'))).json;
    const plan = await network('2026-03-01', `&plan=${made.id}`);
    equal(plan.counts.station, 46, 'the draft as a plan');
    equal((await network('2026-03-01')).counts.station, 45, 'nothing is changed by a draft');
    const answer = (await send('POST', `/api/decisions/${made.id}/check`)).json;
    ok(answer.ok, JSON.stringify(answer.problems).slice(0, 900));
    const signed = await send('POST', `/api/decisions/${made.id}/sign`, { number: '15/QĐ-UBND', signedOn: '2026-02-10', signer: 'Chủ tịch' }, 'director');
    equal([signed.status, signed.json.status, signed.json.number], [200, 'signed', '15/QĐ-UBND'], JSON.stringify(signed.json));
    equal((await network('2026-02-14')).counts.station, 45);
    equal((await network('2026-02-15')).counts.station, 46);
    equal((await network('2026-03-01', '&known=2026-02-12')).counts.station, 45, 'recorded later');
    equal((await send('PUT', `/api/decisions/${made.id}`, draft(operations))).status, 409, 'a signed decision is not changed');
    equal((await send('POST', `/api/decisions/${made.id}/sign`, { number: '15/QĐ-UBND', signedOn: '2026-02-10' }, 'director')).status, 409, 'nor signed twice');
    const again = (await send('POST', '/api/decisions', { ...draft(operations, '2026-02-15'), number: '15/QĐ-UBND' })).json;
    const twice = await send('POST', `/api/decisions/${again.id}/sign`, { number: '15/QĐ-UBND', signedOn: '2026-02-10' }, 'director');
    equal(twice.status, 422);
    ok(twice.json.problems.some(p => p.rule === 'applied-twice'), JSON.stringify(twice.json.problems));
    // somebody builds on it: revocation is refused, then allowed when that one is revoked
    const onTop = (await send('POST', '/api/decisions', draft([{ kind: 'rename', place: [reference(point.id)], name: 'Trạm Y tế thử hai' }], '2026-03-10'))).json;
    equal((await send('POST', `/api/decisions/${onTop.id}/sign`, { number: '20/QĐ-UBND', signedOn: '2026-03-01' }, 'director')).status, 200);
    const refused = await send('POST', `/api/decisions/${made.id}/revoke`, { number: '30/QĐ-UBND', signedOn: '2026-04-01', effectiveOn: '2026-04-10' }, 'director');
    equal(refused.status, 422);
    ok(refused.json.problems.some(p => p.rule === 'revoke-built-on'), JSON.stringify(refused.json.problems));
    equal((await send('POST', `/api/decisions/${onTop.id}/revoke`, { number: '29/QĐ-UBND', signedOn: '2026-04-01', effectiveOn: '2026-04-05' }, 'director')).status, 201);
    const revoked = await send('POST', `/api/decisions/${made.id}/revoke`, { number: '30/QĐ-UBND', signedOn: '2026-04-01', effectiveOn: '2026-04-10' }, 'director');
    equal(revoked.status, 201, JSON.stringify(revoked.json));
    equal((await network('2026-04-09')).counts.station, 46, 'what was so stays so');
    equal((await network('2026-04-10')).counts.station, 45, 'and ends');
    const list = (await get('/api/decisions')).json.decisions;
    equal(list.find(d => d.id === made.id).status, 'revoked');
    equal(station.kind, 'station');
});
test('the first page says what changed for the post', async () => {
    const mine = (await get('/api/network/my-changes?since=2025-01-01', 'point')).json;
    const became = mine.changes.find(c => c.day === '2025-12-01');
    ok(/điểm trạm/.test(became.vi) && became.before.kind === 'station' && became.after.kind === 'point', JSON.stringify(mine));
    ok(became.residentsBefore > became.residentsAfter && became.residentsAfter > 0, JSON.stringify(became));
    ok(mine.changes.some(c => c.day === '2025-07-01'), 'the commune changed');
});
test('a query stands for its places', async () => {
    const answer = await checked([{ kind: 'transfer-management', role: 'director', query: 'kind=point&manager=health-centre-103', target: reference('health-department-11') }]);
    ok(answer.ok, JSON.stringify(answer.problems).slice(0, 900));
});
// ---- lists
const csv = async (at, more = '') => (await node.call('GET', `/api/network/export?format=csv&at=${at}${more}`, as('planner'))).text;
const importList = (text, step, who = 'director', at = '2026-05-01') => node.call('POST', `/api/network/import?step=${step}&at=${at}`, { ...as(who, { 'Content-Type': 'text/csv' }), body: text });
test('a list comes back as it went out: CSV and mCSD', async () => {
    const same = (await importList(await csv('2026-05-01'), 'preview', 'planner')).json; // a planner looks, a director applies
    equal([same.added, same.changed, same.missing, same.problems.length, same.decision], [0, 0, 0, 0, null], JSON.stringify(same).slice(0, 500));
    const bundle = (await node.call('GET', '/api/network/export?format=json&at=2026-05-01', as('planner'))).text;
    const again = (await importList(bundle, 'preview', 'director', '2026-05-01', 'json')).json;
    equal([again.added, again.missing, again.problems.length], [0, 0, 0], JSON.stringify(again).slice(0, 500));
    equal(again.differences.filter(d => d.field !== 'position'), []);
});
test('a changed list is previewed, applied as a decision and undone', async () => {
    const text = await csv('2026-05-01'), lines = text.split('\r\n');
    const row = lines.findIndex(l => l.startsWith(`${points[0].id},`));
    lines[row] = lines[row].replace(/,[^,]*Điểm trạm[^,]*,/, ',Điểm trạm đổi tên,');
    lines.splice(lines.length - 1, 0, `station-new,SYN-11-9999,Trạm Y tế mới,station,${points[0].parent},${points[0].manager},health-department-11,health-department-11,,21.4,103.1,,5,`);
    const changed = lines.join('\r\n');
    const seen = (await importList(changed, 'preview')).json;
    equal([seen.added, seen.changed, seen.problems.length], [1, 1, 0], JSON.stringify(seen).slice(0, 600));
    ok(seen.differences.some(d => d.field === 'name' && d.after === 'Điểm trạm đổi tên' && d.line === row + 1), JSON.stringify(seen.differences));
    equal((await network('2026-05-02')).counts.station, 45, 'a preview changes nothing');
    equal((await importList(changed, 'apply', 'planner')).status, 403);
    const done = await importList(changed, 'apply');
    equal([done.status, done.json.added], [200, 1], JSON.stringify(done.json).slice(0, 400));
    equal((await network('2026-05-02')).counts.station, 46);
    const posts = (await network('2026-05-02')).places.find(p => p.id === 'station-new').posts;
    equal(posts, 5);
    const undone = await send('POST', `/api/decisions/${done.json.decision.id}/revoke`, { number: '99/QĐ-UBND', signedOn: '2026-05-01', effectiveOn: '2026-05-01' }, 'director');
    equal(undone.status, 201, JSON.stringify(undone.json).slice(0, 400));
    equal((await network('2026-05-02')).counts.station, 45);
});
test('bad lists are named by line and column, nothing is changed', async () => {
    const before = JSON.stringify((await network('2026-06-01')).counts);
    const problems = async text => { const r = await importList(text, 'apply'); ok([400, 422].includes(r.status), `${r.status} ${JSON.stringify(r.json).slice(0, 200)}`); return r.json.problems ?? r.json.issue; };
    const two = await problems('id,code,name,kind,parent\nx1,A1,Một,station,province-11\nx2,A1,Hai,station,province-11\n');
    ok(two.some(p => p.line === 3 && p.column === 'code' && /line 2/.test(p.en)), JSON.stringify(two));
    const unknown = await problems('id,code,name,kind,parent\nx1,A1,Một,castle,nowhere\n');
    ok(unknown.some(p => p.line === 2 && p.column === 'kind') && unknown.some(p => p.column === 'parent'), JSON.stringify(unknown));
    ok((await problems('code,name\n"A1,Một\n')).length > 0, 'an open quote');
    ok((await problems('mã,tên\n1,2\n')).length > 0, 'no header');
    equal(JSON.stringify((await network('2026-06-01')).counts), before);
});
test('boundaries: whole or not at all', async () => {
    const ring = [[103, 21], [103.1, 21], [103.1, 21.1], [103, 21]];
    const file = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { code: '03127', name: 'X' }, geometry: { type: 'Polygon', coordinates: [ring] } },
        { type: 'Feature', properties: { code: '99999' }, geometry: { type: 'MultiPolygon', coordinates: [[ring]] } }] };
    const put = body => node.call('PUT', '/api/network/boundaries', { ...as('director'), body });
    equal((await put(JSON.stringify(file))).json, { features: 2, unknown: ['99999'] });
    for (const bad of [JSON.stringify(file).slice(0, 150), JSON.stringify({ ...file, features: [file.features[0], file.features[0]] }),
        JSON.stringify({ ...file, features: [{ ...file.features[0], geometry: { type: 'Polygon', coordinates: [ring.slice(1)] } }] }), '{"type":"Feature"}']) {
        const r = await put(bad);
        equal(r.status, 400, bad.slice(0, 60));
    }
    const got = (await get('/api/network/boundaries')).json;
    equal([got.features.length, got.features[0].properties.place], [2, 'commune-03127']);
});
test('the network as Excel', async () => {
    const r = await fetch(`${node.url}/api/network/export?format=xlsx&at=2026-05-01`, as('planner'));
    const bytes = Buffer.from(await r.arrayBuffer());
    equal([r.status, bytes.subarray(0, 2).toString()], [200, 'PK']);
    ok(bytes.length > 20000, String(bytes.length));
});
test('the province page of another day', async () => {
    const communes = async day => (await get(`/api/province?at=${day}`)).json.communes.length;
    equal([await communes('2025-06-30'), await communes('2026-01-01')], [129, 45]);
    equal((await get('/api/province?at=yesterday')).status, 400);
});

// ---- numbers through the network
test('the same months under the structure of then and of today', async () => {
    const { json } = await get('/api/network/series?measure=blood-pressure-visits&from=2025-05&to=2026-10&basis=both&at=2026-11-01');
    equal(json.breaks.slice(0, 2), ['2025-07-01', '2025-12-01']);
    const total = lines => json.months.map((_, m) => lines.reduce((n, l) => n + l.values[m], 0));
    ok(total(json.today).some(n => n > 0), 'there are visits');
    equal(total(json.reported), total(json.today), 'every basis adds up to the same');
    const before = json.months.indexOf('2025-06');
    ok(json.reported.filter(l => l.values[before] > 0).every(l => l.place.startsWith('former-commune-')), 'June 2025 was reported by the communes of then');
    ok(json.today.every(l => l.place.startsWith('commune-')), 'today has the communes of today');
    const province = (await get('/api/network/series?measure=blood-pressure-visits&from=2025-05&to=2026-10&level=province&at=2026-11-01')).json;
    equal(province.today[0].values, total(json.today));
    equal((await get('/api/network/series?measure=nothing')).status, 404);
    for (const q of ['from=2025-13', 'basis=dream', 'from=2026-10&to=2026-01', 'at=1']) equal((await get(`/api/network/series?measure=blood-pressure-visits&${q}`)).status, 400, q);
    ok((await get('/api/network/measures')).json.measures.length >= 3, 'they are listed');
});
test('days without visits around the reorganisation', async () => {
    const { json } = await get('/api/network/continuity?decision=decision-11-stations&days=60');
    equal([json.day, json.sites.filter(s => ['station', 'point'].includes(s.kindAfter)).length], ['2025-12-01', 129]);
    ok(json.sites.some(s => s.before.visits > 0 && s.after.visits > 0), 'sites went on');
    ok(json.sites.every(s => s.before.daysWithout <= 60 && s.before.daysWithout >= 0 && (s.before.visits === 0) === (s.before.daysWithout === 60)), 'days are days');
});
test('at /registers a decision stays a draft', async () => {
    const admin = await node.signIn('admin', 'tram-demo');
    const put = (id, body) => node.call('PUT', `/registers/Decision/${id}`, { headers: { Cookie: admin.cookie, 'X-CSRF-Token': admin.csrf, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify({ id, ...body }) });
    equal((await put('by-hand', draft([{ kind: 'rename', place: [reference('x')], name: 'X' }]))).status, 201);
    equal((await put('by-hand', { ...draft([{ kind: 'rename', place: [reference('x')], name: 'X' }]), status: 'signed' })).status, 422);
    equal((await put('decision-11-stations', draft([{ kind: 'rename', place: [reference('x')], name: 'X' }]))).status, 422);
    equal((await send('DELETE', '/api/decisions/by-hand')).status, 204);
});
test('no person was rewritten, the tables are what the bodies give', async () => {
    const check = command(['check', node.dir]);
    equal(check.status, 0, check.stdout + check.stderr);
});
await run(() => node.stop());
