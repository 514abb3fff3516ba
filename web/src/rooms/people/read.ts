// SPDX-License-Identifier: GPL-3.0-or-later
// What is typed about a person, read into values: pure. Each reader gives a value or a fault that has words in texts.ts.

export type Read<T> = { value: T; fault: null; note?: Note } | { value: null; fault: Fault };
export type Fault =
    | 'missing'
    | 'long'
    | 'digitsInName'
    | 'badBirth'
    | 'futureBirth'
    | 'oldBirth'
    | { cccd: number }
    | 'badInsurance'
    | 'badPhone';
/** Worth a word and no hindrance. */
export type Note = 'script' | 'oneWord' | { year: string } | 'cmnd' | 'numberSex' | 'numberYear';

const good = <T>(value: T, note?: Note): Read<T> => (note ? { value, fault: null, note } : { value, fault: null });
const bad = (fault: Fault): Read<never> => ({ value: null, fault });

export const NAME_MAX = 100;

/** "NGUYỄN VĂN A", "nguyễn văn a" → "Nguyễn Văn A"; what is written with small and capital letters stays. */
export function nameCase(text: string): string {
    const clean = text.normalize('NFC').replace(/\s+/g, ' ').trim();
    if (clean !== clean.toLocaleLowerCase('vi') && clean !== clean.toLocaleUpperCase('vi')) return clean;
    return clean.toLocaleLowerCase('vi').replace(/(^|[\s'’-])(\p{L})/gu, (_, before, letter) => before + letter.toLocaleUpperCase('vi'));
}

export function readName(text: string): Read<string> {
    const name = nameCase(text);
    if (!name) return bad('missing');
    if ([...name].length > NAME_MAX) return bad('long');
    if (/\d/.test(name)) return bad('digitsInName');
    if (/[^\p{Script=Latin}\p{M}\s'’.-]/u.test(name)) return good(name, 'script');
    return name.includes(' ') ? good(name) : good(name, 'oneWord');
}

/** A birth date as a FHIR date: 12031959, 12/3/1959, 3/1959, 1959; "67t" is an age in years. Empty: not known. */
export function readBirth(text: string, today: string): Read<string | null> {
    const t = text.trim().toLowerCase();
    if (!t) return good(null);
    const thisYear = Number(today.slice(0, 4));
    const age = /^(\d{1,3}) ?(t|tuổi|tuoi|y)$/.exec(t);
    if (age) {
        const year = String(thisYear - Number(age[1]));
        return Number(age[1]) > 125 ? bad('oldBirth') : good(year, { year });
    }
    const groups = /^\d+$/.test(t)
        ? t.length === 8
            ? [t.slice(0, 2), t.slice(2, 4), t.slice(4)]
            : t.length === 6
              ? [t.slice(0, 2), t.slice(2)]
              : [t]
        : t.split(/[^0-9]+/).filter(Boolean);
    const year = groups[groups.length - 1] ?? '';
    if (groups.length > 3 || year.length !== 4 || /[^\d\s/.-]/.test(t)) return bad('badBirth');
    const parts = [year, ...groups.slice(0, -1).reverse().map((g) => g.padStart(2, '0'))];
    const birth = parts.join('-');
    const whole = new Date(`${parts[0]}-${parts[1] ?? '01'}-${parts[2] ?? '01'}T00:00:00Z`);
    if (Number.isNaN(whole.getTime()) || whole.toISOString().slice(0, birth.length) !== birth) return bad('badBirth');
    if (birth > today.slice(0, birth.length)) return bad('futureBirth');
    return Number(year) < thisYear - 125 ? bad('oldBirth') : good(birth);
}

const digitsOf = (text: string): string => text.replace(/[\s.-]/g, '');

/** Identity number: 12 digits; 9 is an old CMND. Its digits tell sex and year (docs/cards.md). */
export function readIdentity(text: string, birth: string | null, sex: string | null): Read<string | null> {
    const n = digitsOf(text);
    if (!n) return good(null);
    if (!/^\d+$/.test(n) || (n.length !== 12 && n.length !== 9)) return bad({ cccd: n.replace(/\D/g, '').length });
    if (n.length === 9) return good(n, 'cmnd');
    const era = Number(n[3]);
    if ((sex === 'male' || sex === 'female') && (era % 2 === 1) !== (sex === 'female')) return good(n, 'numberSex');
    if (birth && Number(birth.slice(0, 4)) !== 1900 + Math.floor(era / 2) * 100 + Number(n.slice(4, 6))) return good(n, 'numberYear');
    return good(n);
}

export function readInsurance(text: string): Read<string | null> {
    const n = digitsOf(text).toUpperCase();
    if (!n) return good(null);
    return /^(\d{10}|\d{12}|[A-Z]{2}\d{13})$/.test(n) ? good(n) : bad('badInsurance');
}

export function readPhone(text: string): Read<string | null> {
    const n = digitsOf(text).replace(/^\+?84(?=\d{9,10}$)/, '0');
    if (!n) return good(null);
    return /^0\d{9,10}$/.test(n) ? good(n) : bad('badPhone');
}
