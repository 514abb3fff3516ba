// SPDX-License-Identifier: GPL-3.0-or-later
// The sheets of the doctor's room: examination, prescription, referral, with their budgets of keys and time as assertions.
import { PASSWORD, SIZES, axe, base, check, equal, open, openPerson, signIn, signedIn, test, tooWide } from './lib.mjs';
import { load } from './rules.mjs';

const value = (page, id) => page.inputValue(`#${id}`);
const focused = (page) => page.evaluate(() => document.activeElement.id);
const fhir = (page, path) => page.evaluate(async (p) => (await fetch(`/fhir/${p}`)).json(), path);
const resources = (bundle) => (bundle.entry ?? []).map((e) => e.resource);
const today = (page) => page.evaluate(async () => (await (await fetch('/api/medicines')).json()).today);
const csrf = (page) => page.evaluate(async () => (await (await fetch('/api/session')).json()).csrf);

/** Presses keys one after the other as a quick typist does, and counts them. */
async function press(page, keys) {
    for (const k of keys) await page.keyboard.press(k);
    return keys.length;
}
const letters = (text) => [...text].map((c) => (c === ' ' ? 'Space' : c));

async function openClinic(page, word, words, n) {
    const id = await openPerson(page, words, n);
    await page.goto(`${base}/#/person/${id}/${word}`);
    await page.waitForSelector('.sheet.clinic');
    return id;
}

