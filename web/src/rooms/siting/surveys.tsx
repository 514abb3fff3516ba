// SPDX-License-Identifier: GPL-3.0-or-later
// What surveys found at the sites: what is known and what nobody looked at, one survey by hand, lists in (looked at first, undone
// together) and out to be filled in.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { dayOf, readDay, showDay } from '../../base/date';
import { language, useTextsOf } from '../../base/language';
import { DayField } from '../../parts/fields';
import { Icon } from '../../parts/icon';
import { ImportList, LIST_FILE, type ListAnswer } from '../../parts/import-list';
import { shortName } from '../../parts/map';
import { Trouble } from '../../parts/message';
import { sitingTexts } from './texts';

interface Field {
    code: string;
    form: 'yes-no' | 'whole' | 'number' | 'text';
    vi: string;
    en: string;
}
interface Fact {
    value: string;
    day: string;
    source: string;
    recorder: string | null;
    survey: string;
}
interface SurveySite {
    code: string;
    name: string;
    commune: string;
    facts: Record<string, Fact>;
}
interface Known {
    at: string;
    fields: Field[];
    sites: SurveySite[];
}
interface SurveyList extends ListAnswer {
    list: string | null;
}

const words = (x: { vi: string; en: string }): string => x[language.get()];

function useValueText(): (field: Field, value: string | null | undefined) => string {
    const t = useTextsOf(sitingTexts).surveys;
    return (field, value) => (!value ? t.unknown : field.form === 'yes-no' ? (value === 'yes' ? t.yes : t.no) : value);
}

