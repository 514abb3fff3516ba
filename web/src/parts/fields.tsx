// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of the sheets: a measured number and a day typed as digits. What is wrong stands beside the field and belongs to it.

import type { ComponentChildren, RefObject } from 'preact';
import { spaceDay } from '../base/date';
import { useTexts } from '../base/language';
import { LIMITS, type Fault, type Measured } from '../rules/pressure';
import { Icon } from './icon';

type KeyOfInput = KeyboardEvent & { currentTarget: HTMLInputElement };

function Wrong({ id, text }: { id: string; text: string | null }) {
    return text ? (
        <p class="wrong" id={id} role="alert">
            <Icon name="warn" />
            {text}
        </p>
    ) : null;
}

interface MeasureProps {
    field: Measured;
    label: string;
    unit: string;
    text: string;
    fault: Fault | undefined;
    input: RefObject<HTMLInputElement | null>;
    onType: (text: string) => void;
    onKey: (e: KeyOfInput) => void;
    onLeave: () => void;
}

export function MeasureField({ field, label, unit, text, fault, input, onType, onKey, onLeave }: MeasureProps) {
    const t = useTexts();
    const [least, most] = LIMITS[field];
    const words =
        fault === 'low' ? t.fault.low(least) : fault === 'high' ? t.fault.high(most) : fault && t.fault[fault];
    return (
        <div class="field">
            <label for={field}>
                {label} <span class="unit">{unit}</span>
            </label>
            <input
                ref={input}
                id={field}
                class="big"
                type="text"
                inputMode="numeric"
                autocomplete="off"
                value={text}
                aria-invalid={!!fault}
                aria-describedby={fault ? `${field}-wrong` : undefined}
                aria-required={field !== 'pulse'}
                onInput={(e) => onType(e.currentTarget.value)}
                onKeyDown={onKey}
                onBlur={onLeave}
            />
            <Wrong id={`${field}-wrong`} text={words ?? null} />
        </div>
    );
}

interface DayProps {
    id: string;
    label: string;
    hint?: string;
    text: string;
    wrong: string | null;
    note?: string; // beside the field, read with it
    input: RefObject<HTMLInputElement | null>;
    onType: (text: string) => void;
    onEnter: () => void;
    children?: ComponentChildren; // a button beside the field
}

export function DayField({ id, label, hint, text, wrong, note, input, onType, onEnter, children }: DayProps) {
    return (
        <div class="field short">
            <label for={id}>
                {label} {hint && <span class="unit">{hint}</span>}
            </label>
            <div class="withbutton">
                <input
                    ref={input}
                    id={id}
                    type="text"
                    inputMode="numeric"
                    autocomplete="off"
                    value={text}
                    maxLength={10}
                    aria-invalid={!!wrong}
                    aria-describedby={wrong ? `${id}-wrong` : note === undefined ? undefined : `${id}-note`}
                    onInput={(e) => onType(spaceDay(e.currentTarget.value))}
                    onKeyDown={(e) => {
                        if (e.key !== 'Enter') return;
                        e.preventDefault();
                        onEnter();
                    }}
                />
                {note !== undefined && (
                    <span id={`${id}-note`} class="muted">
                        {note}
                    </span>
                )}
                {children}
            </div>
            <Wrong id={`${id}-wrong`} text={wrong} />
        </div>
    );
}
