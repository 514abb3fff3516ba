// SPDX-License-Identifier: GPL-3.0-or-later
// Two records of one person side by side (#/merge/KEEP/OTHER): what differs, what happened under each, merging and parting. The
// node makes the transaction (docs/people.md); saving it is one more save through /fhir.

import { useEffect, useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf, type Texts } from '../../base/language';
import type { Event, Person, Timeline } from '../../base/model';
import type { Likely } from '../../base/newcomer';
import { go, paths } from '../../base/router';
import { Icon } from '../../parts/icon';
import { failureText, Trouble } from '../../parts/message';
import { whereText } from '../../parts/search';
import type { PageProps } from '../../rooms';
import { PersonAhead } from './household-find';
import { LikelyFacts } from './likely';
import { factsOf, read } from './record';
import { words } from './texts';

interface Side {
    person: Person;
    events: Event[];
    more: boolean;
}
const EVENTS = 5;

async function sideOf(id: string): Promise<Side | Failure> {
    const [person, timeline] = await Promise.all([get<Person>(`/api/persons/${encodeURIComponent(id)}`), get<Timeline>(`/api/persons/${encodeURIComponent(id)}/timeline?limit=100`)]);
    if (!person.ok) return person.failure;
    return { person: person.body, events: timeline.ok ? timeline.body.events : [], more: timeline.ok && timeline.body.more };
}

function rowsOf(p: Person, t: Texts): [string, string][] {
    return [
        [t.find, p.name],
        [t.born, p.birth ? showDay(p.birth) : ''],
        ['⚥', p.sex ? t.sex[p.sex] : ''],
        ['⌂', whereText(p)],
        [t.head, p.household?.head?.name ?? ''],
        [t.cccd, p.cccd ?? ''],
        [t.insurance, p.insurance ?? ''],
        [t.phone, p.phone ?? ''],
        [t.ethnicGroup, p.ethnicGroup?.name ?? ''],
        [t.allergy, p.allergies.map((a) => a.text).join(', ')],
    ];
}

/** Records that look like this person, and a search for another. */
function Others({ id }: { id: string }) {
    const w = useTextsOf(words);
    const [list, setList] = useState<Likely[] | null>(null);
    useEffect(() => {
        void read('Patient', id).then(async (a) => {
            if (!a.ok) return setList([]);
            const f = factsOf(a.body);
            const body = { name: f.name, birth: f.birth ?? '', sex: f.sex ?? '', place: f.village ?? '', phone: f.phone ?? '', cccd: f.cccd ?? '', insurance: f.insurance ?? '', household: '', self: id };
            const found = await call<{ likely: Likely[] }>('POST', '/api/persons/likely', body);
            setList(found.ok ? found.body.likely : []);
        });
    }, [id]);
    return (
        <section class="card pad likely" aria-labelledby="others-title">
            <h2 id="others-title">{w.likelyOthers}</h2>
            {list && !list.length && <p class="muted">{w.likelyNone}</p>}
            <ul class="plainlist">
                {list?.map((p) => (
                    <li key={p.id}>
                        <LikelyFacts person={p} />
                        <div class="choices">
                            <a class="btn small" href={paths.room('merge', id, p.id)}>
                                {w.compare}
                                <span class="hidden">: {p.name}</span>
                            </a>
                        </div>
                    </li>
                ))}
            </ul>
            <PersonAhead id="merge-other" label={w.findOther} households={false} chosen={null} onChoose={(_o, p) => p && p.id !== id && go(paths.room('merge', id, p.id))} />
        </section>
    );
}

