// SPDX-License-Identifier: GPL-3.0-or-later
// The lists to work through (docs/programmes.md): who may, whose people, paging while rows change, Excel, a call and its undo, the desk.
import { Node, test, equal, ok, run, command } from './harness.mjs';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const node = new Node().init();
const made = command(['demo', node.dir, '--scale', '0.01', '--seed', '3']);
if (made.status) throw new Error(made.stderr);
await node.serve();
const people = {};
for (const who of ['nurse', 'nurse2', 'worker', 'epidemiologist', 'director', 'admin', 'pharmacist', 'village']) people[who] = await node.signIn(who, 'tram-demo');
const list = async (code, query = '', who = 'epidemiologist') => {
    const r = await people[who].call('GET', `/api/lists/${code}?programme=hypertension${query}`);
    equal(r.status, 200, `${code}${query}: ${r.text}`);
    return r.json;
};
const CODES = ['overdue', 'due', 'uncontrolled', 'lost', 'members', 'mine', 'check-up', 'child-due', 'child-signs', 'desk'];
const ids = answer => answer.rows.map(p => p.id);
async function pages(code, size, who, between = () => {}) {
    const out = [];
    for (let after = '', n = 0; n < 400; n++) {
        const page = await list(code, `&limit=${size}${after && `&after=${after}`}`, who);
        out.push(...ids(page));
        if (!page.after) return out;
        after = page.after;
        await between(n, page);
    }
    throw new Error('no end');
}

