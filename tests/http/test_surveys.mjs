// SPDX-License-Identifier: GPL-3.0-or-later
// Surveys of sites: entered by hand and as a list with a preview, dated, undone; the choice of stations scores with what is known on a
// day; a site without a survey stays unknown; the same bounds at every door; who may.
import { Node, command, test, equal, ok, run } from './harness.mjs';

const node = new Node().init();
equal(command(['network', node.dir, 'load', '--province', '11']).status, 0);
const planner = node.token('planner'), nurse = node.token('nurse'), admin = node.token('admin');
await node.serve();
const call = (method, path, body, token = planner) => node.call(method, path, { token, body });
const siting = async more => (await call('POST', '/api/siting', more ?? {})).json;
const facts = async (code, at) => (await call('GET', `/api/surveys?province=11${at ? `&at=${at}` : ''}`)).json.sites.find(s => s.code === code).facts;
const list = (step, text) => node.call('POST', `/api/surveys/import?province=11&step=${step}`, { token: planner, body: text, headers: { 'Content-Type': 'text/csv' } });
const enter = (site, surveyedOn, values, source = 'Biên bản khảo sát') => call('POST', '/api/surveys?province=11', { site, surveyedOn, source, values });

const all = await siting(), pair = all.communes.find(c => c.sites.length === 2), own = pair.site, other = pair.sites.find(s => s.code !== own).code;

