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
}

export const medicines = value<CatalogueMedicine[]>(recall<CatalogueMedicine[]>('medicines') ?? []);
export const diagnoses = value<CatalogueDiagnosis[]>(recall<CatalogueDiagnosis[]>('diagnoses') ?? []);
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
    void get<{ diagnoses: CatalogueDiagnosis[] }>('/api/diagnoses').then((a) => {
        if (!a.ok) return void (asked.diagnoses = false);
        diagnoses.set(a.body.diagnoses);
        keep('diagnoses', a.body.diagnoses);
    });
}

export function atcOf(text: string): string | null {
    return medicines.get().find((m) => m.text === text.trim())?.atc ?? null;
}
