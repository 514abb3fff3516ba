// SPDX-License-Identifier: GPL-3.0-or-later
// Where we are: the part of the address behind '#'. Names and search words never get into it, only record ids.

import { value } from './value';

export type Place =
    | { screen: 'today' }
    | { screen: 'province' }
    | { screen: 'person'; id: string; sheet: string | null }
    | { screen: 'room'; word: string; rest: string[] };

function read(): Place {
    const parts = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
    if (parts[0] === 'province') return { screen: 'province' };
    if (parts[0] === 'person' && parts[1])
        return { screen: 'person', id: parts[1], sheet: parts[2] ?? null };
    if (parts[0]) return { screen: 'room', word: parts[0], rest: parts.slice(1) };
    return { screen: 'today' };
}

export const place = value<Place>(read());
window.addEventListener('hashchange', () => place.set(read()));

export const paths = {
    today: '#/',
    province: '#/province',
    person: (id: string): string => `#/person/${encodeURIComponent(id)}`,
    sheet: (id: string, word: string): string => `#/person/${encodeURIComponent(id)}/${word}`,
    room: (word: string, ...rest: string[]): string => `#/${[word, ...rest.map(encodeURIComponent)].join('/')}`,
    bloodPressure: (id: string): string => `#/person/${encodeURIComponent(id)}/blood-pressure`,
};

export function go(path: string): void {
    location.hash = path;
}
