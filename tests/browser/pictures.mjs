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
        await openEnrolled(page, size === 'desk' ? 'thi mai' : 'van');
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

await runAll(process.argv.slice(2));