/** A resource put with the page's session. */
async function put(page, ...list) {
    const token = await csrf(page);
    const status = await page.evaluate(
        async ([token, list]) =>
            (
                await fetch('/fhir', {
                    method: 'POST',
                    headers: { 'Content-Type': 'application/fhir+json', 'X-CSRF-Token': token },
                    body: JSON.stringify({
                        resourceType: 'Bundle',
                        type: 'transaction',
                        entry: list.map((r) => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}` }, resource: r })),
                    }),
                })
            ).status,
        [token, list],
    );
    equal(status, 200, 'put');
}

test('clinic: a common illness is examined in at most 40 keys, and everything is in the record', async () => {
    const page = await signedIn('doctor');
    const id = await openPerson(page, 'nguyen', 2);
    const begun = Date.now();
    let keys = await press(page, ['k']); // from the person's page
    await page.waitForSelector('#ex-complaint:focus');
    keys += await press(page, [...letters('ho sot'), 'Enter']);
    equal(await focused(page), 'ex-temperature', 'Enter goes on');
    keys += await press(page, letters('385'));
    equal([await value(page, 'ex-temperature'), await focused(page)], ['38,5', 'ex-pulse'], 'the comma is set, the field steps on');
    keys += await press(page, ['Enter']); // nothing more is measured
    equal(await focused(page), 'ex-findings', 'Enter in an empty field skips the row');
    keys += await press(page, [...letters('hong do'), 'Enter', ...letters('j02')]);
    await page.waitForSelector('#ex-diagnosis-list [role=option]');
    keys += await press(page, ['Enter', 'F2']);
    await page.waitForSelector('.message.ok >> text=J02');
    check(keys <= 40, `${keys} keys, at most 40`);
    check(Date.now() - begun < 90000, 'within 90 s');
    const day = await today(page);
    const [visit] = resources(await fhir(page, `Encounter?patient=${id}&date=ge${day}`));
    equal([visit.status, visit.reasonCode[0].text, visit.diagnosis.length], ['finished', 'ho sot', 1], 'the visit');
    const [condition] = resources(await fhir(page, `Condition?encounter=Encounter/${visit.id}`));
    equal([condition.code.coding[0].code, condition.code.text], ['J02', 'Viêm họng cấp'], 'the diagnosis');
    const seen = resources(await fhir(page, `Observation?encounter=Encounter/${visit.id}`)).map((o) => [o.code.coding[0].code, o.valueQuantity?.value ?? o.valueString]);
    equal(seen.sort(), [['29545-1', 'hong do'], ['8310-5', 38.5]], 'what was measured and seen');
    equal(page.troubles, [], 'troubles');
    return `${keys} keys, ${Date.now() - begun} ms`;
});

test('clinic: nothing is prefilled; what cannot be is said beside the field; Excel pasted into a number', async () => {
    const page = await signedIn('doctor');
    await page.goto(`${base}/#/register`); // the style of a room opened before must not reach into this sheet
    await page.waitForSelector('#register-name, .register input');
    await openClinic(page, 'examination', 'nguyen', 3);
    await page.waitForTimeout(300);
    equal(await page.$eval('div.options', (e) => getComputedStyle(e).position), 'static', 'choices stand in their place');
    for (const id of ['ex-complaint', 'ex-temperature', 'ex-pulse', 'ex-systolic', 'ex-diastolic', 'ex-breaths', 'ex-oxygen', 'ex-weight', 'ex-height', 'ex-findings', 'ex-advice'])
        equal(await value(page, id), '', id);
    await page.keyboard.press('F2');
    await page.waitForSelector('#ex-complaint-wrong');
    equal(await focused(page), 'ex-complaint', 'the focus is on what is wrong');
    await page.waitForSelector('#ex-diagnosis-wrong');
    await page.fill('#ex-complaint', 'đau đầu');
    await page.fill('#ex-systolic', '1480');
    await page.fill('#ex-diastolic', '92');
    await page.waitForSelector('#ex-systolic-wrong');
    await page.fill('#ex-systolic', '92');
    await page.fill('#ex-diastolic', '148');
    await page.waitForSelector('#ex-diastolic-wrong >> text=không thể lớn hơn');
    await page.fill('#ex-weight', '12,5\t13\r\n14'); // a column of a sheet
    await page.waitForSelector('#ex-weight-wrong >> text=Excel');
    equal(await page.getAttribute('#ex-weight', 'aria-describedby'), 'ex-weight-wrong', 'the word belongs to the field');
    await page.fill('#ex-temperature', '48,5');
    await page.waitForSelector('#ex-temperature-wrong >> text=Cao quá');
    await page.fill('#ex-temperature', '38.5');
    await page.waitForSelector('#ex-temperature-wrong', { state: 'detached' });
});

test('clinic: from 180/110 three questions are answered before anything is saved', async () => {
    const page = await signedIn('doctor');
    const id = await openClinic(page, 'examination', 'nguyen', 4);
    await page.fill('#ex-complaint', 'chóng mặt');
    await page.fill('#ex-systolic', '182');
    await page.fill('#ex-diastolic', '112');
    await page.fill('#ex-diagnosis', 'i10');
    await page.waitForSelector('#ex-diagnosis-list [role=option]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.severe');
    equal([await page.locator('.severe input:checked').count(), await page.inputValue('#again-systolic')], [0, ''], 'no answer is filled in');
    const day = await today(page),
        before = resources(await fhir(page, `Encounter?patient=${id}&date=ge${day}`)).length;
    await page.keyboard.press('F2');
    await page.waitForSelector('.severe .wrong');
    equal(await focused(page), 'again-systolic', 'the line has the focus');
    equal(resources(await fhir(page, `Encounter?patient=${id}&date=ge${day}`)).length, before, 'nothing was saved');
    await page.check('#not-again');
    await page.check('#sign-not-asked'); // an honest answer is enough: care is not blocked
    await page.check('#step-refer');
    await page.keyboard.press('F2');
    await page.waitForSelector('#rf-title'); // refer: the referral sheet follows
    const [signs] = resources(await fhir(page, `Observation?patient=${id}&code=urn:tram:measure|danger-signs&date=ge${day}`));
    equal(signs.dataAbsentReason.coding[0].code, 'not-asked', 'the answers are in the record');
});

test('clinic: a draft survives closing; the session ends in the middle and it is saved, once', async () => {
    const page = await signedIn('doctor');
    const id = await openClinic(page, 'examination', 'nguyen', 5);
    await page.fill('#ex-complaint', 'đau bụng');
    await page.fill('#ex-temperature', '38,5');
    await page.fill('#ex-diagnosis', 'r10');
    await page.waitForSelector('#ex-diagnosis-list [role=option]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#measure');
    await page.reload();
    await page.goto(`${base}/#/person/${id}/examination`);
    await page.waitForSelector('#ex-complaint');
    equal(await value(page, 'ex-complaint'), 'đau bụng', 'what was typed');
    await page.context().clearCookies();
    await page.keyboard.press('F2');
    await page.waitForSelector('dialog[open] #password:focus');
    await page.fill('dialog #account', 'doctor').catch(() => {});
    await page.fill('dialog #password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.message.ok >> text=R10');
    await page.waitForSelector('.event >> text=Nhiệt độ 38,5 °C'); // words and a comma, neither code nor point
    const day = await today(page);
    equal(resources(await fhir(page, `Encounter?patient=${id}&date=ge${day}`)).length, 1, 'once');
});

test('clinic: two people on one visit: both see what the other recorded, nothing is overwritten', async () => {
    const page = await signedIn('doctor'),
        other = await signedIn('nurse');
    const id = await openPerson(page, 'lo van', 0);
    const station = (await page.evaluate(async (i) => (await fetch(`/api/persons/${i}/prescribing`)).json(), id)).station;
    const desk = `desk-${Date.now()}`;
    await put(page, { resourceType: 'Encounter', id: desk, status: 'arrived', class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: { reference: `Patient/${id}` }, period: { start: new Date().toISOString() }, ...(station && { serviceProvider: { reference: `Organization/${station}` } }) });
    for (const p of [page, other]) {
        await p.goto(`${base}/#/person/${id}/examination`);
        await p.waitForSelector('.sheet >> text=bàn đón');
    }
    const fill = async (p, complaint, code) => {
        await p.fill('#ex-complaint', complaint);
        await p.fill('#ex-diagnosis', code);
        await p.waitForSelector('#ex-diagnosis-list [role=option]');
        await p.keyboard.press('Enter');
        await p.keyboard.press('F2');
    };
    await fill(other, 'ho', 'j00');
    await other.waitForSelector('.message.ok >> text=J00');
    await fill(page, 'sốt', 'j06');
    await page.waitForSelector('.message.others');
    const text = await page.textContent('.message.others');
    check(/J00/.test(text) && /J06/.test(text) && /ho/.test(text) && /sốt/.test(text), `both values: ${text}`);
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.ok >> text=J06');
    const day = await today(page);
    const visits = resources(await fhir(page, `Encounter?patient=${id}&date=ge${day}`)).map((e) => e.reasonCode?.[0].text);
    equal(visits.sort(), ['ho', 'sốt'], 'both are kept');
});

test('clinic: prescription from the protocol with one key a drug; issued, refused at 120 days, replaced and taken back', async () => {
    const page = await signedIn('doctor');
    const id = await openPerson(page, 'nguyen thi', 1);
    await put(page, { resourceType: 'Condition', id: `i10-${Date.now()}`, subject: { reference: `Patient/${id}` }, recordedDate: await today(page),
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
        code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'I10' }], text: 'Tăng huyết áp vô căn (nguyên phát)' } });
    await page.keyboard.press('Escape');
    await openPerson(page, 'nguyen thi', 1);
    const begun = Date.now();
    let keys = await press(page, ['d']);
    await page.waitForSelector('[id^=rx-medicine-]:focus');
    keys += await press(page, ['1']); // amlodipin 5 mg, as the protocol says
    await page.waitForSelector('.rxline:nth-child(2) [id^=rx-medicine-]:focus');
    keys += await press(page, ['2']); // losartan
    await page.waitForSelector('.rxline:nth-child(3) [id^=rx-medicine-]:focus');
    check(keys <= 3 * 2, `${keys} keys for two drugs`);
    const amounts = await page.locator('.rxamount b').allTextContents();
    equal(amounts.slice(0, 2), ['30 viên', '30 viên'], 'quantities');
    await page.fill('.rxline:nth-child(1) [id^=rx-days-]', '120');
    await page.waitForSelector('.rxline:nth-child(1) .wrong >> text=90');
    await page.keyboard.press('F2');
    equal(await page.evaluate(() => document.activeElement.id.startsWith('rx-days-')), true, 'the focus is on 120');
    await page.fill('.rxline:nth-child(1) [id^=rx-days-]', '90');
    await page.fill('.rxline:nth-child(2) [id^=rx-days-]', '90');
    await page.waitForSelector('#rx-state[data-state]');
    equal(await page.getAttribute('#rx-state', 'data-state'), 'not-checked', 'nobody asked about allergies: never “no alert”');
    await page.getByRole('button', { name: 'Đã hỏi: không dị ứng' }).click();
    await page.waitForSelector('.allergies', { state: 'detached' });
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.ok >> text=Mã đơn');
    const [first] = resources(await fhir(page, `RequestGroup?patient=${id}`));
    check(/^[0-9A-Za-z]{12}-c$/.test(first.groupIdentifier.value), first.groupIdentifier.value);
    const orders = resources(await fhir(page, `MedicationRequest?patient=${id}&status=active`)).filter((m) => m.groupIdentifier?.value === first.groupIdentifier.value);
    equal(orders.map((m) => [m.medicationCodeableConcept.text, m.dispenseRequest.quantity.value]).sort(), [['Amlodipin 5 mg', 90], ['Losartan 50 mg', 90]], 'what was issued');
    equal(orders[0].dosageInstruction[0].text, 'Uống ngày 1 lần, mỗi lần 1 viên', 'usage');
    // another one replaces it
    await page.goto(`${base}/#/person/${id}/prescription`);
    await page.click('#rx-replace');
    await page.waitForSelector('#rx-replaces');
    await page.fill('.rxline:nth-child(1) [id^=rx-days-]', '30');
    await page.keyboard.press('F2');
    await page.waitForSelector('.message.ok >> text=Mã đơn');
    let heads = [];
    for (let i = 0; i < 40 && heads.length < 2; i++) {
        if (i) await page.waitForTimeout(100); // the word of the first one may still stand
        heads = resources(await fhir(page, `RequestGroup?patient=${id}`));
    }
    const next = heads.find((h) => h.id !== first.id);
    equal([next.replaces[0].reference, heads.find((h) => h.id === first.id).status], [`RequestGroup/${first.id}`, 'revoked'], 'the link, the old one revoked');
    await page.getByRole('button', { name: 'Hoàn tác' }).first().click();
    await page.waitForSelector('.message >> text=Đã hoàn tác');
    equal((await fhir(page, `RequestGroup/${first.id}`)).status, 'active', 'the old one counts again');
    equal((await fhir(page, `MedicationRequest/${orders[0].id}`)).status, 'active', 'with its medicines');
    equal(page.troubles, [], 'troubles');
    return `${keys} keys for two drugs, ${Date.now() - begun} ms`;
});

test('clinic: without the node a prescription is written and says “not checked”', async () => {
    const page = await signedIn('doctor');
    await openClinic(page, 'prescription', 'nguyen thi', 2);
    await page.waitForSelector('[id^=rx-diagnosis], [id^=rx-medicine-]');
    await page.waitForTimeout(300);
    await page.context().setOffline(true);
    await page.fill('#rx-diagnosis', 'j02');
    await page.waitForSelector('#rx-diagnosis-list [role=option]');
    await page.keyboard.press('Enter');
    const line = '.rxline:nth-child(1)';
    await page.fill(`${line} [id^=rx-medicine-]`, 'para 500');
    await page.waitForSelector(`${line} [role=option]`);
    await page.focus(`${line} [id^=rx-medicine-]`);
    await page.keyboard.press('Enter');
    equal(await page.inputValue(`${line} [id^=rx-dose-]`), '', 'a dose outside the protocol is not prefilled');
    await page.fill(`${line} [id^=rx-dose-]`, '1');
    await page.fill(`${line} [id^=rx-times-]`, '3');
    await page.fill(`${line} [id^=rx-days-]`, '3');
    equal(await page.textContent(`${line} .rxamount b`), '09 viên', 'below ten with a nought');
    await page.waitForSelector('.rxstate >> text=Chưa kiểm tra');
    equal(await page.getAttribute('#rx-state', 'data-state'), 'not-checked', 'never “no alert”');
    await page.keyboard.press('F2');
    await page.waitForSelector('.message >> text=Đã giữ trên máy này');
    await page.context().setOffline(false);
    await page.waitForSelector('.sync >> text=Đã gửi hết', { timeout: 12000 });
});

test('clinic: a child under 72 months: months, weight, who brought it; syrup in bottles; alerts beside the medicine', async () => {
    const page = await signedIn('doctor');
    const id = await openPerson(page, 'nguyen', 0);
    const child = `child-${Date.now()}`,
        day = await today(page);
    const residence = (await fhir(page, `Patient/${id}`)).extension.find((e) => e.url === 'urn:tram:residence');
    const birth = `${Number(day.slice(0, 4)) - 2}${day.slice(4)}`;
    await put(
        page,
        { resourceType: 'Patient', id: child, active: true, name: [{ text: 'Lò Thị Thử' }], birthDate: birth, extension: [residence], meta: { tag: [{ system: 'urn:tram:tag', code: 'synthetic' }] } },
        { resourceType: 'AllergyIntolerance', id: `a-${child}`, patient: { reference: `Patient/${child}` }, code: { text: 'Penicilin' },
            clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] } },
    );
    await page.goto(`${base}/#/person/${child}/prescription`);
    await page.waitForSelector('.sheethead >> text=24 tháng');
    await page.fill('#rx-diagnosis', 'h66');
    await page.waitForSelector('#rx-diagnosis-list [role=option]');
    await page.keyboard.press('Enter');
    const line = '.rxline:nth-child(1)';
    await page.fill(`${line} [id^=rx-medicine-]`, 'amox hon');
    await page.waitForSelector(`${line} [role=option]`);
    await page.focus(`${line} [id^=rx-medicine-]`);
    await page.keyboard.press('Enter');
    await page.fill(`${line} [id^=rx-dose-]`, '5');
    await page.fill(`${line} [id^=rx-times-]`, '3');
    await page.fill(`${line} [id^=rx-days-]`, '7');
    equal(await page.textContent(`${line} .rxamount`), 'Số lượng02 chai105 ml', 'bottles and millilitres');
    await page.waitForSelector(`${line} .rxnote >> text=Dị ứng đã ghi: Penicilin`);
    equal(await page.getAttribute('#rx-state', 'data-state'), 'alert', 'the alert');
    await page.keyboard.press('F2');
    await page.waitForSelector('#rx-weight-wrong');
    await page.waitForSelector('#rx-guardian-wrong');
    await page.fill('#rx-weight', '11,2');
    await page.fill('#rx-guardian', 'Lò Thị Mai');
    await page.keyboard.press('F2'); // an alert warns, it does not forbid
    await page.waitForSelector('.message.ok >> text=Mã đơn');
    const [head] = resources(await fhir(page, `RequestGroup?patient=${child}`));
    equal(head.extension[0].valueString, 'Lò Thị Mai', 'who brought the child');
});

