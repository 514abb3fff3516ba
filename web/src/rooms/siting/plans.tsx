// SPDX-License-Identifier: GPL-3.0-or-later
// Plans for the stations: weights and rules on the left, what they do on the right. Each change asks the node anew (a tenth of a
// second); nothing is stored until a draft of a decision is made of it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, callFile, type Failure } from '../../base/api';
import { language, showNumber, useTexts, useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { shortName } from '../../parts/map';
import { Trouble } from '../../parts/message';
import { Tag } from '../../parts/tag';
import { Communes } from './communes';
import { Compare, type Kept } from './compare';
import { Controls } from './controls';
import { DraftForm } from './draft';
import { SitingMap } from './map';
import { START, type Choice, type Cover, type Question } from './model';
import { sitingTexts } from './texts';
import { Trade } from './trade';

const LETTERS = ['A', 'B', 'C', 'D'];
const words = (vi: string, en: string): string => (language.get() === 'vi' ? vi : en);

function Tile({ value, unit, label, notes }: { value: string; unit?: string; label: string; notes: string[] }) {
    return (
        <div class="card tile">
            <dt>{label}</dt>
            <dd>
                <span class="v">{value}</span>
                {unit && <span class="u"> {unit}</span>}
                {notes.map((n) => (
                    <span key={n} class="note">
                        {n}
                    </span>
                ))}
            </dd>
        </div>
    );
}

function Tiles({ data }: { data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const c = data.coverage,
        percent = (n: number): string => `${showNumber((100 * n) / (c.people || 1), 1)} %`;
    return (
        <dl class="tiles">
            {data.besideVi ? (
                <Tile value={showNumber(data.differs)} label={t.tiles.differs} notes={[t.ofCommunes(data.communes.length), ...(data.differsWithoutSeat === null ? [] : [t.withoutSeat(data.differsWithoutSeat)])]} />
            ) : (
                <Tile value={showNumber(data.communes.length)} label={t.tiles.chosen} notes={[t.nothingBeside]} />
            )}
            <Tile
                value={showNumber((100 * c.nearAfter) / (c.people || 1), 1)}
                unit="%"
                label={t.tiles.near(data.scales.near)}
                notes={[t.before(percent(c.nearBefore)), t.withPoints(percent(c.nearCare))]}
            />
            <Tile value={showNumber(c.meanAfter, 0)} label={t.tiles.mean} notes={[t.before(showNumber(c.meanBefore, 0))]} />
            <Tile value={showNumber(c.unexcused)} label={t.tiles.unexcused} notes={[]} />
        </dl>
    );
}

function Losers({ data }: { data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const [all, setAll] = useState(false);
    const shown = all ? data.losers : data.losers.slice(0, 10);
    return (
        <section class="card pad" aria-labelledby="losers-title">
            <h2 id="losers-title">{t.losers(data.losers.length)}</h2>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="losers-title">
                <table class="losers">
                    <thead>
                        <tr>
                            <th scope="col">{t.village}</th>
                            <th scope="col">{t.commune}</th>
                            {[t.people, t.was, t.now, t.care].map((label) => (
                                <th key={label} scope="col" class="n">
                                    {label}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {shown.map((l) => (
                            <tr key={l.code}>
                                <th scope="row">
                                    {l.name} {!l.excused && <Tag tone="bad" icon="stop">{t.noPoint}</Tag>}
                                </th>
                                <td>{shortName(l.commune)}</td>
                                <td class="n">{showNumber(l.people)}</td>
                                <td class="n">{showNumber(l.before)}</td>
                                <td class="n">{showNumber(l.after)}</td>
                                <td class="n">{showNumber(l.care)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            {!all && data.losers.length > 10 && (
                <button type="button" class="link noprint" onClick={() => setAll(true)}>
                    {t.all}
                </button>
            )}
        </section>
    );
}

/** The same for each group of people or places that the tables tell apart. */
function Groups({ data }: { data: Choice }) {
    const t = useTextsOf(sitingTexts);
    if (!data.groups.length) return null;
    const share = (g: Cover, n: number): string => showNumber((100 * n) / (g.people || 1), 1);
    return (
        <section class="card pad" aria-labelledby="groups-title">
            <h2 id="groups-title">{t.groups}</h2>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="groups-title">
                <table class="groups">
                    <thead>
                        <tr>
                            <th scope="col">{t.group}</th>
                            {[t.people, t.row.near(data.scales.near), t.row.near(data.scales.far), t.row.mean, t.tooFar].map((label) => (
                                <th key={label} scope="col" class="n">
                                    {label}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {data.groups.map(({ name, coverage: g }) => (
                            <tr key={name}>
                                <th scope="row">{name}</th>
                                <td class="n">{showNumber(g.people)}</td>
                                <td class="n">
                                    {share(g, g.nearBefore)} → {share(g, g.nearAfter)}
                                </td>
                                <td class="n">
                                    {share(g, g.farBefore)} → {share(g, g.farAfter)}
                                </td>
                                <td class="n">
                                    {showNumber(g.meanBefore, 0)} → {showNumber(g.meanAfter, 0)}
                                </td>
                                <td class="n">{showNumber(g.worse)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}

function Limits({ data }: { data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const { value, least } = data.travel;
    const note = words(data.noteVi ?? '', data.noteEn ?? '');
    return (
        <section class="card pad" aria-labelledby="limits-title">
            <h2 id="limits-title">{t.findings}</h2>
            <ul class="plainlist small limits">
                {(language.get() === 'vi' ? data.findingsVi : data.findingsEn).map((f) => (
                    <li key={f}>
                        <Icon name="warn" /> {f}
                    </li>
                ))}
                <li>{t.surveyed(data.surveyed, data.sites)}</li>
                {data.splits && <li>{t.exact}</li>}
                <li>{t.least(showNumber(value > 0 ? (100 * (value - least)) / value : 0, 1))}</li>
                {data.times.estimatedPairs > 0 && (
                    <li>{t.estimated(data.times.estimatedPairs, showNumber(100 * data.times.range))}</li>
                )}
                {note && <li>{note}</li>}
                {(language.get() === 'vi' ? data.notModelledVi : data.notModelledEn).map((s) => (
                    <li key={s} class="muted">
                        {s}
                    </li>
                ))}
            </ul>
        </section>
    );
}

function open(blob: Blob): void {
    const link = document.createElement('a'),
        url = URL.createObjectURL(blob);
    link.href = url;
    link.target = '_blank';
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export function Plans({ province, held }: { province: string; held: boolean }) {
    const core = useTexts(),
        t = useTextsOf(sitingTexts);
    const [question, setQuestion] = useState<Question>({ ...START, province });
    const [data, setData] = useState<Choice | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [picked, setPicked] = useState<string | null>(null);
    const [kept, setKept] = useState<Kept[]>([]);
    const [drafting, setDrafting] = useState(false);
    const [said, setSaid] = useState('');
    const [round, setRound] = useState(0);
    const first = useRef(true);

    useEffect(() => {
        const stop = new AbortController();
        const timer = window.setTimeout(
            () => {
                setSaid(t.busy);
                void call<Choice>('POST', '/api/siting', question, stop.signal).then((answer) => {
                    if (stop.signal.aborted) return;
                    setSaid(t.done);
                    setFailure(answer.ok ? null : answer.failure);
                    if (answer.ok) setData(answer.body);
                });
            },
            first.current ? 0 : 120,
        );
        first.current = false;
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [question, round, language.get()]);

    const page = async (): Promise<void> => {
        const answer = await callFile('/api/siting/page', { ...question, language: language.get() });
        if (answer.ok) open(answer.body);
        else setFailure(answer.failure);
    };
    const pick = (code: string | null): void => {
        setPicked(code);
        if (code) requestAnimationFrame(() => document.getElementById(`more-${code}`)?.scrollIntoView({ block: 'nearest' }));
    };
    return (
        <>
            <p class="actions noprint">
                <button type="button" class="btn" onClick={() => void page()}>
                    <Icon name="print" />
                    {t.print}
                </button>
                <button type="button" class="btn go" aria-expanded={drafting} onClick={() => setDrafting(!drafting)}>
                    <Icon name="note" />
                    {t.draft}
                </button>
            </p>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {drafting && <DraftForm question={question} onClose={() => setDrafting(false)} />}
            <p class="small said" role="status">
                {said}
            </p>
            {data && (
                <div class="sitinggrid">
                    <div>
                        <Controls question={question} data={data} held={held} onChange={setQuestion} />
                        <div class="keep noprint">
                            <button
                                type="button"
                                class="btn"
                                disabled={kept.length >= LETTERS.length}
                                onClick={() => setKept([...kept, { weights: question.proposal.weights, data }])}
                            >
                                <Icon name="plus" />
                                {t.keep}
                            </button>
                            <button type="button" class="btn" onClick={() => setQuestion({ ...START, province })}>
                                <Icon name="undo" />
                                {t.reset}
                            </button>
                        </div>
                    </div>
                    <div class="planned">
                        <Tiles data={data} />
                        <Compare kept={kept} onDrop={(n) => setKept(kept.filter((_, k) => k !== n))} />
                        <div class="mapandtable">
                            <section class="card pad" aria-labelledby="map-title">
                                <h2 id="map-title">{t.map}</h2>
                                <SitingMap data={data} picked={picked} onPick={pick} />
                            </section>
                            <Trade data={data} />
                        </div>
                        <Communes data={data} picked={picked} onPick={pick} />
                        <Losers data={data} />
                        <Groups data={data} />
                        <Limits data={data} />
                    </div>
                </div>
            )}
            {!data && !failure && (
                <p class="muted" role="status">
                    {core.loading}
                </p>
            )}
        </>
    );
}
