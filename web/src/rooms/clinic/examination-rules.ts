// SPDX-License-Identifier: GPL-3.0-or-later
// An examination as typed, and as the FHIR transaction that saves it (docs/prescribing.md). Pure.

import { instantOf } from '../../base/date';
import { faults as pressureFaults } from '../../rules/pressure';
import { firstOpen, isSevere, severeOf, type Severe } from '../../rules/severe';
import { bundle, loinc, pressureObservation, UCUM, vitalSigns, type Resource, type Transaction } from '../../rules/visit';
import type { Diagnosis } from '../../rules/prescription';

export interface Vital {
    id: string;
    loinc: string;
    unit: string;
    ucum: string;
    least: number;
    most: number;
    digits: number; // after the comma
}

/** Hard limits: outside nothing may be saved. Body measures after the limits of the devices, not of health. */
export const VITALS = [
    { id: 'temperature', loinc: '8310-5', unit: '°C', ucum: 'Cel', least: 30, most: 44, digits: 1 },
    { id: 'pulse', loinc: '8867-4', unit: '/min', ucum: '/min', least: 20, most: 250, digits: 0 },
    { id: 'breaths', loinc: '9279-1', unit: '/min', ucum: '/min', least: 5, most: 100, digits: 0 },
    { id: 'oxygen', loinc: '59408-5', unit: '%', ucum: '%', least: 30, most: 100, digits: 0 },
    { id: 'weight', loinc: '29463-7', unit: 'kg', ucum: 'kg', least: 0.5, most: 300, digits: 1 },
    { id: 'height', loinc: '8302-2', unit: 'cm', ucum: 'cm', least: 30, most: 230, digits: 1 },
] as const satisfies readonly Vital[];
export type VitalId = (typeof VITALS)[number]['id'];

/** Simple tests of a station: a number with a unit, or one of some words. */
export const TESTS = [
    { id: 'glucose', loinc: '14743-9', unit: 'mmol/l', ucum: 'mmol/L', least: 0.5, most: 60, words: null },
    { id: 'haemoglobin', loinc: '718-7', unit: 'g/dl', ucum: 'g/dL', least: 2, most: 25, words: null },
    { id: 'urineProtein', loinc: '20454-5', unit: '', ucum: '', least: 0, most: 0, words: ['neg', 'trace', '1+', '2+', '3+'] },
    { id: 'urineGlucose', loinc: '25428-4', unit: '', ucum: '', least: 0, most: 0, words: ['neg', '1+', '2+', '3+'] },
    { id: 'urineLeukocytes', loinc: '5799-2', unit: '', ucum: '', least: 0, most: 0, words: ['neg', '1+', '2+', '3+'] },
    { id: 'malaria', loinc: '70569-9', unit: '', ucum: '', least: 0, most: 0, words: ['neg', 'falciparum', 'vivax', 'both', 'invalid'] },
    { id: 'dengue', loinc: '75377-2', unit: '', ucum: '', least: 0, most: 0, words: ['neg', 'pos', 'invalid'] },
    { id: 'pregnancy', loinc: '2106-3', unit: '', ucum: '', least: 0, most: 0, words: ['neg', 'pos', 'invalid'] },
] as const;
export type TestId = (typeof TESTS)[number]['id'];

export interface TestDone {
    test: TestId;
    order: string; // ids
    result: string;
    value: string; // empty: ordered, no result yet
}

export interface Examination {
    person: string;
    name: string;
    started: number;
    ids: Record<'encounter' | 'pressure' | 'findings' | 'advice' | VitalId, string>;
    complaint: string;
    vitals: Record<VitalId, string>;
    systolic: string;
    diastolic: string;
    severe: Severe;
    findings: string;
    tests: TestDone[];
    diagnoses: (Diagnosis & { id: string })[]; // the main one first
    advice: string;
}

export const number = (text: string): number => Number(text.trim().replace(',', '.'));
const isNumber = (text: string): boolean => /^\d{1,4}([.,]\d{1,2})?$/.test(text.trim());

/** 385 → 38,5 for a temperature, 1250 stays; a comma is set where three digits can only mean one thing. */
export function spaceTemperature(text: string): string {
    return /^[34]\d\d$/.test(text) ? `${text.slice(0, 2)},${text.slice(2)}` : text;
}

export type Fault = 'number' | 'low' | 'high' | 'order' | 'missing' | 'complaint' | 'diagnosis' | 'severe' | 'long';

export const severe = (e: Examination): boolean => isSevere(e.systolic, e.diastolic);

function outside(text: string, least: number, most: number): Fault | null {
    if (!isNumber(text)) return 'number';
    return number(text) < least ? 'low' : number(text) > most ? 'high' : null;
}

