// SPDX-License-Identifier: GPL-3.0-or-later
// The choice of stations over HTTP: who may ask, what a proposal changes, a survey, bad input named, page and draft.
import { Node, command, test, equal, ok, run } from './harness.mjs';

const node = new Node().init();
const planner = node.token('planner'), nurse = node.token('nurse'), director = node.token('director');
await node.serve();
const ask = (body, { token = planner, part = '' } = {}) => node.call('POST', `/api/siting${part}`, { token, body });
const why = r => JSON.stringify(r.json);

test('planner, director and administrator may ask, a nurse may not, nobody may not', async () => {
    for (const token of [planner, director, node.token('admin')]) equal((await ask({}, { token })).status, 200);
    equal((await ask({}, { token: nurse })).status, 403);
    equal((await node.call('POST', '/api/siting', { body: {} })).status, 401);
});
test('one station a commune, with its reason; the answer is not stored', async () => {
    const r = await ask({});
    equal([r.json.communes.length, r.json.undecided, r.json.splits, r.headers.get('cache-control')], [45, 0, true, 'no-store']);
    for (const c of r.json.communes) {
        equal(c.sites.filter(s => s.kind === 'station').map(s => s.code), [c.site]);
        ok(c.reasonVi && c.reasonEn, c.name);
    }
});
test('weights change the choice where the answer says they do', async () => {
    const all = (await ask({})).json, c = all.communes.find(x => x.turns.transport?.below && x.turns.transport.low > 0.05);
    ok(c, 'some choice turns when transport weighs less');
    const known = Object.keys(c.turns).filter(k => k !== 'transport'), t = c.turns.transport.low;
    for (const [move, site] of [[0.002, c.site], [-0.002, c.turns.transport.below]]) {
        const weights = { transport: ((t + move) / (1 - t - move)) * 20 * known.length };
        equal((await ask({ proposal: { weights } })).json.communes.find(x => x.code === c.code).site, site, `${move}`);
    }
});
test('a survey makes criteria known, and only where every site is surveyed', async () => {
    const all = (await ask({})).json, c = all.communes.find(x => x.sites.length === 2), [a, b] = c.sites.map(s => s.code), other = c.site === a ? b : a;
    const survey = `code,doctors,midwives,assistants\n${c.site},0,0,0\n${other},2,1,1\n`;
    const said = (await ask({ survey, proposal: { rules: { doctors: 0 }, weights: { staff: 400 } } })).json.communes.find(x => x.code === c.code);
    equal([said.site, said.turns.staff !== undefined], [other, true]);
    const half = (await ask({ survey: `code,doctors,midwives,assistants\n${other},2,1,1\n` })).json.communes.find(x => x.code === c.code);
    equal([half.site, half.turns.staff], [c.site, undefined]);
});
test('bad input is named', async () => {
    for (const [body, status, words] of [
        [{ proposal: { weights: { location: 0, transport: 0, population: 0, infrastructure: 0, staff: 0 } } }, 422, 'the weights sum to 0'],
        [{ proposal: { weights: { luck: 1 } } }, 400, 'weights.luck is not known'], [{ proposal: { rules: { points: 500 } } }, 422, '500 points are asked for'],
        [{ survey: 'code,doctors\n99999,1\n' }, 400, 'line 2: no site has this code'], [{ survey: 'code,doctors\n03127,many\n' }, 400, 'line 2: doctors is not a number'],
        [{ travel: 'from,to,minutes,mode,season,source,date\n03127,03127,-1,,,x,\n' }, 400, 'line 2: negative time'], [{ season: 'monsoon' }, 400, 'season is any, dry or wet'],
        [{ survey: 7 }, 400, 'survey is not a text'], [{ weights: {} }, 400, 'weights is not known'], [[], 400, 'not a JSON object']]) {
        const r = await ask(body);
        equal(r.status, status, why(r));
        ok(why(r).includes(words), `${words} in ${why(r)}`);
    }
});
test('a travel table overrides estimates and is told apart', async () => {
    const r = await ask({ travel: 'from,to,minutes,mode,season,source,date\n03127,03127,3,motorbike,,trưởng bản,2026-05-02\n' });
    ok(r.json.times.sources.some(s => s.name === 'trưởng bản' && s.pairs === 1), JSON.stringify(r.json.times));
    ok(r.json.times.estimatedPairs > 100, 'the rest is estimated');
});
test('a page to print', async () => {
    const page = await ask({}, { part: '/page' });
    equal([page.status, page.headers.get('content-type'), page.text.slice(0, 5)], [200, 'application/pdf', '%PDF-']);
    equal((await ask({}, { part: '/page', token: nurse })).status, 403);
});
test('no draft without a typed reason; with one it leads from the network of its day to the plan and passes the check', async () => {
    const own = new Node().init();
    equal(command(['network', own.dir, 'load', '--province', '11']).status, 0);
    const token = own.token('planner');
    await own.serve();
    const call = (path, body) => own.call('POST', path, { token, body });
    for (const why of [undefined, '', ' \n\t ']) {
        const r = await call('/api/siting/draft', { why });
        equal(r.status, 422);
        ok(JSON.stringify(r.json).includes('a person decides and writes why'), JSON.stringify(r.json));
    }
    for (const [effectiveOn, operations] of [['2025-11-15', 84], ['2027-01-01', null]]) {
        const plan = (await call('/api/siting', { at: effectiveOn })).json, before = (await call(`/api/siting`, {})).json;
        const draft = (await call('/api/siting/draft', { why: 'gần dân hơn', effectiveOn })).json;
        equal([draft.resourceType, draft.status, draft.reason, draft.effectiveOn, draft.province.reference], ['Decision', 'draft', 'gần dân hơn', effectiveOn, 'Location/province-11']);
        if (operations) equal(draft.operation.length, operations);
        else { // 4 communes differ from the network in force: a promotion and a conversion each, and the points go along
            equal(draft.operation.filter(o => o.kind === 'promote-to-station').length, before.differs);
            ok(draft.operation.length > 2 * before.differs && draft.operation.length < 30, `${draft.operation.length}`);
        }
        const effect = (what, minutes) => draft.effect.find(e => e.what === what && (!minutes || e.minutes === minutes)), c = plan.coverage;
        equal([effect('within', 30).before, effect('within', 30).after, effect('within', 60).after].map(Math.round), [c.nearBefore, c.nearAfter, c.farAfter].map(Math.round));
        equal([effect('stations').after, effect('points').after, 'after' in effect('doctors-at-stations'), 'after' in effect('cost')], [45, 84, false, false]);
        const saved = await call('/api/decisions', draft);
        equal(saved.status, 201, JSON.stringify(saved.json));
        equal(saved.json.effect, draft.effect);
        const check = (await call(`/api/decisions/${saved.json.id}/check`, {})).json;
        if (!operations) equal([check.ok, check.problems.filter(p => p.severity === 'error')], [true, []]);
    }
    equal((await call('/api/siting/draft', { why: 'x', province: '14' })).status, 422); // not in this network
    equal((await call('/api/siting', { at: 'tomorrow' })).status, 400);
    await own.remove();
});
test('a node without a network is offered all tables; one with networks those; each province chooses one station a commune', async () => {
    const offers = (await node.call('GET', '/api/siting/provinces', { token: planner })).json.provinces;
    equal(offers.map(o => [o.code, o.held]), [['11', false], ['12', false], ['14', false], ['22', false]]);
    for (const [province, communes, sites] of [['12', 38, 106], ['14', 75, 200], ['22', 54, 171]]) {
        const r = (await ask({ province })).json;
        equal([r.province, r.communes.length, r.communes.flatMap(c => c.sites).length, r.undecided], [province, communes, sites, 0]);
        ok(r.communes.every(c => c.sites.filter(s => s.kind === 'station').length === 1), province);
    }
    const laiChau = (await ask({ province: '12' })).json; // no plan is published, and no seat can be read from the texts
    equal([laiChau.besideVi, laiChau.differs, laiChau.communes.some(c => c.turns.transport)], [null, 0, false]);
    ok(laiChau.noteEn.includes('no plan of stations'), laiChau.noteEn);
    equal((await ask({ province: '99' })).status, 404);
    const own = new Node().init();
    for (const p of ['14', '22']) equal(command(['network', own.dir, 'load', '--province', p]).status, 0);
    const token = own.token('planner');
    await own.serve();
    equal((await own.call('GET', '/api/siting/provinces', { token })).json.provinces.map(o => [o.code, o.held]), [['14', true], ['22', true]]);
    equal((await own.call('POST', '/api/siting', { token, body: {} })).json.title, 'Tỉnh Sơn La');
    await own.remove();
});
await run(() => node.remove());
