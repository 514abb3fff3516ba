// SPDX-License-Identifier: GPL-3.0-or-later
// A person, a household and kin as FHIR resources (docs/places.md, docs/people.md), and the transactions that change them. All ids are
// made here. Pure but for the helpers at the end, which read and save.

import { call, get, type Answer, type Failure } from '../../base/api';
import { newId, type Resource } from '../../rules/visit';

const CCCD = 'http://fhir.ehealth.gov.vn/core/sid/national_id',
    CMND = 'http://fhir.ehealth.gov.vn/core/sid/citizen_id',
    INSURANCE = 'http://fhir.ehealth.gov.vn/core/sid/insurance_number',
    RESIDENCE = 'urn:tram:residence',
    ETHNIC = 'http://fhir.ehealth.gov.vn/core/StructureDefinition/race',
    MOVED = 'urn:tram:moved-away',
    NOT_SAME = 'urn:tram:not-same-as',
    HEAD = 'urn:tram:household-head',
    KIN = 'urn:tram:kin',
    ROLES = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode';

export interface Entry {
    request: { method: 'PUT' | 'DELETE'; url: string; ifMatch?: string };
    resource?: Resource;
}
export interface Changes {
    resourceType: 'Bundle';
    type: 'transaction';
    entry: Entry[];
}
export const changes = (entry: Entry[]): Changes => ({ resourceType: 'Bundle', type: 'transaction', entry });

/** What is known of a person, as read from the form. */
export interface Facts {
    name: string;
    birth: string | null;
    sex: string | null;
    village: string | null;
    address: string | null;
    cccd: string | null; // 12 digits, or 9 of an old CMND
    insurance: string | null;
    phone: string | null;
    ethnic: { code: string; name: string } | null;
}

type Item = Record<string, any>;
const list = (r: Resource | null, member: string): Item[] => (Array.isArray(r?.[member]) ? (r![member] as Item[]) : []);
const others = (r: Resource | null, url: string): Item[] => list(r, 'extension').filter((e) => e.url !== url);
const extensionOf = (r: Resource | null, url: string): Item | undefined => list(r, 'extension').find((e) => e.url === url);
const withExtension = (r: Resource, url: string, value: Item | null): Resource => {
    const extension = [...others(r, url), ...(value ? [{ url, ...value }] : [])];
    const { extension: _, ...rest } = r;
    return (extension.length ? { ...rest, extension } : rest) as Resource;
};
export const plain = (r: Resource): Resource => {
    const { meta, ...rest } = r as Resource & { meta?: Item };
    const kept = meta ? Object.fromEntries(Object.entries(meta).filter(([k]) => k !== 'versionId' && k !== 'lastUpdated')) : {};
    return (Object.keys(kept).length ? { ...rest, meta: kept } : rest) as Resource;
};

/** Items of a list where the one in use gets a new value: the old one stays, marked as old, when `keep`. */
function replaced(items: Item[], mine: (i: Item) => boolean, next: Item | null, keep: boolean): Item[] {
    const now = items.find((i) => mine(i) && i.use !== 'old');
    const same = now && next && (now.value ?? now.text) === (next.value ?? next.text);
    if (same || (!now && !next)) return items;
    const rest = items.flatMap((i) => (i !== now ? [i] : keep ? [{ ...i, use: 'old' }] : []));
    return next ? [next, ...rest] : rest;
}

/** The Patient with these facts; `before` keeps what the form does not know, and former names and numbers as old ones. */
export function patientOf(id: string, f: Facts, before: Resource | null = null): Resource {
    const numberOf = (system: string, value: string | null): Item | null => (value ? { system, value } : null);
    let identifier = list(before, 'identifier');
    const identity = f.cccd?.length === 9 ? CMND : CCCD;
    identifier = replaced(identifier, (i) => i.system === CCCD, identity === CCCD ? numberOf(CCCD, f.cccd) : null, true);
    identifier = replaced(identifier, (i) => i.system === CMND, identity === CMND ? numberOf(CMND, f.cccd) : (identifier.find((i) => i.system === CMND && i.use !== 'old') ?? null), true);
    identifier = replaced(identifier, (i) => i.system === INSURANCE, numberOf(INSURANCE, f.insurance), true);
    const name = replaced(list(before, 'name'), (n) => n.use !== 'maiden', { use: 'official', text: f.name }, true);
    const telecom = replaced(list(before, 'telecom'), (t) => t.system === 'phone', f.phone ? { system: 'phone', value: f.phone, use: 'mobile' } : null, false);
    const address = replaced(list(before, 'address'), () => true, f.address ? { use: 'home', text: f.address } : null, false);
    let r: Resource = { ...(before ? plain(before) : { active: true }), resourceType: 'Patient', id };
    for (const [member, value] of Object.entries({ identifier, name, telecom, address })) {
        delete r[member];
        if (value.length) r[member] = value;
    }
    delete r.birthDate, delete r.gender;
    if (f.birth) r.birthDate = f.birth;
    if (f.sex) r.gender = f.sex;
    r = withExtension(r, RESIDENCE, f.village ? { valueReference: { reference: `Location/${f.village}` } } : null);
    return withExtension(r, ETHNIC, f.ethnic ? { valueCodeableConcept: { coding: [{ system: 'urn:tram:ethnic-group', code: f.ethnic.code, display: f.ethnic.name }] } } : null);
}

