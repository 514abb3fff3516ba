// SPDX-License-Identifier: GPL-3.0-or-later
// Registering: from a card in at most 12 keys, typed in at most 15 beyond the letters of name, date and village; who must be told
// apart; bad input in words; households, a newborn, corrections, merging; axe in both languages and sizes.
import { axe, base, check, equal, open, PASSWORD, signedIn, test, tooWide, SIZES } from './lib.mjs';

/** Keys pressed by a person; letters of texts that the budget leaves out are typed with `free`. */
function hands(page) {
    let keys = 0;
    return {
        async press(...names) {
            for (const name of names) {
                await page.keyboard.press(name);
                keys++;
            }
        },
        async type(text) {
            await page.keyboard.type(text);
            keys += text.length;
        },
        free: (text) => page.keyboard.type(text),
        scan: async (text) => {
            await page.keyboard.type(text, { delay: 1 }); // a hand-held scanner
            await page.keyboard.press('Enter');
        },
        get keys() {
            return keys;
        },
    };
}
const unique = () => String(Math.floor(Math.random() * 900000) + 100000);
const letters = (n) => [...String(n)].map((d) => 'abcdeghikl'[Number(d)]).join('');
const registered = (page) => page.waitForURL(/#\/person\/[0-9a-f-]{36}$/);
const api = (page, path) => page.evaluate(async (p) => (await fetch(p)).json(), path);
const idOf = (page) => decodeURIComponent(page.url().split('/person/')[1].split('/')[0]);
const firstVillage = async (page) => (await api(page, '/api/villages')).villages.find((v) => v.kind === 'hamlet');

test('register by a card: at most 12 keys after the scan', async () => {
    const page = await signedIn('nurse');
    const h = hands(page), n = unique(), village = await firstVillage(page);
    await page.keyboard.press('/');
    await h.scan(`099190${n}||SÙNG THỊ ${letters(n).toUpperCase()}|14081990|Nữ|${village.name}, ${village.commune}, Điện Biên|01012022`);
    await page.waitForSelector('#found .newcomer');
    check(!(await page.inputValue('#search')), 'what stands on the card is not left in the box');
    await h.press('Enter'); // register
    await page.waitForSelector('#register-save');
    await page.waitForFunction((v) => document.getElementById('village').value === v, village.name);
    equal([await page.inputValue('#name'), await page.inputValue('#birth'), await page.inputValue('#cccd')], [`Sùng Thị ${letters(n)[0].toUpperCase()}${letters(n).slice(1)}`, '14/08/1990', `099190${n}`], 'filled in');
    const started = Date.now();
    await h.press('F2');
    await registered(page);
    await page.waitForSelector('#person-name');
    const ms = Date.now() - started;
    check(h.keys <= 12, `${h.keys} keys`);
    // the same card finds the person now
    await page.keyboard.press('/');
    await h.scan(`099190${n}||SÙNG THỊ ${letters(n).toUpperCase()}|14081990|Nữ|x|01012022`);
    await page.waitForSelector('.banner');
    equal((await api(page, `/api/persons/${idOf(page)}`)).name.split(' ').slice(0, 2), ['Sùng', 'Thị'], 'opened');
    equal(page.troubles, [], 'no script errors');
    return `${h.keys} keys, saved and opened in ${ms} ms`;
});

test('register typed: at most 15 keys beyond the letters of name, date and village; no card, no phone', async () => {
    const page = await signedIn('nurse');
    const h = hands(page), n = unique(), village = await firstVillage(page);
    await h.press('/');
    await h.free(`vàng thị ${letters(n)}`);
    await page.waitForSelector('#found .newcomer');
    await h.press('Enter');
    await page.waitForSelector('#register-save');
    await h.free('14081990');
    await h.press('Enter', 'n'); // the sex by its letter
    await h.free(village.name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').toLowerCase());
    await page.waitForSelector('#village-0');
    await h.press('Enter', 'F2');
    await registered(page);
    const p = await api(page, `/api/persons/${idOf(page)}`);
    equal([p.birth, p.sex, p.place.hamlet, p.cccd, p.phone], ['1990-08-14', 'female', village.name, null, null], 'saved');
    check(h.keys <= 15, `${h.keys} keys`);
    // taken back at once
    await page.getByRole('button', { name: 'Xóa đăng ký này' }).click();
    await page.waitForSelector('.today');
    equal(await page.evaluate(async (id) => (await fetch(`/api/persons/${id}`)).status, p.id), 404, 'taken back');
    return `${h.keys} keys`;
});

test('register: nothing but a name is needed; an age is a year', async () => {
    const page = await signedIn('nurse');
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    await page.fill('#name', `Lầu A ${letters(unique())}`);
    const village = await firstVillage(page);
    await page.fill('#village', village.name);
    await page.waitForSelector('#village-0');
    await page.keyboard.press('Enter');
    await page.fill('#birth', '67t');
    await page.keyboard.press('F2');
    await registered(page);
    const p = await api(page, `/api/persons/${idOf(page)}`);
    equal([p.birth, p.sex], [String(new Date().getFullYear() - 67), null], 'a year, no sex');
});

test('register: whoever has the same name and about the same age in the commune is told apart first', async () => {
    const page = await signedIn('nurse');
    const someone = (await api(page, '/api/persons?q=nguyen%20thi&limit=1')).persons[0], village = await firstVillage(page);
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    await page.fill('#name', someone.name.toLowerCase());
    await page.fill('#birth', someone.birth.slice(0, 4));
    await page.fill('#village', village.name);
    await page.waitForSelector('#village-0');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.likely .must');
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.bad');
    check(page.url().endsWith('#/register'), 'not saved');
    await page.waitForFunction(() => document.activeElement.className.includes('apart')); // the question has the focus
    while (await page.locator('.likely .apart').count()) await page.locator('.likely .apart').first().click();
    await page.keyboard.press('F2');
    await registered(page);
    const record = await api(page, `/fhir/Patient/${idOf(page)}`);
    check(record.extension.some((e) => e.url === 'urn:tram:not-same-as' && e.valueReference.reference === `Patient/${someone.id}`), 'the decision is kept');
});

test('register: the same identity number is no second record', async () => {
    const page = await signedIn('nurse');
    const n = unique(), village = await firstVillage(page);
    const put = (id) => page.evaluate(async ([id, n, v]) => {
        const csrf = (await (await fetch('/api/session')).json()).csrf, system = 'http://fhir.ehealth.gov.vn/core/sid/national_id';
        const resource = { resourceType: 'Patient', id, name: [{ text: 'Mùa A Tủa' }], identifier: [{ system, value: `099090${n}` }],
            extension: [{ url: 'urn:tram:residence', valueReference: { reference: `Location/${v}` } }] };
        const entry = [{ request: { method: 'PUT', url: `Patient?identifier=${encodeURIComponent(`${system}|099090${n}`)}` }, resource }];
        return (await fetch('/fhir', { method: 'POST', headers: { 'Content-Type': 'application/fhir+json', 'X-CSRF-Token': csrf }, body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }) })).status;
    }, [id, n, village.id]);
    const [first, second] = [`a${n}`, `b${n}`];
    equal([await put(first), await put(first)], [200, 200], 'sent twice is stored once');
    check((await put(second)) >= 400, 'another record of the same number is refused by the node');
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    await page.fill('#name', 'Mùa A Tủa');
    await page.fill('#cccd', `099090${n}`);
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.bad');
    check(/CCCD/.test(await page.textContent('.message.bad')), 'says so');
});

