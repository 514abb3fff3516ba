// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of the clinic's sheets: a number or a short text with its fault beside it, one of some answers, and diagnoses by code or words.

import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { diagnoses as catalogue, findDiagnoses, moreDiagnoses, wantDiagnoses, type CatalogueDiagnosis } from '../../base/catalogue';
import { fold, wordsBegin } from '../../base/fold';
import { language, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Choose, type Offer } from '../../parts/choose';
import { Icon } from '../../parts/icon';
import type { Diagnosis } from '../../rules/prescription';
import { texts } from './texts';

export function Wrong({ id, text }: { id: string; text: string | null | undefined }) {
    return text ? (
        <p class="wrong" id={`${id}-wrong`} role="alert">
            <Icon name="warn" />
            {text}
        </p>
    ) : null;
}

interface FieldProps {
    id: string;
    label: string;
    hideLabel?: boolean;
    unit?: string | undefined;
    text: string;
    wrong: string | null;
    wrongElsewhere?: boolean; // the field is too narrow for its fault: the row shows it
    numeric?: boolean;
    placeholder?: string | undefined;
    input?: RefObject<HTMLInputElement | null>;
    onType: (text: string) => void;
    onEnter?: () => void;
    onLeave?: () => void;
}

export function Field(p: FieldProps) {
    return (
        <div class="field">
            <label for={p.id} class={p.hideLabel ? 'hidden' : undefined}>
                {p.label} {p.unit && <span class="unit">{p.unit}</span>}
            </label>
            <input
                ref={p.input}
                id={p.id}
                type="text"
                inputMode={p.numeric ? 'decimal' : undefined}
                autocomplete="off"
                maxLength={p.numeric ? undefined : 600}
                placeholder={p.placeholder}
                value={p.text}
                aria-invalid={!!p.wrong}
                aria-describedby={p.wrong ? `${p.id}-wrong` : undefined}
                onInput={(e) => p.onType(e.currentTarget.value)}
                onBlur={p.onLeave}
                onKeyDown={(e) => {
                    if (e.key !== 'Enter') return;
                    e.preventDefault();
                    p.onEnter?.();
                }}
            />
            {!p.wrongElsewhere && <Wrong id={p.id} text={p.wrong} />}
        </div>
    );
}

export function Answer<T extends string>({
    id,
    label,
    value,
    options,
    wrong,
    onChoose,
    onEnter,
}: {
    id: string;
    label: string;
    value: T | null;
    options: [T, string][];
    wrong?: string | null;
    onChoose: (v: T) => void;
    onEnter?: () => void;
}) {
    return (
        <fieldset
            class="answer"
            aria-describedby={wrong ? `${id}-wrong` : undefined}
            onKeyDown={(e) => {
                const digit = options[Number(e.key) - 1]; // 1 is the first answer
                if (digit) onChoose(digit[0]);
                if (!digit && e.key !== 'Enter') return;
                e.preventDefault();
                onEnter?.();
            }}
        >
            <legend>{label}</legend>
            <div class="options">
                {options.map(([v, word], i) => (
                    <label key={v} class={value === v ? 'option on' : 'option'}>
                        <input id={i === 0 ? id : undefined} type="radio" name={id} checked={value === v} onChange={() => onChoose(v)} />
                        {word}
                    </label>
                ))}
            </div>
            <Wrong id={id} text={wrong} />
        </fieldset>
    );
}

const ICD = /^[a-z]\d\d(\.?\d{1,2})?$/i;

/** "e119" → "E11.9"; null when it is no code. */
export function readIcd(text: string): string | null {
    const t = text.trim().toUpperCase();
    if (!ICD.test(t)) return null;
    const bare = t.replace('.', '');
    return bare.length > 3 ? `${bare.slice(0, 3)}.${bare.slice(3)}` : bare;
}

const folded = new WeakMap<CatalogueDiagnosis, string>();
function words(d: CatalogueDiagnosis): string {
    let text = folded.get(d);
    if (text === undefined) folded.set(d, (text = fold(`${d.vi} ${d.en}`)));
    return text;
}