/** The facts that a Patient holds: the form of somebody who is there. */
export function factsOf(p: Resource): Facts {
    const number = (system: string): string | null => list(p, 'identifier').find((i) => i.system === system && i.use !== 'old')?.value ?? null;
    const ethnic = extensionOf(p, ETHNIC)?.valueCodeableConcept?.coding?.[0];
    return {
        name: list(p, 'name').find((n) => n.use !== 'old' && n.use !== 'maiden')?.text ?? '',
        birth: (p.birthDate as string | undefined) ?? null,
        sex: (p.gender as string | undefined) ?? null,
        village: extensionOf(p, RESIDENCE)?.valueReference?.reference?.replace(/^Location./, '') ?? null,
        address: list(p, 'address')[0]?.text ?? null,
        cccd: number(CCCD) ?? number(CMND),
        insurance: number(INSURANCE),
        phone: list(p, 'telecom').find((t) => t.system === 'phone' && t.use !== 'old')?.value ?? null,
        ethnic: ethnic ? { code: ethnic.code, name: ethnic.display } : null,
    };
}

export const differsFrom = (p: Resource, ids: string[]): Resource => {
    const known = list(p, 'extension').filter((e) => e.url === NOT_SAME).map((e) => e.valueReference?.reference);
    const more = ids.map((id) => `Patient/${id}`).filter((r) => !known.includes(r));
    return more.length ? ({ ...p, extension: [...list(p, 'extension'), ...more.map((reference) => ({ url: NOT_SAME, valueReference: { reference } }))] } as Resource) : p;
};

export const movedAway = (p: Resource, day: string | null): Resource => withExtension(plain(p), MOVED, day ? { valueDate: day } : null);

export function diedOn(p: Resource, day: string | null | true): Resource {
    const { deceasedBoolean: _, deceasedDateTime: __, ...rest } = plain(p);
    return (day === null ? rest : day === true ? { ...rest, deceasedBoolean: true } : { ...rest, deceasedDateTime: day }) as Resource;
}

/** PUT under the own id. With an identity number the entry is conditional on it: somebody of that number under another id makes
 * the node refuse the whole transaction, so two desks cannot register one card twice. */
export const putNew = (p: Resource): Entry => {
    const cccd = list(p, 'identifier').find((i) => i.system === CCCD)?.value;
    return { request: { method: 'PUT', url: cccd ? `Patient?identifier=${encodeURIComponent(`${CCCD}|${cccd}`)}` : `Patient/${p.id}` }, resource: p };
};
export const put = (r: Resource, etag?: string): Entry => ({ request: { method: 'PUT', url: `${r.resourceType}/${r.id}`, ...(etag && { ifMatch: etag }) }, resource: r });

// ---- households -------------------------------------------------------------------------------------------------------

export function householdOf(head: string, members: string[]): Resource {
    return {
        resourceType: 'Group',
        id: newId(),
        extension: [{ url: HEAD, valueReference: { reference: `Patient/${head}` } }],
        active: true,
        type: 'person',
        actual: true,
        code: { coding: [{ system: 'urn:tram:group-kind', code: 'household' }] },
        member: members.map((id) => ({ entity: { reference: `Patient/${id}` } })),
    };
}
export const headOf = (g: Resource): string | null => extensionOf(g, HEAD)?.valueReference?.reference?.replace(/^Patient./, '') ?? null;
export const withHead = (g: Resource, head: string | null): Resource => withExtension(g, HEAD, head ? { valueReference: { reference: `Patient/${head}` } } : null);
const isMember = (m: Item, id: string): boolean => m.entity?.reference === `Patient/${id}`;
export const livingMembers = (g: Resource): string[] => list(g, 'member').filter((m) => !m.inactive).map((m) => String(m.entity?.reference).replace(/^Patient./, ''));

export function joined(g: Resource, id: string, day: string): Resource {
    const rest = list(g, 'member').filter((m) => !isMember(m, id));
    return { ...g, active: true, member: [...rest, { entity: { reference: `Patient/${id}` }, period: { start: day } }] } as Resource;
}

/** The member left: stays in the list with the day. A household without members is ended; one without its head has none. */
export function left(g: Resource, id: string, day: string): Resource {
    const member = list(g, 'member').map((m) => (isMember(m, id) ? { ...m, inactive: true, period: { ...m.period, end: day } } : m));
    const next = { ...g, member, active: member.some((m) => !m.inactive) } as Resource;
    return headOf(next) === id ? withHead(next, null) : next;
}

// ---- kin --------------------------------------------------------------------------------------------------------------

export type KinKind = 'mother' | 'father' | 'guardian';
const roleCodes: Record<KinKind, string> = { mother: 'MTH', father: 'FTH', guardian: 'GUARD' };

export function kinOf(child: string, kind: KinKind, name: string, phone: string | null, person: string | null): Resource {
    return {
        resourceType: 'RelatedPerson',
        id: newId(),
        ...(person && { extension: [{ url: KIN, valueReference: { reference: `Patient/${person}` } }] }),
        active: true,
        patient: { reference: `Patient/${child}` },
        relationship: [{ coding: [{ system: ROLES, code: roleCodes[kind] }] }],
        name: [{ text: name }],
        ...(phone && { telecom: [{ system: 'phone', value: phone }] }),
    };
}

// ---- reading and saving -----------------------------------------------------------------------------------------------

export const etagOf = (r: Resource): string => `W/"${(r as any).meta?.versionId ?? ''}"`;

export const read = (type: string, id: string): Promise<Answer<Resource>> => get<Resource>(`/fhir/${type}/${encodeURIComponent(id)}`);

/** Reads, changes, saves with the version it read: nobody's work is overwritten. */
export async function edit(type: string, id: string, change: (r: Resource) => Resource): Promise<Failure | null> {
    const now = await read(type, id);
    if (!now.ok) return now.failure;
    const answer = await saveAll([put(change(plain(now.body)), etagOf(now.body))]);
    return answer.ok ? null : answer.failure;
}

export const saveAll = (entries: Entry[]): Promise<Answer<unknown>> => call('POST', '/fhir', changes(entries));
