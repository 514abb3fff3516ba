// SPDX-License-Identifier: GPL-3.0-or-later
// Posts, openings, PIN, sessions, audit and what a person may ask of the own data, over HTTP on a small synthetic province.
import { Node, test, equal, ok, run, command, until } from './harness.mjs';
import { randomUUID } from 'node:crypto';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.002', '--seed', '3']);
if (made.status) throw new Error(made.stderr);
const token = node.token('program');
await node.serve();
const admin = await node.signIn('admin', 'tram-demo');
const get = (path, who = { token }) => node.call('GET', path, who);
const day = n => new Date(Date.now() + 7 * 3600e3 + n * 86400e3).toISOString().slice(0, 10);
const people = (await get('/fhir/Patient?_count=1000')).json.entry.map(e => e.resource);
const home = p => p.extension.find(e => e.url === 'urn:tram:residence').valueReference.reference.slice(9);
// the station of the commune in which somebody lives
const nurse = await node.signIn('nurse', 'tram-demo'), head = await node.signIn('head', 'tram-demo'), nurse2 = await node.signIn('nurse2', 'tram-demo');
const seen = async (who, p) => (await who.call('GET', `/fhir/Patient/${p.id}`)).status === 200;
const own = [], foreign = [];
for (const p of people) (await seen(nurse, p) ? own : foreign).push(p);
const cccd = p => (p.identifier ?? []).find(i => i.system.endsWith('national_id'))?.value;
const stranger = foreign.find(cccd), stranger2 = foreign.filter(cccd)[1];
let names = 0;
const hire = async (role, post = {}, extra = {}) => {
    const account = `a${++names}`;
    const r = await admin.call('POST', '/api/accounts', { body: { account, name: `Người ${names} (mẫu)`, password: 'mat khau dai', post: { role, place: nurse.place, ...post }, ...extra } });
    if (r.status !== 201) throw new Error(`hire ${role}: ${r.status} ${r.text}`);
    return { account, ...r.json };
};

test('the demonstration has residents here and elsewhere', () => ok(own.length > 3 && foreign.length > 3 && stranger && stranger2, `${own.length} and ${foreign.length}`));

test('a post gives rights at once, and they end with it', async () => {
    const a = await hire('nurse');
    equal([a.posts.length, a.posts[0].role, a.posts[0].current], [1, 'nurse', true]);
    const s = await node.signIn(a.account, 'mat khau dai');
    equal([s.role, s.place, s.posts.length, s.actor.startsWith('Practitioner/')], ['nurse', nurse.place, 1, true]);
    ok(await seen(s, own[0]));
    equal(await seen(s, foreign[0]), false);
    equal((await admin.call('DELETE', `/api/accounts/${a.account}/posts/${a.posts[0].id}`)).status, 200);
    equal((await s.call('GET', `/fhir/Patient/${own[0].id}`)).status, 403, 'the post has ended: the open session too has no rights');
    equal((await s.call('GET', '/api/session')).json.role, 'none');
    equal((await node.signIn(a.account, 'mat khau dai')).permissions, ['signed-in']);
    equal((await admin.call('POST', `/api/accounts/${a.account}/posts`, { body: { role: 'doctor', place: nurse2.place } })).status, 201);
    equal((await s.call('GET', '/api/session')).json.role, 'doctor', 'the next post counts at once');
    equal(await seen(s, own[0]), false);
});
test('a post of tomorrow and one of yesterday give nothing; one until today does', async () => {
    for (const [from, until, want] of [[1, 9, 'none'], [-9, -1, 'none'], [-9, 0, 'nurse'], [0, 0, 'nurse'], [0, undefined, 'nurse']]) {
        const a = await hire('nurse', { from: day(from), until: until === undefined ? undefined : day(until) });
        equal((await node.signIn(a.account, 'mat khau dai')).role, want, `${from} to ${until}`);
    }
});
test('who has two posts chooses', async () => {
    const a = await hire('nurse');
    equal((await admin.call('POST', `/api/accounts/${a.account}/posts`, { body: { role: 'midwife', place: nurse2.place } })).status, 201);
    const s = await node.signIn(a.account, 'mat khau dai');
    equal(s.posts.length, 2);
    const other = s.posts.find(p => p.id !== s.post);
    const changed = await s.call('PUT', '/api/session/post', { body: { post: other.id } });
    equal([changed.status, changed.json.role, changed.json.place], [200, other.role, other.place]);
    equal((await s.call('GET', '/api/session')).json.role, other.role);
    equal((await s.call('PUT', '/api/session/post', { body: { post: nurse.post } })).status, 422, 'a post of somebody else');
});
test('wrong posts and accounts are refused with the place of the mistake, and leave nothing', async () => {
    const base = { account: 'sai', name: 'Sai', password: 'mat khau dai', post: { role: 'nurse', place: nurse.place } };
    for (const [change, status] of [[{ account: 'Có Dấu' }, 400], [{ password: 'short' }, 400], [{ name: '' }, 400], [{ post: { role: 'king' } }, 400], [{ post: { role: 'nurse', place: 'atlantis' } }, 422], [{ account: 'nurse' }, 409]])
        equal((await admin.call('POST', '/api/accounts', { body: { ...base, ...change } })).status, status, JSON.stringify(change));
    const list = (await admin.call('GET', '/api/accounts')).json.accounts;
    ok(!list.some(a => a.account === 'sai') && list.some(a => a.account === 'nurse' && a.posts.length === 1));
    equal((await nurse.call('GET', '/api/accounts')).status, 403);
});

