// SPDX-License-Identifier: GPL-3.0-or-later
// `serve --tls`: the station's own authority and certificate, the invitation, and the start page opened by Chromium from another
// network namespace: a secure context, as the camera and the service worker of a phone need it. Without the right to make a network
// namespace, or without Chromium and its driver, those parts say so and pass over.
import { Node, test, equal, ok, run, command, root, tram, until } from './harness.mjs';
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync, writeFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'node:https';

const node = new Node().init();
node.user('lan', 'nurse', 'mat khau dai');
await node.serve('--tls', '--listen', '127.0.0.1:0');
const file = name => join(node.dir, 'tls', name);
const pem = name => readFileSync(file(name), 'utf8');
const https = (path, options = {}) => new Promise((yes, no) => {
    const r = request({ host: '127.0.0.1', port: node.port, path, method: options.method ?? 'GET', ca: pem('authority.pem'), headers: options.headers, ...options.tls }, a => {
        let text = ''; a.on('data', d => text += d); a.on('end', () => yes({ status: a.statusCode, headers: a.headers, text }));
    });
    r.on('error', no);
    r.end(options.body);
});

test('keys are private, the chain holds, the authority can vouch for nothing beyond the station', async () => {
    for (const f of ['authority.key', 'station.key']) equal(statSync(file(f)).mode & 0o077, 0, f);
    const authority = new X509Certificate(pem('authority.pem')), station = new X509Certificate(pem('station.pem'));
    ok(authority.ca && !station.ca && station.checkIssued(authority) && station.verify(authority.publicKey));
    ok(station.checkIP('127.0.0.1') && station.checkHost('localhost'), station.subjectAltName);
    ok(Date.parse(station.validTo) - Date.now() < 398 * 86400e3, 'browsers take no more than 398 days');
    ok(pem('station.csr').includes('BEGIN NEW CERTIFICATE REQUEST') || pem('station.csr').includes('BEGIN CERTIFICATE REQUEST'));
    const text = spawnSync('openssl', ['x509', '-in', file('authority.pem'), '-noout', '-text'], { encoding: 'utf8' });
    if (!text.error) ok(/Name Constraints: critical[\s\S]*IP:192\.168\.0\.0\/255\.255\.0\.0/.test(text.stdout), text.stdout);
});
test('who trusts the authority comes in, who does not is warned; the cookie is Secure', async () => {
    equal((await https('/health')).status, 200);
    let refused; try { await https('/health', { tls: { ca: [] } }); } catch (e) { refused = e.code; }
    ok(refused, 'a stranger is warned');
    const body = JSON.stringify({ name: 'lan', password: 'mat khau dai' });
    const s = await https('/api/session', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    equal(s.status, 200);
    ok(/Secure/.test(s.headers['set-cookie'][0]) && s.headers['strict-transport-security'], 'cookie');
    const invitation = JSON.parse((await https('/api/invitation', { headers: { Cookie: s.headers['set-cookie'][0].split(';')[0] } })).text);
    const der = new X509Certificate(pem('authority.pem')).raw, print = createHash('sha256').update(der).digest('hex').toUpperCase().match(/../g).join(':');
    equal([invitation.secure, invitation.fingerprint], [true, print]);
    ok(invitation.url.startsWith('https://') && invitation.qr.startsWith('<svg'), JSON.stringify(invitation).slice(0, 200));
    const ca = await https('/station-ca.crt');
    equal([ca.status, ca.headers['content-type'], ca.text.trim()], [200, 'application/x-x509-ca-cert', pem('authority.pem').trim()]);
});
test('a restart keeps authority and certificate; a signature of the province is served instead; a wrong one is not', async () => {
    const before = [pem('authority.pem'), pem('station.pem')];
    await node.stop();
    await node.serve('--tls', '--listen', '127.0.0.1:0');
    equal([pem('authority.pem'), pem('station.pem')], before);
    await node.stop();
    writeFileSync(file('signed.pem'), pem('authority.pem')); // of another key
    await node.serve('--tls', '--listen', '127.0.0.1:0');
    ok(/signed\.pem does not fit/.test(node.log), node.log);
    equal((await https('/health')).status, 200);
    await node.stop();
    writeFileSync(file('signed.pem'), pem('station.pem')); // of our key: as the province would answer
    await node.serve('--tls', '--listen', '127.0.0.1:0');
    ok(!/does not fit/.test(node.log));
    equal((await https('/health')).status, 200);
    equal((await https('/station-ca.crt')).status, 404, 'the province vouches now');
    rmSync(file('signed.pem'));
    equal(command(['serve', node.dir, '--tls', '--tls-cert', 'x', '--tls-key', 'y']).status !== 0, true);
    await node.stop();
});

// ---- from another network namespace
const can = spawnSync('unshare', ['-n', 'sh', '-c', 'ip link add v0 type veth peer name v1'], { encoding: 'utf8' }).status === 0;
const driver = join(root, 'tests/browser/node_modules/playwright-core');
const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
test('Chromium in another network namespace: the start page over https is a secure context', async () => {
    if (!can || !chromium || !existsSync(driver)) return console.log(`not tried: ${!can ? 'no right to make a network namespace' : !chromium ? 'no Chromium' : 'the suite of the browser is not installed'}`);
    // two namespaces tied by a cable: the station at 10.77.0.1, the phone at 10.77.0.2
    const [a, b] = [`tramA${process.pid}`, `tramB${process.pid}`], sh = (...c) => { const r = spawnSync(c[0], c.slice(1), { encoding: 'utf8' }); if (r.status) throw new Error(`${c.join(' ')}: ${r.stderr}`); };
    let server;
    try {
        for (const ns of [a, b]) { sh('ip', 'netns', 'add', ns); sh('ip', '-n', ns, 'link', 'set', 'lo', 'up'); }
        sh('ip', 'link', 'add', 'tv0', 'netns', a, 'type', 'veth', 'peer', 'name', 'tv1', 'netns', b);
        sh('ip', '-n', a, 'addr', 'add', '10.77.0.1/24', 'dev', 'tv0'); sh('ip', '-n', b, 'addr', 'add', '10.77.0.2/24', 'dev', 'tv1');
        sh('ip', '-n', a, 'link', 'set', 'tv0', 'up'); sh('ip', '-n', b, 'link', 'set', 'tv1', 'up');
        let log = '';
        server = spawn('ip', ['netns', 'exec', a, tram, 'serve', node.dir, '--tls']);
        server.stderr.on('data', d => log += d); server.stdout.on('data', d => log += d);
        await until('the server', () => /listening on https:\/\/0\.0\.0\.0:8443/.test(log), 8000);
        ok(new X509Certificate(pem('station.pem')).checkIP('10.77.0.1'), 'another address: a new certificate names it');
        const spki = createHash('sha256').update(new X509Certificate(pem('station.pem')).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
        const script = `const { chromium } = require(${JSON.stringify(driver)}); (async () => {
            const browser = await chromium.launch({ executablePath: ${JSON.stringify(chromium)}, args: ['--no-sandbox', '--ignore-certificate-errors-spki-list=${spki}', '--user-data-dir=/tmp/x' ].slice(0, 2) });
            const page = await browser.newPage(); const answer = await page.goto('https://10.77.0.1:8443/');
            await page.waitForSelector('form');
            console.log(JSON.stringify({ status: answer.status(), secure: await page.evaluate(() => window.isSecureContext), camera: await page.evaluate(() => 'mediaDevices' in navigator), worker: await page.evaluate(() => 'serviceWorker' in navigator), title: await page.title() }));
            await browser.close(); })().catch(e => { console.error(e); process.exit(1); });`;
        const out = spawnSync('ip', ['netns', 'exec', b, process.execPath, '-e', script], { encoding: 'utf8', timeout: 45000 });
        equal(out.status, 0, out.stderr);
        const seen = JSON.parse(out.stdout.trim().split('\n').at(-1));
        equal([seen.status, seen.secure, seen.camera, seen.worker], [200, true, true, true], out.stdout);
    } finally {
        if (server) { server.kill('SIGTERM'); await new Promise(r => { server.on('exit', r); setTimeout(r, 5000).unref(); }); }
        for (const ns of [a, b]) spawnSync('ip', ['netns', 'del', ns]);
    }
});
await run(() => node.remove());
