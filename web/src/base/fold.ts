// SPDX-License-Identifier: GPL-3.0-or-later
// Text as it is compared while typing: without accents, small letters, one space.

export function fold(text: string): string {
    return text
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .replace(/[đĐ]/g, 'd')
        .toLowerCase()
        .replace(/\s+/g, ' ')
        .trim();
}

/** Does every typed word begin a word of the text? Both folded. */
export function wordsBegin(typed: string, text: string): boolean {
    const words = text.split(/[\s(+/,]+/);
    return typed.split(' ').every((w) => words.some((x) => x.startsWith(w)));
}
