// SPDX-License-Identifier: GPL-3.0-or-later
// Kills the server with SIGKILL under load again and again. After each start every acknowledged write must be there as it
// was sent: creations and updates by PUT, transactions (all entries or none), deletions. Prints "N passed, N failed".
// Usage: node tests/fault/kill.mjs [KILLS]
import { Node, patient, sleep, command } from '../http/harness.mjs';

const kills = Number(process.argv[2] ?? 20), writers = 8;
const node = new Node().init(), token = node.token('program');
const known = new Map();   // id → family name of the last acknowledged version, or null when deleted
const doubt = new Map();   // id → what the unanswered request would have made of it
let passed = 0, failed = 0, acknowledged = 0, unanswered = 0;
const check = (good, what) => { if (good) passed++; else { failed++; if (failed < 20) console.log(`FAILED ${what}`); } };

async function write(writer, round, i) {
    const id = `k-${writer}-${round}-${i}`, kind = i % 8;
    const send = (method, path, body) => node.call(method, path, { token, body });
    if (kind === 7 && i > 7) { // delete one that is certain
        const old = `k-${writer}-${round}-${i - 7}`;
        if (!known.has(old)) return;
        doubt.set(old, null);
        const r = await send('DELETE', `/fhir/Patient/${old}`);
        if (r.status !== 204) throw new Error(`DELETE ${r.status} ${r.text}`);
        known.set(old, null);
        doubt.delete(old);
    } else if (kind === 6) { // a transaction of three
        const ids = [`${id}-a`, `${id}-b`, `${id}-c`];
        ids.forEach(x => doubt.set(x, 'Ba'));
        const r = await send('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry: ids.map(x => (
            { resource: patient(x, 'Ba'), request: { method: 'PUT', url: `Patient/${x}` } })) });
        if (r.status !== 200) throw new Error(`transaction ${r.status} ${r.text.slice(0, 300)}`);
        ids.forEach(x => { known.set(x, 'Ba'); doubt.delete(x); });
    } else {
        const target = kind === 5 ? `k-${writer}-${round}-${i - 1}` : id, family = `F${round}-${i}`;
        doubt.set(target, family);
        const r = await send('PUT', `/fhir/Patient/${target}`, patient(target, family));
        if (r.status !== 200 && r.status !== 201) throw new Error(`PUT ${r.status} ${r.text.slice(0, 300)}`);
        known.set(target, family);
        doubt.delete(target);
    }
    acknowledged++;
}

async function verify(ids) {
    const state = async id => {
        const r = await node.call('GET', `/fhir/Patient/${id}`, { token });
        return r.status === 200 ? r.json.name[0].family : r.status === 410 || r.status === 404 ? null : `status ${r.status}`;
    };
    const list = [...ids];
    for (let at = 0; at < list.length; at += 32)
        await Promise.all(list.slice(at, at + 32).map(async id => {
            const is = await state(id), was = known.has(id) ? known.get(id) : null;
            if (doubt.has(id)) { // it may have happened or not, but nothing else; from now on it is known
                check(is === was || is === doubt.get(id), `${id}: is ${is}, was ${was}, asked ${doubt.get(id)}`);
                known.set(id, is);
            } else check(is === was, `${id}: is ${is}, acknowledged ${was}`);
        }));
    // transactions in doubt: all or none
    for (const id of doubt.keys()) {
        if (!id.endsWith('-a')) continue;
        const three = ['-a', '-b', '-c'].map(x => known.get(id.slice(0, -2) + x) ?? null);
        check(three.every(x => x === three[0]), `transaction ${id}: ${JSON.stringify(three)}`);
    }
    doubt.clear();
}

for (let round = 0; round < kills; round++) {
    await node.serve();
    await verify(new Set([...doubt.keys(), ...[...known.keys()].slice(-600)]));
    let killed = false;
    const odd = [];
    const work = Array.from({ length: writers }, async (_, w) => {
        for (let i = 0; !killed; i++) {
            try { await write(w, round, i); } catch (e) {
                if (killed || /fetch failed|terminated|other side|ECONN/.test(`${e.message} ${e.cause?.message}`)) { unanswered++; return; }
                odd.push(e.message);
                return;
            }
        }
    });
    await sleep(150 + Math.random() * 350);
    const gone = node.process;
    killed = true;
    await node.stop('SIGKILL');
    check(gone.signalCode === 'SIGKILL', `the server ended by itself: ${gone.exitCode} ${node.log.slice(-300)}`);
    await Promise.all(work);
    check(odd.length === 0, `round ${round}: ${odd[0]}`);
}
await node.serve();
await verify(new Set([...known.keys(), ...doubt.keys()])); // everything, once more
check(await node.stop() === 0, 'the last stop was not graceful');
const r = command(['check', node.dir]);
check(r.status === 0, `tram check: ${r.status} ${r.stdout}${r.stderr}`);
console.log(`${kills} kills, ${acknowledged} acknowledged writes, ${unanswered} in doubt`);
console.log(`${passed} passed, ${failed} failed`);
await node.remove();
process.exit(failed ? 1 : 0);
