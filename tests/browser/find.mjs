// SPDX-License-Identifier: GPL-3.0-or-later
// The search box: its states, and who does not have it.
import { PASSWORD, base, check, equal, openPerson, signedIn, test } from './lib.mjs';

test('find: nobody, trouble and no network are said in words', async () => {
    const page = await signedIn('nurse');
    await page.fill('#search', 'zzqqxx');
    await page.waitForSelector('.results [role=status] >> text=Không có ai');
    await page.route('**/api/persons?*', (route) =>
        route.fulfill({ status: 500, contentType: 'application/json', body: '{}' }),
    );
    await page.fill('#search', 'nguyen');
    await page.waitForSelector('.results [role=status] >> text=Máy chủ không nhận (500)');
    await page.unroute('**/api/persons?*');
    await page.getByRole('button', { name: 'Thử lại' }).click();
    await page.waitForSelector('#found-0');
    await page.context().setOffline(true);
    await page.fill('#search', 'nguyen t');
    await page.waitForSelector('.results [role=status] >> text=Không nối được');
    await page.waitForSelector('.bar[role=alert]');
    await page.context().setOffline(false);
    await page.waitForSelector('#found-0', { timeout: 15000 });
    check(!(await page.isVisible('.bar')), 'the bar is gone');
});

test('find: Esc clears, arrows go round, the count is spoken', async () => {
    const page = await signedIn('nurse');
    await page.fill('#search', 'nguyen');
    await page.waitForSelector('#found-0');
    check(/\d+\+? người/.test(await page.textContent('.results [role=status]')), 'the count');
    await page.focus('#search');
    await page.keyboard.press('ArrowUp');
    equal(
        await page.getAttribute('#search', 'aria-activedescendant'),
        await page.locator('[role=option]').last().getAttribute('id'),
        'up from the first is the last',
    );
    await page.keyboard.press('Escape');
    equal(await page.inputValue('#search'), '', 'cleared');
});

test('rights: a director has numbers and no search box; an unknown person is not there', async () => {
    const director = await signedIn('director');
    await director.waitForSelector('.page');
    equal(await director.locator('#search').count(), 0, 'no search box');
    const nurse = await signedIn('nurse');
    await nurse.goto(`${base}/#/person/no-such-person`);
    await nurse.waitForSelector('[role=alert] >> text=Không tìm thấy');
});

test('session: it ends while looking at a person; after signing in again the page is there', async () => {
    const page = await signedIn('nurse');
    const id = await openPerson(page);
    await page.context().clearCookies();
    await page.goto(`${base}/#/`);
    await page.goto(`${base}/#/person/${id}`);
    await page.waitForSelector('dialog[open] #password:focus');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#person-name');
    await page.waitForSelector('dialog', { state: 'detached' });
});

test('sign-out: nothing of the person is left on the page', async () => {
    const page = await signedIn('nurse');
    await page.fill('#search', 'nguyen');
    await page.waitForSelector('#found-0');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#measure');
    await page.getByRole('button', { name: 'Đăng xuất' }).click();
    await page.waitForSelector('#account');
    equal(await page.locator('#person-name').count(), 0, 'no person');
    await page.reload();
    await page.waitForSelector('#account');
});
