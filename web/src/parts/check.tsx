// SPDX-License-Identifier: GPL-3.0-or-later
// The node's opinion of a prescription while it is written. Without an answer nothing has been checked, and that is what is said.

import { useEffect, useState } from 'preact/hooks';
import { call } from '../base/api';
import { defineTexts, useTextsOf } from '../base/language';
import { isEmpty, type Prescription } from '../rules/prescription';
import { Icon } from './icon';

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

/** The answer to exactly what stands there now, or null: nothing to ask, not asked yet, asked and silent. `silent`: the node does not answer. */
export function useCheck(p: Prescription | null, again: unknown): { checked: Checked | null; silent: boolean } {
    const [answer, setAnswer] = useState<{ to: string; checked: Checked } | null>(null);
    const [silent, setSilent] = useState(false);
    const question = p && JSON.stringify(asked(p));
    useEffect(() => {
        if (!question) return;
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

/** Words of a prescription that both its sheets need. */
export const rxTexts = defineTexts(
    {
        fault: {
            diagnoses: 'Đơn cần ít nhất một chẩn đoán.',
            lines: 'Đơn chưa có thuốc nào.',
            medicine: 'Chưa có tên thuốc.',
            dose: 'Cần liều mỗi lần: 1, 1/2, 0,5…',
            times: 'Cần số lần mỗi ngày.',
            days: 'Cần số ngày, một số nguyên.',
            daysMost: (most: number) => `Quá nhiều: tối đa ${most} ngày với chẩn đoán này.`,
            weight: 'Trẻ dưới 72 tháng: cần cân nặng trong 30 ngày qua (kg).',
            guardian: 'Trẻ dưới 72 tháng: cần họ tên người đưa trẻ đến khám.',
        },
        state: {
            alert: 'Có cảnh báo',
            none: 'Không có cảnh báo',
            'not-checked': 'Chưa kiểm tra hết',
        } as Record<string, string>,
        code: 'Mã đơn',
        ownNumber: 'Số nội bộ',
        what: (pairs: number) => `dị ứng, trùng thuốc, tương tác (${pairs} cặp thuốc đã biết)`,
        silent: 'Chưa kiểm tra: không nối được với máy chủ. Hãy tự xem dị ứng và thuốc đang dùng.',
        notAsked: 'Chưa ghi nhận đã hỏi dị ứng.',
    },
    {
        fault: {
            diagnoses: 'At least one diagnosis is needed.',
            lines: 'There is no medicine yet.',
            medicine: 'The name is missing.',
            dose: 'The dose is needed: 1, 1/2, 0.5…',
            times: 'How many times a day?',
            days: 'The number of days is needed.',
            daysMost: (most: number) => `Too many: at most ${most} days with this diagnosis.`,
            weight: 'Under 72 months: a weight of the last 30 days is needed (kg).',
            guardian: 'Under 72 months: who brought the child?',
        },
        state: {
            alert: 'Alert',
            none: 'No alert',
            'not-checked': 'Not all checked',
        } as Record<string, string>,
        code: 'Code',
        ownNumber: 'Own number',
        what: (pairs: number) => `allergies, doubles, ${pairs} pairs of interactions`,
        silent: 'Not checked: the node does not answer. Look at allergies and medicines yourself.',
        notAsked: 'It is not recorded that anybody asked about allergies.',
    },
);

/** A facility without a code writes noughts there: then it is a number of the house, and said so. */
export const codeText = (x: { code: string; ownNumber: string }, code: string): string => (code.startsWith('00000') ? `${x.ownNumber} ${code.slice(5)}` : `${x.code} ${code}`);

export function CheckState({ checked, silent, asked }: { checked: Checked | null; silent: boolean; asked: boolean }) {
    const x = useTextsOf(rxTexts);
    const state = checked?.state ?? 'not-checked';
    const tone = { alert: 'bad', none: 'ok', 'not-checked': 'due' }[state];
    return (
        <div class="rxstate" role="status" id="rx-state" data-state={state}>
            <span class={`tag ${tone}`}>
                <Icon name={state === 'none' ? 'check' : 'warn'} />
                <span>{x.state[state]}</span>
            </span>
            <span class="small muted">{silent ? x.silent : `${x.what(checked?.pairs ?? 0)}${asked ? '' : ` · ${x.notAsked}`}`}</span>
        </div>
    );
}
