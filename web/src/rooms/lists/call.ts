// SPDX-License-Identifier: GPL-3.0-or-later
// The outcome of a call as FHIR (docs/programmes.md, Calls).

import { instantOf } from '../../base/date';
import { bundle, newId, type Transaction } from '../../rules/visit';

export const OUTCOMES = [
    'visited-elsewhere', 'not-responding', 'wrong-number', 'transferred', 'private', 'refused', 'died', 'other',
] as const;

export function callOf(person: string, outcome: string, actor: string, moment: number): Transaction {
    return bundle([
        {
            resourceType: 'Communication',
            id: newId(),
            status: 'completed',
            medium: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode', code: 'PHONE' }] }],
            subject: { reference: `Patient/${person}` },
            sent: instantOf(moment),
            ...(actor.startsWith('Practitioner/') && { sender: { reference: actor } }),
            reasonCode: [{ coding: [{ system: 'urn:tram:call-outcome', code: outcome }] }],
        },
    ]);
}
