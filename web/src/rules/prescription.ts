// SPDX-License-Identifier: GPL-3.0-or-later
// A prescription as typed, what this browser can say of it without the node, and the transaction that issues it
// (docs/prescribing.md). The node's check is the one that counts; here are the quantities and the outer limits.

import { medicines, type CatalogueMedicine } from '../base/catalogue';
import { addDays, instantOf, ZONE } from '../base/date';
import { bundle, loinc, newId, UCUM, visit, vitalSigns, type Resource, type Transaction } from './visit';
import { ceiling, decimal, divide, fraction, multiply, readFraction, writeFraction, type Fraction } from './fraction';

export type Kind = 'c' | 'n' | 'h';

export interface Diagnosis {
    code: string; // ICD-10, may be empty
    text: string;
    longSupply: boolean; // known to be on the list for 90 days
}

export interface Line {
    id: string;
    medicine: string; // of the catalogue, may be empty
    text: string;
    atc: string;
    unit: string;
    doseUnit: string;
    content: string;
    route: string;
    dose: string;
    times: string;
    days: string;
    prior: string; // id of the MedicationRequest it replaces
    words?: string; // how it is taken, when an older entry says it in words that are no dose × times
    given?: string; // and how much was handed out
}

export interface Prescription {
    person: string;
    name: string;
    started: number;
    ids: { group: string; appointment: string; weight: string; encounter: string };
    code: string;
    kind: Kind;
    diagnoses: Diagnosis[];
    lines: Line[];
    weight: string; // typed today, kg
    guardian: string;
    advice: string;
    next: string | null;
    replaces: string | null; // code
    encounter: string | null; // of today's examination; null: the prescription is a visit of its own
}

export function emptyLine(): Line {
    return { id: newId(), medicine: '', text: '', atc: '', unit: 'viên', doseUnit: 'viên', content: '1', route: '', dose: '', times: '', days: '', prior: '' };
}

export function lineOf(m: CatalogueMedicine, days: string, protocol: boolean): Line {
    const line = { ...emptyLine(), medicine: m.code, text: m.text, atc: m.atc, unit: m.unit, doseUnit: m.doseUnit, content: m.content, route: m.route, days };
    return protocol ? { ...line, dose: m.usualDose ?? '', times: m.usualTimes ?? '' } : line;
}

export const isEmpty = (l: Line): boolean => !l.text.trim();

/** How an older entry is taken: the words of usage() and the plain "1 viên buổi sáng" are read; null: they say something else. */
function readUsage(words: string): { dose: string; times: string } | null {
    const m = /^(\S+) viên buổi sáng$/.exec(words);
    if (m) return readFraction(m[1]!) && { dose: m[1]!, times: '1' };
    const u = /^\S.*? (?:(\d+) ngày 1|ngày (\S+)) lần, mỗi lần (\d+(?: \d+)?(?:[/,]\d+)?) /.exec(words);
    return u && { dose: u[3]!, times: u[1] ? `1/${u[1]}` : u[2]! };
}

export interface Earlier {
    medicine?: string | null;
    text: string | null;
    atc: string | null;
    dose?: string | null;
    times?: string | null;
    days: number | null;
    unit: string | null;
    quantity?: number | null;
    words: string | null;
}

/** GET /api/persons/{id}/prescribing */
export interface PrescriptionFacts {
    today: string;
    station: string | null;
    facility: string | null;
    child: boolean;
    months?: number;
    weight: string | null;
    weighed: string | null;
    weightDays: number;
    allergiesAsked: boolean;
    diagnoses: { code: string; text: string; on: string | null; encounter: string | null; longSupply: boolean }[];
    lastOn: string | null;
    lastCode: string | null;
    last: (Earlier & { resource: string })[];
}

/** A line of an earlier prescription, to go on with. */
export function repeated(l: Earlier): Line {
    const known = medicines.get().find((m) => (l.medicine ? m.code === l.medicine : m.text === l.text));
    const read = l.dose && l.times ? { dose: l.dose, times: l.times } : readUsage(l.words ?? '');
    return {
        ...emptyLine(),
        medicine: known?.code ?? '',
        text: l.text ?? '',
        atc: known?.atc ?? l.atc ?? '',
        unit: known?.unit ?? l.unit ?? 'viên',
        doseUnit: known?.doseUnit ?? 'viên',
        content: known?.content ?? '1',
        route: known?.route ?? '',
        days: l.days ? String(l.days) : '',
        ...(read ?? (l.words && l.quantity ? { words: l.words, given: String(l.quantity) } : {})),
    };
}

/** How much of the dose unit in all, and how many counted units that is (rounded up). */
export function amount(l: Line): { total: Fraction | null; units: number } {
    const days = /^\d{1,4}$/.test(l.days) ? fraction(Number(l.days), 1) : null;
    const total = days && days.n > 0 ? multiply(multiply(readFraction(l.dose), readFraction(l.times)), days) : null;
    return { total, units: l.words ? Number(l.given) || 0 : ceiling(divide(total, readFraction(l.content))) };
}

