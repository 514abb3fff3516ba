// SPDX-License-Identifier: GPL-3.0-or-later
// A blood-pressure visit as typed, and as the FHIR transaction that saves it (docs/blood-pressure.md). All ids are made here,
// when the sheet is opened: sent twice, it is stored once.

import { instantOf, ZONE } from '../base/date';
import type { Line } from './prescription';
import { severeOf, type Severe } from './severe';
import { sugarOf, type SugarEntry } from './sugar';

export interface Visit {
    person: string;
    name: string; // only to show the draft to the one who typed it
    ids: {
        encounter: string;
        pressure: string;
        pulse: string;
        appointment: string;
        episode: string;
        condition: string;
        group: string; // of the prescription
    };
    started: number;
    day: string | null; // null: today
    systolic: string;
    diastolic: string;
    pulse: string;
    code: string; // of the prescription, once it is drawn
    medicines: (Line & { keep: boolean })[]; // keep: goes on; false: stopped at this visit
    next: string | null; // the next visit, a day; null: none
    enrol: boolean;
    sugar?: SugarEntry;
    enrolDiabetes?: boolean;
    severe?: Severe;
    actor?: string; // "Practitioner/…": who saw the person
}

export interface Resource {
    resourceType: string;
    id: string;
    [member: string]: unknown;
}
export interface Transaction {
    resourceType: 'Bundle';
    type: 'transaction';
    entry: { request: { method: 'PUT'; url: string; ifMatch?: string }; resource: Resource }[];
}

export function newId(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6]! & 15) | 64;
    bytes[8] = (bytes[8]! & 63) | 128;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const UCUM = 'http://unitsofmeasure.org';
export const vitalSigns = [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
];
export const loinc = (code: string): unknown => ({ coding: [{ system: 'http://loinc.org', code }] });
const pressure = (text: string): unknown => ({ value: Number(text), unit: 'mmHg', system: UCUM, code: 'mm[Hg]' });

