// SPDX-License-Identifier: GPL-3.0-or-later
// The one search box: results while typing, chosen by arrow keys and Enter (WAI-ARIA combobox with a list). A scanner that
// types and ends with Enter opens the person when exactly one is found; the QR code of a card that nobody has offers to
// register its owner.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, get, online, session, sessionLost, type Failure } from '../base/api';
import { showDay } from '../base/date';
import { arrive } from '../base/desk';
import { useTexts } from '../base/language';
import type { Found, FoundList } from '../base/model';
import { looksLikeCard, newcomer, scanCard, type Newcomer, type Scan } from '../base/newcomer';
import { go, paths } from '../base/router';
import { useValue } from '../base/value';
import { Icon } from './icon';
import { failureText } from './message';
import { StatusTag } from './tag';

const WAIT_MS = 60,
    CARD_MS = 400; // a scanner that ends without Enter
type Line = Omit<Found, 'lastVisit' | 'status'> & Partial<Pick<Found, 'lastVisit' | 'status'>>;

export function whereText(p: { place: Found['place'] }): string {
    const { hamlet, formerCommune, commune } = p.place ?? {};
    const parts = [hamlet, formerCommune !== commune ? formerCommune : null, commune].filter(Boolean);
    return parts.join(', ');
}

export function PersonLine({ person }: { person: Line }) {
    const t = useTexts();
    const facts = [person.sex ? t.sex[person.sex] : '', person.age !== null ? t.yearsOld(person.age) : ''].filter(
        Boolean,
    );
    const head = person.householdHead;
    return (
        <>
            <span class="who">
                <b class="name">{person.name}</b> <span class="muted">{facts.join(' · ')}</span>
            </span>
            <span class="state">
                <StatusTag status={person.status ?? null} />
            </span>
            <span class="where">
                <span>{person.birth ? `${t.born} ${showDay(person.birth)}` : t.bornUnknown}</span>
                {whereText(person) && <span>{whereText(person)}</span>}
                {head && <span>{head.id === person.id ? t.self : `${t.head}: ${head.name}`}</span>}
            </span>
            {person.lastVisit !== undefined && (
                <span class="visit">{person.lastVisit ? `${t.lastVisit} ${showDay(person.lastVisit)}` : t.never}</span>
            )}
        </>
    );
}

