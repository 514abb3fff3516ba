// SPDX-License-Identifier: GPL-3.0-or-later
// Blood sugar, pure. The unit is part of what is typed and never guessed; limits of what can be are those of docs/programmes.md, what
// is controlled comes from the dated rule (data/programmes/diabetes.json).

import type { Resource } from './visit';

export type SugarKind = 'fasting' | 'random' | 'hba1c';
export type SugarUnit = 'mmol/L' | 'mg/dL' | '%';
export interface SugarEntry {
    kind: SugarKind;
    unit: SugarUnit;
    value: string;
    ids: { sugar: string; condition: string; episode: string };
}
export interface SugarLimits {
    fastingBelow?: { mmol: number; mg: number };
    randomBelow?: { mmol: number; mg: number };
    hba1cBelow?: number;
}

export const SUGAR_LIMITS: Record<SugarUnit, [number, number]> = { 'mmol/L': [0.6, 55], 'mg/dL': [10, 1000], '%': [3, 20] };
const CODES: Record<SugarKind, Partial<Record<SugarUnit, string>>> = {
    fasting: { 'mmol/L': '14771-0', 'mg/dL': '1558-6' },
    random: { 'mmol/L': '14743-9', 'mg/dL': '41653-7' },
    hba1c: { '%': '4548-4' },
};
const NAMES: Record<SugarKind, string> = { fasting: 'Đường huyết lúc đói', random: 'Đường huyết', hba1c: 'HbA1c' };
/** mmol/L of glucose × this = mg/dL (molar mass 180.156 g/mol). */
export const MG_PER_MMOL = 18.0156;

export const unitsOf = (kind: SugarKind): SugarUnit[] => (kind === 'hba1c' ? ['%'] : ['mmol/L', 'mg/dL']);

export function sugarValue(text: string): number {
    return /^\d{1,4}([.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : NaN;
}

export function sugarFault(s: SugarEntry): 'number' | 'low' | 'high' | null {
    if (!s.value.trim()) return null;
    const n = sugarValue(s.value),
        [least, most] = SUGAR_LIMITS[s.unit];
    return Number.isNaN(n) ? 'number' : n < least ? 'low' : n > most ? 'high' : null;
}

/** Is this value finished, so that the next key belongs to the next field? */
export function sugarComplete(s: SugarEntry): boolean {
    return s.unit === 'mg/dL' ? /^\d{3}$/.test(s.value) : /^\d{1,2}[.,]\d$/.test(s.value);
}

/** Strictly below the limit of its kind and unit; null when there is no value or no limit. */
export function sugarBelow(s: SugarEntry, limits: SugarLimits | undefined): boolean | null {
    if (!s.value.trim() || sugarFault(s) || !limits) return null;
    const n = sugarValue(s.value);
    if (s.kind === 'hba1c') return limits.hba1cBelow === undefined ? null : n < limits.hba1cBelow;
    const limit = s.kind === 'fasting' ? limits.fastingBelow : limits.randomBelow;
    return limit ? n < (s.unit === 'mmol/L' ? limit.mmol : limit.mg) : null;
}

/** The same glucose in the other unit, to be shown beside what was typed: never stored. */
export function otherUnit(s: SugarEntry): string | null {
    const n = sugarValue(s.value);
    if (s.kind === 'hba1c' || Number.isNaN(n) || sugarFault(s)) return null;
    return s.unit === 'mmol/L' ? `${Math.round(n * MG_PER_MMOL)} mg/dL` : `${(n / MG_PER_MMOL).toFixed(1)} mmol/L`;
}

export function sugarOf(s: SugarEntry, base: object): Resource {
    return {
        resourceType: 'Observation',
        id: s.ids.sugar,
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: CODES[s.kind][s.unit] }], text: NAMES[s.kind] },
        ...base,
        valueQuantity: { value: sugarValue(s.value), unit: s.unit, system: 'http://unitsofmeasure.org', code: s.unit },
    };
}
