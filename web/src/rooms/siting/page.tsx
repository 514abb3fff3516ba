// SPDX-License-Identifier: GPL-3.0-or-later
// Plans for the stations: weights and rules on the left, what they do on the right. Each change asks the node anew (a tenth of a
// second); nothing is stored until a draft of a decision is made of it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, callFile, type Failure } from '../../base/api';
import { dayOf } from '../../base/date';
import { language, showNumber, useTexts, useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { shortName } from '../../parts/map';
import { Trouble } from '../../parts/message';
import { Tag } from '../../parts/tag';
import { Compare, type Kept } from './compare';
import { DraftForm } from './draft';
import { SitingMap } from './map';
import { CRITERIA, START, type Choice, type Commune, type Offer, type Question } from './model';
import { sitingTexts } from './texts';

const LETTERS = ['A', 'B', 'C', 'D'];
const words = (vi: string, en: string): string => (language.get() === 'vi' ? vi : en);
const siteName = (c: Commune, code: string | null): string =>
    c.sites.find((s) => s.code === code)?.name.replace(/^Trạm Y tế /, '') ?? '–';

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
                <Tile value={showNumber(data.differs)} label={t.tiles.differs} notes={[t.ofCommunes(data.communes.length)]} />
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

/** Sliders, rules, the planner's own tables. */
function Controls({ question, data, held, onChange }: { question: Question; data: Choice; held: boolean; onChange: (q: Question) => void }) {
    const t = useTextsOf(sitingTexts);
    const { weights, rules } = question.proposal;
    const sum = CRITERIA.reduce((n, k) => n + weights[k], 0);
    const rule = (change: Partial<typeof rules>): void =>
        onChange({ ...question, proposal: { weights, rules: { ...rules, ...change } } });
    const file = (name: 'survey' | 'travel') => (e: Event) => {
        const chosen = (e.currentTarget as HTMLInputElement).files?.[0];
        if (!chosen) onChange({ ...question, [name]: undefined });
        else void chosen.text().then((text) => onChange({ ...question, [name]: text }));
    };
    return (
        <section class="card pad controls noprint" aria-labelledby="weights-title">
            <h2 id="weights-title">{t.weights}</h2>
            {data.criteria.map((c) => {
                const known = data.communes.filter((x) => x.sites.length < 2 || x.turns[c.code]).length;
                return (
                    <div key={c.code} class="weight">
                        <label for={`weight-${c.code}`}>
                            {words(c.vi, c.en)}
                            <output for={`weight-${c.code}`}>
                                {t.share(showNumber(sum ? (100 * weights[c.code]) / sum : 0))}
                            </output>
                        </label>
                        <input
                            id={`weight-${c.code}`}
                            type="range"
                            min="0"
                            max="100"
                            value={weights[c.code]}
                            aria-describedby={`rule-${c.code}`}
                            onInput={(e) =>
                                onChange({
                                    ...question,
                                    proposal: { rules, weights: { ...weights, [c.code]: Number(e.currentTarget.value) } },
                                })
                            }
                        />
                        <p class="small muted" id={`rule-${c.code}`}>
                            {words(c.ruleVi, c.ruleEn)}. {known < data.communes.length && <b>{t.known(known, data.communes.length)}</b>}
                        </p>
                    </div>
                );
            })}
            <h2>{t.rules}</h2>
            {held && (
                <div class="field">
                    <label for="base">{t.base}</label>
                    <select
                        id="base"
                        value={question.at ? 'today' : 'before'}
                        onChange={(e) => onChange({ ...question, at: e.currentTarget.value === 'today' ? dayOf(Date.now()) : undefined })}
                    >
                        {(['before', 'today'] as const).map((k) => (
                            <option key={k} value={k}>
                                {t.bases[k]}
                            </option>
                        ))}
                    </select>
                </div>
            )}
            <div class="field">
                <label for="most-worse">{t.mostWorse}</label>
                <input
                    id="most-worse"
                    type="number"
                    min="0"
                    max="1000"
                    value={rules.mostWorse}
                    onChange={(e) => rule({ mostWorse: Math.max(0, Number(e.currentTarget.value) || 0) })}
                />
            </div>
            <div class="field">
                <label for="points">{t.points}</label>
                <input
                    id="points"
                    type="number"
                    min="0"
                    max="1000"
                    value={rules.points ?? ''}
                    onChange={(e) =>
                        rule({ points: e.currentTarget.value === '' ? undefined : Math.max(0, Math.round(Number(e.currentTarget.value))) })
                    }
                />
            </div>
            <label class="tick">
                <input type="checkbox" checked={rules.across} onChange={(e) => rule({ across: e.currentTarget.checked })} />
                {t.across}
            </label>
            <div class="field">
                <label for="season">{t.season}</label>
                <select
                    id="season"
                    value={question.season}
                    onChange={(e) => onChange({ ...question, season: e.currentTarget.value as Question['season'] })}
                >
                    {(['any', 'dry', 'wet'] as const).map((s) => (
                        <option key={s} value={s}>
                            {t.seasons[s]}
                        </option>
                    ))}
                </select>
            </div>
            {(['survey', 'travel'] as const).map((name) => (
                <div key={name} class="field">
                    <label for={name}>{t[name]}</label>
                    <input id={name} type="file" accept=".csv,text/csv" onChange={file(name)} />
                </div>
            ))}
        </section>
    );
}

function Details({ c, data }: { c: Commune; data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const known = data.criteria.filter((k) => c.sites.some((s) => s.points[k.code] !== null));
    return (
        <div class="sitedetails">
            <p class="small">
                <b>{t.why}:</b> {words(c.reasonVi, c.reasonEn)}
            </p>
            <div class="wide" tabIndex={0} role="group" aria-label={t.details}>
                <table class="small">
                    <thead>
                        <tr>
                            <th scope="col">{t.station}</th>
                            <th scope="col" class="n">
                                {t.score}
                            </th>
                            {known.map((k) => (
                                <th key={k.code} scope="col" class="n">
                                    {words(k.vi, k.en)}
                                </th>
                            ))}
                            <th scope="col" class="n">
                                {t.minutes}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {c.sites.map((s) => (
                            <tr key={s.code} class={s.code === c.site ? 'on' : ''}>
                                <th scope="row">
                                    {siteName(c, s.code)}
                                    {s.code === c.site && <span class="mark"> {t.chosen}</span>}
                                    {s.code === c.beside && s.code !== c.site && <span class="mark"> {t.other}</span>}
                                    {s.pareto && (
                                        <span class="mark" title={t.pareto}>
                                            {' '}
                                            ★
                                        </span>
                                    )}
                                </th>
                                <td class="n">{showNumber(s.score, 1)}</td>
                                {known.map((k) => (
                                    <td key={k.code} class="n">
                                        {s.points[k.code] === null ? t.notKnown : showNumber(s.points[k.code], 0)}
                                    </td>
                                ))}
                                <td class="n">{showNumber(s.meanMinutes, 0)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <p class="small muted">★ {t.pareto}</p>
        </div>
    );
}

function Communes({ data, picked, onPick }: { data: Choice; picked: string | null; onPick: (code: string | null) => void }) {
    const t = useTextsOf(sitingTexts);
    const [only, setOnly] = useState(false);
    const close = (c: Commune): boolean =>
        (c.lead !== null && c.lead < 1) || (c.siteIfShorter !== c.site || c.siteIfLonger !== c.site);
    const rows = only && data.besideVi ? data.communes.filter((c) => c.differs) : data.communes;
    return (
        <section class="card pad" aria-labelledby="communes-title">
            <div class="sheethead">
                <h2 id="communes-title">{t.communes}</h2>
                {data.besideVi && (
                    <label class="tick small noprint">
                        <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} />
                        {t.onlyDiffers}
                    </label>
                )}
            </div>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="communes-title">
                <table class="choices">
                    <thead>
                        <tr>
                            <th scope="col">{t.commune}</th>
                            <th scope="col">{t.station}</th>
                            <th scope="col" class="n">
                                {t.lead}
                            </th>
                            <th scope="col">
                                <span class="hidden">{t.remark}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.flatMap((c) => [
                            <tr key={c.code} id={`choice-${c.code}`} class={c.code === picked ? 'on' : ''}>
                                <th scope="row">
                                    <button
                                        type="button"
                                        class="sort"
                                        aria-expanded={c.code === picked}
                                        onClick={() => onPick(c.code === picked ? null : c.code)}
                                    >
                                        {shortName(c.name)}
                                    </button>
                                </th>
                                <td>{siteName(c, c.site)}</td>
                                <td class="n">{showNumber(c.lead, 1)}</td>
                                <td>
                                    {c.differs && <Tag tone="due" icon="warn">{t.differsMark}</Tag>}{' '}
                                    {close(c) && <Tag tone="info" icon="info">{t.closeMark}</Tag>}
                                </td>
                            </tr>,
                            c.code === picked && (
                                <tr key={`${c.code}+`} class="more" id={`more-${c.code}`}>
                                    <td colSpan={4}>
                                        <Details c={c} data={data} />
                                    </td>
                                </tr>
                            ),
                        ])}
                    </tbody>
                </table>
            </div>
        </section>
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

/** The provinces of the node's network; the name alone when there is one. */
function Province({ offers, code, onPick }: { offers: Offer[]; code: string; onPick: (code: string) => void }) {
    const t = useTextsOf(sitingTexts);
    if (offers.length < 2) return <span class="about">{offers[0]?.name}</span>;
    return (
        <select class="about" aria-label={t.province} value={code} onChange={(e) => onPick(e.currentTarget.value)}>
            {offers.map((o) => (
                <option key={o.code} value={o.code}>
                    {o.name}
                </option>
            ))}
        </select>
    );
}

export default function SitingPage() {
    const core = useTexts(),
        t = useTextsOf(sitingTexts);
    const [question, setQuestion] = useState<Question>(START);
    const [data, setData] = useState<Choice | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [offers, setOffers] = useState<Offer[]>([]);
    const [picked, setPicked] = useState<string | null>(null);
    const [kept, setKept] = useState<Kept[]>([]);
    const [drafting, setDrafting] = useState(false);
    const [said, setSaid] = useState('');
    const [round, setRound] = useState(0);
    const first = useRef(true);

    useEffect(() => void (document.title = `${t.title} · ${core.programme}`), [t]);
    useEffect(
        () =>
            void call<{ provinces: Offer[] }>('GET', '/api/siting/provinces').then((answer) =>
                answer.ok ? setOffers(answer.body.provinces) : setFailure(answer.failure),
            ),
        [],
    );
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
    const province = (code: string): void => {
        setPicked(null);
        setKept([]);
        setQuestion({ ...START, province: code });
    };
    const code = question.province ?? offers[0]?.code ?? '';
    return (
        <div class="siting">
            <div class="pagehead">
                <h1>{t.title}</h1>
                <Province offers={offers} code={code} onPick={province} />
                <button type="button" class="btn noprint" onClick={() => void page()}>
                    <Icon name="print" />
                    {t.print}
                </button>
                <button type="button" class="btn go noprint" aria-expanded={drafting} onClick={() => setDrafting(!drafting)}>
                    <Icon name="note" />
                    {t.draft}
                </button>
            </div>
            <p class="small muted">
                {t.about} {offers.some((o) => !o.held) && t.notHeld}
            </p>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {drafting && <DraftForm question={question} onClose={() => setDrafting(false)} />}
            <p class="small said" role="status">
                {said}
            </p>
            {data && (
                <div class="sitinggrid">
                    <div>
                        <Controls question={question} data={data} held={offers.some((o) => o.held)} onChange={setQuestion} />
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
                            <button type="button" class="btn" onClick={() => setQuestion({ ...START, province: question.province })}>
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
                            <Communes data={data} picked={picked} onPick={pick} />
                        </div>
                        <Losers data={data} />
                        <Limits data={data} />
                    </div>
                </div>
            )}
            {!data && !failure && (
                <p class="muted" role="status">
                    {core.loading}
                </p>
            )}
        </div>
    );
}
