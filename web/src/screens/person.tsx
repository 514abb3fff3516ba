// SPDX-License-Identifier: GPL-3.0-or-later
// The page of a person: banner, what matters now, the sheet as workspace, twelve months of blood pressure, timeline.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, get, session, sessionLost, type Failure } from '../base/api';
import { wantMedicines } from '../base/catalogue';
import { today, useClock } from '../base/clock';
import { clockOf, daysBetween, showDay } from '../base/date';
import { language, useTexts, type Texts } from '../base/language';
import { arrive } from '../base/desk';
import type { BloodPressure, Event, Person, Timeline } from '../base/model';
import { justRegistered } from '../base/newcomer';
import { draftOf, dropWaiting, forget, mySaved, save, type Saved } from '../base/outbox';
import { go, paths } from '../base/router';
import { useValue } from '../base/value';
import { measuredText } from '../parts/measured';
import { Icon, type IconName } from '../parts/icon';
import { Trouble } from '../parts/message';
import { PressureChart } from '../parts/pressure-chart';
import { whereText } from '../parts/search';
import { GradeTag, StatusTag, Tag } from '../parts/tag';
import { grade } from '../rules/pressure';
import { distinct } from '../rules/medicines';
import { takenBack, type Transaction } from '../rules/visit';
import { noteRecent, slashKey } from './today';
import { sheets, type Done } from '../rooms';
import { Later } from '../parts/later';
import { LastStep } from '../parts/queue';

const pressureSheet = () => import('./pressure-sheet'); // loaded while the person is looked at: it opens at once, also without a network

interface Chart {
    person: Person;
    timeline: Timeline | null;
    bp: BloodPressure | null;
}

/** The first letters of the first and the last word of a name. */
function initials(name: string): string {
    const words = name.trim().split(/\s+/);
    return ((words[0]?.[0] ?? '') + (words.length > 1 ? words[words.length - 1]![0] : '')).toUpperCase();
}

function Banner({ person }: { person: Person }) {
    const t = useTexts();
    const heads = person.household?.head?.id === person.id;
    const facts: [string, string | null][] = [
        [t.head, person.household?.head && !heads ? person.household.head.name : null],
        [t.household, person.household ? t.householdSize(person.household.size) : null],
        [t.ethnicGroup, person.ethnicGroup?.name ?? null],
        [t.cccd, person.cccd],
        [t.insurance, person.insurance],
        [t.phone, person.phone],
    ];
    const about = [person.sex ? t.sex[person.sex] : '', person.age !== null ? t.yearsOld(person.age) : '']
        .filter(Boolean)
        .join(' · ');
    return (
        <section class="card banner" aria-label={t.details}>
            <div class="face" aria-hidden="true">
                {initials(person.name)}
            </div>
            <div class="bannertext">
                <h1 id="person-name" tabIndex={-1}>
                    {person.name} <span class="about">{about}</span>
                </h1>
                <p class="facts">
                    <span>
                        <b>{person.birth ? showDay(person.birth) : t.bornUnknown}</b>
                    </span>
                    {whereText(person) && (
                        <span>
                            <b>{whereText(person)}</b>
                        </span>
                    )}
                    {heads && <span>{t.self}</span>}
                    {facts.map(
                        ([label, text]) =>
                            text && (
                                <span key={label}>
                                    <span class="muted">{label}:</span> {text}
                                </span>
                            ),
                    )}
                </p>
            </div>
            <div class="flags">
                {person.dead ? (
                    <Tag tone="plain" icon="note">
                        {t.deadOn(typeof person.dead === 'string' ? showDay(person.dead) : '')}
                    </Tag>
                ) : null}
                {person.moved && (
                    <Tag tone="due" icon="warn">
                        {t.movedOn(showDay(person.moved))}
                    </Tag>
                )}
                {person.allergies.length > 0 ? (
                    person.allergies.map((a) => (
                        <Tag key={a.id} tone="bad" icon="warn">
                            {t.allergy}: {a.text}
                        </Tag>
                    ))
                ) : (
                    <span class="small muted">{person.allergiesAsked ? t.allergyNone : t.allergyUnknown}</span>
                )}
                {person.synthetic && <Tag tone="plain">{t.synthetic}</Tag>}
            </div>
        </section>
    );
}

