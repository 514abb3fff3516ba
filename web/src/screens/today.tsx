// SPDX-License-Identifier: GPL-3.0-or-later
// Hôm nay: the search box, what is unfinished, who was just opened, and how the own commune is doing.

import { useEffect, useState } from 'preact/hooks';
import { get, session } from '../base/api';
import { now, useClock } from '../base/clock';
import { clockOf, dayOf, showDay } from '../base/date';
import { useTopic } from '../base/events';
import { keep, recall } from '../base/local';
import { showNumber, useTexts, language } from '../base/language';
import type { CommuneCount, Found, Person, Province } from '../base/model';
import { drafts, waiting } from '../base/outbox';
import { paths } from '../base/router';
import { useValue, value } from '../base/value';
import { MyChanges } from '../parts/my-changes';
import { LastStep, Queue } from '../parts/queue';
import { Search, whereText } from '../parts/search';
import { Spark } from '../parts/spark';
import { sheets } from '../rooms';
import { StatusTag } from '../parts/tag';

type Recent = Pick<Found, 'id' | 'name' | 'age' | 'sex' | 'place' | 'status'>;
/** People opened since this page was loaded; kept in memory only. */
const recent = value<Recent[]>([]);
session.watch(() => {
    if (!session.get()) recent.set([]);
});

export function noteRecent(p: Person): void {
    recent.set([p, ...recent.get().filter((r) => r.id !== p.id)].slice(0, 8));
}

/** The one-character key `/` can be turned off (WCAG 2.1.4). */
export const slashKey = value(recall<boolean>('slash') ?? true);

interface Progress {
    place: { id: string; name: string } | null;
    counts: {
        counted: number;
        controlled: number;
        controlledPercent: number | null;
        atTargetPercent: number | null;
        overdue: number;
        called: number;
        uncontrolled: number;
        missed: number;
    };
    months: { month: string; controlledPercent: number | null }[];
}

/** What a post without daily sheets does here, and plainly what there is no screen for yet. */
function RoleNote() {
    const t = useTexts();
    const words = t.roleNotes[session.get()?.role ?? ''];
    if (!words) return null;
    return (
        <section class="card pad" aria-labelledby="role-title">
            <h2 id="role-title">{t.roleTitle}</h2>
            <p>{words}</p>
        </section>
    );
}

/** The nurse's own progress first: her place's programme, and what there is to do about it. */
function Own() {
    const t = useTexts();
    const [own, setOwn] = useState<Progress | null>(null);
    const [today, setToday] = useState<CommuneCount | null>(null);
    const [round, setRound] = useState(0);
    const { day } = useClock();
    const place = session.get()?.placeId ?? '';
    useTopic('province', () => setRound((n) => n + 1));
    useEffect(() => {
        if (!place) return;
        void get<Progress>(`/api/programmes/hypertension?place=${encodeURIComponent(place)}`).then((a) => a.ok && setOwn(a.body));
        void get<Province>('/api/province').then((a) => {
            if (!a.ok) return;
            const site = a.body.sites.find((s) => s.id === place);
            setToday(a.body.communes.find((c) => c.id === place || c.id === site?.commune) ?? null);
        });
    }, [round]);
    if (!own?.place) return null;
    const c = own.counts;
    return (
        <section class="card pad" aria-labelledby="own-title">
            <h2 id="own-title">
                <a href={paths.room('programmes', 'hypertension', own.place.id)}>{t.ownTitle(own.place.name)}</a>
            </h2>
            <dl class="numbers">
                <div>
                    <dd class="value">{showNumber(c.controlledPercent, 1)} %</dd>
                    <dt>
                        {t.ownControlled}
                        <br />
                        <span class="small">{t.ownOf(showNumber(c.controlled), showNumber(c.counted))}</span>
                    </dt>
                </div>
                <div>
                    <dd class="value">{showNumber(c.atTargetPercent, 1)} %</dd>
                    <dt>{t.atTarget.toLowerCase()}</dt>
                </div>
                {today && (
                    <div>
                        <dd class="value" id="own-today">
                            {showNumber(today.visitsToday)}
                        </dd>
                        <dt>
                            {t.ownToday}
                            <br />
                            <span class="small">{t.ownMonthOf(showNumber(today.visitsThisMonth))}</span>
                        </dt>
                    </div>
                )}
            </dl>
            <Spark values={own.months.map((m) => m.controlledPercent)} />
            {session.get()?.persons && (
                <ul class="plainlist todo">
                    <li>
                        {day ? <a href={paths.room('lists', 'overdue')}>{t.toCall(showNumber(c.overdue), showNumber(c.called))}</a> : t.clockUnknown}
                    </li>
                    <li>
                        <a href={paths.room('lists', 'uncontrolled')}>{t.toTreat(showNumber(c.uncontrolled))}</a>
                    </li>
                </ul>
            )}
        </section>
    );
}

