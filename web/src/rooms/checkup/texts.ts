// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the check-up sheet.

import { defineTexts } from '../../base/language';

const vi = {
    title: (year: number) => `Khám sức khỏe ${year}`,
    group: (g: string) => `Nhóm: ${g}`,
    noGroup: 'Chưa thuộc nhóm nào được bật',
    due: 'đến hạn', notDue: 'chưa đến hạn', lastOn: (day: string) => `lần trước ${day}`,
    done: 'Đã làm năm nay, không hỏi lại', doneOn: (value: string, day: string) => `${value} · ${day}`, again: 'Làm lại', ask: 'Cần làm',
    allDone: 'Mọi mục đã làm trong năm nay. Lưu để ghi là đã khám.',
    wrongNumber: 'Phải là một số.', range: (least: string, most: string) => `Phải từ ${least} đến ${most}.`,
    pressure: 'Gõ như 128/82.', order: 'Tâm trương không thể lớn hơn tâm thu.',
    saved: (n: number) => `khám sức khỏe, ${n} mục mới`,
    skip: 'Mục để trống là chưa làm: lần sau vẫn hỏi.',
};
const en: typeof vi = {
    title: (year) => `Check-up ${year}`,
    group: (g) => `Group: ${g}`,
    noGroup: 'In no group that is switched on',
    due: 'due', notDue: 'not due yet', lastOn: (day) => `last time ${day}`,
    done: 'Done this year, not asked again', doneOn: (value, day) => `${value} · ${day}`, again: 'Do again', ask: 'To do',
    allDone: 'Everything was done this year. Save to record the check-up.',
    wrongNumber: 'Must be a number.', range: (least, most) => `Must be ${least} to ${most}.`,
    pressure: 'Type as 128/82.', order: 'Diastolic cannot be above systolic.',
    saved: (n) => `check-up, ${n} new findings`,
    skip: 'What is left empty was not done: it is asked again next time.',
};
export const texts = defineTexts(vi, en);
export type CheckTexts = typeof vi;
