// SPDX-License-Identifier: GPL-3.0-or-later
// The network in time: the slider, a plan by dragging, a decision from draft to force and its paper, and back in time.
import { SIZES, axe, base, check, equal, open, signIn, signedIn, test, tooWide } from './lib.mjs';

const count = async (page, kind) => Number((await page.textContent(`#count-${kind}`)).replace(/\D/g, ''));

/** Types a day into the slider's field and waits for the network of that day. */
async function onDay(page, day) {
    await page.fill('#network-day', day);
    const answered = page.waitForResponse((r) => r.url().includes('/api/network?') && r.ok());
    await page.keyboard.press('Enter');
    await answered;
    await page.waitForFunction((d) => document.querySelector('.netmap svg').getAttribute('aria-label').includes(d), day);
}

async function openNetwork(page, ...rest) {
    await page.goto(`${base}/#/${['network', ...rest].join('/')}`);
    await page.waitForSelector('.netmap svg, table, .decisionhead, .lead, #import-file');
}

test('network: 129 stations on 30/06/2025, 45 and 84 points today; a number opens its places', async () => {
    const page = await signedIn('director');
    await openNetwork(page);
    equal([await count(page, 'station'), await count(page, 'point')], [45, 84], 'today');
    equal(await count(page, 'commune'), 45, 'communes today');
    await onDay(page, '30/06/2025');
    equal([await count(page, 'station'), await count(page, 'point')], [129, 0], 'before the reform');
    equal(await count(page, 'commune'), 129, 'communes before');
    await page.click('button.count:has(#count-station)');
    await page.waitForSelector('.placelist tbody tr');
    equal(await page.locator('.placelist tbody tr').count(), 129, 'stations behind the number');
    await page.fill('#list-filter', 'noong bua');
    equal(await page.locator('.placelist tbody tr').count(), 1, 'filtered without accents');
    await onDay(page, '01/07/2025');
    equal([await count(page, 'commune'), await count(page, 'station')], [45, 129], 'communes merged, stations stay');
    equal(page.troubles, [], 'no refusals');
});

test('network: a day is redrawn within 200 ms', async () => {
    const page = await signedIn('planner');
    await openNetwork(page);
    const times = [];
    for (const day of ['30/06/2025', '01/07/2025', '15/03/2025', '02/07/2025']) {
        const started = Date.now();
        await onDay(page, day);
        times.push(Date.now() - started);
    }
    times.sort((a, b) => a - b);
    check(times[1] <= 200, `${times} ms`);
    return `${times} ms`;
});

test('network: from the map to a decision in force, its PDF, and back in time', async () => {
    const page = await signedIn('director');
    await openNetwork(page, 'decision', 'new');
    await page.fill('#decision-title', 'Sắp xếp thử trạm y tế');
    await page.fill('#decision-authority', 'Ủy ban nhân dân tỉnh Điện Biên');
    await page.fill('#decision-effective', '01/01/2027');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Lưu dự thảo' }).click();
    await page.waitForURL(/decision\/(?!new)/);
    const id = page.url().split('/decision/')[1];
    // a station of a commune is dragged onto another: what only had one station is left without, and it is said
    await openNetwork(page, 'plan', id);
    await page.waitForSelector('.planbar');
    const stations = page.locator('.site.station');
    const drag = async (from, onto) => {
        const [a, b] = [await stations.nth(from).boundingBox(), await stations.nth(onto).boundingBox()];
        await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
        await page.mouse.down();
        await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 6 });
        const saved = page.waitForResponse((r) => r.request().method() === 'PUT' && r.url().includes('/api/decisions/'));
        await page.mouse.up();
        check((await saved).ok(), 'saved');
    };
    await drag(0, 20);
    await page.waitForSelector('.message.bad #served');
    check(/1 xã/.test(await page.textContent('#served')), 'the commune without a station is named');
    await page.click('.planbar >> text=Mở dự thảo');
    await page.getByRole('button', { name: 'Kiểm tra' }).click();
    await page.waitForSelector('.problems .error');
    equal(await page.getByRole('button', { name: 'Ký, làm cho có hiệu lực' }).count(), 0, 'it cannot be signed');
    // taken back; a rename breaks nothing
    await openNetwork(page, 'plan', id);
    await page.waitForSelector('.planbar');
    const undone = page.waitForResponse((r) => r.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Bỏ thao tác cuối' }).click();
    await undone;
    await page.waitForSelector('.message.ok #served');
    await page.click('.planbar >> text=Mở dự thảo');
    await page.selectOption('#operation-kind', 'rename');
    await page.fill('#operation-places', 'tram y te');
    await page.keyboard.press('Enter');
    await page.fill('#operation-name', 'Trạm Y tế Thử');
    await page.getByRole('button', { name: 'Thêm thao tác' }).click();
    await page.getByRole('button', { name: 'Kiểm tra' }).click();
    await page.waitForSelector('.message.ok #check-result');
    const pdf = await page.evaluate(async (i) => {
        const answer = await fetch(`/api/decisions/${i}/print.pdf`);
        return [answer.status, answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength];
    }, id);
    equal(pdf.slice(0, 2), [200, 'application/pdf'], 'the draft on paper');
    await page.getByRole('button', { name: 'Ký, làm cho có hiệu lực' }).click();
    await page.fill('#act-number', '99/QĐ-UBND');
    await page.getByRole('button', { name: 'Ký', exact: true }).click();
    await page.waitForSelector('.message.ok >> text=Đã ký');
    await openNetwork(page, 'map', '2027-01-01');
    await page.waitForSelector('#changes-title');
    check(/Trạm Y tế Thử/.test(await page.textContent('.netside')), 'the change of that day');
    await onDay(page, '31/12/2026');
    check(!/Trạm Y tế Thử/.test(await page.textContent('.netside')), 'not the day before');
    // undone only by another decision
    await openNetwork(page, 'decision', id);
    await page.getByRole('button', { name: 'Bãi bỏ bằng quyết định mới' }).click();
    await page.fill('#act-number', '100/QĐ-UBND');
    await page.fill('#act-effectiveOn', '01/01/2027');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Bãi bỏ', exact: true }).click();
    await page.waitForURL((u) => !u.href.includes(id));
    return `PDF ${pdf[2]} bytes`;
});

