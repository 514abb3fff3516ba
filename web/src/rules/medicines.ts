// SPDX-License-Identifier: GPL-3.0-or-later
// Small rules on lists of medicines. What may be typed is offered by the catalogue (base/catalogue.ts).

/** Each medicine once: two visits on one day prescribe the same twice. */
export function distinct<T extends { text: string; dose: string | null }>(medicines: T[]): T[] {
    const seen = new Set<string>();
    return medicines.filter((m) => !seen.has(`${m.text}|${m.dose}`) && seen.add(`${m.text}|${m.dose}`));
}
