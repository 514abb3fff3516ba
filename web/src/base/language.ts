// SPDX-License-Identifier: GPL-3.0-or-later
// The two languages. vi.ts is the catalogue, en.ts must have every key of it with the same shape: otherwise the build fails.

import { en } from '../texts/en';
import { vi } from '../texts/vi';
import { keep, recall } from './local';
import { useValue, value } from './value';

export type Language = 'vi' | 'en';
export type Texts = typeof vi;

export const language = value<Language>(recall<Language>('language') === 'en' ? 'en' : 'vi');

/** Has somebody chosen on this computer? Otherwise the account's language is taken. */
export const languageChosen = (): boolean => recall('language') !== null;

export function chooseLanguage(next: Language): void {
    keep('language', next);
    language.set(next);
}

language.watch(() => (document.documentElement.lang = language.get()));
document.documentElement.lang = language.get();

export function texts(): Texts {
    return language.get() === 'vi' ? vi : en;
}

export function useTexts(): Texts {
    useValue(language);
    return texts();
}

/** The words of one room: en must have every key of vi with the same shape, otherwise the build fails. */
export const defineTexts = <T extends object>(vi: T, en: T): { vi: T; en: T } => ({ vi, en });

export function useTextsOf<T>(catalogue: { vi: T; en: T }): T {
    return catalogue[useValue(language)];
}

/** 12345.6 → 12.345,6 (vi) or 12,345.6 (en). */
export function showNumber(n: number | null | undefined, digits = 0): string {
    if (n === null || n === undefined) return '–';
    const [whole, part] = Math.abs(n).toFixed(digits).split('.');
    const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, language.get() === 'vi' ? '.' : ',');
    return (n < 0 ? '−' : '') + grouped + (part ? (language.get() === 'vi' ? ',' : '.') + part : '');
}
