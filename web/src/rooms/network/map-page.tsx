// SPDX-License-Identifier: GPL-3.0-or-later
// The map of a day, or of a draft as if it were in force: slider, counts that open their lists, what is lacking, the chosen place. With a
// draft, stations are dragged to become points; every step is saved in the draft and can be taken back.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, sessionLost, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { showNumber } from '../../base/language';
import { paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { Problems } from './check-view';
import { NetworkMap, type Boundaries } from './map';
import {
    checkDecision,
    isArea,
    loadDecision,
    loadNetwork,
    placeById,
    reference,
    saveDraft,
    without,
    type Changes,
    type Check,
    type Decision,
    type Network,
    type NetworkPlace,
    type Operation,
} from './model';
import { PlaceCard } from './place-card';
import { PlaceTable } from './place-table';
import { DaySlider } from './slider';
import { useNetworkTexts } from './texts';

const ALWAYS = ['commune', 'station', 'point'];
const COUNTED = ['commune', 'station', 'point', 'hospital', 'regional-hospital', 'health-centre', 'polyclinic', 'centre', 'social-unit', 'stopped'];

let known: Boundaries | null | undefined; // asked once

/** Places behind a count. */
function behind(network: Network, kind: string): NetworkPlace[] {
    if (kind === 'commune') return network.places.filter(isArea);
    return network.places.filter((p) => p.kind === kind && p.status !== 'ended');
}

/** The changes of a day by what changed; each group opens to its places. */
function ChangesOf({ day, network, onPick }: { day: Changes['days'][number]; network: Network; onPick: (id: string) => void }) {
    const t = useNetworkTexts();
    const groups = new Map<string, typeof day.changes>();
    for (const c of day.changes) groups.set(c.field, [...(groups.get(c.field) ?? []), c]);
    const words = (value: string | null): string => (value === null ? '' : (t.kinds[value] ?? placeById(network, value)?.name ?? value));
    return (
        <div class="changes small">
            {[...groups].map(([field, changes]) => (
                <details key={field} open={groups.size === 1 && changes.length < 20}>
                    <summary>
                        {t.fields[field] ?? field} ({showNumber(changes.length)})
                    </summary>
                    <ul>
                        {changes.slice(0, 200).map((c, i) => (
                            <li key={i}>
                                <button type="button" class="link" onClick={() => onPick(c.place)}>
                                    {c.name}
                                </button>
                                : {c.before !== null && <s>{words(c.before)}</s>} {c.after !== null && <span>→ {words(c.after)}</span>}
                            </li>
                        ))}
                    </ul>
                    {changes.length > 200 && <p class="muted">{t.more(changes.length - 200)}</p>}
                </details>
            ))}
        </div>
    );
}

export function MapPage({ plan, day }: { plan: string | null; day?: string | undefined }) {
    const t = useNetworkTexts();
    const [at, setAt] = useState<string | null>(day ?? null);
    const [network, setNetwork] = useState<Network | null>(null);
    const [draft, setDraft] = useState<Decision | null>(null);
    const [check, setCheck] = useState<Check | null>(null);
    const [changes, setChanges] = useState<Changes | null>(null);
    const [boundaries, setBoundaries] = useState<Boundaries | null>(known ?? null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [picked, setPicked] = useState<string | null>(null);
    const [kind, setKind] = useState<string | null>(null);
    const [stopped, setStopped] = useState<NetworkPlace[] | null>(null);
    const [said, setSaid] = useState('');
    const [round, setRound] = useState(0);
    const asked = useRef(0);
    const lost = useValue(sessionLost);

    useEffect(() => {
        if (known !== undefined || lost) return;
        void get<Boundaries>('/api/network/boundaries').then((answer) => {
            if (answer.ok || answer.failure.kind === 'refused') known = answer.ok ? answer.body : null;
            if (answer.ok) setBoundaries(answer.body);
        });
    }, [lost]);
    useEffect(() => {
        if (!plan || lost) return;
        void loadDecision(plan).then((answer) => {
            if (!answer.ok) return setFailure(answer.failure);
            setDraft(answer.body);
            setAt((before) => before ?? answer.body.effectiveOn ?? null);
        });
    }, [plan, lost]);
    useEffect(() => {
        if (lost || (plan && !draft)) return;
        const mine = ++asked.current; // the slider asks often: only the newest answer is shown
        void loadNetwork(at, plan ? [plan] : []).then((answer) => {
            if (mine !== asked.current) return;
            if (!answer.ok) return setFailure(answer.failure);
            setFailure(null);
            setNetwork(answer.body);
        });
    }, [at, draft, round, lost]);
    useEffect(() => {
        if (!plan || !draft?.id || lost) return;
        void checkDecision(plan).then((answer) => answer.ok && setCheck(answer.body));
    }, [draft, lost]);
    useEffect(() => {
        if (lost || plan) return;
        void get<Changes>('/api/network/changes').then((answer) => answer.ok && setChanges(answer.body));
    }, [round, lost]);
    useEffect(() => {
        if (kind !== 'stopped' || !network) return;
        const mine = network.at;
        void get<Network>(`/api/network?at=${mine}&ended=1`).then(
            (answer) => answer.ok && setStopped(answer.body.places.filter((p) => p.status === 'ended')),
        );
    }, [kind, network]);

    const act = async (operation: Operation, words: string): Promise<void> => {
        if (draft) await store({ ...draft, operation: [...(draft.operation ?? []), operation] }, words);
    };
    const store = async (next: Decision, words: string): Promise<void> => {
        const saved = await saveDraft(next);
        if (!saved.ok) return setFailure(saved.failure);
        setDraft(saved.body);
        setSaid(words);
    };
    const toPoint = (a: NetworkPlace, b: NetworkPlace): void =>
        void act({ kind: 'convert-to-point', place: [reference(a.id)], target: reference(b.id) }, t.converted(a.name, b.name));

    if (!network)
        return failure ? (
            <Trouble failure={failure} again={() => setRound(round + 1)} />
        ) : (
            <p class="muted" role="status">
                {t.loading}
            </p>
        );
    const lacking = without(network);
    const here = changes?.days.find((d) => d.day === network.at),
        next = network.days.find((d) => d > network.at);
    const list = kind === 'stopped' ? stopped : kind ? behind(network, kind) : null;
    const errors = check?.problems.filter((p) => p.severity === 'error') ?? [];
    return (
        <>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {draft && (
                <div class="planbar card pad noprint">
                    <p>
                        <span class="tag due">{t.plan}</span> <b>{draft.title}</b>{' '}
                        <span class="muted">{t.operations(draft.operation?.length ?? 0)}</span>
                        <br />
                        <span class="small muted">{t.planLead}</span>
                    </p>
                    <button
                        type="button"
                        class="btn"
                        disabled={!draft.operation?.length}
                        onClick={() => void store({ ...draft, operation: draft.operation!.slice(0, -1) }, t.undoLast)}
                    >
                        <Icon name="undo" />
                        {t.undoLast}
                    </button>
                    <a class="btn go" href={paths.room('network', 'decision', plan!)}>
                        {t.openDecision}
                    </a>
                </div>
            )}
            <p class="hidden" role="status">
                {said}
            </p>
            <DaySlider day={network.at} today={network.today} breaks={network.days} onDay={setAt} />
            <ul class="counts plainlist" aria-label={t.list}>
                {COUNTED.filter((k) => network.counts[k] || ALWAYS.includes(k)).map((k) => (
                    <li key={k}>
                        <button type="button" class="card count" aria-pressed={kind === k} onClick={() => setKind(kind === k ? null : k)}>
                            <b id={`count-${k}`}>{showNumber(network.counts[k])}</b>
                            <span>{t.countKinds[k] ?? t.kinds[k]}</span>
                        </button>
                    </li>
                ))}
            </ul>
            <div class="netcolumns">
                <section class="card pad" aria-label={t.map}>
                    <NetworkMap
                        network={network}
                        boundaries={boundaries}
                        picked={picked}
                        onPick={setPicked}
                        {...(draft ? { onDrop: toPoint } : {})}
                    />
                </section>
                <div class="netside">
                    <section class={`message ${lacking.length ? 'bad' : 'ok'}`}>
                        <Icon name={lacking.length ? 'warn' : 'check'} />
                        <p id="served">{lacking.length ? t.without(lacking.length) : t.allServed}</p>
                        {lacking.length > 0 && (
                            <ul class="plainlist lackinglist">
                                {lacking.map((c) => (
                                    <li key={c.id}>
                                        <button type="button" class="link" onClick={() => setPicked(c.id)}>
                                            {c.name}
                                        </button>
                                    </li>
                                ))}
                            </ul>
                        )}
                    </section>
                    {draft && errors.length > 0 && (
                        <section class="message bad" aria-label={t.check}>
                            <Problems problems={errors.slice(0, 6)} />
                        </section>
                    )}
                    <PlaceCard network={network} place={placeById(network, picked)} {...(draft ? { onConvert: toPoint, onAct: act } : {})} />
                    {(here || next) && (
                        <section class="card pad" aria-labelledby="changes-title">
                            <h2 id="changes-title">{here ? t.thisDay : t.nextChange(showDay(next))}</h2>
                            {here ? (
                                <>
                                    {here.decisions.map((d) => (
                                        <p key={d.id}>
                                            <a href={paths.room('network', 'decision', d.id)}>{d.title}</a>{' '}
                                            {d.number && <span class="muted">{d.number}</span>}{' '}
                                            {d.certainty === 'assumed' && (
                                                <span class="tag due" title={t.assumedHelp}>
                                                    {t.assumed}
                                                </span>
                                            )}
                                        </p>
                                    ))}
                                    <ChangesOf day={here} network={network} onPick={setPicked} />
                                </>
                            ) : (
                                <button type="button" class="btn" onClick={() => setAt(next!)}>
                                    {showDay(next)}
                                </button>
                            )}
                        </section>
                    )}
                </div>
            </div>
            {list && (
                <PlaceTable
                    network={network}
                    places={list}
                    title={`${t.countKinds[kind!] ?? t.kinds[kind!]}, ${t.asOf(showDay(network.at))}`}
                    onPick={setPicked}
                    onClose={() => setKind(null)}
                />
            )}
        </>
    );
}
