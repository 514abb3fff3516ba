// SPDX-License-Identifier: GPL-3.0-or-later
// From 180/110: what to do before saving — measure again, ask for danger signs, decide. It helps and never blocks: F2 again saves as it is.

import type { RefObject } from 'preact';
import { useTexts } from '../base/language';
import { digits } from '../rules/pressure';
import type { ActionEntry } from '../rules/visit';
import { Icon } from './icon';

export const ACTION_SIGNS = ['none', 'chest-pain', 'breathless', 'weakness', 'sight', 'headache'] as const;
export const ACTION_STEPS = ['refer', 'soon', 'stay'] as const;

interface Props {
    action: ActionEntry;
    waiting: boolean; // saving was asked for once
    wrong: string | null;
    first: RefObject<HTMLInputElement | null>;
    onChange: (a: ActionEntry) => void;
}

export function ActionLine({ action, waiting, wrong, first, onChange }: Props) {
    const t = useTexts();
    const toggle = (sign: string): void => {
        const on = action.signs.includes(sign);
        const signs = sign === 'none' ? (on ? [] : ['none']) : [...action.signs.filter((s) => s !== 'none' && s !== sign), ...(on ? [] : [sign])];
        onChange({ ...action, signs });
    };
    return (
        <div class="message bad actionline" role="alert" id="action-line">
            <Icon name="stop" />
            <div>
                <p>
                    <b>{t.actionTitle}</b> {waiting && <span id="action-again">{t.actionAgain}</span>}
                </p>
                <div class="actionrow">
                    <div class="field">
                        <label for="again-systolic">{t.actionRepeat}</label>
                        <span class="withbutton">
                            <input ref={first} id="again-systolic" type="text" inputMode="numeric" autocomplete="off" value={action.systolic}
                                aria-invalid={!!wrong} aria-describedby={wrong ? 'again-wrong' : undefined}
                                onInput={(e) => onChange({ ...action, systolic: digits(e.currentTarget.value) })} />
                            <span aria-hidden="true">/</span>
                            <input id="again-diastolic" type="text" inputMode="numeric" autocomplete="off" aria-label={t.actionRepeatLow} value={action.diastolic}
                                onInput={(e) => onChange({ ...action, diastolic: digits(e.currentTarget.value) })} />
                        </span>
                        {wrong && (
                            <span class="wrong" id="again-wrong">
                                <Icon name="warn" />
                                {wrong}
                            </span>
                        )}
                    </div>
                </div>
                <fieldset>
                    <legend>{t.actionSigns}</legend>
                    {ACTION_SIGNS.map((s) => (
                        <label class="check" key={s}>
                            <input type="checkbox" checked={action.signs.includes(s)} onChange={() => toggle(s)} />
                            <span>{t.dangerSigns[s]}</span>
                        </label>
                    ))}
                </fieldset>
                <fieldset>
                    <legend>{t.actionStep}</legend>
                    {ACTION_STEPS.map((s) => (
                        <label class="check" key={s}>
                            <input type="radio" name="action-step" checked={action.step === s} onChange={() => onChange({ ...action, step: s })} />
                            <span>{t.actionSteps[s]}</span>
                        </label>
                    ))}
                </fieldset>
            </div>
        </div>
    );
}