function DueTag({ dueOn }: { dueOn: string }) {
    const t = useTexts(),
        today = useClock().day;
    if (!today) return <span class="muted">{t.clockUnknown}</span>;
    const days = daysBetween(today, dueOn);
    if (days < 0)
        return (
            <Tag tone="due" icon="warn">
                {t.overdue(-days)}
            </Tag>
        );
    return days === 0 ? (
        <Tag tone="info" icon="calendar">
            {t.dueToday}
        </Tag>
    ) : (
        <span class="muted">{t.dueIn(days)}</span>
    );
}

/** The other sheets this account may open for the person, each with its key. */
function OtherSheets({ person }: { person: Person }) {
    const t = useTexts();
    const who = session.get(),
        words = useValue(language),
        keyed = useValue(slashKey);
    const open = who ? sheets.filter((s) => s.may(who, person)) : [];
    if (!open.length) return null;
    return (
        <nav class="actions noprint" aria-label={t.sheets}>
            {open.map((s) => (
                <a key={s.word} class="btn" href={paths.sheet(person.id, s.word)} aria-keyshortcuts={s.key || undefined}>
                    {s.title[words]} {s.key && keyed && <kbd aria-hidden="true">{s.key.toUpperCase()}</kbd>}
                </a>
            ))}
        </nav>
    );
}

function Now({ person, bp, onArrived }: { person: Person; bp: BloodPressure; onArrived: () => void }) {
    const t = useTexts();
    const writes = session.get()?.writes ?? false;
    const draft = draftOf('blood-pressure', person.id),
        young = person.age !== null && person.age < 5 && !bp.enrolled && !draft; // is weighed first
    return (
        <section class="card pad now" aria-labelledby="now-title">
            <div class="sheethead">
                <h2 id="now-title">{bp.enrolled ? t.enrolledOn(showDay(bp.enrolled.on)) : young ? t.underFive : t.notEnrolled}</h2>
                <StatusTag status={bp.status} />
            </div>
            <dl class="pairs">
                {(!young || bp.last) && (
                <div>
                    <dt>{t.lastPressure}</dt>
                    <dd>
                        {bp.last ? (
                            <>
                                <b class="value">
                                    {bp.last.systolic}/{bp.last.diastolic}
                                </b>{' '}
                                <GradeTag grade={bp.last.grade} /> <span class="muted">{showDay(bp.last.day)}</span>
                            </>
                        ) : (
                            t.noPressure
                        )}
                    </dd>
                </div>
                )}
                {bp.dueOn && !person.dead && (
                    <div>
                        <dt>{t.dueOn}</dt>
                        <dd>
                            <b class="value">{showDay(bp.dueOn)}</b> <DueTag dueOn={bp.dueOn} />
                        </dd>
                    </div>
                )}
                <div>
                    <dt>{t.medicines}</dt>
                    <dd>
                        {bp.medicines.length ? (
                            <ul class="plainlist">
                                {distinct(bp.medicines).map((m) => (
                                    <li key={m.id}>
                                        <b>{m.text}</b>
                                        {m.dose ? ` · ${m.dose}` : ''}
                                        {m.quantity ? ` · ${m.quantity} ${m.unit ?? ''}` : ''}
                                    </li>
                                ))}
                            </ul>
                        ) : (
                            t.noMedicines
                        )}
                    </dd>
                </div>
            </dl>
            {writes && !person.dead && (
                <div class="actions noprint">
                    {young && (
                        <a id="weigh" class="btn go" href={paths.sheet(person.id, 'child')}>
                            <Icon name="check" />
                            {t.weigh} <kbd aria-hidden="true">Enter</kbd>
                        </a>
                    )}
                    <a id="measure" class={young ? 'btn' : 'btn go'} href={paths.bloodPressure(person.id)}>
                        <Icon name="heart" />
                        {draft ? t.continueDraft : t.measure} {!young && <kbd aria-hidden="true">Enter</kbd>}
                    </a>
                    <button type="button" class="btn" aria-keyshortcuts="F9" onClick={() => window.print()}>
                        <Icon name="print" />
                        {t.print} <kbd aria-hidden="true">F9</kbd>
                    </button>
                    <button type="button" class="btn" id="arrived" aria-keyshortcuts="F4" onClick={onArrived}>
                        {t.arrivedDo} <kbd aria-hidden="true">F4</kbd>
                    </button>
                    <a class="btn" href={`/api/print/summary/${person.id}`} target="_blank" rel="noopener">
                        {t.summaryPdf}
                    </a>
                </div>
            )}
            <OtherSheets person={person} />
            {!writes && <p class="muted noprint">{t.cannotWrite}</p>}
        </section>
    );
}

