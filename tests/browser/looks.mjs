// SPDX-License-Identifier: GPL-3.0-or-later
// Every screen in both languages and two sizes: accessible (axe, WCAG 2.2 AA), never wider than the window, within its budget.
import { gzipSync } from 'node:zlib';
import {
    SIZES,
    axe,
    base,
    check,
    equal,
    open,
    openPerson,
    openSheet,
    signIn,
    signedIn,
    test,
    tooWide,
} from './lib.mjs';

/** Walks through all screens and calls look(name) on each. */
async function everyScreen(page, look) {
    await look('sign-in');
    await signIn(page, 'nurse');
    await page.waitForSelector('.today');
    await look('today');
    await page.fill('#search', 'nguyen');
    await page.waitForSelector('#found-0');
    await look('find');
    await page.fill('#search', 'zzqqxx');
    await page.waitForSelector('.results .pad');
    await look('nobody found');
    await openPerson(page);
    await look('person');
    await page.fill('#search', 'nguyen');
    await page.waitForSelector('#found-0');
    await look('find over a page');
    await page.keyboard.press('Escape');
    await openSheet(page, 'nguyen thi', 1);
    await look('sheet');
    await page.fill('#systolic', '192');
    await page.fill('#diastolic', '101');
    await page.fill('#next', '99');
    await page.keyboard.press('F2');
    await page.waitForSelector('#next-wrong');
    await look('sheet with faults');
    await page.goto(`${base}/#/person/no-such-person`);
    await page.waitForSelector('[role=alert]');
    await look('nobody there');
    await page.goto(`${base}/#/province`);
    await page.waitForSelector('.map');
    await look('province');
    await page.context().clearCookies();
    await page.goto(`${base}/#/`);
    await page.fill('#search', 'a');
    await page.waitForSelector('dialog[open]');
    await look('session ended');
}

for (const size of Object.keys(SIZES))
    for (const language of ['vi', 'en'])
        test(`axe: every screen, ${language}, ${size}`, async () => {
            const page = await open({ size, language }),
                found = [];
            let screens = 0;
            await everyScreen(page, async (name) => {
                screens++;
                for (const violation of await axe(page)) found.push(`${name}: ${violation}`);
                const wide = await tooWide(page);
                if (wide > 0) found.push(`${name}: ${wide} px wider than the window`);
            });
            equal(found, [], 'violations');
            equal(page.troubles, [], 'no errors in the page');
            return `${screens} screens`;
        });

test('layout: 200 % zoom and a name of 400 characters do not break a page', async () => {
    const page = await open({ viewport: { width: 683, height: 384 } });
    await signIn(page, 'nurse');
    const long = `Nguyễn ${'Thị Ẳm Ặng Ỹ '.repeat(30)}${'x'.repeat(60)}`;
    await page.route('**/api/persons**', async (route) => {
        const answer = await route.fetch();
        const text = (await answer.text()).replace(/"name":\s*"[^"]*"/g, `"name":"${long}"`);
        await route.fulfill({ response: answer, body: text });
    });
    for (const viewport of [{ width: 683, height: 384 }, SIZES.phone]) {
        await page.setViewportSize(viewport);
        await page.goto(`${base}/#/`);
        await page.fill('#search', 'nguyen');
        await page.waitForSelector('#found-0');
        equal(await tooWide(page), 0, `results at ${viewport.width}`);
        await page.click('#found-0');
        await page.waitForSelector('#measure');
        equal(await tooWide(page), 0, `person at ${viewport.width}`);
        await page.click('#measure');
        await page.waitForSelector('#systolic');
        equal(await tooWide(page), 0, `sheet at ${viewport.width}`);
        await page.goto(`${base}/#/province`);
        await page.waitForSelector('.map');
        equal(await tooWide(page), 0, `province at ${viewport.width}`);
    }
});

test('layout: stacked Vietnamese marks are not clipped in inputs, and the font is ours', async () => {
    const page = await signedIn('nurse');
    await page.fill('#search', 'Ẳ Ặ Ỹ ẵ');
    const box = await page.$eval('#search', (e) => ({
        line: parseFloat(getComputedStyle(e).lineHeight),
        size: parseFloat(getComputedStyle(e).fontSize),
    }));
    check(box.line / box.size >= 1.3, `line-height ${box.line / box.size}`);
    check(
        await page.evaluate(async () => {
            await document.fonts.ready;
            return (
                document.fonts.check("16px 'Noto Sans'", 'Ẳ') &&
                [...document.fonts].filter((f) => f.status === 'loaded').length >= 2
            );
        }),
        'Noto Sans is loaded',
    );
});