export function Search({ inline }: { inline: boolean }) {
    const t = useTexts();
    const isOnline = useValue(online);
    const lost = useValue(sessionLost); // asked again after signing in again
    const input = useRef<HTMLInputElement>(null);
    const box = useRef<HTMLDivElement>(null);
    const [q, setQ] = useState('');
    const [found, setFound] = useState<FoundList | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [active, setActive] = useState(0);
    const [open, setOpen] = useState(false);
    const [again, setAgain] = useState(0);
    const enterPending = useRef(false);
    const picked = useRef<string | null>(null); // the person chosen by arrows since the last letter: stays chosen when the list changes
    const [scan, setScan] = useState<Scan | null>(null);
    const isCard = looksLikeCard(q);
    const asked = isCard ? '' : q.trim();

    const clear = (): void => {
        setQ('');
        setFound(null);
        setScan(null);
        setOpen(false);
    };
    const choose = (person: Line): void => {
        clear();
        go(paths.person(person.id));
    };
    const register = (who: Newcomer): void => {
        clear();
        newcomer.set(who);
        go(paths.room('register'));
    };
    const read = async (): Promise<void> => {
        const text = input.current?.value ?? q; // the scanner is faster than the drawing
        setQ(''); // what stands on a card is not left on the screen
        setFound(null);
        const answer = await scanCard(text);
        if (!answer.ok) return setFailure(answer.failure);
        setFailure(null);
        setActive(0);
        if (answer.body.fault === null && answer.body.persons.length === 1) return choose(answer.body.persons[0]!);
        if (answer.body.fault === null && !answer.body.persons.length && session.get()?.can('person-open')) {
            // somebody of another place who is present with the card: the opening is recorded by the node
            const opened = await call<{ person: string }>('POST', '/api/openings', { card: text });
            if (opened.ok) {
                clear();
                return go(paths.person(opened.body.person));
            }
        }
        setScan(answer.body);
        setOpen(true);
    };
    useEffect(() => {
        if (!isCard) return;
        const timer = window.setTimeout(() => void read(), CARD_MS);
        return () => clearTimeout(timer);
    }, [q]);

    useEffect(() => {
        if (lost) return;
        setFailure(null);
        if (!asked) {
            setFound(null);
            return;
        }
        const stop = new AbortController();
        const timer = window.setTimeout(async () => {
            const answer = await get<FoundList>(`/api/persons?q=${encodeURIComponent(asked)}&limit=20`, stop.signal);
            if (stop.signal.aborted) return;
            if (!answer.ok) {
                setFailure(answer.failure);
                setFound(null);
                return;
            }
            setFound(answer.body);
            const kept = answer.body.persons.findIndex((p) => p.id === picked.current);
            if (kept < 0) picked.current = null;
            setActive(Math.max(0, kept));
            if (enterPending.current && answer.body.persons.length === 1) choose(answer.body.persons[0]!);
            enterPending.current = false;
        }, WAIT_MS);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [asked, again, isOnline, lost]);

    useEffect(() => {
        const outside = (e: Event): void => {
            if (!box.current?.contains(e.target as Node)) setOpen(false);
        };
        document.addEventListener('pointerdown', outside);
        return () => document.removeEventListener('pointerdown', outside);
    }, []);

    useEffect(() => {
        document.getElementById(`found-${active}`)?.scrollIntoView({ block: 'nearest' });
    }, [active]);

    const card = scan?.fault === null ? scan : null;
    const persons: Line[] = card ? (card.persons.length ? card.persons : card.likely) : (found?.persons ?? []);
    const shown = (inline || open) && (asked !== '' || scan !== null);
    const current = card !== null || (found !== null && found.q.trim() === asked);
    const mayRegister = session.get()?.can('person-register') ?? false;
    // the last line of the list: whoever is not there can be registered
    const offer: Newcomer | null =
        !mayRegister || failure
            ? null
            : card && !card.persons.length
              ? { card }
              : found && current && /\p{L}/u.test(asked)
                ? { name: asked.replace(/[\d/.-]+/g, ' ').trim() }
                : null;
    const lines = persons.length + (offer ? 1 : 0);

    const key = (e: KeyboardEvent): void => {
        if (e.isComposing) return; // an input method is still at work
        if (e.key === '/' && !q) return e.preventDefault(); // the key that leads here, pressed here
        if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
            e.preventDefault();
            setOpen(true);
            if (!lines) return;
            const next = (active + (e.key === 'ArrowDown' ? 1 : lines - 1)) % lines;
            picked.current = persons[next]?.id ?? null;
            setActive(next);
        } else if (e.key === 'Enter') {
            e.preventDefault();
            if (isCard) void read();
            else if (offer && active === persons.length && current) register(offer);
            else if (persons[active] && (current || picked.current === persons[active]!.id)) choose(persons[active]!);
            else enterPending.current = asked !== '';
        } else if (e.key === 'F4' && inline && persons[active] && session.get()?.writes) {
            e.preventDefault();
            const p = persons[active]!;
            void arrive({ ...p, status: p.status ?? null }).then((a) => (a.ok ? clear() : setFailure(a.failure)));
        } else if (e.key === 'Escape') {
            e.stopPropagation();
            e.preventDefault();
            if (shown || q) clear();
            else input.current?.blur();
        }
    };

    const say = scan
        ? scan.fault
            ? (t.cardFault[scan.fault as keyof typeof t.cardFault] ?? t.cardFault.format)
            : t.cardOf(card!.kind, [card!.name, showDay(card!.birth)].filter(Boolean).join(' · '), card!.persons.length)
        : !asked
          ? ''
          : failure
            ? failureText(failure, t)
            : !found
              ? t.searching
              : persons.length
                ? t.found(persons.length, found.more)
                : t.noneFound(asked);

    return (
        <div class={inline ? 'find inline' : 'find'} ref={box} role="search">
            <div class="findbox">
                <Icon name="search" />
                <input
                    ref={input}
                    id="search"
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck={false}
                    enterkeyhint="search"
                    aria-label={t.find}
                    aria-autocomplete="list"
                    aria-expanded={shown && lines > 0}
                    aria-controls="found"
                    aria-activedescendant={shown && lines ? (active < persons.length ? `found-${active}` : 'found-new') : undefined}
                    aria-describedby={inline ? 'find-hint' : undefined}
                    aria-keyshortcuts="/"
                    placeholder={t.findPlaceholder}
                    value={q}
                    maxLength={2000}
                    onInput={(e) => {
                        setQ(e.currentTarget.value);
                        setOpen(true);
                        setScan(null);
                        enterPending.current = false;
                        picked.current = null;
                    }}
                    onFocus={() => setOpen(true)}
                    onKeyDown={key}
                />
                {q ? (
                    <button
                        type="button"
                        class="clear"
                        aria-label={t.clear}
                        title={t.clear}
                        onClick={() => {
                            clear();
                            input.current?.focus();
                        }}
                    >
                        <Icon name="close" />
                    </button>
                ) : (
                    <kbd aria-hidden="true">/</kbd>
                )}
            </div>
            {inline && (
                <p id="find-hint" class="muted small hint">
                    {t.findHint}
                </p>
            )}
            <div class={shown ? 'results' : 'results none'}>
                <p class={scan?.fault ? 'say small wrong' : 'say small'} role="status">
                    {say}
                </p>
                {failure && failure.kind !== 'signed-out' && (
                    <p class="pad">
                        <button type="button" class="btn" onClick={() => setAgain(again + 1)}>
                            {t.tryAgain}
                        </button>
                    </p>
                )}
                {asked && found && !persons.length && !failure && <p class="muted pad">{t.noneHint}</p>}
                <ul id="found" role="listbox" aria-label={t.shownNames}>
                    {shown &&
                        persons.map((p, i) => (
                            <li
                                id={`found-${i}`}
                                key={p.id}
                                role="option"
                                aria-selected={i === active}
                                class={i === active ? 'on' : ''}
                                onPointerMove={() => setActive(i)}
                                onClick={() => choose(p)}
                            >
                                <PersonLine person={p} />
                            </li>
                        ))}
                    {shown && offer && (
                        <li
                            id="found-new"
                            role="option"
                            aria-selected={active === persons.length}
                            class={active === persons.length ? 'on newcomer' : 'newcomer'}
                            onPointerMove={() => setActive(persons.length)}
                            onClick={() => register(offer)}
                        >
                            <span class="who">
                                <Icon name="plus" /> <b>{t.registerNew(offer.card?.name ?? offer.name ?? '')}</b>
                            </span>
                        </li>
                    )}
                </ul>
                {!card && found?.more && persons.length > 0 && <p class="muted small pad">{t.moreHint}</p>}
            </div>
        </div>
    );
}
