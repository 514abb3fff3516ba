// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue of medicines and of common diagnoses (data/prescribing): asked once from the node, kept by this browser so that
// the sheets work without a network.

import { get } from './api';
import { keep, recall } from './local';
import { value } from './value';

export interface CatalogueMedicine {
    code: string;
    text: string;
    nameEn: string;
    atc: string;
    form: string;
    unit: string;
    doseUnit: string;
    content: string;
    route: string;
    usualDose: string | null;
    usualTimes: string | null;
    programme: string | null;
    controlled: { kind: 'n' | 'h'; verified: boolean } | null;
}

export interface CatalogueDiagnosis {
    code: string;
    vi: string;
    en: string;
    longSupply: boolean;
    outside?: boolean; // the program ships it, the list that was imported has it not
}

export const medicines = value<CatalogueMedicine[]>(recall<CatalogueMedicine[]>('medicines') ?? []);
export const diagnoses = value<CatalogueDiagnosis[]>(recall<CatalogueDiagnosis[]>('diagnoses') ?? []);
/** An imported list of thousands stands behind the common diagnoses: it is searched on the node. */
export const moreDiagnoses = value(recall<boolean>('more-diagnoses') ?? false);
const asked = { medicines: false, diagnoses: false };

/** Fetches the catalogue once a page load; what was kept is used meanwhile, and when the node is silent. */
export function wantMedicines(): void {
    if (asked.medicines) return;
    asked.medicines = true;
    void get<{ medicines: CatalogueMedicine[] }>('/api/medicines').then((a) => {
        if (!a.ok) return void (asked.medicines = false);
        medicines.set(a.body.medicines);
        keep('medicines', a.body.medicines);
    });
}

export function wantDiagnoses(): void {
    if (asked.diagnoses) return;
    asked.diagnoses = true;
    void get<{ more: boolean; diagnoses: CatalogueDiagnosis[] }>('/api/diagnoses').then((a) => {
        if (!a.ok) return void (asked.diagnoses = false);
        diagnoses.set(a.body.diagnoses);
        keep('diagnoses', a.body.diagnoses);
        moreDiagnoses.set(a.body.more);
        keep('more-diagnoses', a.body.more);
    });
}

/** What the node finds in the list in force; null when it is silent: the common ones are there then. */
export async function findDiagnoses(typed: string): Promise<CatalogueDiagnosis[] | null> {
    const a = await get<{ diagnoses: CatalogueDiagnosis[] }>(`/api/diagnoses?q=${encodeURIComponent(typed)}`);
    return a.ok ? a.body.diagnoses : null;
}

export function atcOf(text: string): string | null {
    return medicines.get().find((m) => m.text === text.trim())?.atc ?? null;
}