export default function MergePage({ rest }: PageProps) {
    const [keep, other] = [rest[0] ?? '', rest[1] ?? ''];
    const t = useTexts(),
        w = useTextsOf(words);
    const [sides, setSides] = useState<[Side, Side | null] | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [state, setState] = useState<'apart' | 'merged' | 'parted'>('apart');
    const [busy, setBusy] = useState(false);
    const [round, setRound] = useState(0);

    useEffect(() => {
        document.title = `${w.mergeTitle} · ${t.programme}`;
        setFailure(null);
        void (async () => {
            const left = await sideOf(keep),
                right = other ? await sideOf(other) : null;
            if ('kind' in left) return setFailure(left);
            if (right && 'kind' in right) return setFailure(right);
            const already = !!right && right.person.id === left.person.id; // the old id leads to the record that goes on
            if (already && state === 'apart') setState('merged');
            setSides([left, already ? null : right]);
        })();
    }, [keep, other, round]);

    const act = async (way: 'merge' | 'unmerge'): Promise<void> => {
        setBusy(true);
        setFailure(null);
        const bundle = await get<unknown>(`/api/persons/${encodeURIComponent(keep)}/${way}/${encodeURIComponent(other)}`);
        const saved = bundle.ok ? await call('POST', '/fhir', bundle.body) : bundle;
        setBusy(false);
        if (!saved.ok) return setFailure(saved.failure);
        setState(way === 'merge' ? 'merged' : 'parted');
        setRound(round + 1);
        setTimeout(() => document.getElementById('merge-done')?.focus(), 50);
    };
    if (!sides) return failure ? <Trouble failure={failure} again={() => setRound(round + 1)} /> : <p role="status">{t.loading}</p>;
    const [left, right] = sides;
    const both = right ? rowsOf(right.person, t) : null;
    const card = (s: Side, title: string, opposite: [string, string][] | null) => (
        <section class="card pad" aria-label={`${title}: ${s.person.name}`}>
            <h2>{title}</h2>
            <dl class="pairs">
                {rowsOf(s.person, t).map(([label, value], i) => (
                    <div key={label}>
                        <dt>{i === 0 ? w.name : i === 2 ? w.sex : i === 3 ? w.village : label}</dt>
                        <dd>
                            {value || <span class="muted">{w.empty}</span>}
                            {opposite && value !== opposite[i]![1] && <span class="tag due"><span>{w.differs}</span></span>}
                        </dd>
                    </div>
                ))}
                <div>
                    <dt>{t.timeline}</dt>
                    <dd>
                        {w.events(s.events.length, s.more)}
                        <ul class="plainlist small">
                            {s.events.slice(0, EVENTS).map((e) => (
                                <li key={e.resource}>
                                    {showDay(e.day)} {e.systolic ? `${t.event['blood-pressure']} ${e.systolic}/${e.diastolic}` : (e.text ?? t.event[e.kind as keyof typeof t.event] ?? e.kind)}
                                </li>
                            ))}
                        </ul>
                    </dd>
                </div>
            </dl>
            <a href={paths.person(s.person.id)}>{s.person.name}</a>
        </section>
    );
    return (
        <div class="merge">
            <h1>{w.mergeTitle}</h1>
            <p class="muted">{w.mergeLead}</p>
            {state !== 'apart' && (
                <div class="message ok" role="status" id="merge-done" tabIndex={-1}>
                    <Icon name="check" />
                    <p>{state === 'merged' ? w.merged : w.parted}</p>
                    {state === 'merged' && (
                        <button type="button" class="btn" disabled={busy} onClick={() => void act('unmerge')}>
                            <Icon name="undo" />
                            {w.apartNow}
                        </button>
                    )}
                </div>
            )}
            {failure && (
                <div class="message bad" role="alert">
                    <Icon name="warn" />
                    <p>{failure.kind === 'refused' && failure.status === 412 ? w.changedMeanwhile : failureText(failure, t)}</p>
                </div>
            )}
            <div class="two">
                {card(left, w.keepThis, both)}
                {right ? card(right, w.goesIn, rowsOf(left.person, t)) : !other && <Others id={keep} />}
            </div>
            {right && (
                <div class="actions">
                    <button type="button" class="btn go" id="merge-now" disabled={busy} onClick={() => void act('merge')}>
                        {w.mergeNow}
                    </button>
                    <a class="btn" href={paths.room('merge', other, keep)}>
                        {w.swap}
                    </a>
                    <a class="btn" href={paths.room('merge', keep)}>
                        {w.cancel}
                    </a>
                </div>
            )}
        </div>
    );
}
