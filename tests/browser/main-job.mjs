// SPDX-License-Identifier: GPL-3.0-or-later
// The job everything is built for: a visit saved at a station moves the province's number, at once.
import { check, equal, open, signIn, signedIn, test, visitsToday } from './lib.mjs';

test('main job: find "nguyen thi" without accents, save 148/92, the province shows one more visit within 2 s', async () => {
    const director = await signedIn('director');
    await director.click('nav a[href="#/province"]');
    await director.waitForSelector('.fresh.live');
    const shown = async () => Number((await director.textContent('#tile-today')).replace(/\D/g, ''));
    const before = await shown();
    await director.evaluate(() => {
        window.notReloaded = true;
    });

    const nurse = await signedIn('nurse');
    await nurse.keyboard.type('nguyen thi');
    await nurse.waitForSelector('#found-0');
    const name = await nurse.textContent('#found-0 .name');
    check(/^nguyen .*thi/i.test(name.normalize('NFD').replace(/[\u0300-\u036f]/g, '')), `found ${name}`);
    await nurse.keyboard.press('Enter');
    await nurse.waitForSelector('#measure:focus');
    await nurse.keyboard.press('Enter');
    await nurse.waitForSelector('#systolic:focus');
    await nurse.keyboard.type('14892');
    equal(
        [await nurse.inputValue('#systolic'), await nurse.inputValue('#diastolic')],
        ['148', '92'],
        'the values step by themselves',
    );
    await nurse.keyboard.press('F2');
    await nurse.waitForSelector('.message.ok');
    const saved = Date.now();
    await director.waitForFunction(
        (n) => Number(document.querySelector('#tile-today').textContent.replace(/\D/g, '')) === n + 1,
        before,
        { timeout: 2000 },
    );
    const took = Date.now() - saved;
    check(await director.evaluate(() => window.notReloaded), 'the page was not loaded again');
    check(/148\/92/.test(await nurse.textContent('.message.ok')), 'the message says what was saved');
    await nurse.waitForSelector('.timeline >> text=148/92');
    equal([...nurse.troubles, ...director.troubles], [], 'no errors in the pages');
    return `the number moved ${took} ms after saving`;
});

test('keyboard only: from sign-in to saved and undone without a mouse', async () => {
    const page = await open();
    let keys = 0;
    const press = async (key) => {
        keys++;
        await page.keyboard.press(key);
    };
    const type = async (text) => {
        keys += text.length;
        await page.keyboard.type(text);
    };
    await page.waitForSelector('#account:focus');
    await type('nurse');
    await press('Tab');
    await type('tram-demo');
    await press('Enter');
    await page.waitForSelector('#search:focus');
    await type('nguyen thi');
    await page.waitForSelector('#found-1');
    await press('ArrowDown');
    const wanted = await page.textContent('#found-1 .name');
    equal(await page.getAttribute('#search', 'aria-activedescendant'), 'found-1', 'the arrow moves the choice');
    await press('Enter');
    await page.waitForSelector('#measure:focus');
    check((await page.textContent('#person-name')).startsWith(wanted), 'the chosen person is open');
    keys = 0;
    const before = await visitsToday(page);
    await press('Enter');
    await page.waitForSelector('#systolic:focus');
    await type('13684');
    equal(await page.evaluate(() => document.activeElement.id), 'pulse', 'after diastolic comes the pulse');
    await press('Enter');
    equal(await page.evaluate(() => document.activeElement.id), 'next', 'Enter goes on to the next visit');
    await press('Enter');
    await page.waitForSelector('.message.ok:focus');
    const used = keys;
    check(used <= 16, `${used} keystrokes from the person to saved`);
    equal(await visitsToday(page), before + 1, 'one more visit');
    await press('Tab');
    equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Hoàn tác', 'undo is next');
    await press('Enter');
    await page.waitForSelector('text=Đã hoàn tác');
    equal(await visitsToday(page), before, 'undone');
    await page.evaluate(() => document.activeElement.blur());
    await press('/');
    equal(await page.evaluate(() => document.activeElement.id), 'search', '/ goes to the search box');
    return `${used} keystrokes from the open person to saved`;
});

test('sign-in: a wrong password is said in words, in both languages', async () => {
    const page = await open();
    await page.fill('#account', 'nurse');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#password-wrong');
    await page.fill('#password', 'khong-dung');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert] >> text=không đúng');
    await page.getByRole('button', { name: 'English' }).click();
    await page.waitForSelector('[role=alert] >> text=is wrong');
    equal(await page.getAttribute('html', 'lang'), 'en', 'lang follows');
    await signIn(page, 'nurse');
});
