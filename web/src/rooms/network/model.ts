// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of the network in time as docs/network.md words it, and requests for it.

import type { ListAnswer } from '../../parts/import-list';
import { call, get, type Answer } from '../../base/api';

export interface NetworkPlace {
    id: string;
    code: string | null;
    name: string;
    kind: string;
    status: 'active' | 'suspended' | 'ended';
    assumed: boolean;
    commune: string | null;
    parent: string | null;
    manager: string | null;
    director: string | null;
    insurer: string | null;
    pointOf: string | null;
    latitude: number | null;
    longitude: number | null;
    population: number | null;
    residents: number | null;
    estimated: boolean;
    services: string[];
    posts: number | null;
    beds: number | null;
    from: string | null;
    until: string | null;
    operationalFrom: string | null;
    decision: string | null;
    successors: { id: string; kind: string; share: number }[];
}

export interface Network {
    at: string;
    known: string | null;
    today: string;
    position: number;
    province: { id: string; code: string; name: string };
    days: string[];
    counts: Record<string, number>;
    places: NetworkPlace[];
}

export interface Reference {
    reference: string;
}
export interface Transfer {
    what: string;
    quantity: number;
    from?: Reference;
    to?: Reference;
    reason?: string;
}
export interface Operation {
    kind: string;
    place?: Reference[];
    query?: string;
    role?: string;
    target?: Reference;
    part?: { target: Reference; share: number }[];
    continues?: boolean;
    receiver?: { what?: string; place: Reference }[];
    transfer?: Transfer[];
    placeKind?: string;
    name?: string;
    code?: string;
    parent?: Reference;
    service?: string[];
    until?: string;
    from?: string;
    reason?: string;
    [member: string]: unknown;
}

/** Absent before or after: nobody knows, or there is none. */
export interface Effect {
    what: string;
    minutes?: number;
    before?: number;
    after?: number;
}

export interface Decision {
    resourceType: 'Decision';
    id?: string;
    meta?: { versionId?: string };
    status: string;
    number?: string;
    title: string;
    authority?: string;
    legalBasis?: string[];
    effectiveOn?: string;
    operationalOn?: string;
    signedOn?: string;
    signer?: string;
    certainty?: string;
    certaintyNote?: string;
    effect?: Effect[];
    reason?: string;
    province?: Reference;
    revokes?: Reference;
    operation?: Operation[];
    [member: string]: unknown;
}

export interface DecisionRow {
    id: string;
    version: string;
    number: string | null;
    title: string;
    status: 'draft' | 'signed' | 'effective' | 'revoked';
    signedOn: string | null;
    effectiveOn: string | null;
    certainty: string | null;
    operations: number;
    places: number;
    revokes: string | null;
    revokedBy: string | null;
}

export interface Problem {
    rule: string;
    severity: 'error' | 'warning';
    operation: number | null;
    place: string | null;
    name: string | null;
    from: string | null;
    until: string | null;
    vi: string;
    en: string;
}
export interface LedgerRow {
    what: string;
    vi: string;
    en: string;
    before: number;
    after: number;
    difference: number;
    explained: number;
    reasons: string[];
    ok: boolean;
}
export interface Check {
    ok: boolean;
    milliseconds: number;
    day: string;
    problems: Problem[];
    losers: { place: string; name: string; what: string; vi: string; en: string; count: number; receiver: string | null; receiverName: string | null; ok: boolean }[];
    ledger: LedgerRow[];
    norms: {
        commune: string;
        name: string;
        stationsBefore: number;
        stationsAfter: number;
        pointsBefore: number;
        pointsAfter: number;
        population: number | null;
        postsBefore: number | null;
        postsAfter: number | null;
        norm: number | null;
    }[];
    travel: { commune: string; name: string; meanBefore: number | null; meanAfter: number | null; maxBefore: number | null; maxAfter: number | null; estimated: boolean }[];
}

export interface Changes {
    days: {
        day: string;
        decisions: { id: string; number: string | null; title: string; certainty: string | null }[];
        changes: { place: string; name: string; field: string; before: string | null; after: string | null; decision: string; operation: number }[];
    }[];
}

export interface Series {
    measure: string;
    basis: string;
    breaks: string[];
    months: string[];
    reported?: SeriesLine[];
    today?: SeriesLine[];
}
export interface SeriesLine {
    place: string;
    name: string;
    values: (number | null)[];
    estimated: boolean;
}

export interface ImportAnswer extends ListAnswer {
    decision: Decision | null;
}

export const AREAS = ['commune', 'ward', 'township', 'special-zone'];
export const SITES = ['station', 'point', 'hospital', 'regional-hospital', 'health-centre', 'polyclinic', 'centre', 'social-unit'];
export const isArea = (p: NetworkPlace): boolean => AREAS.includes(p.kind);
export const isSite = (p: NetworkPlace): boolean => SITES.includes(p.kind);

export const reference = (id: string): Reference => ({ reference: `Location/${id}` });
export const idOf = (r: Reference | undefined): string => r?.reference.replace(/^Location\//, '') ?? '';

export function networkPath(at: string | null, plans: string[] = [], more: Record<string, string> = {}): string {
    const query = new URLSearchParams(more);
    if (at) query.set('at', at);
    for (const plan of plans) query.append('plan', plan);
    return `/api/network?${query}`;
}

export const loadNetwork = (at: string | null, plans: string[] = [], signal?: AbortSignal): Promise<Answer<Network>> =>
    get<Network>(networkPath(at, plans), signal);

export const loadDecision = (id: string, signal?: AbortSignal): Promise<Answer<Decision>> =>
    get<Decision>(`/api/decisions/${encodeURIComponent(id)}`, signal);

/** A draft is created, or replaced when nobody else has changed it meanwhile. */
export function saveDraft(d: Decision): Promise<Answer<Decision>> {
    const { meta, ...body } = d;
    if (!body.operation?.length) delete body.operation; // as in FHIR: no empty lists
    if (!body.legalBasis?.length) delete body.legalBasis;
    if (!d.id) return call<Decision>('POST', '/api/decisions', body);
    return call<Decision>('PUT', `/api/decisions/${encodeURIComponent(d.id)}`, body, undefined, {
        'If-Match': `W/"${meta?.versionId ?? ''}"`,
    });
}

export const checkDecision = (id: string): Promise<Answer<Check>> =>
    call<Check>('POST', `/api/decisions/${encodeURIComponent(id)}/check`, {});

/** Communes that have no functioning station, as the map shows them. */
export function without(network: Network): NetworkPlace[] {
    const served = new Set(
        network.places.filter((p) => p.kind === 'station' && p.status === 'active').map((p) => communeOf(network, p)?.id),
    );
    return network.places.filter((p) => isArea(p) && !served.has(p.id));
}

const byId = new WeakMap<Network, Map<string, NetworkPlace>>();
export function placeById(network: Network, id: string | null): NetworkPlace | undefined {
    let map = byId.get(network);
    if (!map) byId.set(network, (map = new Map(network.places.map((p) => [p.id, p]))));
    return id ? map.get(id) : undefined;
}

/** The commune of that day in which a site lies: upwards from its parent. */
export function communeOf(network: Network, place: NetworkPlace): NetworkPlace | undefined {
    let at: NetworkPlace | undefined = place;
    for (let depth = 0; at && depth < 8; depth++) {
        if (isArea(at)) return at;
        const next: string | null = at === place && at.commune ? at.commune : at.parent;
        at = placeById(network, next);
    }
    return undefined;
}
