// SPDX-License-Identifier: GPL-3.0-or-later
// The referral sheet: where, why, one line. When the person was referred to us and nobody has answered, the answer comes first.

import { useEffect, useState } from 'preact/hooks';
import { get, placeName, session } from '../../base/api';
import { now } from '../../base/clock';
import { showDay } from '../../base/date';
import { fold, wordsBegin } from '../../base/fold';
import { useTexts, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Choose } from '../../parts/choose';
import { focusOn, Note, SheetFoot, useSheet, type Finish } from '../../parts/sheet';
import type { SheetProps } from '../../rooms';
import { newId, type Resource } from '../../rules/visit';
import { Answer, DiagnosisPicker, Field } from './fields';
import { faults, REASONS, referred, replied, type Reason, type Referral } from './referral-rules';
import { texts } from './texts';

interface Site {
    id: string;
    name: string;
    folded: string;
}

function blank({ person }: SheetProps): Referral {
    return { person: person.id, name: person.name, started: now(), ids: { request: newId(), reply: newId(), encounter: newId() }, encounter: null, to: '', toName: '', reason: null, summary: '', diagnoses: [], reply: '' };
}

interface Facts {
    today: string;
    station: string | null;
    diagnoses: { code: string; text: string; on: string | null; encounter: string | null; longSupply: boolean }[];
}

/** All facilities, once. */
async function readSites(): Promise<Site[]> {
    const answer = await get<{ entry?: { resource: Resource & { name?: string } }[] }>('/fhir/Organization?_elements=name&_count=1000');
    if (!answer.ok) return [];
    return (answer.body.entry ?? []).map(({ resource }) => ({ id: resource.id, name: resource.name ?? resource.id, folded: fold(resource.name ?? '') })).sort((a, b) => a.name.localeCompare(b.name, 'vi'));
}

export default function ReferralSheet(props: SheetProps) {
    const { person } = props;
    const t = useTexts(),
        x = useTextsOf(texts);
    const at = useValue(placeName);
    const [facts, setFacts] = useState<Facts | null>(null);
    const [sites, setSites] = useState<Site[]>([]);
    const [incoming, setIncoming] = useState<(Resource & { requester?: { display?: string }; note?: { text: string }[]; authoredOn?: string }) | null>(null);

    const finish = (r: Referral): Finish => {
        const by = { now: now(), station: facts?.station ?? null, stationName: at, actor: session.get()?.actor ?? '', reasonWord: r.reason ? texts.vi.reasons[r.reason]! : '' };
        if (incoming) {
            if (!r.reply.trim()) return { wrong: 'rf-reply' };
            return { bundle: replied(r, incoming, by), summary: <b>{x.replied}</b>, print: `/api/print/referral/${incoming.id}` };
        }
        const wrong = Object.keys(faults(r))[0];
        if (wrong) return { wrong };
        return { bundle: referred(r, by), summary: <b>{x.referredTo(r.toName)}</b>, print: `/api/print/referral/${r.ids.request}` };
    };
    const sheet = useSheet<Referral>('referral', props, () => blank(props), finish);
    const { draft: r, change, tried } = sheet;

    useEffect(() => {
        void readSites().then(setSites);
        void get<Facts>(`/api/persons/${encodeURIComponent(person.id)}/prescribing`).then(async (a) => {
            if (!a.ok) return;
            setFacts(a.body);
            const now = a.body.diagnoses.filter((d) => d.on === a.body.today);
            if (!sheet.found) sheet.begin({ encounter: now[0]?.encounter ?? null, diagnoses: (now.length ? now : a.body.diagnoses.slice(0, 2)).map(({ code, text, longSupply }) => ({ code, text, longSupply })) });
            if (!a.body.station) return;
            const open = await get<{ entry?: { resource: Resource }[] }>(
                `/fhir/ServiceRequest?patient=${encodeURIComponent(person.id)}&performer=Organization/${encodeURIComponent(a.body.station)}&status=active&category=3457005`,
            );
            if (open.ok) setIncoming(open.body.entry?.[0]?.resource ?? null);
        });
    }, []);
    useEffect(() => focusOn(incoming ? 'rf-reply' : 'rf-where'), [incoming]);

    const wrong = faults(r);
    const shown = (id: string): string | null => (tried && wrong[id] ? x[wrong[id]] : null);
    const typed = fold(r.toName);
    const found = r.to || !typed ? [] : sites.filter((s) => s.id !== facts?.station && wordsBegin(typed, s.folded)).slice(0, 8);
    return (
        <section class="card sheet clinic" aria-labelledby="rf-title">
            <div class="sheethead">
                <h2 id="rf-title">{incoming ? x.reply : x.referral}</h2>
            </div>
            {sheet.found && (
                <p class="small muted" role="status">
                    {t.draftFound}
                </p>
            )}
            {incoming ? (
                <>
                    <Note tone="info" icon="info">
                        <p>
                            <b>{x.incoming(incoming.requester?.display ?? '', showDay(incoming.authoredOn))}</b> {incoming.note?.[0]?.text}
                        </p>
                    </Note>
                    <Field
                        id="rf-reply"
                        label={x.replyText}
                        text={r.reply}
                        wrong={tried && !r.reply.trim() ? x.replyFault : null}
                        onType={(reply) => change({ reply })}
                        onEnter={() => void sheet.submit(false)}
                    />
                </>
            ) : (
                <>
                    <Choose
                        id="rf-where"
                        label={x.where}
                        hint={x.whereHint}
                        text={r.toName}
                        offers={found.map((s) => ({ key: s.id, main: s.name }))}
                        wrong={shown('rf-where')}
                        onType={(toName) => change({ toName, to: '' })}
                        onChoose={(id) => {
                            const site = sites.find((s) => s.id === id)!;
                            change({ to: site.id, toName: site.name });
                            focusOn('rf-reason');
                        }}
                        onEnter={() => focusOn('rf-reason')}
                    />
                    <Answer<Reason>
                        id="rf-reason"
                        label={x.reason}
                        value={r.reason}
                        options={REASONS.map((k) => [k, x.reasons[k]!])}
                        wrong={shown('rf-reason')}
                        onChoose={(reason) => change({ reason })}
                        onEnter={() => focusOn('rf-summary')}
                    />
                    <Field
                        id="rf-summary"
                        label={x.summary}
                        unit={x.summaryHint}
                        text={r.summary}
                        wrong={shown('rf-summary')}
                        onType={(summary) => change({ summary })}
                        onEnter={() => void sheet.submit(false)}
                    />
                    <DiagnosisPicker id="rf-diagnosis" list={r.diagnoses} make={(d) => d} wrong={null} onChange={(diagnoses) => change({ diagnoses })} onEnter={() => void sheet.submit(false)} />
                </>
            )}
            <SheetFoot sheet={sheet} print={x.savePrintReferral} />
        </section>
    );
}
