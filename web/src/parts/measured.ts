// SPDX-License-Identifier: GPL-3.0-or-later
// What was measured, in the words of the page: names of the usual codes, the decimal mark and the unit of the language.
// The node sends "code-or-name number unit" as it is stored.

import { defineTexts, language, showNumber } from '../base/language';

const words = defineTexts(
    {
        perMinute: 'lần/phút',
        names: {
            '8480-6': 'Huyết áp tâm thu', '8462-4': 'Huyết áp tâm trương', '8867-4': 'Mạch', '29463-7': 'Cân nặng', '8302-2': 'Chiều cao',
            '8310-5': 'Nhiệt độ', '39156-5': 'BMI', '15074-8': 'Đường huyết', '1558-6': 'Đường huyết lúc đói', '4548-4': 'HbA1c',
            '8280-0': 'Vòng eo', '59408-5': 'SpO₂', '9279-1': 'Nhịp thở',
        } as Record<string, string>,
    },
    {
        perMinute: 'per minute',
        names: {
            '8480-6': 'Systolic pressure', '8462-4': 'Diastolic pressure', '8867-4': 'Pulse', '29463-7': 'Weight', '8302-2': 'Height',
            '8310-5': 'Temperature', '39156-5': 'BMI', '15074-8': 'Glucose', '1558-6': 'Fasting glucose', '4548-4': 'HbA1c',
            '8280-0': 'Waist', '59408-5': 'SpO₂', '9279-1': 'Respiration',
        },
    },
);

/** The name of a LOINC code, else what the record says, else the code. */
export const measureName = (code: string, recorded: string | null = null): string => words[language.get()].names[code] ?? recorded ?? code;

export const measureUnit = (unit: string | null): string => (unit === '/min' || unit === '/phút' ? words[language.get()].perMinute : (unit ?? ''));

/** "8310-5 38.5 °C" → "Nhiệt độ 38,5 °C"; a text that does not end in a number with its unit stays as it is. */
export function measuredText(text: string): string {
    const [, name, number, unit] = /^(?:(.+) )?(\d+(?:\.\d+)?) (\S*)$/.exec(text) ?? [];
    if (number === undefined) return text;
    const shown = showNumber(Number(number), number.split('.')[1]?.length ?? 0);
    return [name && measureName(name), shown, measureUnit(unit ?? null)].filter(Boolean).join(' ');
}