/** What is wrong, by the id of the field, in the order of the sheet. */
export function faults(e: Examination): Record<string, Fault> {
    const found: Record<string, Fault> = {};
    if (!e.complaint.trim()) found['ex-complaint'] = 'complaint';
    else if (e.complaint.length > 500) found['ex-complaint'] = 'long';
    if (e.systolic || e.diastolic) {
        if (e.systolic && !/^\d{2,3}$/.test(e.systolic)) found['ex-systolic'] = /^\d+$/.test(e.systolic) ? 'high' : 'number';
        if (e.diastolic && !/^\d{2,3}$/.test(e.diastolic)) found['ex-diastolic'] = /^\d+$/.test(e.diastolic) ? 'high' : 'number';
        const wrong = pressureFaults({ systolic: e.systolic, diastolic: e.diastolic, pulse: '' });
        if (wrong.systolic) found['ex-systolic'] ??= wrong.systolic;
        if (wrong.diastolic) found['ex-diastolic'] ??= wrong.diastolic;
    }
    for (const v of VITALS) {
        const wrong = e.vitals[v.id].trim() ? outside(e.vitals[v.id], v.least, v.most) : null;
        if (wrong) found[`ex-${v.id}`] = wrong;
    }
    for (const done of e.tests) {
        const test = TESTS.find((t) => t.id === done.test)!;
        const wrong = !test.words && done.value.trim() ? outside(done.value, test.least, test.most) : null;
        if (wrong) found[`ex-test-${test.id}`] = wrong;
    }
    if (!e.diagnoses.length) found['ex-diagnosis'] = 'diagnosis';
    const open = severe(e) ? firstOpen(e.severe) : null;
    if (open) found[open] = 'severe';
    return found;
}

export interface SaveFacts {
    now: number;
    station: string | null;
    actor: { reference: string; display: string } | null; // the practitioner who examines
    testName: (id: TestId) => string;
    wordOf: (word: string) => string;
}

const subjectOf = (e: Examination) => ({ reference: `Patient/${e.person}` });

function observation(e: Examination, id: string, code: unknown, at: string, more: object): Resource {
    return { resourceType: 'Observation', id, status: 'final', code, subject: subjectOf(e), encounter: { reference: `Encounter/${e.ids.encounter}` }, effectiveDateTime: at, ...more };
}

const quantity = (text: string, unit: string, ucum: string) => ({ valueQuantity: { value: number(text), unit, system: UCUM, code: ucum } });

function measured(e: Examination, at: string, start: string): Resource[] {
    const base = { subject: subjectOf(e), encounter: { reference: `Encounter/${e.ids.encounter}` }, effectiveDateTime: at };
    const made: Resource[] = [];
    if (e.systolic) made.push(pressureObservation(e.ids.pressure, e.systolic, e.diastolic, { ...base, effectiveDateTime: severe(e) && e.severe.systolic ? start : at }));
    if (severe(e)) made.push(...severeOf(e.severe, base));
    for (const v of VITALS)
        if (e.vitals[v.id].trim()) made.push(observation(e, e.ids[v.id], loinc(v.loinc), at, { category: vitalSigns, ...quantity(e.vitals[v.id], v.unit, v.ucum) }));
    if (e.findings.trim()) made.push(observation(e, e.ids.findings, { ...(loinc('29545-1') as object), text: 'Khám thực thể' }, at, { valueString: e.findings.trim() }));
    if (e.advice.trim()) made.push(observation(e, e.ids.advice, { ...(loinc('69730-0') as object), text: 'Lời dặn' }, at, { valueString: e.advice.trim() }));
    return made;
}

function tested(e: Examination, at: string, facts: SaveFacts): Resource[] {
    const laboratory = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }];
    return e.tests.flatMap((done) => {
        const test = TESTS.find((t) => t.id === done.test)!;
        const code = { ...(loinc(test.loinc) as object), text: facts.testName(test.id) };
        const order: Resource = {
            resourceType: 'ServiceRequest',
            id: done.order,
            status: done.value.trim() ? 'completed' : 'active',
            intent: 'order',
            category: [{ coding: [{ system: 'http://snomed.info/sct', code: '108252007' }] }],
            code,
            subject: subjectOf(e),
            encounter: { reference: `Encounter/${e.ids.encounter}` },
            authoredOn: at,
        };
        if (!done.value.trim()) return [order];
        const result = test.words ? { valueCodeableConcept: { text: facts.wordOf(done.value) } } : quantity(done.value, test.unit, test.ucum);
        return [order, observation(e, done.result, code, at, { category: laboratory, basedOn: [{ reference: `ServiceRequest/${done.order}` }], ...result })];
    });
}

function condition(e: Examination, d: Examination['diagnoses'][number], at: string): Resource {
    return {
        resourceType: 'Condition',
        id: d.id,
        clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] },
        verificationStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }] },
        category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-category', code: 'encounter-diagnosis' }] }],
        code: { ...(d.code && { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: d.code }] }), text: d.text || d.code },
        subject: subjectOf(e),
        encounter: { reference: `Encounter/${e.ids.encounter}` },
        recordedDate: at.slice(0, 10),
    };
}

/** The examination as one transaction. */
export function examined(e: Examination, facts: SaveFacts): Transaction {
    const at = instantOf(facts.now),
        start = instantOf(Math.min(e.started, facts.now - 1000)); // of the first of two readings, too
    const encounter: Resource = {
        resourceType: 'Encounter',
        id: e.ids.encounter,
        status: 'finished',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: subjectOf(e),
        period: { start, end: at },
        reasonCode: [{ text: e.complaint.trim() }],
        diagnosis: e.diagnoses.map((d, i) => ({ condition: { reference: `Condition/${d.id}` }, rank: i + 1 })),
        ...(facts.actor && { participant: [{ individual: facts.actor }] }),
        ...(facts.station && { serviceProvider: { reference: `Organization/${facts.station}` } }),
    };
    return bundle([encounter, ...e.diagnoses.map((d) => condition(e, d, at)), ...measured(e, at, start), ...tested(e, at, facts)]);
}
