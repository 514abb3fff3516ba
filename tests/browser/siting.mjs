// SPDX-License-Identifier: GPL-3.0-or-later
// Plans for the stations: a slider ranks anew within a second, the list of losers, comparing plans, who may see it.
import { SIZES, axe, base, check, equal, signedIn, test, tooWide } from './lib.mjs';

async function openPlans(page) {
    await page.goto(`${base}/#/siting`);
    await page.waitForSelector('.choices tbody tr');
}

/** Moves a slider and waits until the answer is drawn; returns the milliseconds. */
async function slide(page, id, value) {
    const answered = page.waitForResponse((r) => r.url().endsWith('/api/siting') && r.ok());
    const started = Date.now();
    await page.fill(`#${id}`, String(value));
    await answered;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return Date.now() - started;
}

test('plans: 45 communes, each with one station; a commune shows its sites and why', async () => {
    const page = await signedIn('planner');
    await openPlans(page);
    equal(await page.locator('.choices tbody tr').count(), 45, 'communes');
    await page.getByRole('button', { name: 'Na Son' }).click();
    await page.waitForSelector('.sitedetails');
    const text = await page.locator('.sitedetails').innerText();
    check(/điểm/.test(text) && /được chọn/.test(text) && /phương án kia/.test(text), text.slice(0, 300));
    equal(await page.locator('.sitedetails tbody tr').count(), 3, 'sites of Na Son');
    check(/Sẽ chọn xã Keo Lôm|Sẽ chọn xã Na Son/.test(text) && /chiếm (dưới|trên) \d+ % trọng số \(nay \d+ %\)/.test(text), text.slice(0, 600));
    check(/40 % trọng số chưa có số liệu ở đây/.test(text), 'the share that rests on unknowns');
    const steps = await page.locator('.trade circle').count();
    check(steps > 1 && steps === (await page.locator('.trade .steps tbody tr').count()) + 1, `${steps} plans in the chart, the steps in the table`);
    equal(await page.locator('.sitingmap .reach.near circle, .sitingmap .reach.far circle').count(), 90, 'land within 30 and 60 minutes of 45 stations');
    equal(await page.locator('.groups tbody tr').count(), 2, 'groups');
    equal(page.troubles, [], 'troubles');
});

test('plans: a slider ranks anew within a second, and back', async () => {
    const page = await signedIn('planner');
    await openPlans(page);
    const stations = () => page.locator('.choices tbody tr td:nth-child(2)').allInnerTexts();
    const before = await stations();
    const ms = await slide(page, 'weight-transport', 0);
    const after = await stations();
    check(ms < 1000, `${ms} ms`);
    check(before.join() !== after.join(), 'some station changes without transport');
    await slide(page, 'weight-transport', 20);
    equal(await stations(), before, 'back at the old weight');
    return `${ms} ms`;
});

test('plans: weights of 0 are refused in words, and the page goes on', async () => {
    const page = await signedIn('planner');
    await openPlans(page);
    for (const c of ['location', 'transport', 'population', 'infrastructure', 'staff']) await page.fill(`#weight-${c}`, '0');
    await page.waitForSelector('[role=alert]');
    check(/sum to 0/.test(await page.locator('[role=alert]').innerText()), 'says why');
    await page.fill('#weight-location', '10');
    await page.waitForSelector('[role=alert]', { state: 'detached' });
});

test('plans: up to four are compared, points leave people behind', async () => {
    const page = await signedIn('director');
    await openPlans(page);
    const keep = page.getByRole('button', { name: 'Giữ để so sánh' });
    await keep.click();
    for (const value of [0, 60, 100]) {
        await slide(page, 'weight-transport', value);
        await keep.click();
    }
    equal(await page.locator('.compare thead th').count(), 4, 'plans');
    check(await keep.isDisabled(), 'not more than four');
    await page.getByRole('button', { name: 'Bỏ phương án B' }).click();
    equal(await page.locator('.compare thead th').count(), 3, 'plans after one is dropped');
    await page.fill('#points', '5');
    await page.keyboard.press('Tab');
    await page.waitForSelector('.losers .tag.bad');
});

