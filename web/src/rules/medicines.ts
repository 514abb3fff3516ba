// SPDX-License-Identifier: GPL-3.0-or-later
// Medicines offered while typing: first-line drugs for hypertension (QĐ 5904/2019, WHO HEARTS) with their ATC codes. A list of
// suggestions, not a limit: any other name may be typed.

export const SUGGESTED: readonly (readonly [text: string, atc: string])[] = [
    ['Amlodipin 5 mg', 'C08CA01'],
    ['Amlodipin 10 mg', 'C08CA01'],
    ['Nifedipin 20 mg', 'C08CA05'],
    ['Enalapril 5 mg', 'C09AA02'],
    ['Enalapril 10 mg', 'C09AA02'],
    ['Perindopril 5 mg', 'C09AA04'],
    ['Losartan 50 mg', 'C09CA01'],
    ['Telmisartan 40 mg', 'C09CA07'],
    ['Hydroclorothiazid 12,5 mg', 'C03AA03'],
    ['Hydroclorothiazid 25 mg', 'C03AA03'],
    ['Bisoprolol 5 mg', 'C07AB07'],
];

export function atcOf(text: string): string | null {
    return SUGGESTED.find(([name]) => name === text.trim())?.[1] ?? null;
}

/** Each medicine once: two visits on one day prescribe the same twice. */
export function distinct<T extends { text: string; dose: string | null }>(medicines: T[]): T[] {
    const seen = new Set<string>();
    return medicines.filter((m) => !seen.has(`${m.text}|${m.dose}`) && seen.add(`${m.text}|${m.dose}`));
}
