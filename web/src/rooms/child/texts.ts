// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the child sheet.

import { defineTexts } from '../../base/language';

const vi = {
    title: 'Cân đo trẻ',
    age: (months: number, days: number) => `${months} tháng ${days} ngày`,
    notUnderFive: 'Chuẩn WHO này chỉ dùng cho trẻ dưới 5 tuổi có đủ ngày sinh. Số đo vẫn lưu được.',
    weight: 'Cân nặng', length: 'Chiều dài / cao', head: 'Vòng đầu', arm: 'Vòng cánh tay', optional: 'nếu đo',
    position: 'Đo khi', lying: 'nằm', standing: 'đứng', oedema: 'Phù hai bàn chân',
    habit: (months: number): string => (months < 24 ? 'dưới 24 tháng: đo nằm' : 'từ 24 tháng: đo đứng'),
    tooYoung: 'Trẻ dưới 9 tháng không thể đo đứng: hãy xem lại.',
    wrongNumber: 'Phải là một số, ví dụ 9,2.',
    range: (least: string, most: string) => `Phải từ ${least} đến ${most}.`,
    needOne: 'Hãy nhập ít nhất cân nặng hoặc chiều dài / cao.',
    scores: { length: 'Chiều dài/cao theo tuổi', weight: 'Cân nặng theo tuổi', weightForLength: 'Cân nặng theo chiều dài/cao', head: 'Vòng đầu theo tuổi', arm: 'Vòng cánh tay theo tuổi' } as Record<string, string>,
    signs: { 'severely-stunted': 'Thấp còi nặng', stunted: 'Thấp còi', 'severely-underweight': 'Nhẹ cân nặng', underweight: 'Nhẹ cân', 'severely-wasted': 'Gầy còm nặng', wasted: 'Gầy còm', obese: 'Béo phì', overweight: 'Thừa cân' } as Record<string, string>,
    fine: 'Trong giới hạn bình thường',
    flagged: 'Khó tin: hãy đo lại',
    z: 'điểm z',
    next: 'Hẹn cân đo lại',
    last: (day: string, w: string, l: string) => `lần trước ${day}: ${[w && `${w} kg`, l && `${l} cm`].filter(Boolean).join(', ')}`,
    chart: 'Biểu đồ', printChart: 'In biểu đồ', chartSay: (what: string, n: number) => `${what}: ${n} lần đo trên đường chuẩn WHO. Số liệu ở bảng bên dưới.`,
    table: 'Các lần đo', day: 'Ngày', months: 'tháng tuổi',
    saved: (w: string, l: string) => [w && `${w} kg`, l && `${l} cm`].filter(Boolean).join(', '),
    save: 'Lưu', discard: 'Bỏ phiếu', cancel: 'Đóng',
};
const en: typeof vi = {
    title: 'Measure a child',
    age: (months, days) => `${months} months ${days} days`,
    notUnderFive: 'These WHO standards are for children under five with a whole birth date. The measures can be saved all the same.',
    weight: 'Weight', length: 'Length / height', head: 'Head', arm: 'Upper arm', optional: 'optional',
    position: 'Measured', lying: 'lying', standing: 'standing', oedema: 'Oedema of both feet',
    habit: (months) => (months < 24 ? 'under 24 months: lying' : 'from 24 months: standing'),
    tooYoung: 'A child under 9 months cannot be measured standing: look again.',
    wrongNumber: 'Must be a number, for example 9.2.',
    range: (least, most) => `Must be ${least} to ${most}.`,
    needOne: 'Enter at least the weight or the length.',
    scores: { length: 'Length/height for age', weight: 'Weight for age', weightForLength: 'Weight for length/height', head: 'Head for age', arm: 'Arm for age' },
    signs: { 'severely-stunted': 'Severely stunted', stunted: 'Stunted', 'severely-underweight': 'Severely underweight', underweight: 'Underweight', 'severely-wasted': 'Severely wasted', wasted: 'Wasted', obese: 'Obese', overweight: 'Overweight' },
    fine: 'Within normal limits',
    flagged: 'Hard to believe: measure again',
    z: 'z-score',
    next: 'Measure again on',
    last: (day, w, l) => `last time ${day}: ${[w && `${w} kg`, l && `${l} cm`].filter(Boolean).join(', ')}`,
    chart: 'Chart', printChart: 'Print the chart', chartSay: (what, n) => `${what}: ${n} measures on the WHO curves. The figures are in the table below.`,
    table: 'Measures', day: 'Day', months: 'months old',
    saved: (w, l) => [w && `${w} kg`, l && `${l} cm`].filter(Boolean).join(', '),
    save: 'Save', discard: 'Discard', cancel: 'Close',
};
export const texts = defineTexts(vi, en);
export type ChildTexts = typeof vi;