test('register: bad input has a word beside the field, in both languages', async () => {
    for (const language of ['vi', 'en']) {
        const page = await signedIn('nurse', { language });
        await page.goto(`${base}/#/register`);
        await page.waitForSelector('#register-save');
        const wrong = async (field, text, words) => {
            await page.fill(`#${field}`, text);
            await page.keyboard.press('Tab');
            const said = await page.waitForSelector(`#${field}-wrong, #${field}-note`);
            check(words.test(await said.textContent()), `${field} ${text}: ${await said.textContent()}`);
            await page.fill(`#${field}`, '');
        };
        const vi = language === 'vi';
        await wrong('birth', '14082090', vi ? /sau hôm nay/ : /after today/);
        await wrong('birth', '31021990', vi ? /ngày\/tháng\/năm/ : /day\/month\/year/);
        await wrong('birth', '1870', vi ? /125/ : /125/);
        await wrong('cccd', '09909012345', vi ? /12 chữ số \(đang có 11\)/ : /12 digits \(there are 11\)/);
        await wrong('insurance', '123', vi ? /10 chữ số/ : /10 digits/);
        await wrong('phone', '123', vi ? /bắt đầu bằng 0/ : /begins with 0/);
        await wrong('name', 'x '.repeat(200), vi ? /100 chữ/ : /100 letters/);
        await wrong('name', 'ສົມພອນ', vi ? /không phải chữ Việt/ : /not Vietnamese/);
        await wrong('name', 'Lan 2', vi ? /chữ số/ : /digits/);
        // codes of other formats, scanned into a field and into the search box
        await page.fill('#name', '');
        await page.click('#name');
        await page.keyboard.type('a|b|c|d|e|f|g');
        await page.keyboard.press('Enter');
        check((vi ? /không phải CCCD/ : /neither an identity card/).test(await (await page.waitForSelector('.sheet .wrong')).textContent()), 'format');
        equal(await page.inputValue('#name'), '', 'the code is not left in the field');
        await page.keyboard.press('Escape');
        await page.click('#search');
        await page.keyboard.type('09919012345||LÒ THỊ A|14081990|Nữ|x|01012022');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.results .say.wrong');
        check((vi ? /12 chữ số/ : /12 digits/).test(await page.textContent('.results .say')), 'eleven digits');
        equal(page.troubles, [], 'no script errors');
    }
});

