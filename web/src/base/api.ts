// SPDX-License-Identifier: GPL-3.0-or-later
// Requests to the node. One place knows about the session, the CSRF token, lost sessions and the lost network. Nothing here
// throws for what the network or the node answers: callers get a value that says which of the four it is.

import { nodeSays } from './clock';
import { closeSealed, openSealed } from './sealed';
import { chooseLanguage, language, languageChosen, type Language } from './language';
import { value } from './value';

export type Failure =
    | { kind: 'offline' } // no answer at all
    | { kind: 'signed-out' } // 401: nobody is signed in any more
    | { kind: 'refused'; status: number; text: string; body?: unknown }; // the node said no, and why
export type Answer<T> = { ok: true; body: T } | { ok: false; failure: Failure };

export interface Session {
    account: string; // the name to sign in with
    actor: string; // who writes: "Practitioner/…" or "Account/…"
    name: string; // how the person is called
    role: string;
    placeId: string; // Location of the post, may be empty
    finds: boolean; // may find persons: names, hamlets, what is to be done
    persons: boolean; // may see persons' records
    writes: boolean; // may record visits
    can: (right: string) => boolean; // any permission by its code (server.h)
    csrf: string;
}

/** null: nobody; undefined: not known yet */
export const session = value<Session | null | undefined>(undefined);
/** The session ended while somebody was working: sign in again over the page, nothing typed is lost. */
export const sessionLost = value(false);
export const online = value(true);

/** Name of the post's place, once known. */
export const placeName = value('');

function readSession(body: any): Session {
    const text = (v: unknown): string => (typeof v === 'string' ? v : ''),
        account = text(body.account);
    const rights: unknown[] = Array.isArray(body.permissions) ? body.permissions : [];
    return {
        account,
        actor: text(body.actor) || account,
        name: text(body.name) || account,
        role: text(body.role),
        placeId: text(body.place).replace(/^Location./, ''),
        finds: rights.includes('person-find'),
        persons: rights.includes('person-read'),
        writes: rights.includes('person-write'),
        can: (right) => rights.includes(right),
        csrf: text(body.csrf),
    };
}

function outcomeText(body: any): string {
    const issue = body?.issue?.[0];
    return issue?.diagnostics ?? issue?.details?.text ?? body?.error ?? '';
}

async function send<T>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
    more: Record<string, string> = {},
): Promise<Answer<T>> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (body !== undefined)
        headers['Content-Type'] = path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json';
    const csrf = session.get()?.csrf;
    if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
    Object.assign(headers, more);
    let response: Response, read: any;
    try {
        const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
        if (body !== undefined) init.body = typeof body === 'string' || body instanceof Blob ? body : JSON.stringify(body); // a text or a file goes as it is
        if (signal) init.signal = signal;
        response = await fetch(path, init);
        nodeSays(response.headers.get('Date'));
        const text = await response.text();
        read = /json/.test(response.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : null;
    } catch (error) {
        if ((error as Error).name !== 'AbortError') online.set(false);
        return { ok: false, failure: { kind: 'offline' } };
    }
    online.set(true);
    if (response.ok) return { ok: true, body: read as T };
    if (response.status === 401) return { ok: false, failure: { kind: 'signed-out' } };
    return { ok: false, failure: { kind: 'refused', status: response.status, text: outcomeText(read), body: read } };
}

/** A request of a signed-in page: a lost session opens the sign-in over the page. */
export async function call<T>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
    headers?: Record<string, string>,
): Promise<Answer<T>> {
    const answer = await send<T>(method, path, body, signal, headers);
    if (!answer.ok && answer.failure.kind === 'signed-out' && session.get()) sessionLost.set(true);
    return answer;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<Answer<T>> =>
    call<T>('GET', path, undefined, signal);

/** The same for an answer that is a file. */
export async function callFile(path: string, body: unknown): Promise<Answer<Blob>> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    const csrf = session.get()?.csrf;
    if (csrf) headers['X-CSRF-Token'] = csrf;
    try {
        const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
        if (response.ok) return { ok: true, body: await response.blob() };
        if (response.status === 401) sessionLost.set(true);
        const failure: Failure = response.status === 401 ? { kind: 'signed-out' } : { kind: 'refused', status: response.status, text: outcomeText(await response.json().catch(() => null)) };
        return { ok: false, failure };
    } catch {
        online.set(false);
        return { ok: false, failure: { kind: 'offline' } };
    }
}

async function begin(body: any): Promise<void> {
    const found = readSession(body ?? {}),
        before = session.get();
    if (!languageChosen() && (body?.language === 'vi' || body?.language === 'en')) language.set(body.language);
    await openSealed(found.actor, typeof body?.seal === 'string' ? body.seal : null);
    if (before && before.actor !== found.actor) location.hash = '#/'; // somebody else: nothing of the page before is shown
    session.set(found);
    sessionLost.set(false);
    placeName.set('');
    if (!found.placeId) return;
    const place = await send<{ name?: string }>('GET', `/fhir/Location/${encodeURIComponent(found.placeId)}`);
    if (place.ok && session.get() === found) placeName.set(place.body?.name ?? '');
}

/** Who is signed in? Asked once at the start. */
export async function resume(): Promise<void> {
    const answer = await send<any>('GET', '/api/session');
    if (answer.ok) await begin(answer.body);
    else session.set(null);
}

export async function signIn(name: string, password: string): Promise<Failure | null> {
    const answer = await send<any>('POST', '/api/session', { name, password });
    if (!answer.ok) return answer.failure;
    void begin(answer.body);
    return null;
}

/** Who may come in by PIN on this computer. */
export async function colleagues(): Promise<{ account: string; name: string }[]> {
    const answer = await send<{ colleagues: { account: string; name: string }[] }>('GET', '/api/session/colleagues');
    return answer.ok ? answer.body.colleagues : [];
}

export async function signInByPin(name: string, pin: string): Promise<Failure | null> {
    const answer = await send<any>('POST', '/api/session/pin', { name, pin });
    if (!answer.ok) return answer.failure;
    void begin(answer.body);
    return null;
}

const leaving: (() => void)[] = [];
/** Called while it is still known who signs out. */
export const beforeSignOut = (what: () => void): void => void leaving.push(what);

export async function signOut(): Promise<void> {
    if (!sessionLost.get()) for (const what of leaving) what();
    await send('DELETE', '/api/session');
    sessionLost.set(false);
    closeSealed();
    session.set(null);
    location.hash = '#/';
}

/** Changes the language here, and for the account when somebody is signed in. */
export function switchLanguage(next: Language): void {
    chooseLanguage(next);
    if (session.get()) void send('PUT', '/api/session/language', { language: next });
}
