// SPDX-License-Identifier: GPL-3.0-or-later
// The station's day under load: node bench/care.mjs lists|users DIR [SECONDS]. Serves the demonstration in DIR (made by tram demo), signs in
// as its accounts. lists: first 20 rows of every list, one after the other, as epidemiologist (everybody) and as nurse. users: 50 people at work
// — list, sheet, save, a pause — and how long saving takes as they see it. Times by the clock, in ms.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';

const [, , mode, dir, seconds = '20'] = process.argv;
const tram = process.env.TRAM ?? new URL('../build/tram', import.meta.url).pathname;
const port = await new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
        const { port: p } = s.address();
        s.close(() => done(p));
    });
});
const base = `http://127.0.0.1:${port}`;
const server = spawn(tram, ['serve', dir, '--listen', `127.0.0.1:${port}`], { stdio: ['ignore', 'ignore', 'inherit'] });
process.on('exit', () => server.kill('SIGTERM'));
for (let i = 0; ; i++) {
    try {
        if ((await fetch(`${base}/health`)).ok) break;
    } catch {
        if (i > 300) throw new Error('the server did not answer');
    }
    await new Promise((r) => setTimeout(r, 100));
}

async function signIn(name) {
    const r = await fetch(`${base}/api/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password: 'tram-demo' }) });
    const cookie = r.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
    const session = await r.json();
    const headers = { Cookie: cookie, 'X-CSRF-Token': session.csrf };
    const get = async (path) => {
        const answer = await fetch(base + path, { headers });
        if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
        return answer.json();
    };
    const post = (bundle) => fetch(`${base}/fhir`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(bundle) });
    return { get, post, session };
}
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const line = (name, times, more = '') =>
    console.log(`${name.padEnd(34)} ${String(times.length).padStart(6)} runs  p50 ${at(times, 0.5).toFixed(1).padStart(6)}  p95 ${at(times, 0.95).toFixed(1).padStart(6)}  max ${Math.max(...times).toFixed(1).padStart(7)} ${more}`);
const timed = async (body) => {
    const from = performance.now();
    await body();
    return performance.now() - from;
};

async function lists() {
    for (const name of ['epidemiologist', 'nurse']) {
        const { get } = await signIn(name);
        const paths = ['overdue', 'due', 'uncontrolled', 'lost', 'members', 'members?state=missed', 'overdue?programme=diabetes', 'uncontrolled?programme=diabetes', 'mine', 'check-up', 'child-due', 'child-signs', 'desk'].map((l) => `/api/lists/${l}`);
        for (const path of [...paths, '/api/province', '/api/programmes/hypertension', '/api/programmes/diabetes', '/api/children']) {
            const times = [];
            for (let i = 0; i < 40; i++) times.push(await timed(() => get(path)));
            line(`${name} ${path.replace('/api/', '')}`, times.slice(2));
        }
    }
}

const loinc = (code) => ({ coding: [{ system: 'http://loinc.org', code }] });
function visit(person, station) {
    const now = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 19) + '+07:00', e = randomUUID(), o = randomUUID(), m = randomUUID(), a = randomUUID();
    const subject = { reference: `Patient/${person}` }, encounter = { reference: `Encounter/${e}` };
    const mmHg = (code, value) => ({ code: loinc(code), valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } });
    const next = new Date(Date.now() + 28 * 86400e3).toISOString().slice(0, 10);
    const all = [
        { resourceType: 'Encounter', id: e, status: 'finished', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }, subject, period: { start: now, end: now }, serviceProvider: { reference: `Organization/${station}` } },
        { resourceType: 'Observation', id: o, status: 'final', code: loinc('85354-9'), subject, encounter, effectiveDateTime: now, component: [mmHg('8480-6', 120 + Math.floor(Math.random() * 50)), mmHg('8462-4', 70 + Math.floor(Math.random() * 25))] },
        { resourceType: 'MedicationRequest', id: m, status: 'active', intent: 'order', medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'C08CA01' }], text: 'Amlodipin 5 mg' }, subject, encounter, authoredOn: now.slice(0, 10), dosageInstruction: [{ text: '1 viên buổi sáng' }] },
        { resourceType: 'Appointment', id: a, status: 'booked', start: `${next}T08:00:00+07:00`, end: `${next}T08:15:00+07:00`, participant: [{ actor: subject, status: 'accepted' }] },
    ];
    return { resourceType: 'Bundle', type: 'transaction', entry: all.map((r) => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}` }, resource: r })) };
}

async function users() {
    const one = [await signIn('nurse'), await signIn('nurse2')];
    const until = performance.now() + Number(seconds) * 1000, saves = [], reads = [];
    let refused = 0;
    const people = await Promise.all(one.map(async (u) => (await u.get('/api/lists/members?limit=100')).rows.map((r) => r.id)));
    await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
            const user = one[n % 2], ids = people[n % 2], station = user.session.place.replace('Location/', '');
            await new Promise((r) => setTimeout(r, n * 20));
            for (let i = n; performance.now() < until; i++) {
                const id = ids[i % ids.length];
                reads.push(await timed(() => user.get('/api/lists/overdue')));
                reads.push(await timed(() => user.get(`/api/persons/${id}/blood-pressure`)));
                saves.push(await timed(async () => {
                    const r = await user.post(visit(id, station));
                    if (!r.ok) refused++;
                    await r.text();
                }));
                await new Promise((r) => setTimeout(r, 500 + Math.random() * 1000));
            }
        }),
    );
    line('50 users: saving a visit', saves, `${refused} refused, ${(saves.length / Number(seconds)).toFixed(0)}/s`);
    line('50 users: list, sheet', reads);
}

await (mode === 'users' ? users() : lists());
process.exit(0);
