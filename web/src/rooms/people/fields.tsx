// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of the registration: text with a word beside it, a choice by one key, and a type-ahead (WAI-ARIA combobox).

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { fold } from '../../base/fold';
import { Icon } from '../../parts/icon';

export type KeyOfInput = KeyboardEvent & { currentTarget: HTMLInputElement };

/** Enter goes on: to the next field of the form that can take it. */
export function goOn(from: HTMLElement): void {
    const form = from.closest('form');
    if (!form) return;
    const stops = [...form.querySelectorAll<HTMLElement>('[data-stop]')].filter((e) => e.offsetParent !== null);
    const next = stops[stops.findIndex((e) => e === from || e.contains(from)) + 1];
    const target = next?.matches('input, button, select') ? next : next?.querySelector<HTMLElement>('input:checked, input, button, select');
    (target ?? form.querySelector<HTMLElement>('button[type=submit]'))?.focus();
    if (target instanceof HTMLInputElement && target.type === 'text') target.select();
}

function Beside({ id, wrong, note }: { id: string; wrong: string | null; note?: string | null }) {
    return wrong ? (
        <p class="wrong" id={`${id}-wrong`} role="alert">
            <Icon name="warn" />
            {wrong}
        </p>
    ) : note ? (
        <p class="note due" id={`${id}-note`} role="status">
            <Icon name="info" />
            {note}
        </p>
    ) : null;
}

interface TextProps {
    id: string;
    label: string;
    hint?: string;
    value: string;
    wrong?: string | null;
    note?: string | null;
    numeric?: boolean;
    required?: boolean;
    onType: (text: string) => void;
    onLeave?: () => void;
}

export function TextField({ id, label, hint, value, wrong, note, numeric, required, onType, onLeave }: TextProps) {
    return (
        <div class="field">
            <label for={id}>
                {label} {hint && <span class="unit">{hint}</span>}
            </label>
            <input
                id={id}
                data-stop
                type="text"
                inputMode={numeric ? 'numeric' : 'text'}
                autocomplete="off"
                autocapitalize={numeric ? 'none' : 'words'}
                spellcheck={false}
                value={value}
                aria-required={required}
                aria-invalid={!!wrong}
                aria-describedby={wrong ? `${id}-wrong` : note ? `${id}-note` : undefined}
                onInput={(e) => onType(e.currentTarget.value)}
                onBlur={onLeave}
                onKeyDown={(e) => {
                    if (e.key !== 'Enter' || e.isComposing) return;
                    e.preventDefault();
                    goOn(e.currentTarget);
                }}
            />
            <Beside id={id} wrong={wrong ?? null} note={note} />
        </div>
    );
}

interface ChoiceProps<K extends string> {
    id: string;
    label: string;
    choices: Record<K, string>;
    value: K | null;
    keys?: Partial<Record<string, K>>; // a letter chooses and goes on
    onChoose: (k: K) => void;
    children?: ComponentChildren;
}

export function Choice<K extends string>({ id, label, choices, value, keys, onChoose, children }: ChoiceProps<K>) {
    return (
        <fieldset class="field choice" id={id} data-stop>
            <legend>{label}</legend>
            <div class="segments">
                {(Object.keys(choices) as K[]).map((k) => (
                    <label key={k} class={value === k ? 'on' : ''}>
                        <input
                            type="radio"
                            name={id}
                            checked={value === k}
                            onChange={() => onChoose(k)}
                            onKeyDown={(e) => {
                                const chosen = keys?.[e.key.toLowerCase()];
                                if (chosen) onChoose(chosen);
                                if (!chosen && e.key !== 'Enter') return;
                                e.preventDefault();
                                goOn(e.currentTarget);
                            }}
                        />
                        {choices[k]}
                    </label>
                ))}
            </div>
            {children}
        </fieldset>
    );
}

export interface Option {
    id: string;
    text: string;
    more?: string; // beside it, found too
}