test('register: what is typed is still there after a reload', async () => {
    const page = await signedIn('nurse');
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    await page.fill('#name', 'Cà Thị Dở');
    await page.fill('#phone', '0100555444');
    await page.reload();
    await page.waitForSelector('#register-save');
    equal([await page.inputValue('#name'), await page.inputValue('#phone')], ['Cà Thị Dở', '0100555444'], 'kept');
    await page.context().clearCookies(); // the session ends after the reload: whose it is, is still known
    await page.fill('#phone', '0100555445');
    await page.click('#register-save');
    await page.waitForSelector('dialog[open] #password:focus');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
    equal([await page.inputValue('#name'), await page.inputValue('#phone')], ['Cà Thị Dở', '0100555445'], 'kept when the session ends');
    await page.getByRole('button', { name: 'Thôi' }).click();
    await page.goto(`${base}/#/register`);
    await page.waitForSelector('#register-save');
    equal(await page.inputValue('#name'), '', 'dropped');
});

async function newPerson(page, name, more = {}) {
    const village = await firstVillage(page);
    return page.evaluate(async ([name, v, more]) => {
        const csrf = (await (await fetch('/api/session')).json()).csrf, id = crypto.randomUUID();
        const resource = { resourceType: 'Patient', id, name: [{ use: 'official', text: name }], gender: 'female', birthDate: '1990-08-14',
            extension: [{ url: 'urn:tram:residence', valueReference: { reference: `Location/${v}` } }], ...more };
        const answer = await fetch(`/fhir/Patient/${id}`, { method: 'PUT', headers: { 'Content-Type': 'application/fhir+json', 'X-CSRF-Token': csrf }, body: JSON.stringify(resource) });
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
        return id;
    }, [name, village.id, more]);
}

