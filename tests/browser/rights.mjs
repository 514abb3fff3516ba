// SPDX-License-Identifier: GPL-3.0-or-later
// Users and rights in the browser: a person gets a post, the log is printed, a record of elsewhere is opened, PIN over a page whose
// session has ended. Every screen with axe, in both languages and sizes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD, SIZES, axe, base, check, equal, open, openPerson, openSheet, root, signIn, signedIn, test, tooWide } from './lib.mjs';

const to = async (page, path, ready) => {
    await page.goto(`${base}/#/${path}`);
    await page.waitForSelector(ready);
};

test('rights: a person gets a post and signs in with it; the post ends and so do the rights', async () => {
    const page = await signedIn('admin');
    await to(page, 'rights', '.accounts h2');
    const began = Date.now();
    let keys = 0;
    const type = async (text) => {
        keys += text.length;
        await page.keyboard.type(text, { delay: 125 }); // 8 keys a second
    };
    const key = async (k) => {
        keys++;
        await page.keyboard.press(k);
    };
    await page.getByRole('button', { name: 'Thêm người' }).click();
    await page.waitForSelector('#name:focus');
    await type('Lò Thị Mẫu');
    await key('Tab');
    await type('lo.mau');
    await key('Tab');
    await type('mat khau moi');
    await key('Tab'); // the post: nurse is there already
    await key('Tab');
    await type('Thanh Nưa');
    await page.waitForSelector('.choices button');
    await page.getByRole('button', { name: /Trạm Y tế xã Thanh Nưa/ }).first().click();
    await page.getByRole('button', { name: 'Lưu', exact: true }).click();
    await page.waitForSelector('.message.ok');
    const seconds = (Date.now() - began) / 1000;
    check(seconds <= 15, `a post in 15 s, took ${seconds}`);
    const other = await open();
    await other.fill('#account', 'lo.mau');
    await other.fill('#password', 'mat khau moi');
    await other.keyboard.press('Enter');
    await other.waitForSelector('.today');
    const card = page.locator('.accounts > li', { hasText: 'Lò Thị Mẫu' });
    await card.getByRole('button', { name: /Kết thúc nhiệm vụ/ }).click();
    await card.getByText('không có nhiệm vụ hôm nay').waitFor();
    await other.reload();
    await other.waitForSelector('header.top');
    check((await other.locator('#search').count()) === 0, 'nobody to look for without a post');
    equal(page.troubles, [], 'troubles');
    return `${seconds.toFixed(1)} s, ${keys} keys`;
});

test('rights: what is missing stands beside its field', async () => {
    const page = await signedIn('admin');
    await to(page, 'rights', '.accounts h2');
    await page.getByRole('button', { name: 'Thêm người' }).click();
    await page.fill('#from', '31/02/2026');
    await page.getByRole('button', { name: 'Lưu', exact: true }).click();
    for (const id of ['name', 'login', 'first', 'place', 'from']) await page.waitForSelector(`#${id}-wrong`);
    equal(await page.evaluate(() => document.activeElement.id), 'name', 'the first mistake has the focus');
    equal(await axe(page), [], 'axe');
});

test('rights: a facility gets its code, typed and by a list that is taken back', async () => {
    const page = await signedIn('admin');
    await to(page, 'rights/facilities', '.facilities li');
    const row = (name) => page.locator('.facilities li', { hasText: name });
    await page.fill('#facility-filter', 'thanh nua'); // without marks
    const station = row('Trạm Y tế xã Thanh Nưa').first();
    const was = await station.locator('.code').innerText(),
        other = await row('Điểm trạm').first().locator('.code').innerText(),
        next = was === '11X99' ? '11X98' : '11X99'; // also at a second try
    await station.getByRole('button').click();
    await page.waitForSelector('#f-code:focus');
    await page.fill('#f-code', other);
    await page.keyboard.press('Enter');
    check((await page.locator('#f-code-wrong').innerText()).includes('là mã của Điểm trạm'), 'whose code it is stands beside the field');
    await page.fill('#f-code', next.toLowerCase());
    await page.fill('#f-phone', '0215 3825 100');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.message.ok');
    const code = (text) => station.locator('.code', { hasText: text }).waitFor(); // the list is read again
    await code(next);
    const list = `Tên cơ sở,Mã cơ sở KCB\n${await station.locator('b').first().innerText()},${was}\n`;
    await page.setInputFiles('#import-file', { name: 'ma.csv', mimeType: 'text/csv', buffer: Buffer.from(list) });
    await page.getByRole('button', { name: 'Áp dụng 1 thay đổi' }).click();
    await page.getByText('Đã lưu các thay đổi.').waitFor();
    await code(was);
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await page.getByText('Đã hoàn tác.').waitFor();
    await code(next);
    equal(page.troubles, [], 'troubles');
});

test('rights: the head prints who has seen a record; the one who opened it stands there', async () => {
    const nurse = await signedIn('nurse');
    const id = await openPerson(nurse);
    const head = await signedIn('head');
    await to(head, `person/${id}/access-log`, '.rights.log table');
    check((await head.locator('.rights.log tbody tr').filter({ hasText: 'nurse@' }).count()) > 0, 'the nurse is in the log');
    await head.emulateMedia({ media: 'print' });
    check(await head.locator('.rights.log table').isVisible(), 'the log is printed');
});