// ---- whom one sees
test('somebody of elsewhere: not seen; opened with a reason by one; the head and the audit know', async () => {
    equal(await seen(nurse, stranger), false);
    for (const reason of ['', 'ngắn', 'x'.repeat(501)]) equal((await nurse.call('POST', `/api/persons/${stranger.id}/open`, { body: { reason } })).status, 400, reason);
    const reason = 'Cấp cứu tại chợ, người nhà không liên lạc được';
    const r = await nurse.call('POST', `/api/persons/${stranger.id}/open`, { body: { reason } });
    equal([r.status, r.json.kind], [201, 'reason']);
    ok(Date.parse(r.json.until) > Date.now() + 23 * 3600e3 && Date.parse(r.json.until) < Date.now() + 25 * 3600e3, r.json.until);
    ok(await seen(nurse, stranger), 'at once');
    equal((await nurse.call('GET', `/fhir/Patient?_id=${stranger.id}`)).json.total, 1, 'part of the search plan');
    equal(await seen(head, stranger), false, 'a reason opens for one only');
    const list = (await head.call('GET', '/api/openings')).json.openings.filter(o => o.person === stranger.id);
    equal([list.length, list[0].reason, list[0].name, list[0].kind, list[0].role], [1, reason, nurse.name, 'reason', 'nurse']);
    equal((await nurse.call('GET', '/api/openings')).status, 403);
    const event = (await get(`/fhir/AuditEvent/${list[0].id}`)).json;
    equal([event.resourceType, event.outcomeDesc, event.entity[0].what.reference], ['AuditEvent', reason, `Patient/${stranger.id}`]);
    equal((await node.call('PUT', `/fhir/AuditEvent/${list[0].id}`, { headers: { Cookie: head.cookie, 'X-CSRF-Token': head.csrf }, body: event })).status, 403, 'nobody edits it');
});
test('by the card: the text of its QR code, for all of the station', async () => {
    equal(await seen(nurse, stranger2), false);
    for (const [card, status] of [['12345678901', 400], ['000000000000', 404], ['abc', 400], ['https://example.org/x', 400]])
        equal((await nurse.call('POST', '/api/openings', { body: { card } })).status, status, card);
    const r = await nurse.call('POST', '/api/openings', { body: { card: `${cccd(stranger2)}|012345678|Ai Đó|01011990|Nam|Đâu Đó|01012021` } });
    equal([r.status, r.json.kind, r.json.person], [201, 'presence', stranger2.id]);
    ok(await seen(nurse, stranger2) && await seen(head, stranger2));
});
test('by a visit at the desk and by referral', async () => {
    const [visited, referred, ended] = foreign.filter(p => p !== stranger && p !== stranger2);
    const put = (type, body) => node.call('PUT', `/fhir/${type}/${body.id}`, { token, body: { resourceType: type, ...body } });
    equal((await put('Encounter', { id: randomUUID(), status: 'in-progress', class: { code: 'AMB' }, subject: { reference: `Patient/${visited.id}` }, serviceProvider: { reference: `Organization/${nurse.place}` }, period: { start: new Date().toISOString() } })).status, 201);
    equal((await put('Encounter', { id: randomUUID(), status: 'finished', class: { code: 'AMB' }, subject: { reference: `Patient/${ended.id}` }, serviceProvider: { reference: `Organization/${nurse.place}` }, period: { start: `${day(-30)}T08:00:00Z` } })).status, 201);
    const referral = { id: randomUUID(), status: 'active', intent: 'order', subject: { reference: `Patient/${referred.id}` }, performer: [{ reference: `Organization/${nurse.place}` }], authoredOn: new Date().toISOString() };
    equal((await put('ServiceRequest', referral)).status, 201);
    const fresh = await node.signIn('nurse', 'tram-demo'); // rights are read at sign-in and every minute
    ok(await seen(fresh, visited), 'a visit opened here');
    ok(await seen(fresh, referred), 'referred here');
    equal(await seen(fresh, ended), false, 'a visit of a month ago');
    equal((await put('ServiceRequest', { ...referral, status: 'revoked' })).status, 200);
    equal(await seen(await node.signIn('nurse', 'tram-demo'), referred), false, 'a referral that was taken back');
});
test('looked up only by the full name and birth date', async () => {
    const p = foreign.find(x => x.birthDate?.length === 10);
    const ask = body => nurse.call('POST', '/api/openings/elsewhere', { body });
    const hit = await ask({ name: p.name[0].text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd').replace(/Đ/g, 'D'), birth: p.birthDate });
    ok(hit.json.persons.some(x => x.id === p.id), 'accents aside');
    equal(Object.keys(hit.json.persons[0]).sort(), ['birth', 'id', 'name', 'sex']);
    equal((await ask({ name: p.name[0].text.split(' ').slice(0, -1).join(' ') + ' X', birth: p.birthDate })).json?.persons?.length ?? 0, 0);
    equal((await ask({ name: p.name[0].text.split(' ').at(-1), birth: p.birthDate })).status, 400);
    equal((await ask({ name: p.name[0].text, birth: p.birthDate.slice(0, 4) })).status, 400);
});
test('who is registered here is seen here, wherever he lives', async () => {
    const id = randomUUID(), body = { resourceType: 'Patient', id, name: [{ text: 'Vàng Thị Dợ' }], extension: [{ url: 'urn:tram:residence', valueReference: { reference: `Location/${home(stranger)}` } }] };
    equal((await nurse.call('PUT', `/fhir/Patient/${id}`, { body })).status, 201);
    ok(await seen(nurse, { id }) && await seen(head, { id }));
});
test('a village health worker: names and hamlets, nothing clinical, no /fhir', async () => {
    const vhw = await node.signIn((await hire('village-health-worker')).account, 'mat khau dai');
    const found = await vhw.call('GET', '/api/persons?q=nguyen');
    equal(found.status, 200);
    ok(found.json.persons.every(p => p.lastVisit === null && p.status === null));
    const banner = await vhw.call('GET', `/api/persons/${own[0].id}`);
    equal([banner.status, banner.json.cccd, banner.json.insurance, banner.json.allergies, banner.json.status], [200, null, null, [], null]);
    for (const path of [`/api/persons/${own[0].id}/timeline`, `/api/persons/${own[0].id}/blood-pressure`, `/fhir/Patient/${own[0].id}`, '/fhir/Observation', '/api/audit'])
        equal((await vhw.call('GET', path)).status, 403, path);
});

// ---- sensitive classes
test('a sensitive diagnosis is absent without the right of the post, and there with it', async () => {
    const id = randomUUID(), p = own[0];
    const body = { resourceType: 'Condition', id, subject: { reference: `Patient/${p.id}` }, recordedDate: day(0), code: { text: 'B20', coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'B20' }] } };
    equal((await nurse.call('PUT', `/fhir/Condition/${id}`, { body })).status, 201, 'whoever records may');
    const plain = await node.signIn((await hire('doctor')).account, 'mat khau dai'), right = await node.signIn((await hire('doctor', { sensitive: ['hiv'] })).account, 'mat khau dai');
    equal([plain.sensitive, right.sensitive], [[], ['hiv']]);
    for (const [who, sees] of [[plain, false], [nurse, false], [right, true]]) {
        equal((await who.call('GET', `/fhir/Condition/${id}`)).status, sees ? 200 : 404);
        equal((await who.call('GET', `/fhir/Condition?code=B20&subject=Patient/${p.id}&_summary=count`)).json.total, sees ? 1 : 0);
        equal((await who.call('GET', `/api/persons/${p.id}/timeline`)).text.includes(id), sees, 'timeline');
        equal((await who.call('GET', `/fhir/Patient/${p.id}/$everything`)).text.includes(id), sees, 'everything');
    }
});

