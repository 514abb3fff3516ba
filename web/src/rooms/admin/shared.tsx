// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of this room share: loading with its three states, a text field with its mistake, the roles' names, instants.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, type Failure } from '../../base/api';
import { language, useTexts } from '../../base/language';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';

/** The answer of a GET, again whenever `path` or `turn` changes. */
export function useLoad<T>(path: string, turn = 0): { body: T | null; failure: Failure | null; again: () => void } {
    const [body, setBody] = useState<T | null>(null),
        [failure, setFailure] = useState<Failure | null>(null),
        [more, setMore] = useState(0);
    useEffect(() => {
        const stop = new AbortController();
        void get<T>(path, stop.signal).then((a) => {
            if (stop.signal.aborted) return;
            if (a.ok) setBody(a.body);
            setFailure(a.ok ? null : a.failure);
        });
        return () => stop.abort();
    }, [path, turn, more]);
    return { body, failure, again: () => setMore(more + 1) };
}

export function Loaded<T>({ of, children }: { of: { body: T | null; failure: Failure | null; again: () => void }; children: (body: T) => ComponentChildren }) {
    const t = useTexts();
    if (of.failure) return <Trouble failure={of.failure} again={of.again} />;
    if (!of.body)
        return (
            <p class="muted" role="status">
                {t.loading}
            </p>
        );
    return <>{children(of.body)}</>;
}

export interface Named {
    code: string;
    vi: string;
    en: string;
}

export const nameIn = (list: Named[], code: string): string => {
    const found = list.find((x) => x.code === code);
    return found ? found[language.get()] : code;
};

export function useLanguage(): 'vi' | 'en' {
    return useValue(language);
}

/** 28/11/2026 14:05 */
export function showInstant(text: string | null): string {
    if (!text) return '–';
    const d = new Date(Date.parse(text) + 7 * 3600e3).toISOString();
    return `${d.slice(8, 10)}/${d.slice(5, 7)}/${d.slice(0, 4)} ${d.slice(11, 16)}`;
}

export const showDate = (text: string | null): string => (text ? text.split('-').reverse().join('/') : '–');

/** dd/mm/yyyy → yyyy-mm-dd; null: not a day; '' stays. */
export function readDate(text: string): string | null {
    const clean = text.trim();
    if (!clean) return '';
    const m = /^(\d{1,2})[/. -]?(\d{1,2})[/. -]?(\d{4})$/.exec(clean);
    if (!m) return null;
    const iso = `${m[3]}-${m[2]!.padStart(2, '0')}-${m[1]!.padStart(2, '0')}`;
    const d = new Date(`${iso}T00:00:00Z`);
    return !Number.isNaN(d.getTime()) && d.toISOString().slice(0, 10) === iso ? iso : null;
}

interface TextProps {
    id: string;
    label: string;
    hint?: string;
    value: string;
    wrong?: string | null;
    type?: string;
    autocomplete?: string;
    short?: boolean;
    digits?: boolean;
    max?: number;
    onType: (text: string) => void;
}

export function TextField({ id, label, hint, value, wrong, type = 'text', autocomplete = 'off', short, digits, max = 200, onType }: TextProps) {
    const names = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || undefined;
    return (
        <div class={short ? 'field short' : 'field'}>
            <label for={id}>
                {label}{' '}
                {hint && (
                    <span class="unit" id={`${id}-hint`}>
                        {hint}
                    </span>
                )}
            </label>
            <input
                id={id}
                {...({ type } as object)}
                inputMode={digits ? 'numeric' : undefined}
                autocomplete={autocomplete}
                spellcheck={false}
                value={value}
                maxLength={max}
                aria-invalid={!!wrong}
                aria-describedby={names}
                onInput={(e) => onType(e.currentTarget.value)}
            />
            {wrong && (
                <p class="wrong" id={`${id}-wrong`} role="alert">
                    <Icon name="warn" />
                    {wrong}
                </p>
            )}
        </div>
    );
}

export function Good({ text }: { text: string }) {
    return (
        <div class="message ok" role="status">
            <Icon name="check" />
            <p>{text}</p>
        </div>
    );
}