export function TodayPage() {
    const t = useTexts();
    const list = useValue(recent),
        slash = useValue(slashKey),
        waits = useValue(waiting);
    const unfinished = drafts();
    const words = useValue(language);
    const sheetTitle = (word: string): string => sheets.find((s) => s.word === word)?.title[words] ?? t.sheetTitle;
    useEffect(() => void (document.title = `${t.today} · ${t.programme}`), [t]);
    useEffect(() => document.getElementById('search')?.focus(), []);
    const key = (name: string, text: string) => (
        <li>
            <kbd>{name}</kbd> {text}
        </li>
    );
    return (
        <main id="main" class="page today">
            <h1>{t.todayLong(new Date(now() + 7 * 3600000).getUTCDay(), showDay(dayOf(now())))}</h1>
            <Search inline />
            <LastStep />
            <MyChanges />
            <div class="tiles3">
                {unfinished.length > 0 && (
                    <section class="card pad" aria-labelledby="drafts-title">
                        <h2 id="drafts-title">{t.draftsTitle}</h2>
                        <ul class="rows">
                            {unfinished.map((d) => (
                                <li key={d.sheet + d.person}>
                                    <a href={paths.sheet(d.person, d.sheet)}>
                                        <b>{d.name}</b>
                                        <span class="muted small">{t.draftOf(sheetTitle(d.sheet), clockOf(d.started).slice(0, 5))}</span>
                                    </a>
                                </li>
                            ))}
                        </ul>
                    </section>
                )}
                {waits.length > 0 && (
                    <section class="card pad" aria-labelledby="waiting-title">
                        <h2 id="waiting-title">{t.waitingTitle}</h2>
                        <ul class="rows">
                            {waits.map((w) => (
                                <li key={w.at}>
                                    <a href={paths.person(w.person)}>
                                        <b>{clockOf(w.at).slice(0, 5)}</b>
                                        <span class="muted small">{w.refused ?? t.offlineShort}</span>
                                    </a>
                                </li>
                            ))}
                        </ul>
                    </section>
                )}
                <Queue />
                <RoleNote />
                <Own />
                {list.length > 0 && (
                    <section class="card pad" aria-labelledby="recent-title">
                        <h2 id="recent-title">{t.recentTitle}</h2>
                        <ul class="rows">
                            {list.map((p) => (
                                <li key={p.id}>
                                    <a href={paths.person(p.id)}>
                                        <b>{p.name}</b>
                                        <StatusTag status={p.status} />
                                        <span class="muted small">
                                            {[p.age !== null ? t.yearsOld(p.age) : '', whereText(p)]
                                                .filter(Boolean)
                                                .join(' · ')}
                                        </span>
                                    </a>
                                </li>
                            ))}
                        </ul>
                    </section>
                )}
                <section class="card pad keys" aria-labelledby="keys-title">
                    <h2 id="keys-title">{t.keysTitle}</h2>
                    <ul class="plainlist">
                        {key('/', t.keys.find)}
                        {key('Enter', t.keys.enter)}
                        {key('F2', t.keys.save)}
                        {key('F9', t.keys.print)}
                        {key('F4', t.keys.arrived)}
                        {key('F8', t.takeNext.toLowerCase())}
                        {key('Esc', t.keys.back)}
                    </ul>
                    <button
                        type="button"
                        class="link"
                        aria-pressed={slash}
                        onClick={() => {
                            keep('slash', !slash);
                            slashKey.set(!slash);
                        }}
                    >
                        {slash ? t.slashOn : t.slashOff}
                    </button>
                </section>
            </div>
        </main>
    );
}