test('plans: a survey file makes staff known', async () => {
    const page = await signedIn('planner');
    await openPlans(page);
    const lines = ['code,doctors,midwives,assistants', '03203,1,0,1', '03204,1,1,1', '03205,1,1,1', '03208,2,1,1'];
    await page.setInputFiles('#survey', { name: 'survey.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
    await page.waitForFunction(() => /\d|known/.test(document.querySelector('#rule-staff b, .message')?.textContent ?? ''));
    const alert = page.locator('[role=alert]');
    if (await alert.count()) check(/no site has this code/.test(await alert.innerText()), await alert.innerText());
    await page.setInputFiles('#survey', { name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from('code,doctors\n99999,1\n') });
    await page.waitForSelector('[role=alert]');
    check(/line 2: no site has this code/.test(await alert.innerText()), 'the line is named');
});

test('plans: a survey by hand and a list make staff known where they were; undone, nobody knows again', async () => {
    const page = await signedIn('planner');
    await page.goto(`${base}/#/siting/surveys`);
    await page.waitForSelector('.surveytable');
    check(/0 trong 129/.test(await page.locator('#sites-title').innerText()), 'nobody looked yet');
    await page.getByRole('button', { name: 'phường Him Lam' }).click();
    await page.getByRole('button', { name: 'Ghi khảo sát' }).click();
    check(/ghi nguồn/.test(await page.locator('.surveyform .wrong').innerText()), 'a survey needs its source');
    await page.fill('#survey-source', 'Biên bản khảo sát, Sở Y tế');
    await page.fill('#survey-doctors', '2');
    await page.selectOption('#survey-power', 'yes');
    equal(await axe(page), [], 'axe of the form');
    if (process.env.TRAM_PICTURES) await page.screenshot({ path: `${process.env.TRAM_PICTURES}/siting-survey.png` });
    await page.getByRole('button', { name: 'Ghi khảo sát' }).click();
    await page.waitForFunction(() => /1 trong 129/.test(document.querySelector('#sites-title').textContent));
    await page.setInputFiles('#import-file', { name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('code,date,source,grade\n03130,2025-10-01,x,7\n') });
    await page.waitForSelector('.message.bad');
    await page.setInputFiles('#import-file', { name: 'good.csv', mimeType: 'text/csv', buffer: Buffer.from('code,date,source,grade\n03130,2025-10-01,Sở Y tế,2\n03133,2025-10-01,Sở Y tế,3\n') });
    await page.getByRole('button', { name: 'Áp dụng 2 thay đổi' }).click();
    await page.waitForFunction(() => /3 trong 129/.test(document.querySelector('#sites-title').textContent));
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await page.waitForFunction(() => /1 trong 129/.test(document.querySelector('#sites-title').textContent));
    await page.getByRole('button', { name: 'Bỏ, vì ghi nhầm' }).click();
    await page.waitForFunction(() => /0 trong 129/.test(document.querySelector('#sites-title').textContent));
    equal(page.troubles, [], 'troubles');
});

test('plans: no draft without a typed reason; with one it opens in the editor with its check and its figures', async () => {
    const page = await signedIn('planner');
    await openPlans(page);
    await page.selectOption('#base', 'today');
    await page.waitForFunction(() => /hiện|today|trước: 6/.test(document.querySelector('.tiles')?.textContent ?? ''));
    await page.getByRole('button', { name: 'Tạo dự thảo quyết định' }).click();
    await page.getByRole('button', { name: 'Lưu dự thảo và mở' }).click();
    check(/không có lý do thì không có dự thảo/.test(await page.locator('#draft-why-wrong').innerText()), 'says that the reason is missing');
    check(/#\/siting/.test(page.url()), 'stays');
    equal(await axe(page), [], 'axe of the form');
    await page.fill('#draft-why', 'Gần dân hơn, dân xã Na Son đề nghị');
    await page.fill('#draft-day', '01/01/2027');
    await page.getByRole('button', { name: 'Lưu dự thảo và mở' }).click();
    await page.waitForSelector('.decision .effects');
    equal(await page.inputValue('#decision-reason'), 'Gần dân hơn, dân xã Na Son đề nghị', 'reason');
    const figures = await page.locator('.decision .effects').innerText();
    check(/Trạm y tế\s+45\s+45/.test(figures) && /chưa biết/.test(figures), figures);
    await page.waitForSelector('.decision .checkview, .decision section[aria-label="Kiểm tra"]');
    equal(page.troubles, [], 'troubles');
    if (process.env.TRAM_PICTURES) await page.screenshot({ path: `${process.env.TRAM_PICTURES}/siting-draft.png`, fullPage: true });
});

test('plans: not in the navigation of a nurse', async () => {
    const page = await signedIn('nurse');
    equal(await page.locator('a[href="#/siting"]').count(), 0, 'link');
    equal(await page.evaluate(async () => (await fetch('/api/siting', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).status), 403, 'status');
});

for (const size of Object.keys(SIZES))
    for (const language of ['vi', 'en'])
        test(`plans: axe and width, ${language}, ${size}`, async () => {
            const page = await signedIn('planner', { size, language });
            await openPlans(page);
            await page.getByRole('button', { name: 'Na Son' }).click();
            await page.getByRole('button', { name: language === 'vi' ? 'Giữ để so sánh' : 'Keep to compare' }).click();
            await page.waitForSelector('.compare tbody');
            equal(await axe(page), [], 'axe');
            check((await tooWide(page)) <= 0, `too wide by ${await tooWide(page)}`);
            if (process.env.TRAM_PICTURES)
                await page.screenshot({ path: `${process.env.TRAM_PICTURES}/siting-${language}-${size}.png`, fullPage: true });
        });
