// SPDX-License-Identifier: GPL-3.0-or-later
// What was typed and what was saved, kept sealed by this browser for the account that typed it (sealed.ts): drafts, visits that wait for the
// network, and for 24 h what was saved (to take it back). All of it is dropped when it is no longer needed.

import { newId, ownVisit, type Transaction } from '../rules/visit';
import { beforeSignOut, call, online, session, type Failure } from './api';
import { now } from './clock';
import { keep, kept, keptUnder, sealable, written } from './sealed';
import { value } from './value';

const DAY_MS = 86400000;
const DRAFT_DAYS = 7;

export interface Saved {
    at: number;
    person: string;
    bundle: Transaction;
    refused?: string; // waiting, but the node said no: somebody has to look
}

// ---- drafts: one of each sheet and person -----------------------------------------------------------------------------
export interface Draft {
    person: string;
    name: string; // only to show the draft to the one who typed it
    started: number;
}
const draftKey = (sheet: string, person: string): string => `draft:${sheet}:${person}`;

export function draftOf<T extends Draft>(sheet: string, person: string): T | null {
    return kept<T>(draftKey(sheet, person));
}

export function keepDraft(sheet: string, draft: Draft): boolean {
    return keep(draftKey(sheet, draft.person), draft);
}

export function dropDraft(sheet: string, person: string): void {
    keep(draftKey(sheet, person), null);
}

export function drafts(): (Draft & { sheet: string })[] {
    const found: (Draft & { sheet: string })[] = [];
    for (const key of keptUnder('draft:')) {
        const draft = kept<Draft>(key);
        if (draft && now() - draft.started < DRAFT_DAYS * DAY_MS) found.push({ ...draft, sheet: key.split(':')[1]! });
        else keep(key, null);
    }
    return found.sort((a, b) => b.started - a.started);
}

/** Whoever signs out leaves nothing of his patients on a shared computer: drafts and what was saved go, only what waits for the network stays. */
function leaveNothing(): void {
    for (const key of [...keptUnder('draft:'), 'saved', 'register']) keep(key, null);
}
beforeSignOut(leaveNothing);

// ---- saved by me within 24 h ------------------------------------------------------------------------------------------
export function savedByMe(): Saved[] {
    return (kept<Saved[]>('saved') ?? []).filter((s) => Date.now() - s.at < DAY_MS);
}

function remember(saved: Saved): void {
    keep('saved', [saved, ...savedByMe()].slice(0, 200));
}

/** The saved visit that holds this resource ("Observation/…"), if I saved it within 24 h. */
export function mySaved(resource: string): Saved | null {
    return savedByMe().find((s) => s.bundle.entry.some((e) => e.request.url === resource)) ?? null;
}

export function forget(saved: Saved): void {
    const url = saved.bundle.entry[0]!.request.url;
    keep(
        'saved',
        savedByMe().filter((s) => s.bundle.entry[0]!.request.url !== url),
    );
}

// ---- waiting for the network --------------------------------------------------------------------------------------------
export const waiting = value<Saved[]>([]);

/** What waits, oldest first, each under a key of its own: two tabs do not overwrite each other. */
const waitingNow = (): [string, Saved][] => keptUnder('outbox:').map((key): [string, Saved] => [key, kept<Saved>(key)!]).sort((a, b) => a[1].at - b[1].at);
const showWaiting = (): void => waiting.set(waitingNow().map(([, saved]) => saved));

export type SaveResult = { how: 'saved' | 'waiting' } | { how: 'failed'; failure: Failure };

/** Sends a visit; without a network it waits here and is sent by itself. */
export async function save(person: string, bundle: Transaction): Promise<SaveResult> {
    const answer = await call('POST', '/fhir', bundle);
    const saved: Saved = { at: Date.now(), person, bundle };
    if (answer.ok) {
        remember(saved);
        return { how: 'saved' };
    }
    const f = answer.failure;
    if (f.kind === 'offline' || (f.kind === 'refused' && f.status >= 502 && f.status <= 504)) {
        const key = `outbox:${newId()}`;
        if (keep(key, saved)) await written();
        if (!sealable.get()) {
            keep(key, null);
            return { how: 'failed', failure: f }; // nowhere to keep it: stay in the sheet
        }
        showWaiting();
        return { how: 'waiting' };
    }
    return { how: 'failed', failure: f };
}

let sending = false;

/** Sends what waits, oldest first. Sent twice is harmless. */
export async function flush(): Promise<void> {
    if (sending || !session.get()) return;
    sending = true;
    try {
        for (const [key, saved] of waitingNow()) {
            let answer = await call('POST', '/fhir', saved.bundle);
            const own = !answer.ok && answer.failure.kind === 'refused' && answer.failure.status === 412 ? ownVisit(saved.bundle) : null;
            if (own) {
                keep(key, { ...saved, bundle: own }); // somebody else went on with the visit of the desk: both are kept
                answer = await call('POST', '/fhir', own);
            }
            if (answer.ok) {
                remember({ at: saved.at, person: saved.person, bundle: own ?? saved.bundle });
                keep(key, null);
            } else if (answer.failure.kind === 'refused' && answer.failure.status < 500) {
                keep(key, { ...saved, bundle: own ?? saved.bundle, refused: answer.failure.text || String(answer.failure.status) });
            } else break;
        }
    } finally {
        showWaiting();
        sending = false;
    }
}

export function dropWaiting(saved: Saved): void {
    for (const [key, s] of waitingNow()) if (s.at === saved.at) keep(key, null);
    showWaiting();
}

// ---- the network comes and goes -------------------------------------------------------------------------------------------
async function look(): Promise<void> {
    try {
        if ((await fetch('/health', { cache: 'no-store' })).ok) online.set(true);
    } catch {
        /* still away */
    }
}

session.watch(() => {
    showWaiting();
    void flush();
});
online.watch(() => {
    if (online.get()) void flush();
});
window.addEventListener('online', () => void look());
window.addEventListener('offline', () => online.set(false));
window.setInterval(() => {
    if (!online.get()) void look();
}, 5000);