const eventIcon: Record<string, IconName> = {
    'blood-pressure': 'heart',
    medicine: 'pill',
    enrolled: 'calendar',
    diagnosis: 'note',
    immunization: 'syringe',
    visit: 'clock',
    measurement: 'note',
    allergy: 'warn',
    appointment: 'calendar',
    dispense: 'pill',
};

function eventLine(e: Event, t: Texts) {
    const kind = t.event[e.kind as keyof typeof t.event] ?? t.event.other;
    if (e.kind === 'blood-pressure' && e.systolic && e.diastolic)
        return (
            <>
                <b>
                    {kind} {e.systolic}/{e.diastolic}
                </b>{' '}
                <GradeTag grade={e.grade ?? grade(e.systolic, e.diastolic)} short />
            </>
        );
    const measured = e.kind === 'measurement' && e.text ? measuredText(e.text) : e.text;
    const text = e.kind === 'enrolled' ? (t.programmeName[e.text ?? ''] ?? e.text) : measured;
    return (
        <>
            <b>{e.kind === 'visit' && !text ? kind : (text ?? kind)}</b>
            {e.code ? ` (${e.code})` : ''}
            {e.dose ? ` · ${e.dose}` : ''}
            {text && <span class="muted"> · {kind}</span>}
        </>
    );
}

/** The medicines of one day on one line; the dose once when it is the same for all. */
function MedicinesOfDay({ events }: { events: Event[] }) {
    const t = useTexts();
    if (!events.length) return null;
    const all = distinct(events.map((e) => ({ text: e.text ?? e.code ?? '', dose: e.dose ?? null })));
    const same = all.every((m) => m.dose === all[0]!.dose);
    return (
        <li class="event">
            <Icon name="pill" />
            <span>
                <span class="hidden">{t.medicines}: </span>
                {all.map((m) => (same || !m.dose ? m.text : `${m.text} (${m.dose})`)).join(', ')}
                {same && all[0]!.dose ? <span class="muted"> · {all[0]!.dose}</span> : null}
            </span>
        </li>
    );
}

const placesOf = (events: Event[]): string[] => [
    ...new Set(events.map((e) => e.place).filter((p): p is string => !!p)),
];

/** Kinds of events that the buttons above the timeline choose; what is in no group is under "all". */
const kindGroups = {
    visits: ['visit', 'blood-pressure', 'measurement', 'procedure', 'result'],
    diagnoses: ['diagnosis', 'enrolled', 'allergy'],
    medicines: ['medicine', 'dispense'],
    immunizations: ['immunization'],
    orders: ['order', 'appointment', 'document', 'other'],
} as const;
type KindGroup = keyof typeof kindGroups;