test('network: a nurse reads on her first page what a signed decision changes for her station', async () => {
    const nurse = await signedIn('nurse');
    const place = await nurse.evaluate(async () => (await (await fetch('/api/session')).json()).place.replace(/^Location\//, ''));
    equal(await nurse.locator('.mychanges').count(), 0, 'nothing changes yet');
    const director = await signedIn('director');
    const signed = await director.evaluate(async (station) => {
        const session = await (await fetch('/api/session')).json();
        const send = (path, body) =>
            fetch(path, {
                method: 'POST',
                headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf },
                body: JSON.stringify(body),
            });
        const draft = await send('/api/decisions', {
            resourceType: 'Decision',
            status: 'draft',
            title: 'Đổi tên một trạm',
            effectiveOn: '2027-03-01',
            province: { reference: 'Location/province-11' },
            operation: [{ kind: 'rename', place: [{ reference: `Location/${station}` }], name: 'Trạm Y tế Tên Mới' }],
        });
        const { id } = await draft.json();
        return (await send(`/api/decisions/${id}/sign`, { number: '77/QĐ-UBND', signedOn: '2026-01-05', signer: 'Chủ tịch' })).status;
    }, place);
    equal(signed, 200, 'signed');
    await nurse.goto(`${base}/#/province`);
    await nurse.goto(`${base}/#/`);
    await nurse.waitForSelector('.mychanges');
    check(/01\/03\/2027.*Tên Mới/s.test(await nurse.textContent('.mychanges')), 'the day and the new name');
    check(/77\/QĐ-UBND/.test(await nurse.textContent('.mychanges a')), 'the decision');
});

test('network: a list with two rows for one code is refused with the line; an Excel list shows its differences', async () => {
    const page = await signedIn('director');
    await openNetwork(page, 'import');
    const csv = await page.evaluate(async () => (await fetch('/api/network/export?format=csv')).text());
    const lines = csv.split('\n');
    const station = lines.findIndex((l) => l.includes(',station,'));
    await page.setInputFiles('#import-file', { name: 'twice.csv', mimeType: 'text/csv', buffer: Buffer.from([...lines, lines[station]].join('\n')) });
    await page.waitForSelector('.message.bad li');
    check(/Dòng \d+/.test(await page.textContent('.message.bad li')), 'the line is named');
    const renamed = csv.replace(lines[station], lines[station].replace(/Trạm Y tế [^,]+/, 'Trạm Y tế Đổi Tên'));
    await page.setInputFiles('#import-file', { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(renamed) });
    await page.waitForSelector('td >> text=Trạm Y tế Đổi Tên');
    check(/1 khác/.test(await page.textContent('main')), 'one differs');
});

for (const size of Object.keys(SIZES))
    for (const language of ['vi', 'en'])
        test(`axe: network, ${language}, ${size}`, async () => {
            const page = await open({ size, language }),
                found = [];
            await signIn(page, 'director');
            for (const rest of [['map'], ['decisions'], ['decision', 'new'], ['compare'], ['series'], ['import']]) {
                await openNetwork(page, ...rest);
                await page.waitForTimeout(300);
                for (const violation of await axe(page)) found.push(`${rest}: ${violation}`);
                const wide = await tooWide(page);
                if (wide > 0) found.push(`${rest}: ${wide} px wider than the window`);
            }
            equal(found, [], 'violations');
        });