test('rights: opened with a reason, seen by the head', async () => {
    const everybody = await signedIn('epidemiologist');
    const stranger = await everybody.evaluate(async () => {
        const r = await (await fetch('/fhir/Patient?_count=300')).json();
        const mine = new Set();
        for (const e of r.entry) {
            const p = e.resource;
            if (p.birthDate?.length === 10 && !p.extension.some((x) => x.valueReference?.reference?.startsWith('Location/hamlet-0')) === false) mine.add(p);
        }
        return [...mine].map((p) => ({ id: p.id, name: p.name[0].text, birth: p.birthDate }));
    });
    const page = await signedIn('nurse');
    const foreign = await page.evaluate(async (list) => {
        for (const p of list) if ((await fetch(`/fhir/Patient/${p.id}`)).status === 404) return p;
    }, stranger);
    check(foreign, 'somebody of elsewhere');
    await to(page, 'open', '#card');
    await page.fill('#card', '12345');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#card-wrong');
    await page.fill('#fullname', foreign.name);
    await page.fill('#birth', foreign.birth.split('-').reverse().join('/'));
    await page.keyboard.press('Enter');
    await page.waitForSelector('#reason');
    await page.getByRole('button', { name: 'Mở hồ sơ', exact: true }).click();
    await page.waitForSelector('#reason-wrong');
    await page.fill('#reason', 'Người bệnh cấp cứu, không mang giấy tờ');
    await page.getByRole('button', { name: 'Mở hồ sơ', exact: true }).click();
    await page.waitForURL(/#\/person\//);
    await page.waitForSelector('#measure');
    const head = await signedIn('head');
    await to(head, 'rights/openings', 'table');
    check(await head.getByText('Người bệnh cấp cứu, không mang giấy tờ').isVisible(), 'the head sees the reason');
});

test('rights: the session ends in the middle of a form; the PIN brings it back and nothing typed is lost', async () => {
    const page = await signedIn('nurse2');
    await to(page, 'me', '#pin');
    await page.fill('#pin', '4071');
    await page.fill('#pin-password', PASSWORD);
    await page.getByRole('button', { name: 'Đặt mã PIN' }).click();
    await page.waitForSelector('.message.ok');
    await openSheet(page, 'nguyen thi', 0).catch(() => openSheet(page, 'thi', 0));
    await page.fill('#systolic', '128');
    const cookies = (await page.context().cookies()).filter((c) => c.name !== 'tram');
    await page.context().clearCookies();
    await page.context().addCookies(cookies);
    await page.evaluate(() => fetch('/api/session')); // the node knows nobody any more
    await page.fill('#diastolic', '79');
    await page.keyboard.press('F2');
    await page.waitForSelector('dialog[open]');
    await page.locator('.pinnames button').first().click();
    await page.waitForSelector('#pin:focus');
    await page.keyboard.type('9999');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#pin-wrong');
    equal(await axe(page), [], 'axe');
    await page.keyboard.type('4071');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    // what was typed is still there, or what F2 began went on and it is saved
    await page.waitForFunction(() => document.querySelector('.message.ok') || document.querySelector('#systolic')?.value === '128');
});

const folder = process.env.TRAM_SHOTS;
async function shot(page, name) {
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
}

for (const size of Object.keys(SIZES))
    for (const language of ['vi', 'en'])
        test(`rights: axe and width of every screen, ${language}, ${size}`, async () => {
            const wrong = [];
            const look = async (page, name) => {
                await page.waitForTimeout(150);
                for (const v of await axe(page)) wrong.push(`${name}: ${v}`);
                const wide = await tooWide(page);
                if (wide > 0) wrong.push(`${name} is ${wide} px too wide`);
                await shot(page, `${name}-${language}-${size}`);
            };
            const admin = await open({ size, language });
            await signIn(admin, 'admin');
            await to(admin, 'rights', '.accounts h2');
            await look(admin, 'accounts');
            await admin.locator('.more .link').first().click();
            await look(admin, 'accounts-more');
            await admin.locator('.tools .btn.go').click();
            await admin.waitForSelector('#login');
            await look(admin, 'account-new');
            await to(admin, 'rights/facilities', '.facilities li');
            await look(admin, 'facilities');
            await admin.locator('.facilities .btn').first().click();
            await admin.fill('#f-code', '12');
            await admin.keyboard.press('Enter');
            await admin.waitForSelector('#f-code-wrong');
            await look(admin, 'facility-form');
            await to(admin, 'rights/openings', '.rights table, .rights .muted');
            await look(admin, 'openings');
            await to(admin, 'rights/audit', '.rights table');
            await look(admin, 'audit');
            await to(admin, 'me', '.qr');
            await look(admin, 'me');
            const head = await open({ size, language });
            await signIn(head, 'head');
            const id = await openPerson(head);
            await to(head, `person/${id}/access-log`, '.rights.log table');
            await look(head, 'access-log');
            await to(head, `person/${id}/privacy`, '.consents li');
            await look(head, 'privacy');
            await to(head, 'open', '#card');
            await look(head, 'open');
            await to(head, 'rights/requests', '.rights .muted, .rights li');
            await look(head, 'requests');
            equal(wrong, [], 'what is wrong');
            equal([...admin.troubles, ...head.troubles], [], 'troubles');
        });
void root;
