// SPDX-License-Identifier: GPL-3.0-or-later
// Blood pressure from 180/110: three things that want an answer before anything is saved. Every answer is allowed ("not measured
// again", "not asked" too): care is never blocked, but nobody passes the line without looking at it. Pure.

import { faults, type Fault } from './pressure';
import { MEASURE, newId, pressureObservation, type Resource } from './visit';

export interface Severe {
    systolic: string; // the second reading
    diastolic: string;
    notAgain: boolean; // there was none
    signs: string[]; // of SIGNS; ["none"]: asked, none; ["not-asked"]
    step: string; // of STEPS
    ids: { pressure: string; signs: string; step: string };
}
export const SIGNS = ['none', 'chest-pain', 'breathless', 'weakness', 'sight', 'headache', 'not-asked'] as const;
export const STEPS = ['refer', 'soon', 'stay'] as const;

export const unanswered = (): Severe => ({ systolic: '', diastolic: '', notAgain: false, signs: [], step: '', ids: { pressure: newId(), signs: newId(), step: newId() } });

/** Is this reading one that opens the line? The limits are those of the programme's dated rule, before it has come those of today. */
export const isSevere = (systolic: string, diastolic: string, from = { systolicFrom: 180, diastolicFrom: 110 }): boolean =>
    Number(systolic) >= from.systolicFrom || Number(diastolic) >= from.diastolicFrom;

export const againFault = (s: Severe): Fault | null => {
    if (!s.systolic && !s.diastolic) return null;
    const found = faults({ systolic: s.systolic, diastolic: s.diastolic, pulse: '' });
    return found.systolic ?? found.diastolic ?? null;
};

/** The id of the first field that wants an answer, or is wrong; null: the line is done. */
export function firstOpen(s: Severe): 'again-systolic' | 'sign-none' | 'step-refer' | null {
    if (againFault(s) || (!s.systolic && !s.notAgain)) return 'again-systolic';
    return !s.signs.length ? 'sign-none' : !s.step ? 'step-refer' : null;
}

/** What the line says, as coded values; the second reading is the later one. */
export function severeOf(s: Severe, base: { subject: object; encounter: object; effectiveDateTime: string }): Resource[] {
    const said = (id: string, code: string, text: string, values: string[]): Resource => ({
        resourceType: 'Observation',
        id,
        status: 'final',
        code: { coding: [{ system: MEASURE, code }], text },
        ...base,
        ...(values[0] === 'not-asked'
            ? { dataAbsentReason: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'not-asked' }], text: 'Chưa hỏi' } }
            : { valueCodeableConcept: { coding: values.map((v) => ({ system: MEASURE, code: v })), text: values.join(', ') } }),
    });
    return [
        ...(s.systolic ? [pressureObservation(s.ids.pressure, s.systolic, s.diastolic, base)] : []),
        ...(s.signs.length ? [said(s.ids.signs, 'danger-signs', 'Dấu hiệu nguy hiểm', s.signs)] : []),
        ...(s.step ? [said(s.ids.step, 'action-at-high-pressure', 'Xử trí huyết áp rất cao', [s.step])] : []),
    ];
}