test('clinic: a referral is two choices and one line; the receiving place sees the person and answers', async () => {
    const page = await signedIn('doctor'),
        before = await signedIn('nurse2');
    const there = (await before.evaluate(async () => (await (await fetch('/api/session')).json()).place)).replace('Location/', '');
    const { name } = await fhir(page, `Organization/${there}`);
    const id = await openPerson(page, 'nguyen', 6);
    equal(await before.evaluate(async (i) => (await fetch(`/api/persons/${i}`)).status, id), 404, 'nobody there sees the person before');
    const begun = Date.now();
    let keys = await press(page, ['c']);
    await page.waitForSelector('#rf-where:focus');
    await page.waitForTimeout(300);
    keys += await press(page, letters(name.toLowerCase().split(' ').slice(-2).join(' ').normalize('NFD').replace(/[\u0300-\u036f]/g, '')));
    await page.waitForSelector(`#rf-where-list [role=option] >> text=${name}`);
    while (!(await page.textContent('#rf-where-list [aria-selected=true]')).includes(name)) keys += await press(page, ['ArrowDown']);
    keys += await press(page, ['Enter']);
    await page.waitForSelector('#rf-reason:focus');
    keys += await press(page, ['1', ...letters('sot cao 3 ngay'), 'F2']);
    await page.waitForSelector('.message.ok >> text=Chuyển đến');
    const note = `${keys} keys, ${Date.now() - begun} ms`;
    const [request] = resources(await fhir(page, `ServiceRequest?patient=${id}&category=3457005`));
    equal([request.status, request.note[0].text, request.performer[0].reference], ['active', 'sot cao 3 ngay', `Organization/${there}`], 'the referral');
    await page.goto(`${base}/#/referrals`);
    await page.waitForSelector('.referrals >> text=sot cao 3 ngay');
    equal(await axe(page), [], 'axe');
    // at the other place; whom one sees is read anew with a session (a running one within a minute)
    const other = await signedIn('nurse2');
    await other.goto(`${base}/#/referrals`);
    await other.click('section[aria-labelledby=referrals-in] a:has-text("sot cao 3 ngay")');
    await other.waitForSelector('#rf-reply:focus');
    await press(other, [...letters('viem phoi, dieu tri 5 ngay'), 'F2']);
    await other.waitForSelector('.message.ok >> text=Đã trả lời');
    equal((await fhir(page, `ServiceRequest/${request.id}`)).status, 'completed', 'the referral is done');
    const [reply] = resources(await fhir(page, `Communication?based-on=ServiceRequest/${request.id}`));
    equal(reply.payload[0].contentString, 'viem phoi, dieu tri 5 ngay', 'the sender reads the reply');
    equal([...page.troubles, ...other.troubles], [], 'troubles');
    return note;
});

