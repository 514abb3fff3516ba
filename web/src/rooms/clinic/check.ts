// SPDX-License-Identifier: GPL-3.0-or-later
// The node's opinion of a prescription while it is written. Without an answer nothing has been checked, and that is what is said.

import { useEffect, useState } from 'preact/hooks';
import { call } from '../../base/api';
import { isEmpty, type Prescription } from './prescription-rules';

export type AlertState = 'alert' | 'none' | 'not-checked';

export interface Finding {
    level: 'refused' | 'warning' | 'note';
    rule: string;
    at: string;
    vi: string;
    en: string;
}

export interface CheckedLine {
    total: string | null;
    units: number;
    unit: string | null;
    quantityText: string | null;
    allergy: AlertState;
    double: AlertState;
    interaction: AlertState;
    controlled: { kind: 'n' | 'h'; verified: boolean } | null;
}

export interface Checked {
    daysMost: number;
    listed: string | null;
    child: boolean;
    state: AlertState;
    pairs: number;
    lines: CheckedLine[];
    findings: Finding[];
}

const WAIT_MS = 150;

function asked(p: Prescription): unknown {
    return {
        patient: p.person,
        kind: p.kind,
        replaces: p.replaces ?? '',
        guardian: p.guardian,
        diagnoses: p.diagnoses.map((d) => ({ code: d.code, text: d.text })),
        lines: p.lines
            .filter((l) => !isEmpty(l))
            .map((l) => ({ medicine: l.medicine, text: l.text, atc: l.atc, dose: l.dose, times: l.times, days: l.days, unit: l.unit, doseUnit: l.doseUnit, content: l.content })),
    };
}

/** The answer to exactly what stands there now, or null: not asked yet, asked and silent. `silent`: the node does not answer. */
export function useCheck(p: Prescription, again: unknown): { checked: Checked | null; silent: boolean } {
    const [answer, setAnswer] = useState<{ to: string; checked: Checked } | null>(null);
    const [silent, setSilent] = useState(false);
    const question = JSON.stringify(asked(p));
    useEffect(() => {
        const stop = new AbortController();
        const timer = setTimeout(() => {
            void call<Checked>('POST', '/api/prescriptions/check', JSON.parse(question), stop.signal).then((a) => {
                if (stop.signal.aborted) return;
                setSilent(!a.ok);
                setAnswer(a.ok ? { to: question, checked: a.body } : null);
            });
        }, WAIT_MS);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [question, again]);
    return { checked: answer?.to === question ? answer.checked : null, silent };
}
