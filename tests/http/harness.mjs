// SPDX-License-Identifier: GPL-3.0-or-later
// What the black-box suites share: a node in a temporary folder, `tram serve` on a free port, requests as bytes and as
// fetch, and a runner that ends with "N passed, N failed". Node 18, no packages. TRAM names another program to test.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, existsSync, openSync, closeSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import net from 'node:net';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const tram = process.env.TRAM ?? join(root, 'build/tram');

// ---- runner
const tests = [];
export const test = (name, body) => tests.push({ name, body });
export function equal(got, want, what = '') {
    if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`${what} got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}
export function ok(value, what) { if (!value) throw new Error(what ?? 'not true'); }
export async function run(cleanup) {
    let passed = 0, failed = 0;
    for (const { name, body } of tests) {
        try {
            await Promise.race([body(), new Promise((_, no) => setTimeout(no, 60000, new Error('60 s are over')).unref())]);
            passed++;
        } catch (e) {
            failed++;
            console.log(`FAILED ${name}: ${e.message}\n${String(e.stack).split('\n').slice(1, 4).join('\n')}`);
        }
    }
    if (cleanup) await cleanup();
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed ? 1 : 0);
}
export const sleep = ms => new Promise(r => setTimeout(r, ms));
export async function until(what, condition, ms = 5000) {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) if (await condition()) return;
    throw new Error(`in vain waited for: ${what}`);
}

// ---- a node
export function command(args, input = '') {
    const r = spawnSync(tram, args, { input, encoding: 'utf8' });
    if (r.error) throw r.error;
    return r;
}
export class Node {
    constructor() { this.dir = join(mkdtempSync(join(tmpdir(), 'tram-http-')), 'node'); }
    get log() { return readFileSync(this.logFile, 'utf8'); }
    init() { const r = command(['init', this.dir]); if (r.status) throw new Error(`init: ${r.stderr}`); return this; }
    user(name, role, password, place) {
        const r = command(['user', this.dir, 'add', name, '--role', role, ...(place ? ['--place', place] : [])], password + '\n');
        if (r.status) throw new Error(`user add: ${r.stderr}${r.stdout}`);
    }
    token(role = 'program') {
        const r = command(['token', this.dir, '--role', role]);
        if (r.status) throw new Error(`token: ${r.stderr}`);
        return r.stdout.trim();
    }
    async serve(...options) {
        const listen = options.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
        const file = openSync(this.logFile = join(dirname(this.dir), `log-${this.runs = (this.runs ?? 0) + 1}`), 'w');
        const child = this.process = spawn(tram, ['serve', this.dir, ...listen, ...options], { stdio: ['ignore', file, file] });
        closeSync(file);
        const started = process.hrtime.bigint();
        this.exited = new Promise(r => child.on('exit', (code, signal) => { this.code = code; this.signal = signal; r(code); }));
        await until('the server to listen', () => /listening on (https?):\/\/[^:]*:(\d+)/.test(this.log) || child.exitCode !== null || child.signalCode !== null, 10000);
        this.startedMs = Number(process.hrtime.bigint() - started) / 1e6;
        const m = /listening on (https?):\/\/\S*:(\d+)/.exec(this.log);
        if (!m) throw new Error(`serve ended: ${this.log}`);
        this.port = Number(m[2]);
        this.url = `${m[1]}://127.0.0.1:${this.port}`;
        return this;
    }
    async stop(signal = 'SIGTERM') {
        if (!this.process || this.code !== undefined && this.code !== null) return this.code;
        this.process.kill(signal);
        await this.exited;
        const code = this.code;
        this.code = undefined;
        this.process = null;
        return code;
    }
    async remove() { if (this.process) await this.stop('SIGKILL'); rmSync(dirname(this.dir), { recursive: true, force: true }); }
    // a request by fetch: {status, headers, text, json}
    async call(method, path, { body, headers = {}, token } = {}) {
        const h = { ...headers };
        if (token) h.Authorization = `Bearer ${token}`;
        if (body !== undefined && typeof body !== 'string') body = JSON.stringify(body);
        if (body !== undefined && !Object.keys(h).some(k => k.toLowerCase() === 'content-type')) h['Content-Type'] = path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json';
        const r = await fetch(this.url + path, { method, headers: h, body, redirect: 'manual' });
        const text = await r.text();
        let json; try { json = JSON.parse(text); } catch { /* not every answer is JSON */ }
        return { status: r.status, headers: r.headers, text, json };
    }
    // bytes out, bytes back until the peer closes or `enough` says so
    raw(bytes, { enough = () => false, ms = 8000, hold = false } = {}) {
        return new Promise((yes, no) => {
            const s = net.connect(this.port, '127.0.0.1');
            let got = Buffer.alloc(0);
            const done = () => { clearTimeout(timer); s.destroy(); yes(got.toString('latin1')); };
            const timer = setTimeout(done, ms);
            s.on('connect', () => { const all = [].concat(bytes); for (const b of all) s.write(b); if (hold) return; });
            s.on('data', d => { got = Buffer.concat([got, d]); if (enough(got.toString('latin1'))) done(); });
            s.on('end', done);
            s.on('error', e => { if (got.length) done(); else { clearTimeout(timer); no(e); } });
        });
    }
    // signs in; returns a caller that sends cookie and CSRF token
    async signIn(name, password) {
        const r = await this.call('POST', '/api/session', { body: { name, password } });
        if (r.status !== 200) throw new Error(`sign-in of ${name}: ${r.status} ${r.text}`);
        const cookie = r.headers.get('set-cookie').split(';')[0];
        const csrf = r.json.csrf;
        return { ...r.json, cookie, setCookie: r.headers.get('set-cookie'),
            call: (method, path, o = {}) => this.call(method, path, { ...o, headers: { Cookie: cookie,
                ...(method === 'GET' ? {} : { 'X-CSRF-Token': csrf }), ...o.headers } }) };
    }
}
export const patient = (id, family = 'Nguyễn') => ({ resourceType: 'Patient', id, active: true, name: [{ family, given: ['Lan'] }] });
if (!existsSync(tram)) { console.log(`FAILED ${tram} is not there: run make\n0 passed, 1 failed`); process.exit(1); }
