// SPDX-License-Identifier: GPL-3.0-or-later
// The line that opens from 180/110 (rules/severe.ts): measure again, danger signs, what is done. Nothing is answered in advance.

import { useTexts } from '../base/language';
import { digits } from '../rules/pressure';
import { againFault, firstOpen, SIGNS, STEPS, type Severe } from '../rules/severe';
import { Icon } from './icon';

function Wrong({ id, text }: { id: string; text: string | null }) {
    return text ? (
        <p class="wrong" id={id} role="alert">
            <Icon name="warn" />
            {text}
        </p>
    ) : null;
}

export function SevereLine({ value, tried, onChange }: { value: Severe; tried: boolean; onChange: (next: Severe) => void }) {
    const t = useTexts();
    const open = firstOpen(value),
        fault = againFault(value);
    const asked = (id: typeof open): string | null => (tried && open === id ? t.severeAnswer : null);
    const again = fault && fault !== 'missing' ? (fault === 'low' ? t.fault.low(70) : fault === 'high' ? t.fault.high(300) : t.fault[fault]) : asked('again-systolic');
    const toggle = (sign: string): void => {
        const on = value.signs.includes(sign),
            alone = sign === 'none' || sign === 'not-asked';
        const others = alone ? [] : value.signs.filter((s) => s !== 'none' && s !== 'not-asked' && s !== sign);
        onChange({ ...value, signs: on ? others : [...others, sign] });
    };
    const reading = (id: 'systolic' | 'diastolic', label: string) => (
        <input
            id={`again-${id}`}
            type="text"
            inputMode="numeric"
            autocomplete="off"
            aria-label={label}
            value={value[id]}
            aria-invalid={!!again}
            aria-describedby={again ? 'again-wrong' : undefined}
            onInput={(e) => onChange({ ...value, [id]: digits(e.currentTarget.value), notAgain: false })}
        />
    );
    return (
        <section class="message bad severe" role="alert" aria-label={t.severeTitle} id="severe-line">
            <Icon name="stop" />
            <div class="grow">
                <b>{t.severeTitle}</b>
                <fieldset>
                    <legend>{t.severeAgain}</legend>
                    <span class="withbutton">
                        {reading('systolic', t.severeAgainSystolic)}
                        <span aria-hidden="true">/</span>
                        {reading('diastolic', t.severeAgainDiastolic)}
                    </span>
                    <label class="check">
                        <input type="checkbox" id="not-again" checked={value.notAgain} onChange={(e) => onChange({ ...value, systolic: '', diastolic: '', notAgain: e.currentTarget.checked })} />
                        <span>{t.severeNotAgain}</span>
                    </label>
                    <Wrong id="again-wrong" text={again} />
                </fieldset>
                <fieldset>
                    <legend>{t.severeSigns}</legend>
                    {SIGNS.map((s) => (
                        <label class="check" key={s}>
                            <input type="checkbox" id={`sign-${s}`} checked={value.signs.includes(s)} onChange={() => toggle(s)} />
                            <span>{t.dangerSigns[s]}</span>
                        </label>
                    ))}
                    <Wrong id="signs-wrong" text={asked('sign-none')} />
                </fieldset>
                <fieldset>
                    <legend>{t.severeStep}</legend>
                    {STEPS.map((s) => (
                        <label class="check" key={s}>
                            <input type="radio" id={`step-${s}`} name="severe-step" checked={value.step === s} onChange={() => onChange({ ...value, step: s })} />
                            <span>{t.severeSteps[s]}</span>
                        </label>
                    ))}
                    <Wrong id="step-wrong" text={asked('step-refer')} />
                </fieldset>
            </div>
        </section>
    );
}
