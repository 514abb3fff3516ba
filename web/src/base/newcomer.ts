// SPDX-License-Identifier: GPL-3.0-or-later
// From the search box to the registration: what a scanned card said, or what was typed. Kept in memory only.

import { call, type Answer } from './api';
import type { Found, Sex } from './model';
import { value } from './value';

/** What POST /api/persons/scan reads from the QR code of a card (docs/api.md). */
export interface Card {
    kind: 'identity' | 'insurance';
    number: string;
    oldNumber: string | null;
    name: string | null;
    birth: string | null;
    sex: Sex | null;
    address: string | null;
    validFrom: string | null;
    validTo: string | null;
    guardian: string | null;
    doubts: ('sex' | 'year' | 'letters')[];
    village: string | null; // of the post, when the address names exactly one
}

/** A person as the routes of registration write one. */
export type Resident = Omit<Found, 'lastVisit' | 'status'> & {
    household: string | null;
    cccd: string | null;
    insurance: string | null;
    phone: string | null;
    dead: string | null;
    moved: string | null;
};
export type Likely = Resident & { score: number; tellApart: boolean; why: string[] };
export type Scan = { fault: string } | (Card & { fault: null; persons: Resident[]; likely: Likely[] });

/** The text of a card goes in the body: it never stands in an address. */
export const scanCard = (text: string): Promise<Answer<Scan>> => call<Scan>('POST', '/api/persons/scan', { text });

/** A hand-held scanner types the whole code; no name and no number has a bar. */
export const looksLikeCard = (text: string): boolean => text.includes('|');

export interface Newcomer {
    card?: Card;
    name?: string; // typed in the search box
    household?: { id: string; head: string; village: string | null }; // joins it
    mother?: { id: string; name: string; phone: string | null; village: string | null; household: string | null }; // a newborn
}
export const newcomer = value<Newcomer | null>(null);

/** Who was registered last, and how to take it back: told on the person's page. */
export interface Registered {
    id: string;
    name: string;
    undo: unknown[]; // entries of a transaction
}
export const justRegistered = value<Registered | null>(null);
