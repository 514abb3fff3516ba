// SPDX-License-Identifier: GPL-3.0-or-later
// Rules of the blood-pressure sheet, pure. Limits and stepping are Simple's (BloodPressureReading, BloodPressureEntryUpdate);
// grades QĐ 3192/2010 and QĐ 5904/2019; the same words as docs/blood-pressure.md.

export const LIMITS = { systolic: [70, 300], diastolic: [40, 180], pulse: [30, 220] } as const;
export type Measured = keyof typeof LIMITS;
export type Grade = 0 | 1 | 2 | 3;
export type Fault = 'missing' | 'number' | 'low' | 'high' | 'order';

/** Is this value finished, so that the next key belongs to the next field? */
export function complete(field: Measured, text: string): boolean {
    if (field === 'systolic') return /^[1-3]\d\d$|^[7-9]\d$/.test(text);
    if (field === 'diastolic') return /^1\d\d$|^[4-9]\d$/.test(text);
    return /^[12]\d\d$|^[3-9]\d$/.test(text);
}

/** What is typed into a field of digits; two numbers (pasted from a table) stay two numbers, and are refused. */
export function digits(text: string): string {
    return /\d\s*[;|]\s*\d/.test(text) ? text.slice(0, 20) : text.replace(/\D/g, '').slice(0, 4);
}

function within(field: Measured, text: string): Fault | null {
    const n = Number(text);
    if (Number.isNaN(n)) return 'number';
    return n < LIMITS[field][0] ? 'low' : n > LIMITS[field][1] ? 'high' : null;
}

/** What is wrong, by field. The pulse may be left out. */
export function faults(typed: Record<Measured, string>): Partial<Record<Measured, Fault>> {
    const found: Partial<Record<Measured, Fault>> = {};
    for (const field of ['systolic', 'diastolic', 'pulse'] as const) {
        const fault = typed[field] !== '' ? within(field, typed[field]) : field === 'pulse' ? null : 'missing';
        if (fault) found[field] = fault;
    }
    if (!found.systolic && !found.diastolic && Number(typed.systolic) < Number(typed.diastolic))
        found.diastolic = 'order';
    return found;
}

export function grade(systolic: number, diastolic: number): Grade {
    if (systolic >= 180 || diastolic >= 110) return 3;
    if (systolic >= 160 || diastolic >= 100) return 2;
    return systolic >= 140 || diastolic >= 90 ? 1 : 0;
}
