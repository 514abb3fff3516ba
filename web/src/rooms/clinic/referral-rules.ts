// SPDX-License-Identifier: GPL-3.0-or-later
// A referral as a ServiceRequest that names where the person goes (who may see the record there by it), and the reply to it.

import { instantOf } from '../../base/date';
import { bundle, visit, type Resource, type Transaction } from '../../rules/visit';
import type { Diagnosis } from '../../rules/prescription';

export const REASONS = ['beyond', 'tests', 'specialist', 'emergency', 'wish'] as const;
export type Reason = (typeof REASONS)[number];

export const REFERRAL = 'http://snomed.info/sct|3457005'; // patient referral

export interface Referral {
    person: string;
    name: string;
    started: number;
    ids: { request: string; reply: string; encounter: string };
    encounter: string | null; // of today's examination
    to: string; // Organization
    toName: string;
    reason: Reason | null;
    summary: string;
    diagnoses: Diagnosis[];
    reply: string;
}

/** What is wrong, by the id of its field. */
export function faults(r: Referral): Record<string, 'whereFault' | 'reasonFault' | 'summaryFault'> {
    const found: Record<string, 'whereFault' | 'reasonFault' | 'summaryFault'> = {};
    if (!r.to) found['rf-where'] = 'whereFault';
    if (!r.reason) found['rf-reason'] = 'reasonFault';
    if (!r.summary.trim()) found['rf-summary'] = 'summaryFault';
    return found;
}

export interface Sender {
    now: number;
    station: string | null;
    stationName: string;
    actor: string;
    reasonWord: string; // in Vietnamese
}

export function referred(r: Referral, by: Sender): Transaction {
    const requester = by.actor.startsWith('Practitioner/') ? { reference: by.actor } : by.station ? { reference: `Organization/${by.station}` } : null;
    const own = r.encounter ? [] : [visit(r.ids.encounter, r.person, instantOf(by.now), 'Chuyển tuyến', by.station, by.actor)];
    return bundle([
        ...own,
        {
            resourceType: 'ServiceRequest',
            id: r.ids.request,
            status: 'active',
            intent: 'order',
            category: [{ coding: [{ system: 'http://snomed.info/sct', code: '3457005' }], text: 'Chuyển tuyến' }],
            priority: r.reason === 'emergency' ? 'urgent' : 'routine',
            code: { coding: [{ system: 'urn:tram:referral-reason', code: r.reason! }], text: by.reasonWord },
            subject: { reference: `Patient/${r.person}`, display: r.name },
            encounter: { reference: `Encounter/${r.encounter ?? r.ids.encounter}` },
            authoredOn: instantOf(by.now),
            ...(requester && { requester: { ...requester, ...(by.stationName && { display: by.stationName }) } }),
            performer: [{ reference: `Organization/${r.to}`, display: r.toName }],
            ...(r.diagnoses.length && {
                reasonCode: r.diagnoses.map((d) => ({ ...(d.code && { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: d.code }] }), text: d.text || d.code })),
            }),
            note: [{ text: r.summary.trim() }],
        },
    ]);
}

/** The reply: the referral is done, a Communication tells the sender what was found. */
export function replied(r: Referral, request: Resource, by: Sender): Transaction {
    const { meta: _, ...rest } = request;
    return bundle([
        {
            resourceType: 'Communication',
            id: r.ids.reply,
            status: 'completed',
            basedOn: [{ reference: `ServiceRequest/${request.id}` }],
            category: [{ coding: [{ system: 'urn:tram:communication', code: 'referral-reply' }], text: 'Trả lời chuyển tuyến' }],
            subject: { reference: `Patient/${r.person}` },
            sent: instantOf(by.now),
            ...(by.station && { sender: { reference: `Organization/${by.station}`, ...(by.stationName && { display: by.stationName }) } }),
            payload: [{ contentString: r.reply.trim() }],
        },
        { ...rest, status: 'completed' } as Resource,
    ]);
}