export const written = (units: number): string => (units > 0 && units < 10 ? `0${units}` : String(units));

const cancer = (d: Diagnosis): boolean => /^C([0-8]\d|9[0-7])/.test(d.code);

/** The most days by what this browser knows (Circular 26/2025): the node knows more and has the last word. */
export function daysMost(kind: Kind, diagnoses: Diagnosis[]): number {
    const listed = diagnoses.some((d) => d.longSupply);
    if (kind === 'n') return diagnoses.some(cancer) ? 10 : 7;
    if (kind === 'h') return listed ? 30 : 10;
    return listed ? 90 : 30;
}

const HOW: Record<string, string> = {
    oral: 'Uống',
    inhalation: 'Hít',
    eye: 'Nhỏ hoặc tra mắt',
    nasal: 'Nhỏ mũi',
    ear: 'Nhỏ tai',
    skin: 'Bôi ngoài da',
    rectal: 'Đặt hậu môn',
    vaginal: 'Đặt âm đạo',
    subcutaneous: 'Tiêm dưới da',
};

/** The line of the paper, always Vietnamese: it is for the person and the pharmacy. */
export function usage(l: Line): string {
    if (l.words) return l.words;
    const dose = readFraction(l.dose),
        times = readFraction(l.times);
    if (!dose || !times) return '';
    const how = HOW[l.route] ?? 'Dùng';
    if (times.n === 1 && times.d > 1) return `${how} ${times.d} ngày 1 lần, mỗi lần ${writeFraction(dose)} ${l.doseUnit}`;
    return `${how} ngày ${writeFraction(times)} lần, mỗi lần ${writeFraction(dose)} ${l.doseUnit}`;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Five characters of the facility, seven drawn, the form. */
export function newCode(facility: string | null, kind: Kind): string {
    let drawn = '';
    while (drawn.length < 7) for (const b of crypto.getRandomValues(new Uint8Array(16))) if (b < 252 && drawn.length < 7) drawn += LETTERS[b % 36];
    return `${facility ?? '00000'}${drawn}-${kind}`;
}

export type Faults = Record<string, 'diagnoses' | 'lines' | 'medicine' | 'dose' | 'times' | 'days' | 'daysMost' | 'weight' | 'guardian'>;

/** What is wrong, by the id of its field, in the order of the sheet. `child`: months, weight and guardian are asked for. */
export function faults(p: Prescription, child: boolean, freshWeight: boolean): Faults {
    const found: Faults = {};
    if (!p.diagnoses.length) found['rx-diagnosis'] = 'diagnoses';
    if (child && !freshWeight && !((readFraction(p.weight)?.n ?? 0) > 0)) found['rx-weight'] = 'weight';
    if (child && !p.guardian.trim()) found['rx-guardian'] = 'guardian';
    const lines = p.lines.filter((l) => !isEmpty(l));
    if (!lines.length) found[`rx-medicine-${p.lines[0]?.id ?? ''}`] = 'lines';
    const most = daysMost(p.kind, p.diagnoses);
    for (const l of lines) {
        if (!l.words && !(readFraction(l.dose)?.n ?? 0)) found[`rx-dose-${l.id}`] = 'dose';
        if (!l.words && !(readFraction(l.times)?.n ?? 0)) found[`rx-times-${l.id}`] = 'times';
        if (!/^\d{1,4}$/.test(l.days) || Number(l.days) === 0) found[`rx-days-${l.id}`] = 'days';
        else if (Number(l.days) > most) found[`rx-days-${l.id}`] = 'daysMost';
    }
    return found;
}

export interface IssueFacts {
    now: number;
    today: string;
    station: string | null;
    actor: string; // "Practitioner/…" or "Account/…"
    replaced: Resource[]; // RequestGroup and MedicationRequests of the prescription that is replaced
}

const subjectOf = (p: Prescription) => ({ reference: `Patient/${p.person}` });
const encounterOf = (p: Prescription): string => p.encounter ?? p.ids.encounter;

function reasons(p: Prescription): unknown[] {
    return p.diagnoses.map((d) => ({
        ...(d.code && { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: d.code }] }),
        text: d.text || d.code,
    }));
}

function timing(times: Fraction): unknown {
    return { repeat: { frequency: times.n, period: times.d, periodUnit: 'd' } };
}

