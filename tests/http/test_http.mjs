// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP itself: negotiation, methods, headers, limits, broken requests, slow clients, compression, base URLs, repeats.
import { Node, test, equal, ok, run, until, sleep, patient, command } from './harness.mjs';

const node = new Node().init();
const admin = node.token('program');
node.user('lan', 'nurse', 'mat khau dai');
await node.serve();
await node.call('PUT', '/fhir/Patient/one', { token: admin, body: patient('one') });
const auth = `Authorization: Bearer ${admin}\r\n`;
const get = (accept, path = '/fhir/Patient/one') => node.call('GET', path, { token: admin, headers: accept === null ? {} : { Accept: accept } });
const statusOf = text => text ? Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]) : undefined;

test('content negotiation', async () => {
    for (const accept of ['application/fhir+json', 'application/json', '*/*', 'application/*', 'text/html,*/*;q=0.1']) {
        const r = await get(accept);
        equal([r.status, r.headers.get('content-type')], [200, 'application/fhir+json; charset=utf-8'], accept);
    }
    for (const accept of ['application/fhir+xml', 'text/html', 'application/json;q=0']) {
        const r = await get(accept);
        equal([r.status, r.json.resourceType], [406, 'OperationOutcome'], accept);
    }
    equal((await get('application/fhir+xml', '/fhir/Patient/one?_format=json')).status, 200, '_format goes before Accept');
    equal((await get('application/json', '/fhir/Patient/one?_format=application%2Ffhir%2Bjson')).status, 200);
    equal((await get('application/json', '/fhir/Patient/one?_format=application/fhir+json')).status, 200, 'an unescaped +');
    equal((await get('application/json', '/fhir/Patient/one?_format=xml')).status, 406);
});
test('types of bodies', async () => {
    const put = type => node.call('PUT', '/fhir/Patient/two', { token: admin, body: JSON.stringify(patient('two')), headers: { 'Content-Type': type } });
    for (const type of ['application/fhir+json', 'application/json', 'application/fhir+json; charset=UTF-8', 'Application/FHIR+JSON;charset="utf-8"'])
        ok([200, 201].includes((await put(type)).status), type);
    for (const type of ['application/xml', 'text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1'])
        equal((await put(type)).status, 415, type);
});
test('a resource carries ETag and no-store, HEAD has no body, OPTIONS and 405 name the methods', async () => {
    const r = await get('*/*');
    ok(/^W\/"[0-9A-Z]{13}-[0-9A-Z]{13}"$/.test(r.headers.get('etag')), r.headers.get('etag'));
    equal(r.headers.get('cache-control'), 'no-store');
    const head = await node.call('HEAD', '/fhir/Patient/one', { token: admin });
    equal([head.status, head.text, head.headers.get('etag')], [200, '', r.headers.get('etag')]);
    equal(Number(head.headers.get('content-length')), Buffer.byteLength(r.text));
    const options = await node.call('OPTIONS', '/fhir/Patient/one');
    equal([options.status, options.headers.get('allow')], [204, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']);
    const wrong = await node.call('DELETE', '/health');
    equal([wrong.status, wrong.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
    equal(statusOf(await node.raw(`BREW /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)), 501);
});
test('security headers everywhere', async () => {
    for (const [path, status] of [['/health', 200], ['/fhir/Patient/one', 200], ['/fhir/Patient/none', 404], ['/nothing.txt', 404]]) {
        const r = await node.call('GET', path, { token: admin });
        equal(r.status, status, path);
        equal(r.headers.get('x-content-type-options'), 'nosniff', path);
        equal(r.headers.get('referrer-policy'), 'no-referrer', path);
        ok(/frame-ancestors 'none'/.test(r.headers.get('content-security-policy')), path);
        ok(!/unsafe/.test(r.headers.get('content-security-policy')), path);
        equal(r.headers.get('access-control-allow-origin'), null, path);
    }
    const page = await node.call('GET', '/');
    if (page.status === 200) {
        ok(/default-src 'self'/.test(page.headers.get('content-security-policy')));
        equal(page.headers.get('cross-origin-opener-policy'), 'same-origin');
    } else {
        equal([page.status, /browser part/.test(page.text)], [404, true], 'without a web build / says so');
    }
});
test('the program\'s own files: compressed, cached by name or by ETag, never a path out', async () => {
    const page = await node.call('GET', '/');
    if (page.status !== 200) return; // built without the browser part; the test above says so
    const header = async (path, accept) => node.raw(`HEAD ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: ${accept}\r\nConnection: close\r\n\r\n`);
    const script = /\/[\w./-]*\.js/.exec(page.text)[0];
    ok(/Content-Encoding: br\r/.test(await header(script, 'gzip, br')) && /Content-Encoding: gzip\r/.test(await header(script, 'gzip')) &&
        !/Content-Encoding/.test(await header(script, 'identity')));
    ok(/Cache-Control: public, max-age=31536000, immutable\r/.test(await header(script, 'br')));
    ok(/Content-Type: text\/javascript; charset=utf-8\r/.test(await header(script, 'br')));
    equal(page.headers.get('cache-control'), 'no-cache');
    equal((await node.call('GET', '/', { headers: { 'If-None-Match': page.headers.get('etag') } })).status, 304);
    equal((await node.call('GET', '/persons/x')).text, page.text, 'addresses of the browser program');
    equal((await node.call('GET', '/none.js')).status, 404);
    equal((await node.call('POST', '/index.html')).status, 404);
    ok(!/<script(?![^>]*src=)[^>]*>|<style|style="|onclick=/.test(page.text), 'inline code or style would be blocked');
});
test('bodies that are no JSON', async () => {
    for (const [body, status] of [['{"resourceType":"Patient","id":"bad"', 400], ['', 400], ['null', 400], ['{"resourceType":"Patient","id":"bad","a":1,"a":2}', 400]]) {
        const r = await node.call('PUT', '/fhir/Patient/bad', { token: admin, body });
        ok(r.status === status || (status === 400 && r.status === 422), `${body}: ${r.status}`);
        equal(r.json.resourceType, 'OperationOutcome');
    }
    const cut = await node.call('PUT', '/fhir/Patient/bad', { token: admin, body: '{"resourceType":\n"Patient","id":"ba' });
    ok(/line 2/.test(cut.text), cut.text);
    equal((await get('*/*', '/fhir/Patient/bad')).status, 404);
});
test('broken requests are answered with 4xx and harm nobody', async () => {
    const cases = [
        ['GET / fhir HTTP/1.1\r\nHost: x\r\n\r\n', [400, 404, undefined]], // undefined: the connection is closed without a word
        ['GET /fhir/Patient/%zz HTTP/1.1\r\nHost: x\r\n' + auth + 'Connection: close\r\n\r\n', [400]],
        ['GET /fhir/Patient/%00 HTTP/1.1\r\nHost: x\r\n' + auth + 'Connection: close\r\n\r\n', [400]],
        ['GET /fhir/Patient/%ff HTTP/1.1\r\nHost: x\r\n' + auth + 'Connection: close\r\n\r\n', [400]],
        [`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`, [400]],
        [`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: -5\r\nConnection: close\r\n\r\n`, [400]],
        [`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 99999999999999999999999\r\nConnection: close\r\n\r\n`, [400, 413]],
        ['\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [200, 400]],
        ['GET http://x/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [200]],
        ['GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [404, 200]],
        ['GET /%2e%2e/%2e%2e/etc/passwd.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', [404]],
    ];
    for (const [bytes, allowed] of cases) {
        const text = await node.raw(bytes, { ms: 3000 });
        ok(allowed.includes(statusOf(text)) , `${JSON.stringify(bytes.slice(0, 60))} → ${text.slice(0, 80)}`);
        ok(!/root:/.test(text));
    }
    await node.raw(Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'), { ms: 500 }).catch(() => '');
    equal((await node.call('GET', '/health')).status, 200);
});
test('limits: address, headers, body announced, body that grows', async () => {
    equal((await get('*/*', '/fhir/Patient?name=' + 'x'.repeat(9000))).status, 414);
    equal((await get('*/*', '/fhir/Patient/one?_format=json&x=' + 'x'.repeat(7000))).status !== 414, true);
    ok([431, 413].includes(statusOf(await node.raw(`GET /health HTTP/1.1\r\nHost: x\r\nX-Large: ${'y'.repeat(60000)}\r\n\r\n`))), 'headers');
    const announced = await node.raw(`POST /fhir/Patient HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n`, { enough: t => /\r\n\r\n.*too-long/s.test(t) });
    equal(statusOf(announced), 413);
    const api = await node.call('PUT', '/api/session/language', { token: admin, body: ' '.repeat(5000) });
    equal(api.status, 413);
});
test('a gigabyte of spaces in chunks is refused while it comes', async () => {
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 0x20), Buffer.from('\r\n')]);
    const net = await import('node:net');
    let sent = 0;
    const text = await new Promise((yes, no) => {
        const s = net.connect(node.port, '127.0.0.1');
        let got = '', over = false;
        const end = () => { if (!over) { over = true; s.destroy(); yes(got); } };
        s.on('data', d => { got += d; if (/too-long/.test(got)) end(); });
        s.on('end', end); s.on('close', end); s.on('error', end);
        s.write(`POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`);
        const more = () => { while (!over && sent < 1024) { sent++; if (!s.write(chunk)) { s.once('drain', more); return; } } };
        more();
        setTimeout(no, 20000, new Error('no answer')).unref();
    });
    equal(statusOf(text), 413);
    ok(sent < 200, `the server read ${sent} MB before it said no`);
    equal((await node.call('GET', '/health')).status, 200);
});
test('a body that is cut off stores nothing and a slow one gets done', async () => {
    const body = JSON.stringify(patient('slow'));
    await node.raw([`PUT /fhir/Patient/cut HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n`, '{"resourceType"'], { ms: 300 }).catch(() => '');
    equal((await get('*/*', '/fhir/Patient/cut')).status, 404);
    const net = await import('node:net');
    const text = await new Promise(yes => {
        const s = net.connect(node.port, '127.0.0.1');
        let got = '';
        s.on('data', d => { got += d; if (/\r\n\r\n/.test(got)) { s.destroy(); yes(got); } });
        (async () => {
            const bytes = Buffer.from(`PUT /fhir/Patient/slow HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
            for (let i = 0; i < bytes.length; i += 40) { s.write(bytes.subarray(i, i + 40)); await sleep(5); }
        })();
    });
    equal(statusOf(text), 201);
});
test('pipelined requests are answered in order', async () => {
    const one = p => `GET ${p} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`;
    const text = await node.raw(one('/health') + one('/fhir/Patient/one') + one('/fhir/metadata') + one('/fhir/Patient/none') + `GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    equal([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(m => Number(m[1])), [200, 200, 200, 404, 200]);
});
test('answers are compressed when asked for and large enough', async () => {
    const r = await node.call('GET', '/fhir/metadata', { token: admin, headers: { 'Accept-Encoding': 'gzip' } });
    if (r.text.length > 2000) equal(r.headers.get('content-encoding'), 'gzip');
    const plain = await node.raw(`GET /fhir/metadata HTTP/1.1\r\nHost: x\r\n${auth}Connection: close\r\n\r\n`);
    ok(!/content-encoding/i.test(plain));
    const small = await node.call('GET', '/fhir/Patient/one', { token: admin, headers: { 'Accept-Encoding': 'gzip' } });
    equal(small.headers.get('content-encoding'), null);
});
test('X-Request-Id: a repeated POST gets the first answer', async () => {
    const post = (id, body, token = admin) => node.call('POST', '/fhir/Patient', { token, body, headers: { 'X-Request-Id': id } });
    const body = { resourceType: 'Patient', name: [{ family: 'Lặp' }] };
    const first = await post('gi-1', body), again = await post('gi-1', body);
    ok([201].includes(first.status), first.text);
    equal([again.status, again.text, again.headers.get('etag'), again.headers.get('location')],
          [first.status, first.text, first.headers.get('etag'), first.headers.get('location')]);
    ok(first.headers.get('location'), 'Location');
    const other = await post('gi-2', body), changed = await post('gi-1', { ...body, active: true });
    ok(other.headers.get('location') !== first.headers.get('location'), 'another id is another request');
    ok(changed.headers.get('location') !== first.headers.get('location'), 'another body is another request');
    const doctor = node.token('doctor');
    ok((await post('gi-1', body, doctor)).headers.get('location') !== first.headers.get('location'), 'another user');
    const bad = await post('gi-3', '{"resourceType":"Patient"');
    equal(bad.status, 400);
    await node.stop();
    await node.serve();
    equal((await post('gi-1', body)).text, first.text, 'also after a restart');
});
test('base URLs come from Host, never from X-Forwarded-*', async () => {
    const link = async headers => (await node.raw(`POST /fhir/Patient HTTP/1.1\r\n${headers}${auth}Content-Type: application/json\r\nContent-Length: 26\r\nConnection: close\r\n\r\n{"resourceType":"Patient"}`)).match(/\r\nLocation: (\S+)/i)?.[1];
    ok((await link('Host: tram.example:81\r\n')).startsWith('http://tram.example:81/fhir/Patient/'));
    ok((await link('Host: a\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\n')).startsWith('http://a/fhir/'));
    ok((await link('Host: a"><script>\r\n')).startsWith('http://localhost/fhir/'));
});
test('log lines hold no ids, names, queries or tokens', async () => {
    await node.call('GET', '/fhir/Patient/geheim-id?_format=json', { token: admin });
    await node.call('GET', '/fhir/Patient?name=geheimname', { token: admin });
    await until('the log line', () => (node.log.match(/GET \/fhir\/\{path\.\.\.\} 404/g) ?? []).length > 0, 3000);
    ok(!/geheim|Nguyễn|Lặp|127\.0\.0\.1:?\d* /.test(node.log.replace(/listening on \S+/g, '')), 'personal data in the log');
    ok(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info http: GET \/fhir\/\{path\.\.\.\} 404 \d+\.\dms$/m.test(node.log));
});
test('hundreds of idle connections do not keep others out', async () => {
    const net = await import('node:net');
    const idle = await Promise.all(Array.from({ length: 500 }, () => new Promise((yes, no) => { const s = net.connect(node.port, '127.0.0.1', () => yes(s)); s.on('error', no); })));
    equal((await node.call('GET', '/fhir/Patient/one', { token: admin })).status, 200);
    idle.forEach(s => s.destroy());
});
await run(() => node.remove());