// ---- PIN, sessions
test('change user by PIN on a computer where one has signed in with the password', async () => {
    const a = await hire('nurse'), s = await node.signIn(a.account, 'mat khau dai');
    const jar = {};
    const keep = r => { for (const c of r.headers.getSetCookie?.() ?? [r.headers.get('set-cookie') ?? '']) for (const m of c.matchAll(/(tram(?:-device)?)=([^;,]*)/g)) jar[m[1]] = m[2]; };
    const cookies = () => Object.entries(jar).map(([k, v]) => `${k}=${v}`).join('; ');
    jar.tram = s.cookie.slice(5);
    const setPin = (pin, password = 'mat khau dai') => node.call('PUT', '/api/session/pin', { body: { pin, password }, headers: { Cookie: cookies(), 'X-CSRF-Token': s.csrf } });
    for (const pin of ['123', '1234567', '12a4', '0000', '1234', '']) equal((await setPin(pin)).status, 400, pin);
    equal((await setPin('4071', 'wrong wrong')).status, 401);
    const set = await setPin('4071');
    equal(set.status, 204);
    keep(set);
    ok(jar['tram-device']?.length === 43, 'the browser is known from now on');
    const pinIn = (pin, cookie = cookies()) => node.call('POST', '/api/session/pin', { body: { name: a.account, pin }, headers: { Cookie: cookie } });
    equal((await node.call('GET', '/api/session/colleagues', { headers: { Cookie: cookies() } })).json.colleagues.map(c => c.account), [a.account]);
    equal((await node.call('GET', '/api/session/colleagues')).json.colleagues, []);
    equal((await pinIn('4071', '')).status, 401, 'not from another computer');
    const other = await node.signIn('nurse', 'tram-demo'); // a colleague works here now
    jar.tram = other.cookie.slice(5);
    const changed = await pinIn('4071');
    equal([changed.status, changed.json.account], [200, a.account]);
    equal((await other.call('GET', '/api/session')).status, 401, 'the session before has ended');
    keep(changed);
    for (let i = 0; i < 5; i++) equal((await pinIn('9999')).status, 401);
    equal((await pinIn('4071')).status, 401, 'five wrong ones: the password is needed');
    const again = await node.call('POST', '/api/session', { body: { name: a.account, password: 'mat khau dai' }, headers: { Cookie: cookies() } });
    equal(again.status, 200);
    equal((await pinIn('4071')).status, 200);
    equal((await admin.call('DELETE', `/api/accounts/${a.account}/pin`)).status, 204);
    equal((await pinIn('4071')).status, 401, 'reset by the administrator');
});
test('sessions: listed, ended one by one, everywhere, by the administrator', async () => {
    const a = await hire('doctor');
    const [one, two, three] = [await node.signIn(a.account, 'mat khau dai'), await node.signIn(a.account, 'mat khau dai'), await node.signIn(a.account, 'mat khau dai')];
    const list = (await one.call('GET', '/api/sessions')).json.sessions;
    equal([list.length, list.filter(s => s.own).length, list[0].way], [3, 1, 'password']);
    const mine = (await two.call('GET', '/api/sessions')).json.sessions.find(s => s.own);
    equal((await nurse.call('DELETE', `/api/sessions/${mine.id}`)).status, 404, "somebody else's");
    equal((await one.call('DELETE', `/api/sessions/${mine.id}`)).status, 204);
    equal([(await two.call('GET', '/api/session')).status, (await three.call('GET', '/api/session')).status], [401, 200]);
    equal((await one.call('DELETE', '/api/sessions')).status, 204);
    equal([(await one.call('GET', '/api/session')).status, (await three.call('GET', '/api/session')).status], [401, 401]);
    const last = await node.signIn(a.account, 'mat khau dai');
    equal((await admin.call('GET', `/api/accounts/${a.account}/sessions`)).json.sessions.length, 1);
    equal((await admin.call('DELETE', `/api/accounts/${a.account}/sessions`)).status, 204);
    equal((await last.call('GET', '/api/session')).status, 401);
    const before = await node.signIn(a.account, 'mat khau dai');
    const changed = await before.call('PUT', '/api/session/password', { body: { old: 'mat khau dai', new: 'mat khau khac' } });
    equal(changed.status, 200);
    equal((await before.call('GET', '/api/session')).status, 401, 'a new password ends the sessions of the old one');
    equal((await admin.call('PUT', `/api/accounts/${a.account}`, { body: { disabled: true } })).status, 204);
    equal((await node.call('POST', '/api/session', { body: { name: a.account, password: 'mat khau khac' } })).status, 401);
    equal((await admin.call('PUT', '/api/accounts/admin', { body: { disabled: true } })).status, 422);
});

