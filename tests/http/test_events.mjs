// SPDX-License-Identifier: GPL-3.0-or-later
// Server-sent events: hello, changes within a second, topics, reconnecting, many idle streams, graceful end.
import { Node, test, equal, ok, run, until, sleep, patient } from './harness.mjs';
import http from 'node:http';

const node = new Node().init();
node.user('lan', 'nurse', 'mat khau dai');
const admin = node.token('program');
await node.serve();
const lan = await node.signIn('lan', 'mat khau dai');

function open(path, headers = { Cookie: lan.cookie }) {
    const stream = { text: '', events: [], ended: false };
    return new Promise((yes, no) => {
        stream.request = http.get(node.url + path, { headers, agent: false }, answer => {
            stream.status = answer.statusCode;
            stream.headers = answer.headers;
            answer.setEncoding('utf8');
            answer.on('data', d => {
                stream.text += d;
                stream.events = stream.text.split('\n\n').slice(0, -1).filter(b => b.includes('event:'))
                    .map(b => Object.fromEntries(b.split('\n').map(l => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 2)])));
            });
            answer.on('end', () => { stream.ended = true; });
            answer.on('error', () => { stream.ended = true; });
            yes(stream);
        });
        stream.request.on('error', e => { stream.ended = true; no(e); });
    });
}
const write = (id, family) => node.call('PUT', `/fhir/Patient/${id}`, { token: admin, body: patient(id, family) });

test('a stream says hello, then tells of a change within a second, without data', async () => {
    const s = await open('/events?topic=province');
    equal([s.status, s.headers['content-type'], s.headers['cache-control']], [200, 'text/event-stream', 'no-store']);
    await until('hello', () => s.events.length === 1);
    const before = JSON.parse(s.events[0].data).position, begun = Date.now();
    equal((await write('sự-kiện'.normalize('NFD').replace(/[^a-z]/g, ''), 'Geheim')).status, 201);
    await until('the event', () => s.events.some(e => e.event === 'province'), 2000);
    ok(Date.now() - begun < 1000, `${Date.now() - begun} ms`);
    const e = s.events.find(x => x.event === 'province');
    ok(JSON.parse(e.data).position > before && e.id === String(JSON.parse(e.data).position));
    ok(!/Geheim|Patient/.test(s.text));
    s.request.destroy();
});
test('many changes at once become few events', async () => {
    const s = await open('/events?topic=log');
    await until('hello', () => s.events.length === 1);
    await Promise.all(Array.from({ length: 60 }, (_, i) => write(`many-${i}`)));
    await until('an event', () => s.events.length > 1);
    await sleep(300);
    ok(s.events.length < 30, `${s.events.length} events for 60 changes`);
    s.request.destroy();
});
test('who comes back with an old position is told at once', async () => {
    const s = await open('/events?topic=province', { Cookie: lan.cookie, 'Last-Event-ID': '1' });
    await until('the event', () => s.events.some(e => e.event === 'province'), 1000);
    s.request.destroy();
});
test('topics with other letters are refused, no session is 401', async () => {
    equal((await node.call('GET', '/events?topic=a%20b', { token: admin })).status, 400);
    equal((await node.call('GET', '/events?topic=province')).status, 401);
});
test('300 idle streams cost little and all hear', async () => {
    const rss = () => Number(/^process_resident_memory_bytes (\d+)/m.exec(text)[1]);
    let text = (await node.call('GET', '/metrics', { token: admin })).text;
    const before = rss();
    const all = await Promise.all(Array.from({ length: 300 }, () => open('/events?topic=province')));
    await until('hello on all', () => all.every(s => s.events.length === 1), 5000);
    text = (await node.call('GET', '/metrics', { token: admin })).text;
    ok(/^tram_event_streams 30\d$/m.test(text), text.match(/tram_event_streams \d+/)?.[0]);
    ok((rss() - before) / 300 < 64 * 1024, `${(rss() - before) / 300} bytes a stream`);
    await write('hear', 'x');
    await until('the event on all', () => all.every(s => s.events.length >= 2), 5000);
    equal((await node.call('GET', '/health')).status, 200);
    all.forEach(s => s.request.destroy());
    await until('the streams are gone', async () => /^tram_event_streams 0$/m.test((await node.call('GET', '/metrics', { token: admin })).text), 45000);
});
test('a graceful stop ends the streams', async () => {
    const s = await open('/events?topic=province');
    await until('hello', () => s.events.length === 1);
    const begun = Date.now();
    equal(await node.stop(), 0);
    ok(Date.now() - begun < 3000, `stopping took ${Date.now() - begun} ms`);
    await until('the end', () => s.ended, 1000);
});
await run(() => node.remove());
