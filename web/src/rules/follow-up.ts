// SPDX-License-Identifier: GPL-3.0-or-later
// The prescription of a follow-up visit (docs/blood-pressure.md): the medicines that go on become one, with the diagnoses of the
// programme, by the same rules and the same resources as the prescription sheet. Pure.

import { bundle, transaction, type Resource, type Transaction, type Visit } from './visit';
import { faults, isEmpty, issue, programmeOf, request, type Diagnosis, type Faults, type IssueFacts, type Prescription, type PrescriptionFacts } from './prescription';

const OF_PROGRAMME = { hypertension: { code: 'I10', text: 'Tăng huyết áp vô căn (nguyên phát)' }, diabetes: { code: 'E11', text: 'Đái tháo đường típ 2' } };

/** What is treated: the diagnoses of the record in the programmes; where somebody is enrolled without one, the programme's. */
export function treated(known: Diagnosis[], enrolled: { hypertension: boolean; diabetes: boolean }): Diagnosis[] {
    const list = known.filter((d) => programmeOf(d.code)).map(({ code, text, longSupply }) => ({ code, text, longSupply }));
    for (const p of ['hypertension', 'diabetes'] as const)
        if (enrolled[p] && !list.some((d) => programmeOf(d.code) === p)) list.push({ ...OF_PROGRAMME[p], longSupply: false });
    return list.length ? list : known.filter((d) => d.longSupply).slice(0, 3);
}

export function prescriptionOf(v: Visit, diagnoses: Diagnosis[]): Prescription {
    return {
        person: v.person,
        name: v.name,
        started: v.started,
        ids: { group: v.ids.group, appointment: '', weight: '', encounter: v.ids.encounter },
        code: v.code,
        kind: 'c',
        diagnoses,
        lines: v.medicines.filter((m) => m.keep && !isEmpty(m)),
        weight: '',
        guardian: '',
        advice: '',
        next: null,
        replaces: null,
        encounter: v.ids.encounter,
    };
}

/** Why the medicines become no prescription: they are then recorded with the visit, which is never blocked. null: they do. */
export function notIssued(p: Prescription, facts: PrescriptionFacts | null, prescribes: boolean): 'right' | 'silent' | 'child' | 'diagnosis' | null {
    if (!p.lines.length) return null;
    return !prescribes ? 'right' : !facts ? 'silent' : facts.child ? 'child' : !p.diagnoses.length ? 'diagnosis' : null;
}

/** Faults of the lines alone. */
export function lineFaults(p: Prescription): Faults {
    return Object.fromEntries(p.lines.length ? Object.entries(faults(p, false, true)).filter(([id]) => id !== 'rx-diagnosis') : []);
}

/** The visit and its prescription as one transaction; without a code the medicines are orders of the visit. */
export function followUp(v: Visit, p: Prescription, by: IssueFacts, booked: Resource[]): Transaction {
    const visit = transaction(v, by.station, by.now, booked);
    const medicines = !p.lines.length ? [] : p.code ? issue(p, by).entry : bundle(p.lines.map((l) => request(p, l, by))).entry;
    return { ...visit, entry: [...visit.entry, ...medicines] };
}