test('all lists are offered; who reads no records has none', async () => {
    equal((await people.nurse.call('GET', '/api/lists')).json.lists.map(l => l.code).sort(), [...CODES].sort());
    for (const who of ['director', 'admin', 'pharmacist', 'village']) for (const code of ['overdue', 'members', 'desk']) equal((await people[who].call('GET', `/api/lists/${code}?programme=hypertension`)).status, 403, `${who} ${code}`);
});
test('a post sees its own residents; two stations have nobody in common; all of them are on the list of the province', async () => {
    for (const code of CODES.filter(c => c !== 'desk' && c !== 'mine')) {
        const all = new Set(await pages(code, 100, 'epidemiologist')), one = await pages(code, 100, 'nurse'), two = await pages(code, 100, 'nurse2');
        equal(one.filter(id => !all.has(id)), [], code);
        equal(one.filter(id => two.includes(id)), [], code);
        ok(all.size >= one.length + two.length, code);
        const own = (await people.nurse.call('GET', `/api/lists/${code}?programme=hypertension&limit=100&place=${people.nurse2.place}`)).json;
        ok(!own.rows?.length, `${code}: the place of another station gives nobody`);
    }
});
test('pages of three are the whole list, in its order, nobody twice', async () => {
    for (const code of ['overdue', 'uncontrolled', 'lost', 'members', 'check-up', 'child-due', 'child-signs']) {
        const whole = await pages(code, 100), small = (await pages(code, 7));
        equal(small, whole, code);
        equal(new Set(whole).size, whole.length, code);
    }
});
test('paging while people leave the list: nobody who stays is lost or comes twice', async () => {
    const whole = await pages('overdue', 100), gone = [];
    ok(whole.length > 12, `${whole.length} overdue`);
    const seen = await pages('overdue', 4, 'epidemiologist', async (n, page) => {
        const leaver = n < 2 ? [page.rows[0].id, whole[4 * (n + 1) + 2]] : []; // one who was shown, one still to come
        for (const person of leaver) {
            gone.push(person);
            const call = { resourceType: 'Communication', id: randomUUID(), status: 'completed', subject: { reference: `Patient/${person}` }, sent: new Date().toISOString(), reasonCode: [{ coding: [{ system: 'urn:tram:call-outcome', code: 'agreed' }] }] };
            equal((await node.call('PUT', `/fhir/Communication/${call.id}`, { token: program, body: call })).status, 201);
        }
    });
    equal(new Set(seen).size, seen.length, 'nobody twice');
    equal(whole.filter(id => !gone.includes(id) && !seen.includes(id)), [], 'nobody lost');
    equal((await pages('overdue', 100)).filter(id => gone.includes(id)), [], 'who was called is off');
});
const program = node.token('program');
test('an outcome takes one off in one request; taken back it is there again at its place', async () => {
    const before = await pages('overdue', 100, 'nurse'), one = before[0];
    ok(one, 'somebody is overdue');
    const call = { resourceType: 'Communication', id: randomUUID(), status: 'completed', subject: { reference: `Patient/${one}` }, sent: new Date().toISOString(), medium: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode', code: 'PHONE' }] }], reasonCode: [{ coding: [{ system: 'urn:tram:call-outcome', code: 'later' }] }] };
    const put = body => people.nurse.call('PUT', `/fhir/Communication/${call.id}`, { body });
    equal((await put(call)).status, 201);
    equal(await pages('overdue', 100, 'nurse'), before.slice(1));
    equal((await put({ ...call, status: 'entered-in-error' })).status, 200);
    equal(await pages('overdue', 100, 'nurse'), before);
});
test('the workbook has the rows of the list, in its order', async () => {
    for (const code of ['overdue', 'members']) {
        const names = [];
        for (let after = ''; ; ) {
            const page = await list(code, `&limit=100${after && `&after=${after}`}`, 'nurse');
            names.push(...page.rows.map(p => p.name));
            if (!(after = page.after)) break;
        }
        const r = await fetch(`${node.url}/api/lists/${code}?programme=hypertension&format=xlsx`, { headers: { Cookie: people.nurse.cookie } }), file = join(node.dir, '..', 'list.xlsx');
        equal(r.status, 200);
        writeFileSync(file, Buffer.from(await r.arrayBuffer()));
        const cells = JSON.parse(spawnSync('python3', ['-c', `
import sys, zipfile, re, json, html
z = zipfile.ZipFile(sys.argv[1])
words = [html.unescape(re.sub('<[^>]*>', '', s)) for s in re.findall('<si>(.*?)</si>', z.read('xl/sharedStrings.xml').decode(), re.S)]
rows = re.findall('<row [^>]*>(.*?)</row>', z.read('xl/worksheets/sheet1.xml').decode(), re.S)
print(json.dumps([[words[int(v)] for v in re.findall('t="s"><v>(\\\\d+)</v>', r)] for r in rows]))`, file], { encoding: 'utf8' }).stdout);
        equal(cells.map(row => row.find(c => names.includes(c))).filter(Boolean), names, code);
    }
});
test('the desk: who arrived today waits in the order of arrival, at this place alone, until the visit is finished', async () => {
    const [a, b] = (await people.nurse.call('GET', '/api/persons?q=nguyen&limit=2')).json.persons.map(p => p.id), today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
    const visit = (person, minute, status) => ({ resourceType: 'Encounter', id: `desk-${person}`, status, class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject: { reference: `Patient/${person}` },
        period: { start: `${today}T00:0${minute}:00+07:00` }, serviceProvider: { reference: `Organization/${people.nurse.place}` } });
    for (const v of [visit(b, 2, 'arrived'), visit(a, 1, 'arrived')]) equal((await people.nurse.call('PUT', `/fhir/Encounter/${v.id}`, { body: v })).status, 201);
    equal(ids(await list('desk', '', 'nurse')), [a, b]);
    equal(ids(await list('desk', '', 'nurse2')), []);
    equal((await people.nurse.call('PUT', `/fhir/Encounter/desk-${a}`, { body: visit(a, 1, 'finished') })).status, 200);
    equal(ids(await list('desk', '', 'nurse')), [b]);
});
test('wrong questions are named', async () => {
    for (const [path, status] of [['overdue?programme=nothing', 400], ['nothing', 404], ['overdue?programme=hypertension&limit=0', 400], ['overdue?programme=hypertension&limit=101', 400], ['overdue?programme=hypertension&after=x', 400], ['overdue?programme=hypertension&at=2026-13-01', 400]])
        equal((await people.nurse.call('GET', `/api/lists/${path}`)).status, status, path);
});
await run(() => node.remove());
