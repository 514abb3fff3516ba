// SPDX-License-Identifier: GPL-3.0-or-later
// Codes, telephones and addresses of facilities (docs/places.md): the administrator's and the head's, typed and by a list.
import { Node, test, equal, ok, run, command } from './harness.mjs';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.002', '--seed', '1']);
if (made.status) throw new Error(made.stderr);
await node.serve();
const admin = await node.signIn('admin', 'tram-demo');
const as = (who, type = 'application/json') => ({ headers: { Cookie: who.cookie, 'X-CSRF-Token': who.csrf, 'Content-Type': type } });
const call = (method, path, body, who = admin, type) => node.call(method, path, { ...as(who, type), ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
const list = async who => (await call('GET', '/api/facilities', undefined, who)).json.facilities;
const one = async id => (await list()).find(f => f.id === id);
const put = (id, body, who) => call('PUT', `/api/facilities/${id}`, { code: '', phone: '', address: '', ...body }, who);
const load = (text, step) => call('POST', `/api/facilities/import?step=${step}`, text, admin, 'text/csv');
const day = n => new Date(Date.now() + 7 * 3600e3 + n * 86400e3).toISOString().slice(0, 10);
const columns = r => r.json.problems.map(p => p.column);
const all = await list(), [a, b] = all.filter(f => f.kind === 'station'), bare = all.find(f => f.kind === 'hospital' || f.kind === 'health-centre');

test('the list has every facility of today; of the demonstration each station has a code of its own', () => {
    ok(all.length > 100 && a && b && bare, String(all.length));
    const codes = all.filter(f => f.kind === 'station' || f.kind === 'point').map(f => f.code);
    equal(codes.filter(c => !/^S\d{4}$/.test(c)), []);
    equal(new Set(codes).size, codes.length);
    equal(bare.code, null);
});
test('what cannot be a code, a number, an address is said with its column, and nothing is saved', async () => {
    for (const [body, column] of [[{ code: '1234' }, 'code'], [{ code: '123456' }, 'code'], [{ code: '00000' }, 'code'], [{ code: '12-45' }, 'code'], [{ code: 'MÃ001' }, 'code'],
        [{ code: b.code }, 'code'], [{ code: a.code, phone: '123' }, 'phone'], [{ code: a.code, phone: '0215 abc 999' }, 'phone'], [{ code: a.code, address: 'x'.repeat(201) }, 'address'], [{ code: a.code, address: 'a\nb' }, 'address']]) {
        const r = await put(a.id, body);
        equal([r.status, columns(r)], [422, [column]], JSON.stringify(body));
        ok(r.json.problems[0].vi && r.json.problems[0].en);
    }
    ok((await put(a.id, { code: b.code })).json.problems[0].vi.includes(b.name), 'says whose code it is');
    equal((await put('station-99999', { code: '11001' })).json.problems[0].column, 'id');
    equal((await call('PUT', `/api/facilities/${a.id}`, { code: '11001', from: '31/12/2026' })).status, 400);
    equal(await one(a.id), a);
});
test('a new code ends the one before the day before; small letters become capitals; nothing is overwritten', async () => {
    equal((await put(a.id, { code: '11a01', phone: '0215 3825 100', address: 'Tổ 5, phường Thanh Bình' })).status, 200);
    const now = await one(a.id);
    equal([now.code, now.phone, now.address], ['11A01', '0215 3825 100', 'Tổ 5, phường Thanh Bình']);
    equal(now.codes, [{ code: a.code, from: null, until: day(-1) }, { code: '11A01', from: day(0), until: null }]);
    const early = await put(a.id, { code: '11A02', from: day(-5) });
    equal([early.status, columns(early)], [422, ['from']]);
    equal((await put(b.id, { code: '11A01' })).status, 422, 'a code in use');
    equal((await put(b.id, { code: a.code })).status, 200, 'a code that is free again');
    equal((await put(b.id, { code: b.code })).status, 200);
    equal((await one(b.id)).codes, b.codes, 'the same day back: as it was');
    const organization = (await call('GET', `/fhir/Organization/${a.id}`)).json;
    ok(organization.identifier.some(i => i.system === 'urn:tram:facility'), 'other identifiers stay');
    equal((await call('GET', `/fhir/Organization/${a.id}/_history`)).json.entry.length, 2);
});
test('a code from a day to come holds from then on', async () => {
    equal((await put(a.id, { code: '11A09', phone: '0215 3825 100', from: day(30) })).status, 200);
    const now = await one(a.id);
    equal([now.code, now.codes.at(-1)], ['11A01', { code: '11A09', from: day(30), until: null }]);
    equal(columns(await put(b.id, { code: '11A09', from: day(40) })), ['code'], 'already promised to another');
    equal((await put(a.id, { code: '11A01', from: day(30) })).status, 200);
    equal((await one(a.id)).codes.length, 2, 'taken back');
});
test('a list: preview changes nothing, apply is one commit, the list of before takes it back', async () => {
    const text = `Tên cơ sở,Mã cơ sở KCB,Điện thoại\n"${bare.name}",11C01,02153 999 888\n${b.name},,0912345678\n`;
    const seen = await load(text, 'preview');
    equal([seen.status, seen.json.problems, seen.json.changed], [200, [], 2]);
    equal(seen.json.differences.map(d => [d.line, d.place, d.field, d.before, d.after]), [[2, bare.id, 'code', null, '11C01'], [2, bare.id, 'phone', null, '02153 999 888'], [3, b.id, 'phone', null, '0912345678']]);
    equal((await one(bare.id)).code, null);
    equal((await load(text, 'apply')).status, 200);
    equal([(await one(bare.id)).code, (await one(b.id)).phone, (await one(b.id)).code], ['11C01', '0912345678', b.code]);
    equal((await load(text, 'preview')).json.same, 2);
    equal((await load(`id,code,phone\n${bare.id},-,-\n${b.id},,-\n`, 'apply')).status, 200);
    equal([await one(bare.id), await one(b.id)], [bare, b]);
});
test('wrong lists name line and column, and no row is applied', async () => {
    const cases = [[`id,code\n${b.id},11D01\n${bare.id},11D01\n`, 'code'], [`id,code\n${b.id},11D01\n${b.id},11D02\n`, 'id'], ['id,code\nnowhere,11D01\n', 'id'], [`id,code\n${b.id},11D01,x\n`, 'row'],
        [`id,code,from\n${b.id},11D01,01/07/2026\n`, 'from'], [`id,code,code\n${b.id},11D01,11D02\n`, 'code']];
    for (const [text, column] of cases) {
        const r = await load(text, 'apply');
        equal(r.status, 422, text);
        ok(columns(r).includes(column), `${text}: ${columns(r)}`);
    }
    for (const text of ['', 'code\n11D01\n', 'id,code\n"open']) equal((await load(text, 'preview')).status, 400, text);
    equal((await call('POST', '/api/facilities/import', 'id\n', admin, 'text/csv')).status, 400, 'without a step');
    equal(await one(b.id), b);
});
test('two stations may swap their codes in one list', async () => {
    const c = (await list()).filter(f => f.kind === 'station')[2];
    equal((await load(`id,code\n${b.id},${c.code}\n${c.id},${b.code}\n`, 'apply')).status, 200);
    equal([(await one(b.id)).code, (await one(c.id)).code], [c.code, b.code]);
    equal((await load(`id,code\n${b.id},${b.code}\n${c.id},${c.code}\n`, 'apply')).status, 200);
});
test('the head sets that of the own station and its points, of no other; a nurse none', async () => {
    const nurse = await node.signIn('nurse', 'tram-demo'), place = nurse.session?.place ?? (await call('GET', '/api/session', undefined, nurse)).json.place;
    equal((await call('GET', '/api/facilities', undefined, nurse)).status, 403);

    const head = await node.signIn('head', 'tram-demo'), mine = await list(head);
    ok(mine.some(f => f.id === place) && mine.every(f => f.id === place || f.kind === 'point') && mine.length < 12, JSON.stringify(mine.map(f => f.id)));
    equal((await put(place, { code: '11H01' }, head)).status, 200);
    const other = all.find(f => f.kind === 'station' && f.id !== place && f.id !== b.id);
    equal(columns(await put(other.id, { code: '11H02' }, head)), ['id']);
    equal((await put(other.id, { code: '11H01' }, admin)).status, 422, 'the double is seen across stations');
});
test('Excel goes out as the form that comes in', async () => {
    const r = await fetch(`${node.url}/api/facilities?format=xlsx`, { headers: { Cookie: admin.cookie } });
    equal([r.status, r.headers.get('content-disposition')], [200, 'attachment; filename="facilities.xlsx"']);
    equal((await call('GET', '/api/facilities?format=csv')).status, 400);
});
await run(() => node.remove());