/** Words in order, each the beginning of a word of the option; or the initials. */
export function matches(option: Option, typed: string): boolean {
    const asked = fold(typed).split(' ').filter(Boolean);
    const has = fold(`${option.text} ${option.more ?? ''}`).split(/[^\p{L}\p{N}]+/u);
    if (asked.every((a) => has.some((h) => h.startsWith(a)))) return true;
    const own = fold(option.text).split(/[^\p{L}\p{N}]+/u);
    return asked.length === 1 && own.map((w) => w[0] ?? '').join('').endsWith(asked[0]!);
}

interface AheadProps {
    id: string;
    label: string;
    hint?: string;
    options: Option[];
    chosen: Option | null;
    text: string;
    wrong?: string | null;
    note?: string | null;
    empty?: string;
    filter?: boolean; // false: the options are already what was asked for
    onType: (text: string) => void;
    onChoose: (o: Option | null) => void;
}

const SHOWN = 8;

/** What is typed shows the options that fit; Enter takes the marked one and goes on. */
export function TypeAhead({ id, label, hint, options, chosen, text, wrong, note, empty, filter = true, onType, onChoose }: AheadProps) {
    const [open, setOpen] = useState(false);
    const [active, setActive] = useState(0);
    const typed = text.trim();
    const fitting = (filter && typed && !chosen ? options.filter((o) => matches(o, typed)) : options).slice(0, SHOWN);
    useEffect(() => setActive(0), [text]);
    const shown = open && !chosen && (typed !== '' || fitting.length > 0);
    const take = (o: Option, from: HTMLElement, on: boolean): void => {
        onChoose(o);
        setOpen(false);
        if (on) goOn(from);
    };
    const key = (e: KeyOfInput): void => {
        if (e.isComposing) return;
        if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            setOpen(true);
            if (fitting.length) setActive((active + (e.key === 'ArrowDown' ? 1 : fitting.length - 1)) % fitting.length);
        } else if (e.key === 'Enter') {
            e.preventDefault();
            if (typed && !chosen && fitting[active]) take(fitting[active], e.currentTarget, true);
            else goOn(e.currentTarget);
        } else if (e.key === 'Escape' && shown) {
            e.preventDefault();
            e.stopPropagation();
            setOpen(false);
        }
    };
    return (
        <div class="field ahead">
            <label for={id}>
                {label} {hint && <span class="unit">{hint}</span>}
            </label>
            <input
                id={id}
                data-stop
                type="text"
                role="combobox"
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                aria-autocomplete="list"
                aria-expanded={shown && fitting.length > 0}
                aria-controls={`${id}-list`}
                aria-activedescendant={shown && fitting.length ? `${id}-${active}` : undefined}
                aria-invalid={!!wrong}
                aria-describedby={wrong ? `${id}-wrong` : note ? `${id}-note` : undefined}
                value={text}
                onInput={(e) => {
                    setOpen(true);
                    if (chosen) onChoose(null);
                    onType(e.currentTarget.value);
                }}
                onBlur={() => setOpen(false)}
                onKeyDown={key}
            />
            <ul id={`${id}-list`} role="listbox" aria-label={label} class={shown ? 'options' : 'options none'}>
                {shown &&
                    fitting.map((o, i) => (
                        <li
                            key={o.id}
                            id={`${id}-${i}`}
                            role="option"
                            aria-selected={i === active}
                            class={i === active ? 'on' : ''}
                            onPointerDown={(e) => {
                                e.preventDefault();
                                take(o, document.getElementById(id)!, true);
                            }}
                        >
                            <b>{o.text}</b> {o.more && <span class="muted small">{o.more}</span>}
                        </li>
                    ))}
                {shown && typed && !fitting.length && empty && (
                    <li role="option" aria-disabled="true" aria-selected="false" class="muted small">
                        {empty}
                    </li>
                )}
            </ul>
            <Beside id={id} wrong={wrong ?? null} note={note} />
        </div>
    );
}