/** Resources as one transaction of PUTs. */
export function bundle(resources: Resource[]): Transaction {
    return {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: resources.map((r) => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}` }, resource: r })),
    };
}

const renamed = (made: Transaction, from: string, to: string): Transaction =>
    JSON.parse(JSON.stringify(made).replaceAll(`Encounter/${from}"`, `Encounter/${to}"`)) as Transaction;

/** The transaction of a sheet as the end of a visit opened at the desk: its own encounter becomes that one, if nobody changed it. */
export function atDesk(made: Transaction, desk: Resource): Transaction {
    const own = made.entry.find((e) => e.resource.resourceType === 'Encounter' && e.resource.status === 'finished');
    if (!own) return made;
    const moved = renamed(made, own.resource.id, desk.id);
    const entry = moved.entry[made.entry.indexOf(own)]!,
        { meta, ...before } = desk as Resource & { meta?: { versionId?: string } };
    entry.resource = { ...before, ...entry.resource, id: desk.id };
    if (meta?.versionId) entry.request.ifMatch = `W/"${meta.versionId}"`;
    return moved;
}

/** The same as a visit of its own: somebody else has finished the one of the desk meanwhile. null: it was none of the desk. */
export function ownVisit(made: Transaction): Transaction | null {
    const entry = made.entry.find((e) => e.resource.resourceType === 'Encounter' && e.request.ifMatch);
    if (!entry) return null;
    const own = renamed(made, entry.resource.id, newId()),
        there = own.entry[made.entry.indexOf(entry)]!;
    there.resource = { ...there.resource, id: there.request.url.slice('Encounter/'.length) };
    delete there.request.ifMatch;
    return own;
}

/** A finished visit to a station, for what is recorded without an examination: a renewed prescription, a referral. */
export function visit(id: string, person: string, at: string, reason: string, station: string | null, actor: string): Resource {
    return {
        resourceType: 'Encounter',
        id,
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: { reference: `Patient/${person}` },
        period: { start: at, end: at },
        reasonCode: [{ text: reason }],
        ...(actor.startsWith('Practitioner/') && { participant: [{ individual: { reference: actor } }] }),
        ...(station && { serviceProvider: { reference: `Organization/${station}` } }),
    };
}

/** Is this an appointment as the sheet makes them: nothing but a person and a time? Others belong to other services. */
export function ownAppointment(r: Resource): boolean {
    const participants = r.participant;
    return (
        r.resourceType === 'Appointment' &&
        r.status === 'booked' &&
        !r.serviceType &&
        !r.appointmentType &&
        !r.slot &&
        Array.isArray(participants) &&
        participants.length === 1
    );
}

export const MEASURE = 'urn:tram:measure';

export const pressureObservation = (id: string, systolic: string, diastolic: string, base: object): Resource => ({
    resourceType: 'Observation',
    id,
    status: 'final',
    category: vitalSigns,
    code: loinc('85354-9'),
    ...base,
    component: [
        { code: loinc('8480-6'), valueQuantity: pressure(systolic) },
        { code: loinc('8462-4'), valueQuantity: pressure(diastolic) },
    ],
});

/** Diagnosis and enrolment in a programme, in one breath. */
function enrolled(ids: { condition: string; episode: string }, what: { code: string; text: string; programme: string }, day: string, subject: object, encounter: object, organization?: object): Resource[] {
    return [
        {
            resourceType: 'Condition',
            id: ids.condition,
            subject,
            encounter,
            recordedDate: day,
            clinicalStatus: {
                coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
            },
            code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: what.code }], text: what.text },
        },
        {
            resourceType: 'EpisodeOfCare',
            id: ids.episode,
            status: 'active',
            type: [{ coding: [{ system: 'urn:tram:programme', code: what.programme }] }],
            patient: subject,
            diagnosis: [{ condition: { reference: `Condition/${ids.condition}` } }],
            period: { start: day },
            ...(organization && { managingOrganization: organization }),
        },
    ];
}

/** The visit as one transaction. `station` may be null when the session has no post. `booked`: the person's appointments so far;
 * those after the day of the visit are fulfilled by it, so that only the new one is due. */
export function transaction(v: Visit, station: string | null, now: number, booked: Resource[] = []): Transaction {
    const subject = { reference: `Patient/${v.person}` };
    const encounter = { reference: `Encounter/${v.ids.encounter}` };
    const organization = station ? { reference: `Organization/${station}` } : undefined;
    const start = v.day ?? instantOf(Math.min(v.started, now)),
        at = v.day ?? instantOf(now);
    const day = at.slice(0, 10);
    const made: Resource[] = [
        {
            resourceType: 'Encounter',
            id: v.ids.encounter,
            status: 'finished',
            class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
            subject,
            ...(v.actor?.startsWith('Practitioner/') && { participant: [{ individual: { reference: v.actor } }] }),
            period: { start, end: at },
            ...(organization && { serviceProvider: organization }),
        },
        // the second reading is the later one
        pressureObservation(v.ids.pressure, v.systolic, v.diastolic, { subject, encounter, effectiveDateTime: v.severe?.systolic ? (v.day ?? instantOf(Math.min(v.started, now - 1000))) : at }),
    ];
    const base = { subject, encounter, effectiveDateTime: at };
    if (v.severe) made.push(...severeOf(v.severe, base));
    if (v.sugar?.value.trim()) made.push(sugarOf(v.sugar, base));
    if (v.pulse)
        made.push({
            resourceType: 'Observation',
            id: v.ids.pulse,
            status: 'final',
            category: vitalSigns,
            code: loinc('8867-4'),
            subject,
            encounter,
            effectiveDateTime: at,
            valueQuantity: { value: Number(v.pulse), unit: '/min', system: UCUM, code: '/min' },
        });
    if (v.next)
        made.push({
            resourceType: 'Appointment',
            id: v.ids.appointment,
            status: 'booked',
            start: `${v.next}T08:00:00${ZONE}`,
            end: `${v.next}T08:15:00${ZONE}`,
            participant: [{ actor: subject, status: 'accepted' }],
        });
    for (const appointment of booked) {
        if (!ownAppointment(appointment) || String(appointment.start).slice(0, 10) <= day) continue;
        const { meta: _, ...rest } = appointment;
        made.push({ ...rest, status: 'fulfilled' } as Resource);
    }
    if (v.enrol)
        made.push(
            ...enrolled(v.ids, { code: 'I10', text: 'Tăng huyết áp vô căn (nguyên phát)', programme: 'hypertension' }, day, subject, encounter, organization),
        );
    if (v.enrolDiabetes && v.sugar)
        made.push(
            ...enrolled(v.sugar.ids, { code: 'E11', text: 'Đái tháo đường típ 2', programme: 'diabetes' }, day, subject, encounter, organization),
        );
    return bundle(made);
}

/** What was there before and only changed its state by the visit: an appointment it fulfilled, a prescription it replaced. A visit
 * that had been opened at the desk (request.ifMatch) is open again. */
const changedState: Record<string, string> = {
    'Appointment fulfilled': 'booked',
    'MedicationRequest cancelled': 'active',
    'RequestGroup revoked': 'active',
};

/** Takes a saved visit back: its resources are marked as entered in error, not deleted; appointments it fulfilled are booked again. */
export function takenBack(saved: Transaction): Transaction {
    return bundle(
        saved.entry.map(({ resource, request }) => {
            const before = changedState[`${resource.resourceType} ${resource.status}`] ?? (request.ifMatch && 'in-progress');
            if (before) return { ...resource, status: before };
            if (resource.resourceType !== 'Condition') return { ...resource, status: 'entered-in-error' };
            const { clinicalStatus: _, ...rest } = resource; // con-5: no clinical status when entered in error
            return {
                ...rest,
                verificationStatus: {
                    coding: [
                        {
                            system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
                            code: 'entered-in-error',
                        },
                    ],
                },
            } as Resource;
        }),
    );
}
