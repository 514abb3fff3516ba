// SPDX-License-Identifier: GPL-3.0-or-later
// Blood sugar on the pressure sheet: kind, value, unit; the same value in the other unit stands beside, the unit is never guessed.

import type { RefObject } from 'preact';
import { useTexts } from '../base/language';
import { otherUnit, sugarBelow, sugarComplete, sugarFault, SUGAR_LIMITS, unitsOf, type SugarEntry, type SugarKind, type SugarLimits, type SugarUnit } from '../rules/sugar';
import { Icon } from './icon';
import { Tag } from './tag';

interface Props {
    sugar: SugarEntry;
    limits: SugarLimits | undefined;
    complain: boolean;
    input: RefObject<HTMLInputElement | null>;
    onChange: (s: SugarEntry) => void;
    onNext: () => void;
}

export function SugarField({ sugar, limits, complain, input, onChange, onNext }: Props) {
    const t = useTexts();
    const fault = sugarFault(sugar),
        below = sugarBelow(sugar, limits),
        [least, most] = SUGAR_LIMITS[sugar.unit];
    const words = !fault || !complain ? null : fault === 'number' ? t.sugarNumber : fault === 'low' ? t.fault.low(least) : t.fault.high(most);
    return (
        <div class="sugar">
            <div class="field">
                <label for="sugar-kind">{t.sugarKind}</label>
                <select
                    id="sugar-kind"
                    value={sugar.kind}
                    onChange={(e) => {
                        const kind = e.currentTarget.value as SugarKind;
                        onChange({ ...sugar, kind, unit: unitsOf(kind).includes(sugar.unit) ? sugar.unit : unitsOf(kind)[0]! });
                    }}
                >
                    {(['fasting', 'random', 'hba1c'] as const).map((k) => (
                        <option key={k} value={k}>
                            {t.sugarKinds[k]}
                        </option>
                    ))}
                </select>
            </div>
            <div class="field">
                <label for="sugar">
                    {t.sugar} <span class="unit">{t.optional}</span>
                </label>
                <input
                    ref={input}
                    id="sugar"
                    class="big"
                    type="text"
                    inputMode="decimal"
                    autocomplete="off"
                    maxLength={6}
                    value={sugar.value}
                    aria-invalid={!!words}
                    aria-describedby={words ? 'sugar-wrong' : 'sugar-other'}
                    onInput={(e) => {
                        const next = { ...sugar, value: e.currentTarget.value };
                        onChange(next);
                        if (next.value.length > sugar.value.length && sugarComplete(next) && !sugarFault(next)) onNext();
                    }}
                    onKeyDown={(e) => {
                        if (e.key !== 'Enter') return;
                        e.preventDefault();
                        onNext();
                    }}
                />
                {words && (
                    <p class="wrong" id="sugar-wrong" role="alert">
                        <Icon name="warn" />
                        {words}
                    </p>
                )}
            </div>
            <div class="field">
                <label for="sugar-unit">{t.sugarUnit}</label>
                <select id="sugar-unit" value={sugar.unit} onChange={(e) => onChange({ ...sugar, unit: e.currentTarget.value as SugarUnit })}>
                    {unitsOf(sugar.kind).map((u) => (
                        <option key={u} value={u}>
                            {u}
                        </option>
                    ))}
                </select>
            </div>
            <span id="sugar-other" class="muted small">
                {otherUnit(sugar) ? `= ${otherUnit(sugar)}` : ''}
            </span>
            {below !== null && (
                <Tag tone={below ? 'ok' : 'due'} icon={below ? 'check' : 'warn'}>
                    {below ? t.controlled : t.notControlled}
                </Tag>
            )}
        </div>
    );
}