test('without a survey nothing is known of buildings and staff, and the score says so', async () => {
    const s = pair.sites.find(x => x.code === own);
    equal([all.surveyed, all.sites, s.points.staff, s.points.infrastructure], [0, 129, null, null]);
    ok(Math.abs(pair.knownWeight - 0.6) < 1e-9, `${pair.knownWeight}`);
    ok(s.scoreLow < s.scoreHigh && s.scoreHigh - s.scoreLow >= 40, `${s.scoreLow} to ${s.scoreHigh}`);
    equal(await facts(own), {});
});
test('a survey by hand is dated, with source and who entered it; the score uses it from its day on', async () => {
    equal((await enter(own, '2025-06-01', { doctors: '0', midwives: '0', assistants: '0' })).status, 201);
    equal((await enter(other, '2025-06-01', { doctors: '2', midwives: '1', assistants: '1' })).status, 201);
    const known = (await facts(own)).doctors;
    equal([known.value, known.day, known.source, !!known.recorder, !!known.survey], ['0', '2025-06-01', 'Biên bản khảo sát', true, true]);
    equal(await facts(own, '2025-05-31'), {});
    const proposal = { rules: { doctors: 0 }, weights: { staff: 400 } };
    const now = (await siting({ proposal })).communes.find(c => c.code === pair.code), then = (await siting({ proposal, at: '2025-05-31' })).communes.find(c => c.code === pair.code);
    equal([now.site, then.site, then.turns.staff], [other, own, undefined]);
    equal([now.sites.find(s => s.code === other).points.staff, now.sites.find(s => s.code === own).points.staff], [100, 0]);
    const third = (await siting()).communes.find(c => c.code !== pair.code && c.sites.length > 1);
    equal(third.sites.map(s => s.points.staff), third.sites.map(() => null), 'the others stay unknown');
});
test('of two surveys the later stands, field by field; what it did not look at stays', async () => {
    equal((await enter(own, '2025-09-01', { doctors: '1', power: 'yes' })).status, 201);
    const now = await facts(own), before = await facts(own, '2025-08-31');
    equal([now.doctors.value, now.doctors.day, now.midwives.day, before.doctors.value, before.power], ['1', '2025-09-01', '2025-06-01', '0', undefined]);
    const undone = await call('POST', `/api/surveys/${now.power.survey}/undo`);
    equal([undone.status, undone.json.undone, (await facts(own)).doctors.value, (await facts(own)).power], [200, 1, '0', undefined]);
    const kept = (await call('GET', `/registers/SiteSurvey/${now.power.survey}`, undefined, admin)).json;
    equal([kept.status, kept.doctors, kept.power], ['entered-in-error', 1, true]);
    equal((await call('GET', `/registers/SiteSurvey/${now.power.survey}/_history`, undefined, admin)).json.entry.length, 2);
});
test('a list is looked at, applied and undone together', async () => {
    const head = 'code,date,source,grade,rooms,meeting_point\n', rows = `03127,2025-10-01,Sở Y tế,3,12,"nhà văn hóa, tổ 2"\nstation-03130,01/10/2025,Sở Y tế,2,8,\n03133,,,,,\n`;
    const preview = (await list('preview', head + rows)).json;
    equal([preview.rows, preview.same, preview.surveys, preview.added, preview.missing, preview.problems, preview.list], [3, 1, 2, 2, 126, [], null]);
    equal(preview.differences[0], { line: 2, place: 'station-03127', name: 'Trạm Y tế phường Him Lam', field: 'grade', before: null, after: '3', old: false });
    equal(await facts('03127'), {}, 'a preview stores nothing');
    const applied = (await list('apply', head + rows)).json;
    equal([(await facts('03127')).meeting_point.value, (await facts('03130')).rooms.value, (await facts('03133')).grade], ['nhà văn hóa, tổ 2', '8', undefined]);
    const again = (await list('apply', head + rows)).json;
    equal([again.same, again.surveys, again.list], [3, 0, null], 'the same list twice is stored once');
    const older = (await list('preview', 'code,date,source,grade\n03127,2025-09-01,Trạm,1\n')).json.differences[0];
    equal([older.before, older.after, older.old], [null, '1', true]);
    equal((await call('POST', `/api/surveys/lists/${applied.list}/undo`)).json.undone, 2);
    equal([await facts('03127'), await facts('03130')], [{}, {}]);
    equal((await call('POST', `/api/surveys/lists/${applied.list}/undo`)).status, 404);
});
test('a wrong list is refused whole, with line, column and reason', async () => {
    const cases = [['code,date,source,grade\n03127,2025-10-01,x,4\n', 2, 'grade', 'from 1 to 3'], ['code,date,source,rooms\n03127,2025-10-01,x,2.5\n', 2, 'rooms', 'whole number'],
        ['code,date,source,power\n03127,2025-10-01,x,maybe\n', 2, 'power', 'yes or no'], ['code,date,source,rooms\n99999,2025-10-01,x,1\n', 2, 'code', 'no site has this code'],
        ['code,date,source,rooms\n03127,2025-02-30,x,1\n', 2, 'date', 'day of the survey'], ['code,date,source,rooms\n03127,2999-01-01,x,1\n', 2, 'date', 'day to come'],
        ['code,date,source,rooms\n03127,31/02/2025,x,1\n', 2, 'date', 'day of the survey'], ['code,date,source,rooms\n03127,2025-10-01,,1\n', 2, 'source', 'who or what says so'],
        ['code,date,rooms\n03127,2025-10-01,1\n', 1, 'source', 'column is missing'], ['code,date,source,luck\n03127,2025-10-01,x,1\n', 1, null, 'unknown column'],
        ['code,date,source,rooms\n03127,2025-10-01,x,1\n03127,2025-10-01,x,2\n', 3, 'code', 'code given before'], ['code,date,source,road_minutes\n03127,2025-10-01,x,-5\n', 2, 'road_minutes', 'from 0']];
    for (const [text, line, column, words] of cases) {
        const r = await list('apply', text), p = r.json.problems?.[0];
        equal([r.status, p?.line, p?.column], [422, line, column], text);
        ok(p.en.includes(words) && p.vi, `${words} in ${p.en}`);
    }
    equal([await facts('03127'), (await list('preview', '')).status], [{}, 400]);
    equal((await enter('03127', '2025-10-01', {})).status, 422);
    equal((await enter('03127', '2025-10-01', { grade: '9' })).status, 422);
    equal((await enter('03127', '2025-10-01', { grade: '2' }, ' ')).status, 422);
});
test('the bounds hold at /registers too; only planners enter surveys', async () => {
    const survey = grade => ({ resourceType: 'SiteSurvey', id: 's1', status: 'final', site: { reference: 'Location/station-03133' }, surveyedOn: '2025-10-01', source: 'x', grade });
    const put = grade => node.call('PUT', '/registers/SiteSurvey/s1', { token: admin, headers: { 'Content-Type': 'application/fhir+json' }, body: survey(grade) });
    equal([(await put(9)).status, (await put(2)).status, (await facts('03133')).grade.value], [422, 201, '2']);
    for (const [method, path] of [['GET', '/api/surveys?province=11'], ['POST', '/api/surveys?province=11'], ['GET', '/api/surveys/export?province=11']])
        equal((await call(method, path, method === 'POST' ? {} : undefined, nurse)).status, 403);
});
test('the list goes out to be filled in: every site, what is known; and comes back unchanged', async () => {
    const csv = await call('GET', '/api/surveys/export?province=11');
    equal([csv.text.split('\n').length - 1, csv.text.split('\n')[0].startsWith('code,name,commune,date,source,functioning')], [130, true]);
    const back = (await list('preview', csv.text.replace(/^(\d{5},(?:"[^"]*"|[^,]*),(?:"[^"]*"|[^,]*)),,/gm, '$1,2025-12-01,x'))).json;
    equal([back.rows, back.surveys, back.problems.length], [129, 0, 0]);
    equal((await call('GET', '/api/surveys/export?province=11&format=xlsx')).status, 200);
    equal((await call('GET', '/api/surveys/export')).status, 400);
});
test('a survey outlives the server, and a rebuild tells the same', async () => {
    const before = await facts(other);
    equal(await node.stop(), 0);
    equal(command(['rebuild', node.dir]).status, 0);
    await node.serve();
    equal(await facts(other), before);
});
await run(() => node.remove());