/** One survey by hand: only what is typed is stored; the rest stays as it is. */
function Enter({ site, fields, province, onDone }: { site: SurveySite; fields: Field[]; province: string; onDone: () => void }) {
    const t = useTextsOf(sitingTexts).surveys;
    const show = useValueText();
    const today = dayOf(Date.now());
    const [values, setValues] = useState<Record<string, string>>({});
    const [source, setSource] = useState('');
    const [day, setDay] = useState(showDay(today));
    const [wrong, setWrong] = useState<'day' | 'source' | 'values' | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const dayInput = useRef<HTMLInputElement>(null);
    const save = async (): Promise<void> => {
        const surveyedOn = readDay(day, today);
        const given = Object.fromEntries(Object.entries(values).filter(([, v]) => v.trim()));
        const missing = !surveyedOn ? 'day' : !source.trim() ? 'source' : !Object.keys(given).length ? 'values' : null;
        setWrong(missing);
        if (missing) return document.getElementById(missing === 'values' ? `survey-${fields[0]!.code}` : `survey-${missing}`)?.focus();
        const answer = await call('POST', `/api/surveys?province=${province}`, { site: site.code, surveyedOn, source: source.trim(), values: given });
        if (answer.ok) onDone();
        else setFailure(answer.failure);
    };
    const undo = async (survey: string): Promise<void> => {
        const answer = await call('POST', `/api/surveys/${survey}/undo`, {});
        if (answer.ok) onDone();
        else setFailure(answer.failure);
    };
    const surveys = [...new Map(Object.values(site.facts).map((f) => [f.survey, f])).values()].sort((a, b) => b.day.localeCompare(a.day));
    const set = (code: string, value: string): void => setValues({ ...values, [code]: value });
    return (
        <form
            class="surveyform"
            aria-label={`${t.enter}: ${site.name}`}
            onSubmit={(e) => {
                e.preventDefault();
                void save();
            }}
        >
            {failure && <Trouble failure={failure} />}
            <div class="surveyhead">
                <DayField id="survey-day" label={t.day} text={day} input={dayInput} wrong={wrong === 'day' ? t.needDay : null} onType={setDay} onEnter={() => void save()} />
                <div class="field">
                    <label for="survey-source">{t.source}</label>
                    <input id="survey-source" type="text" value={source} aria-invalid={wrong === 'source'} onInput={(e) => setSource(e.currentTarget.value)} />
                    {wrong === 'source' && (
                        <p class="wrong">
                            <Icon name="warn" />
                            {t.needSource}
                        </p>
                    )}
                </div>
            </div>
            <div class="surveyfields">
                {fields.map((f) => (
                    <div key={f.code} class="field">
                        <label for={`survey-${f.code}`}>{words(f)}</label>
                        {f.form === 'yes-no' ? (
                            <select id={`survey-${f.code}`} value={values[f.code] ?? ''} onChange={(e) => set(f.code, e.currentTarget.value)}>
                                <option value="">{t.keep(show(f, site.facts[f.code]?.value))}</option>
                                <option value="yes">{t.yes}</option>
                                <option value="no">{t.no}</option>
                            </select>
                        ) : (
                            <input
                                id={`survey-${f.code}`}
                                type="text"
                                inputMode={f.form === 'text' ? 'text' : 'decimal'}
                                autoComplete="off"
                                placeholder={show(f, site.facts[f.code]?.value)}
                                value={values[f.code] ?? ''}
                                onInput={(e) => set(f.code, f.form === 'text' ? e.currentTarget.value : e.currentTarget.value.replace(',', '.'))}
                            />
                        )}
                    </div>
                ))}
            </div>
            {wrong === 'values' && (
                <p class="wrong">
                    <Icon name="warn" />
                    {t.needValue}
                </p>
            )}
            <p class="actions">
                <button type="submit" class="btn go">
                    {t.save}
                </button>
            </p>
            {surveys.length > 0 && (
                <ul class="plainlist small">
                    {surveys.map((s) => (
                        <li key={s.survey}>
                            {showDay(s.day)}: {s.source}
                            {s.recorder && <span class="muted"> ({t.by(s.recorder)})</span>}{' '}
                            <button type="button" class="link" onClick={() => void undo(s.survey)}>
                                {t.undo}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </form>
    );
}

export function SurveysPage({ province }: { province: string }) {
    const t = useTextsOf(sitingTexts).surveys;
    const show = useValueText();
    const [known, setKnown] = useState<Known | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [picked, setPicked] = useState<string | null>(null);
    const [only, setOnly] = useState(false);
    const [round, setRound] = useState(0);
    useEffect(() => {
        if (!province) return;
        void get<Known>(`/api/surveys?province=${province}`).then((answer) => {
            setFailure(answer.ok ? null : answer.failure);
            if (answer.ok) setKnown(answer.body);
        });
    }, [province, round, language.get()]);
    if (failure) return <Trouble failure={failure} again={() => setRound(round + 1)} />;
    if (!known) return null;
    const again = (): void => setRound(round + 1);
    const columns = ['grade', 'rooms', 'repair', 'power', 'water', 'internet', 'doctors', 'midwives', 'assistants'].map((c) => known.fields.find((f) => f.code === c)!);
    const surveyed = known.sites.filter((s) => Object.keys(s.facts).length).length;
    const rows = only ? known.sites.filter((s) => !Object.keys(s.facts).length) : known.sites;
    const latest = (s: SurveySite): string | undefined =>
        Object.values(s.facts)
            .map((f) => f.day)
            .sort()
            .pop();
    return (
        <>
            <ImportList<SurveyList>
                lead={t.listLead}
                accept=".xlsx,.csv,text/csv"
                fields={Object.fromEntries(known.fields.map((f) => [f.code, words(f)]))}
                send={(step, file) => call<SurveyList>('POST', `/api/surveys/import?province=${province}&step=${step}`, file, undefined, LIST_FILE)}
                applied={() => t.applied}
                undo={(answer) => call('POST', `/api/surveys/lists/${answer.list}/undo`, {})}
                onChange={again}
            />
            <section class="card pad" aria-labelledby="sites-title">
                <div class="sheethead">
                    <h2 id="sites-title">{t.title(surveyed, known.sites.length)}</h2>
                    <a class="btn noprint" href={`/api/surveys/export?province=${province}&format=xlsx`}>
                        Excel
                    </a>
                    <a class="btn noprint" href={`/api/surveys/export?province=${province}&format=csv`}>
                        CSV
                    </a>
                    <label class="tick small noprint">
                        <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} />
                        {t.only}
                    </label>
                </div>
                <p class="small muted">{t.lead}</p>
                <div class="wide" tabIndex={0} role="group" aria-labelledby="sites-title">
                    <table class="surveytable">
                        <thead>
                            <tr>
                                <th scope="col">{t.place}</th>
                                {columns.map((f) => (
                                    <th key={f.code} scope="col" title={words(f)}>
                                        {t.short[f.code]}
                                    </th>
                                ))}
                                <th scope="col">{t.day}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {rows.flatMap((s) => [
                                <tr key={s.code} class={s.code === picked ? 'on' : ''}>
                                    <th scope="row">
                                        <button type="button" class="sort" aria-expanded={s.code === picked} onClick={() => setPicked(s.code === picked ? null : s.code)}>
                                            {s.name.replace(/^Trạm Y tế /, '')}
                                        </button>{' '}
                                        <span class="muted">{shortName(s.commune)}</span>
                                    </th>
                                    {columns.map((f) => (
                                        <td key={f.code} class={s.facts[f.code] ? '' : 'muted'}>
                                            {show(f, s.facts[f.code]?.value)}
                                        </td>
                                    ))}
                                    <td>{latest(s) ? showDay(latest(s)) : t.never}</td>
                                </tr>,
                                s.code === picked && (
                                    <tr key={`${s.code}+`} class="more">
                                        <td colSpan={columns.length + 2}>
                                            <Enter key={`${s.code}-${round}`} site={s} fields={known.fields} province={province} onDone={again} />
                                        </td>
                                    </tr>
                                ),
                            ])}
                        </tbody>
                    </table>
                </div>
            </section>
        </>
    );
}
