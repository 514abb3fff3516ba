// SPDX-License-Identifier: GPL-3.0-or-later
// Where the server listens: refusals, TLS, behind a proxy, a port that is taken, stopping under load.
import { Node, test, equal, ok, run, command, root, patient } from './harness.mjs';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const node = new Node().init();
node.user('lan', 'nurse', 'mat khau dai');
const admin = node.token('program');
const cert = join(root, 'tests/http/localhost-cert.pem'), key = join(root, 'tests/http/localhost-key.pem');

function secure(path, { method = 'GET', headers = {}, body, ...more } = {}) {
    return new Promise((yes, no) => {
        const r = https.request({ host: '127.0.0.1', port: node.port, path, method, headers, ca: readFileSync(cert), servername: 'localhost', agent: false, ...more }, a => {
            let text = '';
            a.on('data', d => { text += d; });
            a.on('end', () => yes({ status: a.statusCode, headers: a.headers, text, protocol: a.socket.getProtocol?.() }));
        });
        r.on('error', no);
        r.end(body);
    });
}

test('no plain HTTP beyond this machine', async () => {
    for (const listen of ['0.0.0.0:0', '[::]:0']) {
        const r = command(['serve', node.dir, '--listen', listen]);
        equal(r.status, 2, r.stderr);
        ok(/loopback/.test(r.stderr + r.stdout), r.stderr);
    }
    for (const listen of ['127.0.0.1', 'nowhere.invalid:80', '127.0.0.1:99999', ':80'])
        equal(command(['serve', node.dir, '--listen', listen]).status, 2, listen);
});
test('behind a proxy the forwarded names count and the cookie is secure', async () => {
    await node.serve('--listen', '0.0.0.0:0', '--behind-proxy');
    const r = await node.call('POST', '/api/session', { body: { name: 'lan', password: 'mat khau dai' },
        headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'tram.example' } });
    ok(/; Secure/.test(r.headers.get('set-cookie')));
    const made = await node.call('POST', '/fhir/Patient', { token: admin, body: { resourceType: 'Patient' },
        headers: { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'tram.example' } });
    ok(made.headers.get('location')?.startsWith('https://tram.example/fhir/Patient/'), made.headers.get('location'));
    await node.stop();
});
test('a base URL given goes before everything', async () => {
    await node.serve('--base-url', 'https://tinh.example/');
    const made = await node.call('POST', '/fhir/Patient', { token: admin, body: { resourceType: 'Patient' } });
    ok(made.headers.get('location')?.startsWith('https://tinh.example/fhir/Patient/'), made.headers.get('location'));
    await node.stop();
});
test('TLS', async () => {
    await node.serve('--tls-cert', cert, '--tls-key', key);
    ok(node.url.startsWith('https'));
    const r = await secure('/health');
    equal([r.status, r.headers['strict-transport-security'] !== undefined], [200, true]);
    const signed = await secure('/api/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'lan', password: 'mat khau dai' }) });
    ok(/; Secure/.test(signed.headers['set-cookie'][0]));
    equal((await secure('/health', { minVersion: 'TLSv1.3' })).status, 200);
    let refused = false;
    try { await secure('/health', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }); } catch { refused = true; }
    ok(refused, 'TLS 1.1 was accepted');
    await node.stop();
    const half = command(['serve', node.dir, '--listen', '127.0.0.1:0', '--tls-cert', cert]);
    equal(half.status, 2);
    const broken = command(['serve', node.dir, '--listen', '127.0.0.1:0', '--tls-cert', key, '--tls-key', key]);
    ok(broken.status !== 0 && /certificate/.test(broken.stderr + broken.stdout), broken.stderr);
});
test('a port that is taken is exit code 3 and one sentence', async () => {
    await node.serve();
    const other = new Node().init();
    const r = command(['serve', other.dir, '--listen', `127.0.0.1:${node.port}`]);
    equal(r.status, 3);
    ok(/taken/.test(r.stderr + r.stdout), r.stderr);
    await other.remove();
    await node.stop();
});
test('stopping under load: what was begun is answered', async () => {
    await node.serve();
    let answered = 0, refused = 0, odd = [];
    const writers = Array.from({ length: 16 }, async (_, w) => {
        for (let i = 0; ; i++) {
            try {
                const r = await node.call('PUT', `/fhir/Patient/stop-${w}-${i}`, { token: admin, body: patient(`stop-${w}-${i}`) });
                if (r.status === 201) answered++;
                else if (r.status === 503) refused++;
                else odd.push(r.status);
            } catch { return; }
        }
    });
    await new Promise(r => setTimeout(r, 500));
    const begun = Date.now();
    equal(await node.stop(), 0);
    ok(Date.now() - begun < 5000);
    await Promise.all(writers);
    equal(odd, []);
    ok(answered > 0);
    await node.serve();
    equal((await node.call('GET', '/fhir/Patient/stop-0-0', { token: admin })).status, 200);
    equal(await node.stop('SIGINT'), 0);
});
test('start within 0.2 s, less than 40 MB after one request', async () => {
    await node.serve();
    await node.call('GET', '/fhir/Patient/stop-0-0', { token: admin });
    const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.process.pid}/status`, 'utf8'))[1]);
    ok(kb < 40 * 1024, `${kb} KB`);
    ok(node.startedMs < 600, `${node.startedMs} ms with the start of the process and a noisy machine (aim: 200)`);
    await node.stop();
});
await run(() => node.remove());
