// SPDX-License-Identifier: GPL-3.0-or-later
// The administrator's lists of codes: a file with faults, a good one, the examination finds its codes, taken back. axe in both languages and sizes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SIZES, axe, base, check, equal, openPerson, root, signedIn, test, tooWide } from './lib.mjs';

const file = (text) => ({ name: 'icd.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

test('codes: faults by row and column, apply, found in the examination, taken back', async () => {
    const page = await signedIn('admin');
    await page.goto(`${base}/#/codes`);
    const list = page.locator('#icd-10');
    await list.getByText('danh mục kèm chương trình').waitFor();
    await page.setInputFiles('#file-icd-10', file('MÃ BỆNH,TÊN BỆNH\nI10,Tăng huyết áp\nI10,Cao huyết áp\n1/5/2026,Sai\n'));
    await list.getByText('2 lỗi').waitFor();
    equal(await list.locator('.message.bad li').allInnerTexts(), ['Dòng 3, Cột MÃ BỆNH (A): mã I10 đã có ở dòng 2 với nội dung khác',
        'Dòng 4, Cột MÃ BỆNH (A): “1/5/2026” là ngày: Excel đã đổi mã thành ngày; định dạng cột là Text rồi gõ lại mã'], 'the faults');
    equal(await list.getByRole('button', { name: 'Áp dụng' }).count(), 0, 'nothing to apply');
    await page.setInputFiles('#file-icd-10', file('MÃ BỆNH;TÊN BỆNH;DISEASE NAME\nI10;Tăng huyết áp;Hypertension\nW53.9;Bị chuột cắn ở ruộng lúa;Rat bite\n'));
    await list.getByText(/2 mã: 1 mới/).waitFor();
    equal(await axe(page), [], 'axe over a preview');
    const folder = join(root, 'build/screens');
    mkdirSync(folder, { recursive: true });
    for (const [name, viewport] of Object.entries(SIZES)) {
        await page.setViewportSize(viewport);
        await page.screenshot({ path: join(folder, `codes-${name}.png`) });
        check(!(await tooWide(page)), `${name}: not wider than the window`);
    }
    await page.setViewportSize(SIZES.desk);
    await list.getByRole('button', { name: 'Áp dụng' }).click();
    await list.getByText(/Đã áp dụng 2 mã/).waitFor();
    await page.fill('#try-icd-10', 'chuot can');
    await list.locator('.plainlist b', { hasText: 'W53.9' }).waitFor();

    const doctor = await signedIn('doctor');
    await openPerson(doctor, 'nguyen', 3);
    await doctor.keyboard.press('k');
    await doctor.waitForSelector('#ex-complaint:focus');
    await doctor.fill('#ex-diagnosis', 'ruong lua');
    await doctor.locator('#ex-diagnosis-list [role=option]', { hasText: 'W53.9' }).waitFor();
    await doctor.press('#ex-diagnosis', 'Enter');
    await doctor.locator('.chosen', { hasText: 'Bị chuột cắn ở ruộng lúa' }).waitFor();
    await doctor.fill('#ex-diagnosis', 'j02');
    await doctor.locator('#ex-diagnosis-list [role=option]', { hasText: 'ngoài danh mục' }).waitFor();
    equal(doctor.troubles, [], 'troubles of the doctor');

    await page.getByRole('button', { name: 'English' }).click();
    await list.getByText('in force from', { exact: false }).first().waitFor();
    equal(await axe(page), [], 'axe in English');
    await list.getByRole('button', { name: 'Take this import back' }).click();
    await list.getByText('was taken back').waitFor();
    await list.getByText('shipped with the program').waitFor();
    equal(page.troubles, [], 'troubles');
});