for (const size of Object.keys(SIZES))
    for (const language of ['vi', 'en'])
        test(`clinic: sheets look right and are accessible, ${size}, ${language}`, async () => {
            const page = await open({ size, language });
            await signIn(page, 'doctor');
            const id = await openPerson(page, 'nguyen thi', 3);
            for (const word of ['examination', 'prescription', 'referral']) {
                await page.goto(`${base}/#/person/${id}/${word}`);
                await page.waitForSelector('.sheet.clinic');
                await page.waitForTimeout(400);
                if (word === 'prescription') {
                    await page.fill('#rx-diagnosis', 'i10'); // the protocol of hypertension is a long line
                    await page.waitForSelector('#rx-diagnosis-list [role=option]');
                    await page.keyboard.press('Enter');
                    await page.waitForSelector('.protocol');
                }
                await page.keyboard.press('F2'); // with every word of complaint
                await page.waitForTimeout(200);
                equal(await axe(page), [], `axe: ${word}`);
                equal(await tooWide(page), 0, `${word} is as wide as the window`);
            }
            equal(page.troubles, [], 'troubles');
        });

test('clinic rules: fractions and quantities are those of the node', async () => {
    const f = await load('rules/fraction.ts');
    const page = await signedIn('doctor');
    const token = await csrf(page);
    const lines = [];
    for (const medicine of ['amlodipin-5', 'paracetamol-siro-60', 'hydrocortison-kem', 'salbutamol-xit', 'natri-clorid-nho-mui', 'insulin-30-70'])
        for (const dose of ['1', '1/2', '0,5', '1 1/2', '2.25', '1/3', '7', '½', 'x', '', '1/0'])
            lines.push({ medicine, dose, times: ['1', '3', '1/7', '0,5'][lines.length % 4], days: String([1, 5, 7, 30][lines.length % 3]) });
    const catalogue = (await page.evaluate(async () => (await (await fetch('/api/medicines')).json()))).medicines;
    for (let i = 0; i < lines.length; i += 50) {
        const part = lines.slice(i, i + 50);
        const checked = await page.evaluate(
            async ([token, part]) =>
                (
                    await fetch('/api/prescriptions/check', {
                        method: 'POST',
                        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
                        body: JSON.stringify({ kind: 'c', diagnoses: [{ code: 'I10' }], lines: part }),
                    })
                ).json(),
            [token, part],
        );
        part.forEach((l, k) => {
            const total = f.multiply(f.multiply(f.readFraction(l.dose), f.readFraction(l.times)), f.fraction(Number(l.days), 1));
            const units = f.ceiling(f.divide(total, f.readFraction(catalogue.find((m) => m.code === l.medicine).content)));
            equal([f.writeFraction(total), units], [checked.lines[k].total ?? '', checked.lines[k].units], JSON.stringify(l));
        });
    }
});
