// SPDX-License-Identifier: GPL-3.0-or-later
// Makes docs/pictures/ anew from a demo node of this build: node pictures.mjs (Node 22; a larger demo: TRAM_SCALE=0.02).
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { base, check, open, root, runAll, signIn, signedIn, test } from './lib.mjs';

const folder = join(root, 'docs/pictures');
mkdirSync(folder, { recursive: true });

async function picture(page, name) {
    await page.mouse.move(2, 300);
    await page.evaluate(() => document.fonts.ready);
    await page.waitForTimeout(400);
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    spawnSync('pngquant', ['--force', '--skip-if-larger', '--output', path, '--', path]); // Debian's, when it is there
    const { size } = statSync(path);
    check(size <= 150 * 1024, `${name}.png has ${size} bytes; is pngquant installed?`);
}

/** Opens somebody who is in the programme, found by words. */
async function openEnrolled(page, words) {
    await page.fill('#search', words);
    const row = page.locator('[role=option]', { has: page.locator('.state .tag') }).first();
    await row.waitFor();
    await row.click();
    await page.waitForSelector('#measure');
}

async function saveVisit(page, words, values) {
    await openEnrolled(page, words);
    await page.click('#measure');
    await page.waitForSelector('#systolic');
    await page.keyboard.type(values);
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.ok');
    await page.goto(`${base}/#/`);
    await page.waitForSelector('.today');
}

test('pictures of the network', async () => {
    const page = await signedIn('director');
    await page.goto(`${base}/#/network/map/2025-12-01`);
    await page.waitForSelector('#changes-title');
    await picture(page, 'network');
    await page.goto(`${base}/#/siting`);
    await page.waitForSelector('svg');
    await page.waitForTimeout(1500);
    await picture(page, 'siting');
});

test('pictures of the clinic', async () => {
    const page = await signedIn('doctor');
    const room = async (word) => {
        await page.goto(page.url().replace(/(person\/[^/]+).*/, `$1/${word}`));
        await page.waitForSelector('.sheet.clinic');
    };
    const choose = async (id, typed) => {
        await page.fill(`#${id}`, typed);
        await page.waitForSelector(`#${id}-list [role=option]`);
        await page.keyboard.press('Enter');
    };
    await openEnrolled(page, 'nguyen');
    await room('examination');
    await page.fill('#ex-complaint', 'ho, sốt 2 ngày');
    await page.fill('#ex-temperature', '38,5');
    await page.fill('#ex-pulse', '92');
    await page.fill('#ex-findings', 'họng đỏ, phổi không ran');
    await choose('ex-diagnosis', 'viem hong cap');
    await page.fill('#ex-diagnosis', 'tang huyet');
    await page.waitForSelector('#ex-diagnosis-list [role=option]');
    await page.evaluate(() => window.scrollTo(0, 260));
    await picture(page, 'examination');
    await page.fill('#ex-diagnosis', '');
    await room('prescription');
    await page.waitForSelector('[id^=rx-medicine-]:focus');
    for (const key of ['1', '7']) {
        await page.keyboard.press(key);
        await page.waitForTimeout(150);
    }
    await page.keyboard.type('para siro');
    await page.waitForSelector('.rxline [role=option]');
    await page.keyboard.press('Enter');
    for (const text of ['5', '3', '5']) {
        await page.keyboard.type(text);
        await page.keyboard.press('Enter');
    }
    await page.waitForTimeout(500);
    await page.evaluate(() => window.scrollTo(0, 260));
    await picture(page, 'prescription');
    await room('referral');
    await page.waitForTimeout(300);
    await choose('rf-where', 'trung tam y te dien bien');
    await page.click('label:has-text("chuyên khoa")');
    await page.fill('#rf-summary', 'HA 182/112 sau khi nghỉ, đau ngực; đã dùng amlodipin 10 mg');
    await picture(page, 'referral');
});

for (const [size, language] of [
    ['desk', 'vi'],
    ['desk', 'en'],
    ['phone', 'vi'],
    ['phone', 'en'],
])
    test(`pictures, ${size}, ${language}`, async () => {
        const page = await open({ size, language }),
            end = `${size === 'phone' ? '-phone' : ''}${language === 'en' ? '-en' : ''}`;
        await signIn(page, 'nurse');
        await page.waitForSelector('.today');
        if (language === 'vi') {
            await page.fill('#search', 'nguyen thi');
            await page.waitForSelector('#found-0');
            await picture(page, `find${end}`);
        }
        await openEnrolled(page, 'van');
        if (size === 'desk' && language === 'en') await picture(page, 'person-en');
        await page.click('#measure');
        await page.waitForSelector('#systolic');
        await page.keyboard.type('14892');
        if (language === 'vi') await picture(page, `sheet${end}`);
        await page.keyboard.press('F2');
        await page.waitForSelector('.message.ok');
        if (language === 'en' && size === 'phone') await picture(page, 'saved-phone-en');
        await page.goto(`${base}/#/`);
        await page.waitForSelector('.today');
    });

test('pictures: the province, while a visit is saved', async () => {
    const director = await signedIn('director');
    await director.waitForSelector('.fresh.live');
    const nurse = await signedIn('nurse');
    await saveVisit(nurse, 'thi', '13684');
    await director.waitForSelector('.plus');
    await picture(director, 'province');
    await director.setViewportSize({ width: 390, height: 844 });
    await picture(director, 'province-phone');
});

test('pictures of registering, a household and merging', async () => {
    const page = await signedIn('nurse');
    const ask = (path) => page.evaluate(async (p) => (await fetch(p)).json(), path);
    const someone = (await ask('/api/persons?q=nguyen%20thi&limit=50')).persons.find((p) => p.household && p.birth);
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    await page.fill('#name', someone.name);
    await page.fill('#birth', someone.birth.slice(0, 4));
    await page.fill('#village', someone.place.hamlet);
    await page.waitForSelector('#village-0');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.likely .must');
    await picture(page, 'dang-ky');
    await page.getByRole('button', { name: 'Thôi' }).click();
    await page.goto(`${base}/#/household/${someone.household}`);
    await page.waitForSelector('.members li');
    await picture(page, 'ho');
    const other = (await ask('/api/persons?q=nguyen%20thi&limit=50')).persons.find((p) => p.id !== someone.id);
    await page.goto(`${base}/#/merge/${someone.id}/${other.id}`);
    await page.waitForSelector('#merge-now');
    await picture(page, 'gop-ho-so');
});

await runAll(process.argv.slice(2));