// ---- audit
test('every read and write of a record is in the log of the person: who, post, what, from where', async () => {
    const p = own[1], id = randomUUID();
    await nurse.call('GET', `/fhir/Patient/${p.id}`);
    await nurse.call('PUT', `/fhir/Observation/${id}`, { body: { resourceType: 'Observation', id, status: 'final', code: { text: 'x' }, subject: { reference: `Patient/${p.id}` } } });
    await nurse.call('DELETE', `/fhir/Observation/${id}`);
    await nurse.call('GET', `/api/persons/${p.id}/timeline`);
    let log;
    const actions = () => log.json.entries.filter(e => e.name === nurse.name).map(e => `${e.action} ${e.type}`).reverse();
    await until('the log', async () => { log = await head.call('GET', `/api/persons/${p.id}/audit`); return actions().includes('delete Observation') && actions().at(-1) === 'read Patient'; }, 5000);
    equal(actions().slice(-4), ['read Patient', 'create Observation', 'delete Observation', 'read Patient']);
    const e = log.json.entries.find(x => x.action === 'create');
    equal([e.post, e.from, e.resource, e.actor], [`nurse@${nurse.place}`, '127.0.0.1', id, nurse.actor]);
    ok(/^[0-9a-f]{64}$/.test(log.json.chain.seal));
    equal((await nurse.call('GET', `/api/persons/${p.id}/audit`)).status, 403);
    equal((await head.call('GET', `/api/persons/${foreign.at(-1).id}/audit`)).status, 404);
    equal((await head.call('GET', '/api/audit')).status, 403, 'the whole audit is not for a station');
    equal((await admin.call('GET', '/api/audit?limit=5')).json.entries.length, 5);
});
test('the log as FHIR AuditEvents is valid', async () => {
    const r = await head.call('GET', `/api/persons/${own[1].id}/audit`, { headers: { Accept: 'application/fhir+json' } });
    equal([r.status, r.json.resourceType, r.json.type], [200, 'Bundle', 'collection']);
    ok(r.json.entry.length > 3 && r.json.entry.every(e => e.resource.resourceType === 'AuditEvent'));
    const v = command(['validate', '-'], JSON.stringify(r.json));
    equal(v.status, 0, v.stdout.slice(0, 600));
});
test('looking for somebody is one entry, however many letters; it says who was shown, and each of them finds it in the own log', async () => {
    const s = await node.signIn((await hire('nurse')).account, 'mat khau dai'), shown = new Set();
    for (const q of ['n', 'ng', 'ngu', 'nguy', 'nguye', 'nguyen']) {
        const found = await s.call('GET', `/api/persons?q=${q}`);
        equal(found.status, 200);
        found.json.persons.forEach(p => shown.add(p.id));
    }
    ok(shown.size > 1, 'several were shown');
    const finds = async () => (await admin.call('GET', `/api/audit?action=find&actor=${encodeURIComponent(s.actor)}`)).json.entries;
    let list;
    await until('the entry', async () => (list = await finds()).length > 0, 3000);
    equal(list.length, 1);
    equal([list[0].shown.sort(), list[0].shownCount, list[0].resource], [[...shown].sort(), shown.size, null]);
    const one = [...shown][0];
    const own = (await node.call('GET', `/api/persons/${one}/audit`, { token })).json.entries.filter(e => e.number === list[0].number);
    equal(own.map(e => [e.action, e.shownCount, e.shown]), [['find', shown.size, undefined]], 'in the own log, without the others');
    const events = (await node.call('GET', `/api/persons/${one}/audit`, { token, headers: { Accept: 'application/fhir+json' } })).json.entry
        .filter(e => e.resource.id === `audit-${list[0].number}`);
    equal(events[0].resource.entity, [{ what: { reference: `Patient/${one}` } }]);
    // opening a record ends the search: what is typed after it is another
    await s.call('GET', '/api/persons?q=nguyen');
    await s.call('GET', `/api/persons/${one}`);
    await s.call('GET', '/api/persons?q=nguyen');
    await until('both', async () => (list = await finds()).length === 3, 3000);
    const checked = command(['check', node.dir]);
    ok(!/audit:/.test(checked.stdout + checked.stderr), checked.stdout);
});