function TimelineCard({ id, first, undo }: { id: string; first: Timeline; undo: (saved: Saved) => void }) {
    const t = useTexts();
    const [group, setGroup] = useState<KindGroup | null>(null);
    const [timeline, setTimeline] = useState(first);
    const [failure, setFailure] = useState<Failure | null>(null);
    useEffect(() => {
        if (!group) setTimeline(first);
    }, [first]);
    const ask = async (chosen: KindGroup | null, cursor: string | null): Promise<void> => {
        const kinds = chosen ? `&kinds=${kindGroups[chosen].join(',')}` : '';
        const answer = await get<Timeline>(`/api/persons/${encodeURIComponent(id)}/timeline?limit=100${kinds}${cursor ? `&before=${cursor}` : ''}`);
        if (!answer.ok) return setFailure(answer.failure);
        setFailure(null);
        setTimeline(cursor ? { ...answer.body, events: [...timeline.events, ...answer.body.events] } : answer.body);
    };
    const choose = (chosen: KindGroup | null): void => {
        setGroup(chosen);
        if (chosen === null) setTimeline(first);
        else void ask(chosen, null);
    };
    const days: [string, Event[]][] = [];
    for (const e of timeline.events) {
        const last = days[days.length - 1];
        if (last && last[0] === e.day) last[1].push(e);
        else days.push([e.day, [e]]);
    }
    const button = (chosen: KindGroup | null, text: string) => (
        <button key={text} type="button" class="chip" aria-pressed={group === chosen} onClick={() => choose(chosen)}>
            {text}
        </button>
    );
    return (
        <section class="card pad" aria-labelledby="timeline-title">
            <h2 id="timeline-title">{t.timeline}</h2>
            {(first.events.length > 3 || first.more) && (
                <div class="chips noprint" role="group" aria-label={t.timelineKinds}>
                    {button(null, t.kindGroup.all)}
                    {(Object.keys(kindGroups) as KindGroup[]).map((g) => button(g, t.kindGroup[g]))}
                </div>
            )}
            {failure && <Trouble failure={failure} again={() => void ask(group, null)} />}
            {!days.length && <p class="muted">{t.noEvents}</p>}
            <ol class="timeline">
                {days.map(([day, events]) => (
                    <li key={day}>
                        <time dateTime={day}>{showDay(day)}</time>
                        <ul class="plainlist">
                            {events
                                .filter((e) => e.kind !== 'medicine')
                                .map((e) => {
                                    const mine = e.kind === 'blood-pressure' ? mySaved(e.resource) : null;
                                    return (
                                        <li key={e.resource} class="event">
                                            <Icon name={eventIcon[e.kind] ?? 'note'} />
                                            <span>{eventLine(e, t)}</span>
                                            {mine && (
                                                <button type="button" class="link noprint" onClick={() => undo(mine)}>
                                                    <Icon name="undo" />
                                                    {t.undo}
                                                </button>
                                            )}
                                        </li>
                                    );
                                })}
                            <MedicinesOfDay events={events.filter((e) => e.kind === 'medicine')} />
                            {placesOf(events).map((p) => (
                                <li key={p} class="small muted eventplace">
                                    {p}
                                </li>
                            ))}
                        </ul>
                    </li>
                ))}
            </ol>
            {timeline.more && (
                <button type="button" class="btn wide noprint" onClick={() => void ask(group, timeline.next ?? null)}>
                    {t.olderEvents}
                </button>
            )}
        </section>
    );
}

