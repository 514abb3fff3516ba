// SPDX-License-Identifier: GPL-3.0-or-later
// Civil days of Vietnam (+07:00, no summer time) as YYYY-MM-DD, how they are shown (dd/mm/yyyy) and typed (digits only).

export const ZONE = '+07:00';
const OFFSET = 7 * 3600 * 1000;

/** The day in Vietnam at a moment. */
export function dayOf(moment: number): string {
    return new Date(moment + OFFSET).toISOString().slice(0, 10);
}

/** A FHIR dateTime with zone: 2026-11-23T09:34:00+07:00 */
export function instantOf(moment: number): string {
    return new Date(moment + OFFSET).toISOString().slice(0, 19) + ZONE;
}

/** HH:MM:SS in Vietnam. */
export function clockOf(moment: number): string {
    return new Date(moment + OFFSET).toISOString().slice(11, 19);
}

/** 2026-11-23 → 23/11/2026; also 2026-11 → 11/2026 and 1959 → 1959. */
export function showDay(day: string | null | undefined): string {
    return day ? day.slice(0, 10).split('-').reverse().join('/') : '';
}

export function shortDay(day: string): string {
    return day.slice(5, 10).split('-').reverse().join('/');
}

export function addDays(day: string, days: number): string {
    return new Date(Date.parse(day + 'T00:00:00Z') + days * 86400000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
    return Math.round((Date.parse(to + 'T00:00:00Z') - Date.parse(from + 'T00:00:00Z')) / 86400000);
}

/** What was typed → a day, or null: 23/11/2026, 23112026, 2311 (this year), 23/11/26. */
export function readDay(text: string, today: string): string | null {
    const groups = text
        .trim()
        .split(/[^0-9]+/)
        .filter(Boolean);
    let d = '',
        m = '',
        y = '';
    if (groups.length === 1 && /^\d{4}$|^\d{6}$|^\d{8}$/.test(groups[0]!))
        [d, m, y] = [groups[0]!.slice(0, 2), groups[0]!.slice(2, 4), groups[0]!.slice(4)];
    else if (groups.length === 2 || groups.length === 3) [d, m, y] = [groups[0]!, groups[1]!, groups[2] ?? ''];
    else return null;
    if (y === '') y = today.slice(0, 4);
    if (y.length === 2) y = today.slice(0, 2) + y;
    if (y.length !== 4 || d.length > 2 || m.length > 2) return null;
    const day = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
    const moment = Date.parse(day + 'T00:00:00Z');
    return Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== day ? null : day;
}

/** Digits typed without separators get them while typing: 2311 → 23/11, 23112026 → 23/11/2026. */
export function spaceDay(text: string): string {
    if (!/^\d+$/.test(text) || text.length > 8 || text.length < 5) return text;
    return [text.slice(0, 2), text.slice(2, 4), text.slice(4)].join('/');
}
