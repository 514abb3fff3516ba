// SPDX-License-Identifier: GPL-3.0-or-later
// The lists that the station works through. An address is a filter: #/lists/LIST/PROGRAMME/PLACE/STATE. The first twenty rows come at once;
// every row carries its next step, an overdue one the outcome of the call in one tap.

import { useEffect, useState } from 'preact/hooks';
import { get, session, sessionLost, type Failure } from '../../base/api';
import { now, useClock } from '../../base/clock';
import { clockOf, daysBetween, showDay } from '../../base/date';
import { showNumber, useTexts, useTextsOf } from '../../base/language';
import { keep, recall } from '../../base/local';
import { save } from '../../base/outbox';
import { go, paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { whereText } from '../../parts/search';
import { Tag } from '../../parts/tag';
import type { PageProps } from '../../rooms';
import { takenBack, type Transaction } from '../../rules/visit';
import { Books } from './books';
import { callOf, OUTCOMES } from './call';
import type { List, Row } from './model';
import { texts, type ListTexts } from './texts';

const CODES = ['desk', 'overdue', 'due', 'uncontrolled', 'lost', 'members', 'mine', 'check-up', 'child-due', 'child-signs'];
const OF_PROGRAMME = ['overdue', 'due', 'uncontrolled', 'lost', 'members'];
const RECKONED = ['overdue', 'due', 'lost', 'check-up', 'child-due']; // being on the list says: due or overdue
const STATES = ['', 'new', 'controlled', 'uncontrolled', 'unmeasured', 'missed', 'lost'];

interface Filter {
    code: string;
    programme: string;
    place: string;
    state: string;
}
const pathOf = (f: Filter): string =>
    paths.room('lists', f.code, ...(f.programme || f.place || f.state ? [f.programme, f.place, f.state] : []));

function readFilter(rest: string[]): Filter {
    const code = CODES.includes(rest[0] ?? '') ? rest[0]! : 'overdue';
    return { code, programme: rest[1] || 'hypertension', place: rest[2] ?? '', state: rest[3] ?? '' };
}

function queryOf(f: Filter, day: string | null): string {
    const q = new URLSearchParams({ programme: f.programme });
    if (f.place) q.set('place', f.place);
    if (f.state && f.code === 'members') q.set('state', f.state);
    if (day) q.set('at', day);
    return `/api/lists/${f.code}?${q}`;
}

/** How it stands with this person, in words. `day` null: the date is not sure, nobody is due. */
function Standing({ row, code, day, w }: { row: Row; code: string; day: string | null; w: ListTexts }) {
    const t = useTexts();
    const parts: (string | null)[] = [];
    const late = day && row.dueOn ? daysBetween(row.dueOn, day) : null;
    if (code === 'desk' && row.arrived) parts.push(w.arrived(clockOf(row.arrived).slice(0, 5)), row.state === 'in-progress' ? (row.takenBy ? t.takenBy(row.takenBy) : w.begun) : null, row.reason ?? null);
    if (row.systolic && row.diastolic && row.measuredOn) parts.push(w.last(`${row.systolic}/${row.diastolic}`, showDay(row.measuredOn)));
    if (row.sugar && row.sugarUnit) parts.push(`${row.sugar.replace('.', ',')} ${row.sugarUnit}`);
    if (code === 'check-up' && row.group) parts.push(w.groups[row.group] ?? row.group);
    if (code.startsWith('child')) {
        parts.push(row.measuredOn ? w.measured(showDay(row.measuredOn)) : w.neverMeasured);
        if (code === 'child-signs' && row.zLength != null) parts.push(w.z(showNumber(row.zLength / 100, 2)));
    } else if (code !== 'desk') parts.push(row.seenOn || row.lastVisit ? w.seen(showDay(row.seenOn ?? row.lastVisit)) : w.neverSeen);
    if (row.called && row.calledOn) parts.push(w.called((w.outcomes[row.called] ?? row.called).toLowerCase(), showDay(row.calledOn)));
    const signs = Object.entries(w.signs).filter(([bit]) => code === 'child-signs' && (row.signs ?? 0) & Number(bit)).reverse();
    const shown = signs.filter(([bit]) => !(Number(bit) & 85 && (row.signs ?? 0) & (Number(bit) << 1))); // severe says its plain sign too
    return (
        <>
            {late !== null && late > 0 && ['overdue', 'child-due', 'mine', 'uncontrolled', 'members'].includes(code) && row.measuredOn !== undefined && (
                <Tag tone={late > 60 ? 'bad' : 'due'} icon="clock">
                    {w.overdue(late)}
                </Tag>
            )}
            {late !== null && late <= 0 && code === 'due' && (
                <Tag tone="info" icon="calendar">
                    {late === 0 ? w.dueToday : w.dueOn(showDay(row.dueOn))}
                </Tag>
            )}
            {shown.map(([bit, word]) => (
                <Tag key={bit} tone={Number(bit) & 170 ? 'bad' : 'due'} icon="warn">
                    {word}
                </Tag>
            ))}
            <span class="small muted">{parts.filter(Boolean).join(' · ')}</span>
        </>
    );
}

function CallButtons({ row, w, onOutcome }: { row: Row; w: ListTexts; onOutcome: (outcome: string) => void }) {
    return (
        <div class="outcomes" role="group" aria-label={`${w.outcome}: ${row.name}`}>
            <button type="button" class="btn" onClick={() => onOutcome('agreed')}>
                <Icon name="check" />
                {w.outcomes.agreed}
            </button>
            <button type="button" class="btn" onClick={() => onOutcome('later')}>
                <Icon name="clock" />
                {w.outcomes.later}
            </button>
            <select
                aria-label={`${w.remove} ${row.name}`}
                value=""
                onChange={(e) => e.currentTarget.value && onOutcome(e.currentTarget.value)}
            >
                <option value="">{w.remove}</option>
                {OUTCOMES.map((o) => (
                    <option key={o} value={o}>
                        {w.outcomes[o]}
                    </option>
                ))}
            </select>
        </div>
    );
}

function Saved({ now, name, w }: { now: Filter; name: string; w: ListTexts }) {
    const key = `lists:${session.get()?.actor ?? ''}`;
    const [saved, setSaved] = useState<{ name: string; path: string }[]>(() => recall<{ name: string; path: string }[]>(key) ?? []);
    const put = (next: { name: string; path: string }[]): void => {
        keep(key, next.length ? next : null);
        setSaved(next);
    };
    const path = pathOf(now);
    return (
        <div class="saved noprint">
            {saved.length > 0 && <span class="small muted">{w.saved}:</span>}
            {saved.map((s) => (
                <span class="chip" key={s.path}>
                    <a href={s.path} aria-current={s.path === path ? 'page' : undefined}>
                        {s.name}
                    </a>
                    <button type="button" aria-label={w.drop(s.name)} onClick={() => put(saved.filter((x) => x !== s))}>
                        <Icon name="close" />
                    </button>
                </span>
            ))}
            {!saved.some((s) => s.path === path) && (
                <button type="button" class="link" id="save-filter" onClick={() => put([...saved, { name, path }])}>
                    <Icon name="plus" />
                    {w.save}
                </button>
            )}
        </div>
    );
}

const NEXT: Record<string, 'measure' | 'weigh' | 'checkUp'> = { 'blood-pressure': 'measure', child: 'weigh', 'check-up': 'checkUp' };

export default function ListsPage({ rest }: PageProps) {
    const t = useTexts(),
        w = useTextsOf(texts);
    const f = readFilter(rest);
    const [rows, setRows] = useState<Row[] | null>(null);
    const [list, setList] = useState<List | null>(null);
    const [place, setPlace] = useState('');
    const [failure, setFailure] = useState<Failure | null>(null);
    const [round, setRound] = useState(0);
    const [said, setSaid] = useState<{ text: string; bundle: Transaction; person: string } | null>(null);
    const { day, typed } = useClock(),
        lost = useValue(sessionLost);
    const path = pathOf(f);
    const title = w.lists[f.code]!,
        query = queryOf(f, typed ? day : null),
        unsure = day === null && RECKONED.includes(f.code);

    useEffect(() => void (document.title = `${title} · ${t.programme}`), [title]);
    useEffect(() => {
        setFailure(null);
        if (unsure) {
            setRows([]);
            return setList(null);
        }
        if (lost) return;
        const stop = new AbortController();
        void get<List>(query, stop.signal).then((answer) => {
            if (stop.signal.aborted) return;
            if (!answer.ok) return setFailure(answer.failure);
            setList(answer.body);
            setRows(answer.body.rows);
        });
        return () => stop.abort();
    }, [query, unsure, round, lost]);
    useEffect(() => {
        setPlace('');
        if (f.place)
            void get<{ name?: string }>(`/fhir/Location/${encodeURIComponent(f.place)}`).then((a) => a.ok && setPlace(a.body.name ?? ''));
    }, [f.place]);

    const more = async (): Promise<void> => {
        if (!list?.after) return;
        const answer = await get<List>(`${query}&after=${list.after}`);
        if (!answer.ok) return setFailure(answer.failure);
        setList(answer.body);
        setRows([...(rows ?? []), ...answer.body.rows]);
    };
    const outcome = async (row: Row, what: string): Promise<void> => {
        const bundle = callOf(row.id, what, session.get()?.actor ?? '', now());
        const result = await save(row.id, bundle);
        if (result.how === 'failed') return setFailure(result.failure);
        setRows((rows ?? []).filter((r) => r.id !== row.id));
        setSaid({ text: w.logged(row.name, w.outcomes[what]!), bundle, person: row.id });
    };
    const undo = async (): Promise<void> => {
        if (!said) return;
        const result = await save(said.person, takenBack(said.bundle));
        if (result.how === 'failed') return setFailure(result.failure);
        setSaid(null);
        setRound(round + 1);
    };
    const change = (part: Partial<Filter>): void => go(pathOf({ ...f, ...part }));
    const writes = session.get()?.writes ?? false;
    const name = [title, OF_PROGRAMME.includes(f.code) ? w.programmes[f.programme] : '', f.code === 'members' && f.state ? w.states[f.state] : '', place]
        .filter(Boolean)
        .join(' · ');

    return (
        <>
            <div class="pagehead">
                <h1>{title}</h1>
                {rows && !unsure && <span class="muted small" id="list-count">{w.shown(rows.length, !!list?.after)}</span>}
                {!unsure && (
                    <a class="btn noprint" id="excel" href={`${query}&format=xlsx`} download>
                        <Icon name="down" />
                        {w.excel}
                    </a>
                )}
            </div>
            <div class="filters noprint">
                <div class="field">
                    <label for="which">{w.which}</label>
                    <select id="which" value={f.code} onChange={(e) => change({ code: e.currentTarget.value, state: '' })}>
                        {CODES.map((c) => (
                            <option key={c} value={c}>
                                {w.lists[c]}
                            </option>
                        ))}
                    </select>
                </div>
                {OF_PROGRAMME.includes(f.code) && (
                    <div class="field">
                        <label for="programme">{w.programme}</label>
                        <select id="programme" value={f.programme} onChange={(e) => change({ programme: e.currentTarget.value })}>
                            {['hypertension', 'diabetes'].map((p) => (
                                <option key={p} value={p}>
                                    {w.programmes[p]}
                                </option>
                            ))}
                        </select>
                    </div>
                )}
                {f.code === 'members' && (
                    <div class="field">
                        <label for="state">{w.state}</label>
                        <select id="state" value={f.state} onChange={(e) => change({ state: e.currentTarget.value })}>
                            {STATES.map((s) => (
                                <option key={s} value={s}>
                                    {w.states[s]}
                                </option>
                            ))}
                        </select>
                    </div>
                )}
                {f.place && (
                    <button type="button" class="btn" onClick={() => change({ place: '' })}>
                        <Icon name="close" />
                        {w.at(place || f.place)}
                    </button>
                )}
            </div>
            <Saved key={path} now={f} name={name} w={w} />
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {said && (
                <div class="message ok" role="status">
                    <Icon name="check" />
                    <p>{said.text}</p>
                    <button type="button" class="btn" onClick={() => void undo()}>
                        <Icon name="undo" />
                        {w.undo}
                    </button>
                </div>
            )}
            {rows && rows.length === 0 && <p class="muted emptylist">{unsure ? t.clockUnknown : (w.empty[f.code] ?? w.empty.other)}</p>}
            {!rows && !failure && (
                <p class="muted" role="status">
                    {t.loading}
                </p>
            )}
            {rows && rows.length > 0 && (
                <ul class="worklist card" aria-label={title}>
                    {rows.map((row) => (
                        <li key={row.id + (row.encounter ?? '')}>
                            <div class="who">
                                <a href={paths.person(row.id)}>
                                    <b>{row.name}</b>
                                </a>
                                <span class="small muted">
                                    {[
                                        row.ageDays !== undefined && row.ageDays < 1826
                                            ? w.months(Math.floor(row.ageDays / 30.4375))
                                            : row.age !== null
                                              ? t.yearsOld(row.age)
                                              : '',
                                        row.sex ? t.sex[row.sex] : '',
                                        whereText(row),
                                        row.householdHead && row.householdHead.id !== row.id ? `${t.head}: ${row.householdHead.name}` : '',
                                    ]
                                        .filter(Boolean)
                                        .join(' · ')}
                                </span>
                            </div>
                            <div class="standing">
                                <Standing row={row} code={f.code} day={day} w={w} />
                            </div>
                            <div class="steps">
                                {row.phone && (
                                    <a class="btn" href={`tel:${row.phone.replace(/\s/g, '')}`} aria-label={`${w.call} ${row.name}, ${row.phone}`}>
                                        {row.phone}
                                    </a>
                                )}
                                {!row.phone && <span class="nophone small muted">{w.noPhone}</span>}
                                {(f.code === 'overdue' || f.code === 'lost') && writes && day !== null && (
                                    <CallButtons row={row} w={w} onOutcome={(o) => void outcome(row, o)} />
                                )}
                                {writes && list && (
                                    <a class={f.code === 'overdue' ? 'btn' : 'btn go'} href={paths.sheet(row.id, list.next)}>
                                        {w[NEXT[list.next] ?? 'measure']}
                                    </a>
                                )}
                            </div>
                        </li>
                    ))}
                </ul>
            )}
            {list?.after && (
                <button type="button" class="btn wide" id="more" onClick={() => void more()}>
                    {w.more}
                </button>
            )}
            <Books />
        </>
    );
}