test('a household: begun, a newborn of its mother, split, taken in, undone', async () => {
    const page = await signedIn('nurse');
    const name = `Quàng Thị ${letters(unique())}`, mother = await newPerson(page, name), aunt = await newPerson(page, `${name} Em`);
    await page.goto(`${base}/#/person/${mother}/family`);
    await page.getByRole('button', { name: 'Lập hộ mới' }).click();
    await page.waitForURL(/#\/household\//);
    await page.waitForSelector('.members li');
    const household = decodeURIComponent(page.url().split('/household/')[1]);
    // the newborn
    await page.getByRole('button', { name: 'Trẻ mới sinh' }).click();
    await page.getByRole('group', { name: 'Ai là mẹ?' }).getByRole('button').first().click();
    await page.waitForSelector('#register-save');
    equal(await page.inputValue('#name'), `Con bà ${name}`, 'name until it has one');
    await page.keyboard.type(new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 10).split('-').reverse().join(''));
    await page.keyboard.press('Enter');
    await page.keyboard.press('m');
    await page.keyboard.press('F2');
    await page.waitForURL((u) => /#\/person\//.test(u.hash));
    await page.waitForSelector('#person-name');
    const child = idOf(page), family = await api(page, `/api/persons/${child}/family`);
    equal([family.kin.map((k) => [k.kind, k.person.id]), family.household.members.map((m) => m.id)], [[['mother', mother]], [mother, child]], 'mother and household');
    equal((await api(page, `/fhir/Patient/${child}`)).name[0].use, 'temp', 'a name for the time being');
    // the aunt joins, and leaves with the child
    await page.goto(`${base}/#/household/${household}`);
    await page.waitForSelector('.members li');
    await page.getByRole('button', { name: 'Thêm người đã có hồ sơ' }).click();
    await page.fill('#household-other', `${name} Em`);
    await page.waitForSelector('#household-other-0');
    await page.keyboard.press('Enter');
    await page.locator('form button[type=submit]').click();
    await page.waitForFunction(() => document.querySelectorAll('.members li').length === 3);
    await page.getByRole('button', { name: 'Tách thành hộ mới' }).click();
    await page.getByRole('checkbox', { name: `${name} Em` }).check();
    await page.getByRole('button', { name: /^Tách 1 người/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('.members')[0].children.length === 2);
    check((await api(page, `/api/persons/${aunt}/family`)).household.id !== household, 'a household of her own');
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.members')[0].children.length === 3);
    equal((await api(page, `/api/persons/${aunt}/family`)).household.id, household, 'undone');
    equal(await axe(page), [], 'axe');
    equal(page.troubles, [], 'no script errors');
});

test('a correction says what was, who changed it, and is put back', async () => {
    const page = await signedIn('nurse');
    const name = `Tòng Thị ${letters(unique())}`, id = await newPerson(page, name);
    await page.goto(`${base}/#/person/${id}/edit`);
    await page.waitForSelector('#name');
    await page.fill('#name', `${name} Mới`);
    await page.fill('#phone', '0100222333');
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.ok');
    equal((await api(page, `/api/persons/${id}`)).name, `${name} Mới`, 'corrected');
    equal((await api(page, `/api/persons?q=${encodeURIComponent(name)}`)).persons.some((p) => p.id === id), true, 'the old name still finds her');
    await page.goto(`${base}/#/person/${id}/family`);
    const history = await page.waitForSelector('.history li');
    check(/Điện thoại/.test(await page.textContent('.history')) && /\d\d:\d\d/.test(await history.textContent()), 'what and when');
    await page.getByRole('button', { name: 'Trả lại như trước' }).click();
    await page.waitForFunction((n) => document.getElementById('person-name')?.textContent.trim().startsWith(n) && !document.getElementById('person-name').textContent.includes('Mới'), name);
    const p = await api(page, `/fhir/Patient/${id}`);
    equal([p.name, p.telecom], [[{ use: 'official', text: name }], undefined], 'as before');
});

test('two records side by side: merged, and parted exactly', async () => {
    const page = await signedIn('nurse');
    const name = `Cứ Thị ${letters(unique())}`, keep = await newPerson(page, name), other = await newPerson(page, name, { telecom: [{ system: 'phone', value: '0100888999' }] });
    const before = [await api(page, `/fhir/Patient/${keep}`), await api(page, `/fhir/Patient/${other}`)].map(({ meta, ...rest }) => rest);
    await page.goto(`${base}/#/merge/${keep}`);
    await page.waitForSelector('.likely a.btn');
    await page.locator('.likely a.btn').first().click();
    await page.waitForSelector('#merge-now');
    check(await page.locator('.merge .tag').count(), 'differences are marked');
    equal(await axe(page), [], 'axe');
    await page.click('#merge-now');
    await page.waitForSelector('#merge-done');
    equal((await api(page, `/api/persons?q=${encodeURIComponent(name)}`)).persons.length, 1, 'one person');
    await page.goto(`${base}/#/person/${other}`);
    await page.waitForURL((u) => u.hash.endsWith(keep)); // the old address leads to the one that goes on
    await page.goto(`${base}/#/merge/${keep}/${other}`);
    await page.getByRole('button', { name: 'Tách lại' }).click();
    await page.waitForSelector('#merge-now');
    equal([await api(page, `/fhir/Patient/${keep}`), await api(page, `/fhir/Patient/${other}`)].map(({ meta, ...rest }) => rest), before, 'as before');
    equal(page.troubles, [], 'no script errors');
});

test('looks: registration, household, merging, correction in both sizes and languages', async () => {
    for (const size of Object.keys(SIZES))
        for (const language of ['vi', 'en']) {
            const page = await signedIn('nurse', { size, language });
            const someone = (await api(page, '/api/persons?q=nguyen%20thi&limit=5')).persons.find((p) => p.household);
            await page.goto(`${base}/#/register`);
            await page.waitForSelector('#register-save');
            await page.fill('#name', someone.name);
            await page.fill('#birth', someone.birth.slice(0, 4));
            await page.fill('#cccd', '09909012345');
            await page.keyboard.press('Tab');
            const places = [['register'], ['household', `household/${someone.household}`], ['family', `person/${someone.id}/family`], ['edit', `person/${someone.id}/edit`], ['merge', `merge/${someone.id}`]];
            for (const [word, path] of places) {
                if (path) await page.goto(`${base}/#/${path}`);
                await page.waitForTimeout(500);
                if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${word}-${size}-${language}.png`, fullPage: true });
                equal(await axe(page), [], `axe: ${word} ${size} ${language}`);
                check((await tooWide(page)) <= 0, `${word} ${size} ${language} is too wide`);
            }
            equal(page.troubles, [], 'no script errors');
            await page.context().close();
        }
});