function matches(list: CatalogueDiagnosis[], typed: string): CatalogueDiagnosis[] {
    const wanted = fold(typed),
        code = wanted.replace('.', '');
    const byCode = list.filter((d) => d.code.replace('.', '').toLowerCase().startsWith(code));
    const byWords = list.filter((d) => !byCode.includes(d) && wordsBegin(wanted, words(d)));
    return [...byCode, ...byWords].slice(0, 8);
}

/** The common diagnoses at once; those of an imported list as soon as the node has found them. */
function useFound(typed: string): CatalogueDiagnosis[] {
    const common = useValue(catalogue),
        more = useValue(moreDiagnoses);
    const [answer, setAnswer] = useState<{ typed: string; list: CatalogueDiagnosis[] } | null>(null);
    useEffect(wantDiagnoses, []);
    useEffect(() => {
        if (!more || !typed.trim()) return;
        let late = false;
        void findDiagnoses(typed.trim()).then((list) => !late && list && setAnswer({ typed, list }));
        return () => void (late = true);
    }, [more, typed]);
    if (!typed.trim()) return [];
    return answer?.typed === typed ? answer.list : matches(common, typed);
}

export function DiagnosisPicker<T extends Diagnosis>({
    id,
    list,
    make,
    wrong,
    input,
    onChange,
    onEnter,
}: {
    id: string;
    list: T[];
    make: (d: Diagnosis) => T;
    wrong: string | null;
    input?: RefObject<HTMLInputElement | null>;
    onChange: (next: T[]) => void;
    onEnter: () => void;
}) {
    const x = useTextsOf(texts);
    const known = useValue(catalogue),
        speaks = useValue(language);
    const [typed, setTyped] = useState('');
    const found = useFound(typed);
    const code = readIcd(typed);
    const offers: Offer[] = found.map((d) => ({ key: d.code, main: d.code, side: `${d[speaks] || d.vi}${d.outside ? ` (${x.outside})` : ''}` }));
    if (code && !found.some((d) => d.code === code)) offers.push({ key: code, main: code, side: x.uncoded && typed.trim() });
    const add = (d: Diagnosis): void => {
        setTyped('');
        if (!list.some((l) => l.code === d.code && l.text === d.text)) onChange([...list, make(d)]);
    };
    const choose = (key: string): void => {
        const d = found.find((k) => k.code === key);
        add(d ? { code: d.code, text: d.vi, longSupply: d.longSupply } : { code: key, text: '', longSupply: false });
    };
    const name = (d: Diagnosis): string => known.find((k) => k.code === d.code)?.[speaks] ?? d.text;
    return (
        <div class="diagnoses">
            <Choose
                id={id}
                label={x.diagnoses}
                hint={x.diagnosisHint}
                text={typed}
                offers={offers}
                wrong={wrong}
                {...(input && { input })}
                onType={setTyped}
                onChoose={choose}
                onEnter={() => {
                    if (!typed.trim()) onEnter();
                    else add({ code: '', text: typed.trim(), longSupply: false }); // words without a code are kept and said to be so
                }}
            />
            {list.length > 0 && (
                <ol class="chosen" aria-label={x.diagnoses}>
                    {list.map((d, i) => (
                        <li key={d.code + d.text}>
                            <b>{d.code || x.uncoded}</b> <span>{name(d)}</span>
                            {i === 0 && list.length > 1 && <span class="tag plain">{x.mainDiagnosis}</span>}
                            {d.longSupply && <span class="small muted">{x.longSupply}</span>}
                            {i > 0 && (
                                <button
                                    type="button"
                                    class="link"
                                    aria-label={x.makeMain(d.code || d.text)}
                                    onClick={() => onChange([d, ...list.filter((l) => l !== d)])}
                                >
                                    <Icon name="up" />
                                </button>
                            )}
                            <button type="button" class="link" aria-label={x.remove(d.code || d.text)} onClick={() => onChange(list.filter((l) => l !== d))}>
                                <Icon name="close" />
                            </button>
                        </li>
                    ))}
                </ol>
            )}
        </div>
    );
}