// ---- the person's own data
test('consent for another purpose is asked once', async () => {
    const p = own[2], path = `/api/persons/${p.id}/consents`;
    const before = (await nurse.call('GET', path)).json.consents;
    ok(before.length >= 3 && before.every(c => c.decision === null), JSON.stringify(before));
    const put = body => nurse.call('PUT', `${path}/research`, { body });
    equal((await put({ decision: 'yes', way: 'paper' })).status, 400);
    equal((await put({ decision: 'permit' })).status, 400);
    equal((await put({ decision: 'permit', way: 'paper' })).json.consents.find(c => c.purpose === 'research').decision, 'permit');
    equal((await put({ decision: 'deny', way: 'paper' })).status, 409, 'asked once');
    equal((await put({ decision: 'deny', way: 'spoken', change: true })).json.consents.find(c => c.purpose === 'research').decision, 'deny');
    equal((await nurse.call('PUT', `${path}/advertising`, { body: { decision: 'permit', way: 'paper' } })).status, 404);
    equal((await get(`/fhir/Consent?patient=Patient/${p.id}`)).json.total, 1);
});
test('a request to correct has a day and gets an answer', async () => {
    const p = own[2];
    equal((await nurse.call('POST', `/api/persons/${p.id}/requests`, { body: { kind: 'correct', text: '' } })).status, 400);
    const filed = await nurse.call('POST', `/api/persons/${p.id}/requests`, { body: { kind: 'correct', text: 'Ngày sinh đúng là 02/03/1960' } });
    equal([filed.status, filed.json.due], [201, day(10)]);
    const mine = (await head.call('GET', '/api/requests')).json.requests.find(x => x.id === filed.json.id);
    equal([mine.kind, mine.status, mine.person, mine.due], ['correct', 'requested', p.id, day(10)]);
    equal((await nurse.call('PUT', `/api/requests/${mine.id}`, { body: { status: 'completed', text: 'Đã sửa' } })).status, 403);
    equal((await head.call('PUT', `/api/requests/${mine.id}`, { body: { status: 'completed', text: 'Đã sửa' } })).status, 204);
    equal((await head.call('PUT', `/api/requests/${mine.id}`, { body: { status: 'rejected', text: 'x' } })).status, 409);
    equal((await head.call('GET', '/api/requests')).json.requests.find(x => x.id === mine.id).answer, 'Đã sửa');
});
test('the own record as an International Patient Summary, valid, with what one may see', async () => {
    const enrolled = (await nurse.call('GET', '/fhir/Patient?_has:MedicationRequest:subject:status=active&_count=1')).json.entry[0].resource;
    const r = await nurse.call('GET', `/fhir/Patient/${enrolled.id}/$summary`), bundle = r.json;
    equal([r.status, bundle.type, bundle.entry[0].resource.resourceType, bundle.entry[0].resource.type.coding[0].code], [200, 'document', 'Composition', '60591-5']);
    const section = code => bundle.entry[0].resource.section.find(s => s.code.coding[0].code === code);
    for (const code of ['11450-4', '48765-2', '10160-0']) ok(section(code)?.text?.div, `required section ${code}`);
    equal([section('48765-2').emptyReason.coding[0].code, section('48765-2').entry], ['unavailable', undefined], 'nothing recorded is not "no allergies"');
    ok(section('10160-0').entry.length > 0 && section('8716-3').entry.length > 0);
    const given = new Set(bundle.entry.map(e => e.fullUrl.split('/fhir/')[1]));
    for (const s of bundle.entry[0].resource.section) for (const e of s.entry ?? []) ok(given.has(e.reference), `${e.reference} is in the document`);
    const v = command(['validate', '-'], r.text);
    equal(v.status, 0, v.stdout.slice(0, 800));
    const hidden = await nurse.call('GET', `/fhir/Patient/${own[0].id}/$summary`), all = await get(`/fhir/Patient/${own[0].id}/$summary`);
    equal([hidden.text.includes('B20'), all.text.includes('B20')], [false, true]);
    equal((await nurse2.call('GET', `/fhir/Patient/${enrolled.id}/$summary`)).status, 404);
});
test('the chain of the audit holds at the end', async () => {
    const r = command(['check', node.dir]);
    equal(r.status, 0, r.stdout + r.stderr);
});
await run(() => node.remove());
