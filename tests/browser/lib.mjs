// SPDX-License-Identifier: GPL-3.0-or-later
// What the browser tests share: a demo node, a browser, signed-in pages, axe, and a list of tests.
import { chromium } from 'playwright-core';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
export const PASSWORD = 'tram-demo';

const tests = [];
export function test(name, body) {
    tests.push({ name, body });
}

export function check(condition, words) {
    if (!condition) throw new Error(words);
}

export function equal(got, wanted, words) {
    if (JSON.stringify(got) !== JSON.stringify(wanted))
        throw new Error(`${words}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
}

// ---- the node -------------------------------------------------------------------------------------------------------------
function freePort() {
    return new Promise((done) => {
        const s = createServer().listen(0, '127.0.0.1', () => {
            const { port } = s.address();
            s.close(() => done(port));
        });
    });
}

async function startNode() {
    if (process.env.TRAM_BASE) return { base: process.env.TRAM_BASE, stop() {} };
    const tram = join(root, 'build/tram'),
        dir = mkdtempSync(join(tmpdir(), 'tram-browser-'));
    const node = join(dir, 'node');
    for (const args of [
        ['init', node],
        ['demo', node, '--scale', process.env.TRAM_SCALE ?? '0.005', '--seed', '7'],
    ]) {
        const made = spawnSync(tram, args, { encoding: 'utf8' });
        if (made.status !== 0) throw new Error(`tram ${args[0]} ended with ${made.status}: ${made.stderr}`);
    }
    const port = await freePort(),
        base = `http://127.0.0.1:${port}`;
    const child = spawn(tram, ['serve', node, '--listen', `127.0.0.1:${port}`], {
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (d) => (said = (said + d).slice(-4000)));
    const stop = () => {
        child.kill('SIGTERM');
        rmSync(dir, { recursive: true, force: true });
    };
    for (let i = 0; i < 100; i++) {
        if (child.exitCode !== null) break;
        try {
            if ((await fetch(`${base}/health`)).ok) return { base, stop };
        } catch {
            /* not yet */
        }
        await new Promise((r) => setTimeout(r, 100));
    }
    stop();
    throw new Error(`tram serve did not answer: ${said}`);
}

// ---- the browser ------------------------------------------------------------------------------------------------------------
const FLAGS = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

export let browser, base;

/** A new browser profile. Errors of scripts, refusals by the CSP and requests elsewhere are collected in page.troubles. */
export async function open({ size = 'desk', language = 'vi', viewport } = {}) {
    const context = await browser.newContext({
        viewport: viewport ?? SIZES[size],
        locale: language === 'vi' ? 'vi-VN' : 'en-GB',
        timezoneId: 'Asia/Ho_Chi_Minh',
        hasTouch: size === 'phone',
    });
    context.setDefaultTimeout(8000);
    const page = await context.newPage();
    page.troubles = [];
    page.on('pageerror', (e) => page.troubles.push(`script: ${e.message}`));
    page.on('console', (m) => {
        if (/Content Security Policy|Refused to/.test(m.text())) page.troubles.push(m.text());
    });
    page.on('request', (r) => {
        if (!r.url().startsWith(base) && !/^(data|blob):/.test(r.url())) page.troubles.push(`elsewhere: ${r.url()}`);
    });
    await page.goto(base);
    await page.waitForSelector('#account');
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
    return page;
}

export async function signIn(page, account) {
    await page.fill('#account', account);
    await page.fill('#password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('header.top');
}

export async function signedIn(account, options) {
    const page = await open(options);
    await signIn(page, account);
    return page;
}

/** Finds by words and opens the n-th result; returns the record id. */
export async function openPerson(page, words = 'nguyen thi', n = 0) {
    await page.goto(`${base}/#/`);
    await page.waitForSelector('.today');
    await page.fill('#search', words);
    await page.waitForSelector(`#found-${n}`);
    await page.click(`#found-${n}`);
    await page.waitForSelector('#measure');
    return decodeURIComponent(page.url().split('/person/')[1].split('/')[0]);
}

export async function openSheet(page, words, n) {
    const id = await openPerson(page, words, n);
    await page.click('#measure');
    await page.waitForSelector('#systolic');
    return id;
}

/** A count as the province page would show it, asked with the page's session. */
export async function visitsToday(page) {
    return page.evaluate(async () => (await (await fetch('/api/province')).json()).tiles.visitsToday);
}

// ---- axe ------------------------------------------------------------------------------------------------------------------
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 AA and of good practice, in words. */
export async function axe(page) {
    await page.evaluate(`${axeSource};0`);
    return page.evaluate(async () => {
        const result = await window.axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        });
        return result.violations.map(
            (v) =>
                `${v.id}: ${v.nodes
                    .slice(0, 3)
                    .map((n) => `${n.target.join(' ')} (${(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''})`)
                    .join(' | ')}`,
        );
    });
}

/** How many pixels the page is wider than the window. */
export async function tooWide(page) {
    return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// ---- running ----------------------------------------------------------------------------------------------------------------
export async function runAll(only) {
    let passed = 0,
        failed = 0,
        node = null;
    const say = (word, name, note = '') => console.log(`${word} ${name}${note}`);
    try {
        if (!existsSync('/usr/bin/chromium')) throw new Error('/usr/bin/chromium is absent: apt-get install chromium');
        node = await startNode();
        base = node.base;
        browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
        for (const { name, body } of tests.filter((t) => !only.length || only.some((o) => t.name.includes(o)))) {
            // what failed is tried once more, and said: a shared machine can stand still for seconds
            for (let attempt = 1; attempt <= 2; attempt++) {
                const started = Date.now();
                try {
                    const note = await body();
                    passed++;
                    say('ok     ', name, ` (${Date.now() - started} ms${note ? `; ${note}` : ''}${attempt > 1 ? '; at the second try' : ''})`);
                    attempt = 2;
                } catch (error) {
                    const words = error.message.split('\n').slice(0, 6).join(' ');
                    if (attempt < 2) say('again  ', name, `: ${words}`);
                    else {
                        failed++;
                        say('FAIL   ', name, `: ${words}`);
                        mkdirSync(join(root, 'build/test-logs'), { recursive: true });
                        const pages = browser.contexts().flatMap((c) => c.pages());
                        for (const [i, page] of pages.entries())
                            await page
                                .screenshot({ path: join(root, `build/test-logs/browser-failed-${failed}-${i}.png`) })
                                .catch(() => {});
                    }
                }
                for (const context of browser.contexts()) await context.close();
            }
        }
    } catch (error) {
        failed++;
        say('FAIL   ', 'the tests could not start', `: ${error.message}`);
    } finally {
        await browser?.close();
        node?.stop();
    }
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed ? 1 : 0;
}
