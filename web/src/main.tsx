// SPDX-License-Identifier: GPL-3.0-or-later
// The browser workplace of Trạm: the shell around the screens, and who may be in it.

import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { online, placeName, resume, session, sessionLost, signOut } from './base/api';
import { language, useTexts } from './base/language';
import { waiting } from './base/outbox';
import { paths, place, type Place } from './base/router';
import { sealable } from './base/sealed';
import { useValue } from './base/value';
import { ClockBar } from './parts/clock-bar';
import { Icon } from './parts/icon';
import { Later } from './parts/later';
import { Navigation } from './parts/navigation';
import { Search } from './parts/search';
import { pages } from './rooms';
import { PersonPage } from './screens/person';
import { ProvincePage } from './screens/province';
import { LanguageButton, SignInAgain, SignInPage } from './screens/signin';
import { slashKey, TodayPage } from './screens/today';

function State() {
    const t = useTexts();
    const isOnline = useValue(online),
        waits = useValue(waiting);
    const refused = waits.filter((w) => w.refused).length;
    const tone = refused ? 'bad' : !isOnline || waits.length ? 'due' : 'ok';
    return (
        <span class={`sync ${tone}`} role="status">
            <Icon name={tone === 'ok' ? 'check' : 'warn'} />
            <span class="word">
                {refused
                    ? t.waitingRefused(refused)
                    : waits.length
                      ? t.waiting(waits.length)
                      : isOnline
                        ? t.allSent
                        : t.offlineShort}
            </span>
        </span>
    );
}

/** Whose first page is not today's work with people, nor the numbers. */
const HOMES: Record<string, string | undefined> = { planner: 'network', admin: 'rights' };

function Shell() {
    const t = useTexts();
    const who = useValue(session),
        lost = useValue(sessionLost),
        asked = useValue(place),
        isOnline = useValue(online),
        safe = useValue(sealable),
        at = useValue(placeName),
        words = useValue(language);
    useEffect(() => {
        const slash = (e: KeyboardEvent): void => {
            const at = e.target as HTMLElement;
            if (
                e.key !== '/' ||
                e.ctrlKey ||
                e.metaKey ||
                e.altKey ||
                !slashKey.get() ||
                /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)
            )
                return;
            const box = document.getElementById('search') as HTMLInputElement | null;
            if (!box || sessionLost.get()) return;
            e.preventDefault();
            box.focus();
            box.select();
        };
        window.addEventListener('keydown', slash);
        return () => window.removeEventListener('keydown', slash);
    }, []);
    useEffect(() => window.scrollTo(0, 0), [asked]);

    if (who === undefined)
        return (
            <main id="main" class="page">
                <h1 class="hidden">{t.programme}</h1>
                <p class="muted" role="status">
                    {t.loading}
                </p>
            </main>
        );
    if (who === null) return <SignInPage />;
    const home = asked.screen === 'today' ? HOMES[who.role] : undefined;
    const where: Place = home ? { screen: 'room', word: home, rest: [] } : asked;
    const screen = !who.finds && where.screen === 'today' ? 'province' : where.screen; // no people to see: the numbers are home
    const page = where.screen === 'room' ? pages.find((p) => p.word === where.word && p.may(who)) : undefined;
    // the daily work first, the numbers behind it
    const rooms = pages.filter((p) => p.nav && p.may(who)).map((p) => ({ to: paths.room(p.word), text: p.title[words], on: page === p, daily: p.daily }));
    const links = [
        ...(who.finds ? [{ to: paths.today, text: t.today, on: screen === 'today' }] : []),
        ...rooms.filter((r) => r.daily),
        ...(who.can('indicator-read') ? [{ to: paths.province, text: t.province, on: screen === 'province' }] : []),
        ...rooms.filter((r) => !r.daily),
    ];
    return (
        <>
            <a
                class="skip"
                href="#main"
                onClick={(e) => {
                    e.preventDefault();
                    const main = document.getElementById('main');
                    if (main) {
                        main.tabIndex = -1;
                        main.focus();
                    }
                }}
            >
                {t.skip}
            </a>
            <header class="top">
                <a class="brand" href={paths.today}>
                    <span class="logo" aria-hidden="true">
                        <Icon name="plus" />
                    </span>
                    {t.programme}
                </a>
                <Navigation key={links.map((l) => l.text).join()} links={links} />
                {who.finds && screen !== 'today' ? <Search inline={false} /> : <span class="grow" />}
                <State />
                <LanguageButton />
                <a class="me" href="#/me">
                    <b>{who.name}</b>
                    {at && <span class="at">{at}</span>}
                </a>
                <button type="button" class="quiet out" onClick={() => void signOut()}>
                    <Icon name="out" />
                    <span class="word">{t.signOut}</span>
                </button>
            </header>
            {!isOnline && (
                <p class="bar due" role="alert">
                    <Icon name="warn" />
                    {t.offlineBar}
                </p>
            )}
            {!safe && (
                <p class="bar due noprint" role="alert" id="not-kept">
                    <Icon name="warn" />
                    {window.isSecureContext ? t.draftNotKept : t.draftsInMemory}
                </p>
            )}
            <ClockBar />
            {where.screen === 'person' ? (
                <PersonPage key={where.id} id={where.id} sheet={where.sheet} />
            ) : page && where.screen === 'room' ? (
                <main id="main" class="page" key={page.word}>
                    <Later name={page.word} room={page.room} load={page.load} props={{ rest: where.rest }} />
                </main>
            ) : where.screen === 'room' ? (
                <main id="main" class="page">
                    <h1>{t.noPage}</h1>
                    <p>
                        <a href={paths.today}>{t.backHome}</a>
                    </p>
                </main>
            ) : screen === 'today' ? (
                <TodayPage />
            ) : (
                <ProvincePage />
            )}
            {lost && <SignInAgain />}
        </>
    );
}

// Excel pasted into a field of one number: a browser would join the cells to another number; they stay apart, and the field says it
document.addEventListener('paste', (e) => {
    const at = e.target,
        text = e.clipboardData?.getData('text').trim() ?? '';
    if (!(at instanceof HTMLInputElement) || !/numeric|decimal/.test(at.inputMode) || !/[\t\r\n]/.test(text)) return;
    e.preventDefault();
    at.setRangeText(text.split(/[\t\r\n]+/).join(' ; '), at.selectionStart ?? 0, at.selectionEnd ?? 0, 'end');
    at.dispatchEvent(new Event('input', { bubbles: true }));
});

render(<Shell />, document.getElementById('app')!);
void resume();