export function request(p: Prescription, l: Line, facts: IssueFacts): Resource {
    const dose = readFraction(l.dose),
        times = readFraction(l.times);
    const coding = [
        ...(l.atc ? [{ system: 'http://www.whocc.no/atc', code: l.atc }] : []),
        ...(l.medicine ? [{ system: 'urn:tram:medicine', code: l.medicine }] : []),
    ];
    return {
        resourceType: 'MedicationRequest',
        id: l.id,
        ...(p.code && { groupIdentifier: { system: 'urn:tram:prescription', value: p.code } }),
        status: 'active',
        intent: 'order',
        medicationCodeableConcept: { ...(coding.length && { coding }), text: l.text.trim() },
        subject: subjectOf(p),
        encounter: { reference: `Encounter/${encounterOf(p)}` },
        authoredOn: facts.today,
        ...(facts.actor.startsWith('Practitioner/') && { requester: { reference: facts.actor } }),
        ...(p.diagnoses.length && { reasonCode: reasons(p) }),
        dosageInstruction: [
            {
                text: usage(l),
                ...(!l.words && dose && times && { timing: timing(times), doseAndRate: [{ doseQuantity: { value: decimal(dose), unit: l.doseUnit } }] }),
            },
        ],
        dispenseRequest: {
            validityPeriod: { start: facts.today, end: addDays(facts.today, 5) },
            quantity: { value: amount(l).units, unit: l.unit },
            expectedSupplyDuration: { value: Number(l.days), unit: 'ngày', system: UCUM, code: 'd' },
        },
        ...(l.prior && { priorPrescription: { reference: `MedicationRequest/${l.prior}` } }),
    };
}

function head(p: Prescription, lines: Line[], facts: IssueFacts): Resource {
    const old = facts.replaced.find((r) => r.resourceType === 'RequestGroup');
    return {
        resourceType: 'RequestGroup',
        id: p.ids.group,
        ...(p.guardian.trim() && { extension: [{ url: 'urn:tram:brought-by', valueString: p.guardian.trim() }] }),
        ...(old && { replaces: [{ reference: `RequestGroup/${old.id}` }] }),
        groupIdentifier: { system: 'urn:tram:prescription', value: p.code },
        status: 'active',
        intent: 'order',
        subject: subjectOf(p),
        encounter: { reference: `Encounter/${encounterOf(p)}` },
        authoredOn: facts.today,
        ...(facts.actor.startsWith('Practitioner/') && { author: { reference: facts.actor } }),
        reasonCode: reasons(p),
        ...(p.advice.trim() && { note: [{ text: p.advice.trim() }] }),
        action: lines.map((l) => ({ resource: { reference: `MedicationRequest/${l.id}` } })),
    };
}

/** An issued resource with another state; the rest stays as it was. */
function ended(r: Resource): Resource {
    const { meta: _, ...rest } = r;
    return { ...rest, status: r.resourceType === 'RequestGroup' ? 'revoked' : 'cancelled' } as Resource;
}

/** The prescription as one transaction. */
export function issue(p: Prescription, facts: IssueFacts): Transaction {
    const lines = p.lines.filter((l) => !isEmpty(l));
    const made: Resource[] = [head(p, lines, facts), ...lines.map((l) => request(p, l, facts)), ...facts.replaced.map(ended)];
    if (!p.encounter) made.unshift(visit(p.ids.encounter, p.person, instantOf(facts.now), 'Kê đơn', facts.station, facts.actor));
    const kg = readFraction(p.weight);
    if (kg)
        made.push({
            resourceType: 'Observation',
            id: p.ids.weight,
            status: 'final',
            category: vitalSigns,
            code: loinc('29463-7'),
            subject: subjectOf(p),
            encounter: { reference: `Encounter/${encounterOf(p)}` },
            effectiveDateTime: instantOf(facts.now),
            valueQuantity: { value: decimal(kg), unit: 'kg', system: UCUM, code: 'kg' },
        });
    if (p.next)
        made.push({
            resourceType: 'Appointment',
            id: p.ids.appointment,
            status: 'booked',
            start: `${p.next}T08:00:00${ZONE}`,
            end: `${p.next}T08:15:00${ZONE}`,
            participant: [{ actor: subjectOf(p), status: 'accepted' }],
        });
    return bundle(made);
}

const KEYS = 9;
/** The protocol drugs of programmes in the order of the catalogue, for the keys 1 to 9; each programme gets its share. */
export function protocolOf(programmes: string[]): CatalogueMedicine[] {
    const lists = programmes.map((p) => medicines.get().filter((m) => m.programme === p));
    const least = lists.length > 1 ? lists.slice(1).reduce((n, l) => n + Math.min(l.length, Math.floor(KEYS / lists.length)), 0) : 0;
    return lists.flatMap((l, i) => l.slice(0, i === 0 ? KEYS - least : Math.floor(KEYS / lists.length)));
}

/** The programme whose diagnosis this is. */
export const programmeOf = (code: string): string | null => (/^I1[0-5]/.test(code) ? 'hypertension' : /^E1[0-4]/.test(code) ? 'diabetes' : null);
export const programmesOf = (list: Diagnosis[]): string[] => [...new Set(list.flatMap((d) => programmeOf(d.code) ?? []))].sort().reverse();
