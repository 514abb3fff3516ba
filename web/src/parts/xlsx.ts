// SPDX-License-Identifier: GPL-3.0-or-later
// The first sheet of an Excel file (.xlsx, ECMA-376) as CSV: a zip of XML files, read with fflate and the browser's own XML parser.
// Numbers keep their digits; a day that Excel keeps as a serial number is recognised by the format of its cell.

import { strFromU8, unzipSync } from 'fflate';

const BUILT_IN_DAYS = new Set([14, 15, 16, 17, 22]); // numFmtId of dates, ECMA-376 part 1, 18.8.30
const LARGEST = 64 * 1024 * 1024; // unpacked bytes of one part

const xml = (bytes: Uint8Array | undefined): Document | null => {
    if (!bytes) return null;
    const read = new DOMParser().parseFromString(strFromU8(bytes), 'application/xml');
    if (read.querySelector('parsererror')) throw new Error('XML');
    return read;
};
const all = (parent: Document | Element, name: string): Element[] => [...parent.getElementsByTagNameNS('*', name)];
const text = (e: Element): string =>
    all(e, 't')
        .filter((t) => t.parentElement?.localName !== 'rPh')
        .map((t) => t.textContent ?? '')
        .join('');

/** "BC12" → 54 */
function column(reference: string): number {
    let n = 0;
    for (const c of reference.replace(/\d+$/, '')) n = n * 26 + c.charCodeAt(0) - 64;
    return n - 1;
}

/** Excel's day number (1900 system, with its leap year that was none) → YYYY-MM-DD */
export function serialDay(serial: number): string {
    return new Date(Math.round((serial - 25569) * 86400) * 1000).toISOString().slice(0, 10);
}

function dayStyles(styles: Document | null): Set<number> {
    const found = new Set<number>();
    if (!styles) return found;
    const own = new Set(
        all(styles, 'numFmt')
            .filter((f) => /[dy]/i.test((f.getAttribute('formatCode') ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')))
            .map((f) => Number(f.getAttribute('numFmtId'))),
    );
    const cells = all(styles, 'cellXfs')[0];
    if (cells)
        all(cells, 'xf').forEach((xf, i) => {
            const id = Number(xf.getAttribute('numFmtId'));
            if (BUILT_IN_DAYS.has(id) || own.has(id)) found.add(i);
        });
    return found;
}

function value(cell: Element, shared: string[], days: Set<number>): string {
    const kind = cell.getAttribute('t');
    if (kind === 'inlineStr') return text(cell);
    const raw = all(cell, 'v')[0]?.textContent ?? '';
    if (kind === 's') return shared[Number(raw)] ?? '';
    if (!kind && raw && days.has(Number(cell.getAttribute('s') ?? -1))) return serialDay(Number(raw));
    return raw;
}

const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);

export function sheetToCsv(bytes: Uint8Array): string {
    const parts = unzipSync(bytes, {
        filter: (f) => {
            if (f.originalSize > LARGEST) throw new Error('> 64 MB');
            return /^xl\/(worksheets\/[^/]+\.xml|sharedStrings\.xml|styles\.xml)$/.test(f.name);
        },
    });
    const first = Object.keys(parts)
        .filter((n) => n.startsWith('xl/worksheets/'))
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0];
    const sheet = first ? xml(parts[first]) : null;
    if (!sheet) throw new Error('xl/worksheets');
    const strings = xml(parts['xl/sharedStrings.xml']);
    const shared = strings ? all(strings, 'si').map(text) : [];
    const days = dayStyles(xml(parts['xl/styles.xml']));
    return all(sheet, 'row')
        .map((row) => {
            const cells: string[] = [];
            all(row, 'c').forEach((c, i) => {
                cells[c.getAttribute('r') ? column(c.getAttribute('r')!) : i] = value(c, shared, days).trim();
            });
            return Array.from(cells, (c) => quoted(c ?? '')).join(',');
        })
        .join('\n');
}
