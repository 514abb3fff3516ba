// SPDX-License-Identifier: GPL-3.0-or-later
// What this browser remembers (localStorage). A browser without storage works, it only forgets.

const PREFIX = 'tram:';

export function recall<T>(key: string): T | null {
    try {
        const text = localStorage.getItem(PREFIX + key);
        return text === null ? null : (JSON.parse(text) as T);
    } catch {
        return null;
    }
}

/** false: it could not be kept (no storage, or full). */
export function keep(key: string, what: unknown): boolean {
    try {
        if (what === null) localStorage.removeItem(PREFIX + key);
        else localStorage.setItem(PREFIX + key, JSON.stringify(what));
        return true;
    } catch {
        return false;
    }
}

export function keysUnder(prefix: string): string[] {
    const found: string[] = [];
    try {
        for (let i = 0; i < localStorage.length; i++) {
            const key = localStorage.key(i)!;
            if (key.startsWith(PREFIX + prefix)) found.push(key.slice(PREFIX.length));
        }
    } catch {
        /* nothing is remembered */
    }
    return found.sort();
}