/** Told once after somebody was registered, with the way back. */
function JustRegistered({ id }: { id: string }) {
    const t = useTexts();
    const registered = useValue(justRegistered);
    const [failure, setFailure] = useState<Failure | null>(null);
    if (registered?.id !== id) return null;
    const takeBack = async (): Promise<void> => {
        const answer = await call('POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry: registered.undo });
        if (!answer.ok) return setFailure(answer.failure);
        justRegistered.set(null);
        go(paths.today);
    };
    return (
        <div class="message ok noprint" role="status">
            <Icon name="check" />
            <p>{failure ? t.undoFailed : t.registered(registered.name)}</p>
            <button type="button" class="btn" onClick={() => void takeBack()}>
                <Icon name="undo" />
                {t.takeBackRegistration}
            </button>
        </div>
    );
}

type Notice = { kind: 'saved'; done: Done } | { kind: 'undone' } | { kind: 'failed'; failure: Failure };

export function PersonPage({ id, sheet }: { id: string; sheet: string | null }) {
    const t = useTexts();
    const [chart, setChart] = useState<Chart | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [notice, setNotice] = useState<Notice | null>(null);
    const [round, setRound] = useState(0);
    const noticeBox = useRef<HTMLDivElement>(null);
    const wantPrint = useRef(false);

    const lost = useValue(sessionLost);

    useEffect(() => {
        if (lost) return; // asked again after signing in again
        const stop = new AbortController();
        const base = `/api/persons/${encodeURIComponent(id)}`;
        const reads = session.get()?.persons ?? false; // else the banner and what the post may do
        void (async () => {
            const [person, timeline, bp] = await Promise.all([
                get<Person>(base, stop.signal),
                reads ? get<Timeline>(`${base}/timeline`, stop.signal) : null,
                reads ? get<BloodPressure>(`${base}/blood-pressure`, stop.signal) : null,
            ]);
            if (stop.signal.aborted) return;
            if (!person.ok) return setFailure(person.failure);
            if (person.body.id !== id) return location.replace(paths.person(person.body.id)); // the record was merged into another
            setFailure([timeline, bp].flatMap((a) => (a && !a.ok ? [a.failure] : []))[0] ?? null);
            setChart({ person: person.body, timeline: timeline?.ok ? timeline.body : null, bp: bp?.ok ? bp.body : null });
            noteRecent(person.body);
        })();
        return () => stop.abort();
    }, [id, round, lost]);

    const arrived = async ({ person, bp }: Chart): Promise<void> => {
        const answer = await arrive({ ...person, status: bp?.status ?? null });
        if (answer.ok) go(paths.today); // back to the search box: the next one at the desk
        else setFailure(answer.failure);
    };
    const who = session.get();
    const other = chart && who && sheets.find((s) => s.word === sheet && s.may(who, chart.person));
    const pressure = sheet === 'blood-pressure' && !!chart?.bp && (who?.writes ?? false);
    const open = pressure || !!other;
    useEffect(() => {
        if (!chart?.bp || !who?.writes) return;
        wantMedicines();
        void pressureSheet().catch(() => undefined); // Later says it when it is wanted
    }, [chart === null]);
    useEffect(() => {
        if (chart) document.title = `${chart.person.name} · ${t.programme}`;
    }, [chart, t]);
    useEffect(() => {
        // focus: the next action; the sheet takes its own focus, a notice keeps it
        if (chart && !open && !notice)
            (document.getElementById('weigh') ?? document.getElementById('measure') ?? document.getElementById('person-name'))?.focus();
    }, [chart === null, open]);
    useEffect(() => {
        if (notice && !open) noticeBox.current?.focus();
    }, [notice, open]);
    useEffect(() => {
        if (!wantPrint.current || !chart) return;
        wantPrint.current = false;
        setTimeout(() => window.print(), 50);
    }, [chart]);
    useEffect(() => {
        if (open) return;
        const keys = (e: KeyboardEvent): void => {
            if (e.defaultPrevented) return;
            if (e.key === 'F9') {
                e.preventDefault();
                window.print();
            } else if (e.key === 'F4' && who?.writes && chart && !chart.person.dead) {
                e.preventDefault();
                void arrived(chart);
            } else if (e.key === 'Escape') go(paths.today);
            else if (slashKey.get() && !e.ctrlKey && !e.metaKey && !e.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test((e.target as HTMLElement).tagName)) {
                const to = who && chart && sheets.find((s) => s.key === e.key && s.may(who, chart.person));
                if (!to) return;
                e.preventDefault();
                go(paths.sheet(id, to.word));
            }
        };
        window.addEventListener('keydown', keys);
        return () => window.removeEventListener('keydown', keys);
    }, [open, chart]);

    if (!chart)
        return (
            <main id="main" class="page">
                <h1 class="hidden">{t.details}</h1>
                {failure ? (
                    <Trouble
                        failure={failure}
                        again={() => {
                            setFailure(null);
                            setRound(round + 1);
                        }}
                    />
                ) : (
                    <p class="muted" role="status">
                        {t.loading}
                    </p>
                )}
            </main>
        );
    const { person, timeline, bp } = chart;

    const done = (d: Done): void => {
        wantPrint.current = d.print === 'page';
        if (d.print && d.print !== 'page') window.open(d.print, '_blank', 'noopener');
        setNotice({ kind: 'saved', done: d });
        const after = d.next && who && sheets.find((s) => s.word === d.next && s.may(who, person));
        go(after ? paths.sheet(id, after.word) : paths.person(id));
        setRound(round + 1);
    };
    const undo = async (saved: Saved, waits: boolean, entries?: unknown[]): Promise<void> => {
        if (waits) {
            dropWaiting(saved);
            return setNotice({ kind: 'undone' });
        }
        const back = entries ? ({ resourceType: 'Bundle', type: 'transaction', entry: entries } as Transaction) : takenBack(saved.bundle);
        const result = await save(id, back);
        if (result.how === 'failed') return setNotice({ kind: 'failed', failure: result.failure });
        forget(saved);
        setNotice({ kind: 'undone' });
        setRound(round + 1);
    };

    return (
        <main id="main" class="page person">
            <Banner person={person} />
            <JustRegistered id={id} />
            <LastStep />
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            <div class="columns">
                <div class="work">
                    {notice && (
                        <div
                            ref={noticeBox}
                            tabIndex={-1}
                            role="status"
                            class={`message ${notice.kind === 'failed' ? 'bad' : 'ok'} noprint`}
                        >
                            <Icon
                                name={notice.kind === 'failed' ? 'warn' : notice.kind === 'undone' ? 'undo' : 'check'}
                            />
                            {notice.kind === 'saved' && (
                                <>
                                    <p>
                                        {notice.done.waits ? t.savedWaiting : t.saved}: {notice.done.summary}{' '}
                                        <span class="muted small">{clockOf(notice.done.at).slice(0, 5)}</span>
                                    </p>
                                    <button
                                        type="button"
                                        class="btn"
                                        onClick={() =>
                                            void undo(
                                                { at: notice.done.at, person: id, bundle: notice.done.bundle },
                                                notice.done.waits,
                                                notice.done.undo,
                                            )
                                        }
                                    >
                                        <Icon name="undo" />
                                        {t.undo}
                                    </button>
                                    <button
                                        type="button"
                                        class="btn"
                                        onClick={() => document.getElementById('search')?.focus()}
                                    >
                                        {t.nextPerson} <kbd aria-hidden="true">/</kbd>
                                    </button>
                                </>
                            )}
                            {notice.kind === 'undone' && <p>{t.undone}</p>}
                            {notice.kind === 'failed' && <p>{t.undoFailed}</p>}
                        </div>
                    )}
                    {other ? (
                        <Later
                            key={other.word}
                            name={`sheet ${other.word}`}
                            room={other.room}
                            load={other.load}
                            props={{ person, onDone: done, onClose: () => go(paths.person(id)) }}
                        />
                    ) : pressure && bp ? (
                        <Later
                            key={id}
                            name="sheet blood-pressure"
                            room="pressure"
                            load={pressureSheet}
                            props={{ person, bp, onDone: done, onClose: () => go(paths.person(id)) }}
                        />
                    ) : (
                        (bp && <Now person={person} bp={bp} onArrived={() => void arrived(chart)} />) ?? (
                            <section class="card pad now">
                                <OtherSheets person={person} />
                            </section>
                        )
                    )}
                </div>
                <div class="aside">
                    {bp && (
                        <section class="card pad" aria-labelledby="chart-title">
                            <h2 id="chart-title">{t.chartTitle}</h2>
                            <PressureChart months={bp.months} />
                        </section>
                    )}
                    {timeline && <Later name="measurements" room="chart" load={() => import('../rooms/chart/measurements')} props={{ person: person.id, round }} />}
                    {timeline && <TimelineCard id={id} first={timeline} undo={(s) => void undo(s, false)} />}
                </div>
            </div>
            <p class="printonly small">
                {t.programme} · {session.get()?.name} · {showDay(today())}
            </p>
        </main>
    );
}
