// SPDX-License-Identifier: GPL-3.0-or-later
// A field that offers while one types: arrows and Enter choose, what is not in the list may be typed where the sheet allows it.
// ARIA combobox with a list box.

import type { ComponentChildren, RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon';

export interface Offer {
    key: string;
    main: string;
    side?: string; // said after the main word, muted
}

interface Props {
    id: string;
    label: string;
    hideLabel?: boolean;
    hint?: string | undefined;
    text: string;
    placeholder?: string;
    offers: Offer[];
    wrong?: string | null;
    input?: RefObject<HTMLInputElement | null>;
    onType: (text: string) => void;
    onChoose: (key: string) => void;
    onEnter?: () => void; // Enter with nothing to choose
    onKey?: (e: KeyboardEvent & { currentTarget: HTMLInputElement }) => void; // before everything else
    onLeave?: () => void;
    children?: ComponentChildren;
}

export function Choose(p: Props) {
    const [open, setOpen] = useState(false);
    const [at, setAt] = useState(0);
    const shown = open && p.text.trim() !== '' ? p.offers : [];
    const active = Math.min(at, shown.length - 1);
    const choose = (offer: Offer): void => {
        setOpen(false);
        setAt(0);
        p.onChoose(offer.key);
    };
    const keys = (e: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
        p.onKey?.(e);
        if (e.defaultPrevented) return;
        if (shown.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
            e.preventDefault();
            setAt((active + (e.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length);
        } else if (e.key === 'Enter') {
            e.preventDefault();
            if (shown[active]) choose(shown[active]);
            else p.onEnter?.();
        } else if (e.key === 'Escape' && shown.length) {
            e.preventDefault();
            e.stopPropagation();
            setOpen(false);
        }
    };
    return (
        <div class="field choose">
            <label for={p.id} class={p.hideLabel ? 'hidden' : undefined}>
                {p.label} {p.hint && <span class="unit">{p.hint}</span>}
            </label>
            <input
                ref={p.input}
                id={p.id}
                type="text"
                role="combobox"
                autocomplete="off"
                maxLength={200}
                value={p.text}
                placeholder={p.placeholder}
                aria-autocomplete="list"
                aria-expanded={shown.length > 0}
                aria-controls={`${p.id}-list`}
                aria-activedescendant={shown.length ? `${p.id}-${active}` : undefined}
                aria-invalid={!!p.wrong}
                aria-describedby={p.wrong ? `${p.id}-wrong` : undefined}
                onInput={(e) => {
                    setOpen(true);
                    setAt(0);
                    p.onType(e.currentTarget.value);
                }}
                onKeyDown={keys}
                onBlur={() => {
                    setOpen(false);
                    p.onLeave?.();
                }}
            />
            <ul id={`${p.id}-list`} role="listbox" aria-label={p.label} hidden={!shown.length}>
                {shown.map((o, i) => (
                    <li
                        key={o.key}
                        id={`${p.id}-${i}`}
                        role="option"
                        aria-selected={i === active}
                        onMouseDown={(e) => {
                            e.preventDefault();
                            choose(o);
                        }}
                    >
                        <b>{o.main}</b> {o.side && <span class="muted">{o.side}</span>}
                    </li>
                ))}
            </ul>
            {p.wrong && (
                <p class="wrong" id={`${p.id}-wrong`} role="alert">
                    <Icon name="warn" />
                    {p.wrong}
                </p>
            )}
            {p.children}
        </div>
    );
}
