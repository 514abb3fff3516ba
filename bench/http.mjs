// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP speed: the server on one core, the load generator on the other. Prints one JSON object:
// constant reply, read by id (token, rights, audit; 32 connections), durable single writes (16 writers), start, memory.
// `cpu_us` is the server's processor time per request: it says more than the rate on a machine that others use too.
// Usage: node bench/http.mjs [SECONDS]; TRAM, HTTP_LOAD name other programs.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, cpus } from 'node:os';
import { join } from 'node:path';
import { Node, patient, root } from '../tests/http/harness.mjs';

const seconds = process.argv[2] ?? '5', load = process.env.HTTP_LOAD ?? join(root, 'build/bench/http_load');
const two = cpus().length > 1;
const scratch = mkdtempSync(join(tmpdir(), 'tram-bench-'));
const node = new Node().init(), token = node.token('program');
await node.serve();
const startMs = node.startedMs, pid = node.process.pid;
await node.call('GET', '/health');
const kb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
const auth = ['--header', `Authorization: Bearer ${token}`];
await node.call('PUT', '/fhir/Patient/first', { token, body: patient('first') });
await node.call('GET', '/fhir/Patient/first', { token });
const memory = kb();
if (two) spawnSync('taskset', ['-a', '-p', '1', String(pid)]);
const paths = [];
for (let i = 0; i < 1000; i += 50)
    await Promise.all(Array.from({ length: 50 }, async (_, k) => {
        const body = { ...patient(`p${i + k}`), birthDate: '1959-03-12', gender: 'female', identifier: [{ system: 'urn:bench', value: String(i + k) }] };
        const r = await node.call('PUT', `/fhir/Patient/p${i + k}`, { token, body });
        if (r.status !== 201) throw new Error(`PUT: ${r.status} ${r.text}`);
        paths.push(`/fhir/Patient/p${i + k}`);
    }));
writeFileSync(join(scratch, 'paths'), paths.join('\n'));
writeFileSync(join(scratch, 'body'), JSON.stringify({ resourceType: 'Observation', id: 'o{n}', status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] }, subject: { reference: 'Patient/p{k}' }, effectiveDateTime: '2026-11-23T08:00:00+07:00',
    component: [['8480-6', 148], ['8462-4', 92]].map(([code, value]) => ({ code: { coding: [{ system: 'http://loinc.org', code }] },
        valueQuantity: { value, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } })) }));

const ticks = () => { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' '); return Number(f[11]) + Number(f[12]); };
function measure(...args) {
    const before = ticks();
    const full = [load, '--port', String(node.port), '--seconds', seconds, '--seed', String(Date.now() % 1e9), ...args];
    const r = two ? spawnSync('taskset', ['2', ...full], { encoding: 'utf8' }) : spawnSync(full[0], full.slice(1), { encoding: 'utf8' });
    if (r.status) throw new Error(r.stderr);
    const out = JSON.parse(r.stdout);
    if (out['4xx'] || out['5xx'] || out.broken) throw new Error(`not all answers were good: ${r.stdout}`);
    return { rate: out.rate, p50: out.ms.p50, p99: out.ms.p99, max: out.ms.max, cpu_us: Math.round((ticks() - before) * 10000 / out.requests * 10) / 10 };
}
const constant = measure('--path', '/health', '--connections', '32');
const read = measure('--paths', join(scratch, 'paths'), '--connections', '32', ...auth);
const write = measure('--method', 'PUT', '--path', '/fhir/Observation/o{n}', '--body', join(scratch, 'body'), '--connections', '16',
    '--header', 'Content-Type: application/fhir+json', ...auth);
console.log(JSON.stringify({ constant, read: { ...read, of_constant: Math.round(read.rate / constant.rate * 1000) / 1000 }, write,
    start_ms: Math.round(startMs), memory_kb_after_one_request: memory, memory_kb_after: kb() }));
await node.stop();
await node.remove();
rmSync(scratch, { recursive: true, force: true });
