// SPDX-License-Identifier: GPL-3.0-or-later
// Exact fractions as they are typed on prescriptions; the same reading as src/prescribing/rational.c. Pure.

export interface Fraction {
    n: number;
    d: number;
}

function divisor(a: number, b: number): number {
    return b ? divisor(b, a % b) : a;
}

export function fraction(n: number, d: number): Fraction | null {
    if (!d || !Number.isSafeInteger(n) || !Number.isSafeInteger(d)) return null;
    const g = divisor(n, d) || 1;
    return { n: n / g, d: d / g };
}

const SIGNS: Record<string, [number, number]> = { '½': [1, 2], '¼': [1, 4], '¾': [3, 4], '⅓': [1, 3], '⅔': [2, 3] };

function simple(text: string): Fraction | null {
    const sign = SIGNS[text];
    if (sign) return fraction(sign[0], sign[1]);
    let m = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
    if (m) return fraction(Number(m[1]), Number(m[2]));
    m = /^(\d{1,9})(?:[.,](\d{1,9}))?$/.exec(text);
    if (!m) return null;
    const tens = 10 ** (m[2]?.length ?? 0);
    return fraction(Number(m[1]) * tens + Number(m[2] ?? 0), tens);
}

/** "2", "1/2", "1 1/2", "0,5", "½" → a fraction; anything else null. */
export function readFraction(text: string): Fraction | null {
    const parts = text.trim().split(/ +/);
    if (parts.length === 1) return simple(parts[0]!);
    const first = simple(parts[0]!),
        second = simple(parts[1]!);
    if (parts.length !== 2 || !first || !second || first.d !== 1 || second.n >= second.d) return null;
    return fraction(first.n * second.d + second.n, second.d);
}

export const multiply = (a: Fraction | null, b: Fraction | null): Fraction | null =>
    a && b ? fraction(a.n * b.n, a.d * b.d) : null;
export const divide = (a: Fraction | null, b: Fraction | null): Fraction | null =>
    a && b && b.n ? fraction(a.n * b.d, a.d * b.n) : null;
export const ceiling = (f: Fraction | null): number => (f ? Math.ceil(f.n / f.d) : 0);

/** 15/2 → "7,5"; 1/2 → "1/2"; 3/4 → "3/4"; 1/3 → "1/3". */
export function writeFraction(f: Fraction | null): string {
    if (!f) return '';
    if (f.d === 1) return String(f.n);
    if (100 % f.d || f.n === 1 || (f.d === 4 && f.n < 4)) return `${f.n}/${f.d}`;
    return String((f.n * (100 / f.d)) / 100).replace('.', ',');
}

/** As FHIR wants numbers. */
export const decimal = (f: Fraction): number => Number((f.n / f.d).toFixed(6));
