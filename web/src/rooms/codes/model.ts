// SPDX-License-Identifier: GPL-3.0-or-later
// Shapes of /api/codes (docs/codes.md).

export interface Version {
    id: string;
    title: string;
    person: string | null;
    applied: string;
    from: string;
    codes: number;
    active: boolean;
    inForce: boolean;
}

export interface CodeList {
    list: string;
    vi: string;
    en: string;
    version: string | null; // null: what the program ships
    codes: number;
    columns: { name: string; vi: string; en: string; required: boolean }[];
    versions: Version[];
}

export interface Problem {
    line: number;
    column: string | null;
    severity: 'error' | 'warning';
    vi: string;
    en: string;
}

export interface Preview {
    rows: number;
    columns: string | null;
    ignored: string | null;
    same: number;
    new: number;
    changed: number;
    gone: number;
    errors: number;
    problems: Problem[];
    differences: { kind: string; line: number; code: string; column: string | null; before: string | null; after: string | null }[];
    version: string | null;
}
