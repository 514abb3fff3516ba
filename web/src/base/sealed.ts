// SPDX-License-Identifier: GPL-3.0-or-later
// What this browser keeps of people for the one who typed it: drafts, what waits for the network, what may be taken back. On a shared
// computer it does not lie there in plain text: each entry is sealed (AES-GCM) with a key that the node derives for the account and
// gives to a signed-in session only; names of entries are drawn. Read and written in memory, sealed behind it. Without https a
// browser has no WebCrypto: then it is kept in memory only, and the page says so (parts of docs/safety.md).

import { keysUnder, recall, keep as keepPlain } from './local';
import { newId } from '../rules/visit';
import { value } from './value';

interface Entry {
    name: string; // in the browser's storage
    what: unknown;
}

let key: CryptoKey | null = null;
let prefix = ''; // of the account
const entries = new Map<string, Entry>(); // by the key that the pages use
const dirty = new Set<string>();
let writing: Promise<void> | null = null;
/** Can what is typed survive closing the page? */
export const sealable = value(true);

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const base64Of = (bytes: Uint8Array): string => btoa(bytes.reduce((text, b) => text + String.fromCharCode(b), ''));
const nameBytes = (name: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(name);

async function encrypt(by: CryptoKey, at: string, e: Entry): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify({ at, what: e.what }));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: nameBytes(e.name) }, by, text);
    return base64Of(new Uint8Array([...iv, ...new Uint8Array(sealed)]));
}

async function decrypt(by: CryptoKey, name: string): Promise<void> {
    try {
        const bytes = bytesOf(recall<string>(name) ?? '');
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes.slice(0, 12), additionalData: nameBytes(name) }, by, bytes.slice(12));
        const { at, what } = JSON.parse(new TextDecoder().decode(plain)) as { at: string; what: unknown };
        if (key === by && !dirty.has(at)) entries.set(at, { name, what });
    } catch {
        /* of another node, or damaged: it stays where it is */
    }
}

async function writeAll(): Promise<void> {
    for (let at = [...dirty][0]; at !== undefined && key; at = [...dirty][0]) {
        const e = entries.get(at);
        dirty.delete(at);
        if (!e) continue;
        const by = key,
            text = await encrypt(by, at, e);
        if (key === by && entries.get(at) === e && !keepPlain(e.name, text)) sealable.set(false); // the storage is full
    }
}

function write(at: string): void {
    dirty.add(at);
    writing ??= writeAll().finally(() => (writing = null));
}

/** Everything that was kept before is in the storage. */
export const written = (): Promise<void> => writing ?? Promise.resolve();

/** Moves what an older version of the program left in plain text. */
function takePlain(account: string): void {
    for (const kind of ['draft', 'saved', 'register', 'outbox'])
        for (const old of keysUnder(`${kind}:${account}`)) {
            const what = recall<unknown>(old);
            const list = kind === 'outbox' && Array.isArray(what) ? what : [what];
            for (const one of list) keep(kind === 'outbox' ? `outbox:${newId()}` : old.replace(`:${account}`, ''), one);
            void written().then(() => keepPlain(old, null));
        }
}

/** Opens what belongs to the account; the same account again goes on with what is in memory. */
export async function openSealed(account: string, secret: string | null): Promise<void> {
    if (prefix === `sealed:${account}:`) return;
    closeSealed();
    prefix = `sealed:${account}:`;
    sealable.set(!!globalThis.crypto?.subtle && !!secret);
    if (!sealable.get()) return;
    key = await crypto.subtle.importKey('raw', bytesOf(secret!), 'AES-GCM', false, ['encrypt', 'decrypt']);
    const by = key;
    await Promise.all(keysUnder(prefix).map((name) => decrypt(by, name)));
    takePlain(account);
}

export function closeSealed(): void {
    key = null;
    prefix = '';
    entries.clear();
    dirty.clear();
}

export const kept = <T>(at: string): T | null => (entries.get(at)?.what as T | undefined) ?? null;
export const keptUnder = (start: string): string[] => [...entries.keys()].filter((at) => at.startsWith(start)).sort();

/** null: no longer kept. false: it is in memory only. */
export function keep(at: string, what: unknown): boolean {
    const before = entries.get(at);
    if (what === null) {
        entries.delete(at);
        if (before) keepPlain(before.name, null);
    } else {
        entries.set(at, { name: before?.name ?? prefix + newId(), what });
        if (key) write(at);
    }
    return sealable.get();
}

// another tab of the same account wrote or dropped an entry
window.addEventListener('storage', (e) => {
    const name = e.key?.replace(/^tram:/, '') ?? '';
    if (!key || !prefix || !name.startsWith(prefix)) return;
    if (e.newValue !== null) return void decrypt(key, name);
    for (const [at, entry] of entries) if (entry.name === name) entries.delete(at);
});