/** The pages of each role beside today and the numbers, by what the post is for (docs/server.md); the account is on every screen. */
const CLINICAL = ['lists', 'register', 'referrals', 'programmes', 'network'];
const PAGES = {
    nurse: CLINICAL, doctor: CLINICAL, midwife: CLINICAL, worker: CLINICAL, head: [...CLINICAL, 'rights'], insurance: ['register', 'programmes', 'network'],
    population: ['register', 'programmes', 'network'], pharmacist: ['programmes', 'network'], village: [], epidemiologist: ['lists', 'programmes', 'network'],
    planner: ['programmes', 'network', 'siting'], director: ['programmes', 'network', 'siting'], admin: ['programmes', 'network', 'siting', 'rights', 'codes'],
};
test('navigation: every role reaches each of its pages and the account with at most two taps, at both sizes', async () => {
    const shapes = [];
    for (const [who, words] of Object.entries(PAGES)) {
        const page = await signedIn(who);
        const links = await page.locator('header.top nav a').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
        equal([...new Set(links)], links, `${who}: a page twice`);
        equal(links.map((l) => l.slice(2)).filter((w) => w && (w !== 'province' || who === 'village')).sort(), [...words].sort(), `${who}: pages`);
        for (const link of [...links, '#/me']) {
            await page.evaluate((to) => (location.hash = to), link);
            await page.waitForFunction((to) => [...document.querySelectorAll('header.top a')].some((a) => a.getAttribute('href') === to && (to === '#/me' || a.getAttribute('aria-current') === 'page')), link).catch(() => check(false, `${who}: ${link} does not become the page`));
            await page.waitForSelector('main h1');
            check((await page.locator('h1', { hasText: 'Không có trang này' }).count()) === 0, `${who}: ${link} is not there`);
        }
        const shape = [];
        for (const viewport of Object.values(SIZES)) {
            await page.setViewportSize(viewport);
            await page.waitForTimeout(60);
            const rows = await page.locator('header.top nav > :visible').evaluateAll((all) => new Set(all.map((e) => Math.round(e.getBoundingClientRect().bottom))).size);
            equal(rows, 1, `${who}: rows of the navigation at ${viewport.width}`);
            check(await page.locator('header.top a[href="#/me"]').isVisible(), `${who}: the account at ${viewport.width}`);
            const seen = await page.locator('header.top nav > a:visible').count();
            shape.push(`${seen}+${links.length - seen}`);
            if (seen === links.length) continue;
            await page.focus('.others > button'); // by keys: open, into it, out again
            await page.keyboard.press('Enter');
            await page.keyboard.press('Tab');
            check(await page.evaluate(() => !!document.activeElement.closest('#other-pages')), `${who}: Tab goes into the menu`);
            equal(await page.locator('#other-pages a:visible').count(), links.length - seen, `${who}: all others in the menu`);
            if (who === 'admin' || who === 'head') equal(await axe(page), [], `${who}: the open menu`);
            await page.keyboard.press('Escape');
            check(await page.evaluate(() => document.activeElement.getAttribute('aria-controls') === 'other-pages'), `${who}: Escape goes back to the button`);
            await page.keyboard.press('Enter');
            await page.locator('#other-pages a').last().click();
            await page.waitForFunction(() => document.getElementById('other-pages').hidden).catch(() => check(false, `${who}: the menu stays open`));
            equal(await page.evaluate(() => location.hash), links.at(-1), `${who}: the last page`);
        }
        shapes.push(`${who} ${shape.join(' ')}`);
        equal(page.troubles, [], 'troubles');
        await page.context().close();
    }
    return shapes.join(', ');
});

test('budget: core at most 60 KB after gzip, strict CSP, everything from this host, files cached for ever', async () => {
    const page = await open();
    const html = await (await fetch(base)).text();
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((m) => m[1]);
    check(files.length >= 2, 'script and style');
    let weight = 0;
    for (const file of files) {
        const answer = await fetch(base + file, { headers: { 'Accept-Encoding': 'identity' } });
        weight += gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
        if (!process.env.TRAM_BASE)
            check(/immutable/.test(answer.headers.get('cache-control') ?? ''), `${file} is immutable`);
    }
    check(weight <= 60 * 1024, `${weight} bytes`);
    const policy = (await fetch(base)).headers.get('content-security-policy') ?? '';
    check(/default-src 'self'/.test(policy) && !/unsafe/.test(policy), `policy: ${policy}`);
    check(!/<script(?![^>]* src=)|<style|style="| on\w+="/.test(html), 'nothing inline in the page');
    equal(page.troubles, [], 'no refusals, nothing from elsewhere');
    return `${(weight / 1024).toFixed(1)} KB`;
});

test('start: the sign-in can be used within 2 s with the processor slowed 6 times', async () => {
    const page = await open();
    const slow = await page.context().newCDPSession(page);
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 6 });
    const started = Date.now();
    await page.goto(base);
    await page.waitForSelector('#account:focus');
    const took = Date.now() - started;
    check(took <= 2000, `${took} ms`);
    return `${took} ms`;
});

test('print: the province and the person come out without buttons and bars', async () => {
    const page = await signedIn('nurse');
    await openPerson(page);
    await page.emulateMedia({ media: 'print' });
    check(!(await page.isVisible('header.top')) && !(await page.isVisible('#measure')), 'person');
    await page.goto(`${base}/#/province`);
    await page.waitForSelector('.map');
    check(!(await page.isVisible('.pagehead .btn')) && (await page.isVisible('.communes')), 'province');
});
