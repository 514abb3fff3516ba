// SPDX-License-Identifier: GPL-3.0-or-later
// The pages in one row: as many as fit, the others behind one button at the end of it. Nothing is out of reach on any width:
// at most two taps.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../base/language';
import { Icon } from './icon';

export interface Link {
    to: string;
    text: string;
    on: boolean; // the page that is shown
}

/** How many of the widths fit into the room, when a button of `more` stands behind them unless all do. */
export function howMany(widths: number[], room: number, more: number): number {
    let sum = 0;
    const ends = widths.map((w) => (sum += w));
    if (sum <= room) return widths.length;
    return ends.filter((end) => end + more <= room).length;
}

const anchor = (l: Link) => (
    <a key={l.to} href={l.to} aria-current={l.on ? 'page' : undefined}>
        {l.text}
    </a>
);

/** Give it a key that changes with its words: widths are taken once, with all links shown. */
export function Navigation({ links }: { links: Link[] }) {
    const t = useTexts();
    const nav = useRef<HTMLElement>(null),
        button = useRef<HTMLButtonElement>(null);
    const [fit, setFit] = useState(links.length),
        [font, setFont] = useState(document.fonts.status === 'loaded'), // widths change with it: all is measured again
        [open, setOpen] = useState(false);
    useLayoutEffect(() => {
        const row = nav.current!,
            more = button.current!.parentElement!;
        const gap = parseFloat(getComputedStyle(row).columnGap) || 0;
        const widths = [...row.querySelectorAll(':scope > a')].map((a) => (a as HTMLElement).offsetWidth + gap),
            last = more.offsetWidth + gap;
        row.style.maxWidth = `${widths.reduce((a, b) => a + b, 1)}px`; // what it does not need is left to the search box
        const measure = (): void => setFit(howMany(widths, row.clientWidth + gap, last));
        const watch = new ResizeObserver(measure);
        watch.observe(row);
        measure();
        if (!font)
            void document.fonts.ready.then(() => {
                setFit(links.length);
                setFont(true);
            });
        return () => watch.disconnect();
    }, [font]);
    useLayoutEffect(() => {
        if (!open) return;
        const away = (e: Event): void => {
            if (!button.current?.parentElement?.contains(e.target as Node)) setOpen(false);
        };
        const escape = (e: KeyboardEvent): void => {
            if (e.key !== 'Escape') return;
            setOpen(false);
            button.current?.focus();
        };
        document.addEventListener('pointerdown', away);
        document.addEventListener('focusin', away);
        document.addEventListener('keydown', escape);
        return () => {
            document.removeEventListener('pointerdown', away);
            document.removeEventListener('focusin', away);
            document.removeEventListener('keydown', escape);
        };
    }, [open]);
    const rest = links.slice(fit);
    return (
        <nav ref={nav} aria-label={t.pages}>
            {links.slice(0, fit).map(anchor)}
            <div class={rest.length ? 'others' : 'others none'}>
                <button
                    ref={button}
                    type="button"
                    class={rest.some((l) => l.on) ? 'on' : undefined}
                    aria-expanded={open}
                    aria-controls="other-pages"
                    onClick={() => setOpen(!open)}
                >
                    {t.otherPages}
                    <Icon name="unfold" />
                </button>
                <div id="other-pages" hidden={!open} onClick={() => setOpen(false)}>
                    {rest.map(anchor)}
                </div>
            </div>
        </nav>
    );
}
