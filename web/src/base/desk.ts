// SPDX-License-Identifier: GPL-3.0-or-later
// The desk: a person who arrives is an open visit (FHIR: arrived, triaged, in-progress), which grants the station's staff the record;
// whoever takes the person is its participant; the sheet that is saved finishes it (docs/programmes.md, The desk).

import { call, get, session, type Answer } from './api';
import { now, today } from './clock';
import { instantOf } from './date';
import type { Person } from './model';
import { newId, type Resource } from '../rules/visit';
import { value } from './value';

/** What somebody comes for: the word of the sheet that is opened for it, and the words of the record. */
export const REASONS: Record<string, string> = {
    'blood-pressure': 'Khám huyết áp, đái tháo đường',
    examination: 'Khám bệnh',
    prescription: 'Kê đơn',
    child: 'Cân đo trẻ',
    'check-up': 'Khám sức khỏe',
};
const SYSTEM = 'urn:tram:visit';

export interface DeskVisit extends Resource {
    status: string;
    meta?: { versionId?: string };
}
/** The last thing done at the desk, with the way back. */
export interface DeskStep {
    what: 'arrived' | 'taken' | 'left';
    name: string;
    person: string;
    undo: () => Promise<boolean>;
}
export const lastStep = value<DeskStep | null>(null);
session.watch(() => lastStep.set(null));

async function put(e: DeskVisit, ifMatch?: string): Promise<Answer<DeskVisit>> {
    const { meta: _, ...resource } = e;
    return call<DeskVisit>('PUT', `/fhir/Encounter/${e.id}`, resource, undefined, ifMatch ? { 'If-Match': `W/"${ifMatch}"` } : {});
}

export async function visitOf(id: string): Promise<DeskVisit | null> {
    const answer = await get<DeskVisit>(`/fhir/Encounter/${id}`);
    return answer.ok ? answer.body : null;
}

/** What the person most likely comes for. */
function reasonFor(p: Pick<Person, 'age' | 'status'>): string {
    if (p.age !== null && p.age < 5) return 'child';
    return p.status && p.status !== 'dead' ? 'blood-pressure' : 'examination';
}
const reasonCode = (word: string): unknown[] => [{ coding: [{ system: SYSTEM, code: word }], text: REASONS[word] }];

/** Changes an open visit if nobody else has meanwhile; the step can be taken back. */
async function step(e: DeskVisit, next: Partial<DeskVisit>, what: DeskStep['what'], name: string): Promise<Answer<DeskVisit>> {
    const answer = await put({ ...e, ...next } as DeskVisit, e.meta?.versionId);
    const person = String((e.subject as { reference: string }).reference).replace('Patient/', '');
    if (answer.ok) lastStep.set({ what, name, person, undo: async () => (await put(e, answer.body.meta?.versionId)).ok });
    return answer;
}

/** Opens the visit; a person who already waits is not opened twice. */
export async function arrive(p: Pick<Person, 'id' | 'name' | 'age' | 'status'>): Promise<Answer<unknown>> {
    const place = session.get()?.placeId ?? '';
    const open = await get<{ total?: number }>(`/fhir/Encounter?patient=${encodeURIComponent(p.id)}&date=ge${today()}&status=arrived,triaged,in-progress&_summary=count`);
    if (!open.ok || open.body.total) return open;
    const visit: DeskVisit = {
        resourceType: 'Encounter',
        id: newId(),
        status: 'arrived',
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        subject: { reference: `Patient/${p.id}` },
        period: { start: instantOf(now()) },
        reasonCode: reasonCode(reasonFor(p)),
        ...(place && { serviceProvider: { reference: `Organization/${place}` } }),
    };
    const answer = await put(visit);
    if (answer.ok) lastStep.set({ what: 'arrived', name: p.name, person: p.id, undo: async () => (await put({ ...visit, status: 'entered-in-error' }, answer.body.meta?.versionId)).ok });
    return answer;
}

export function take(e: DeskVisit, name: string): Promise<Answer<DeskVisit>> {
    const who = session.get(),
        me = who?.actor.startsWith('Practitioner/') ? { participant: [{ individual: { reference: who.actor, display: who.name } }] } : {};
    return step(e, { status: 'in-progress', ...me }, 'taken', name);
}

export const leave = (e: DeskVisit, name: string): Promise<Answer<DeskVisit>> => step(e, { status: 'cancelled' }, 'left', name);
export const comeFor = (e: DeskVisit, word: string): Promise<Answer<DeskVisit>> => put({ ...e, reasonCode: reasonCode(word) } as DeskVisit, e.meta?.versionId);
