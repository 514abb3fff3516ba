// SPDX-License-Identifier: GPL-3.0-or-later
// Two people record one person at once: the visit opened at the desk, and what another computer has saved, beside what is typed
// here. Nothing is overwritten. For all sheets (parts/sheet.tsx).

import type { ComponentChildren } from 'preact';
import { get } from '../base/api';
import { clockOf } from '../base/date';
import { defineTexts, useTextsOf } from '../base/language';
import type { Resource } from '../rules/visit';
import { Icon } from './icon';

const words = defineTexts(
    {
        title: 'Người này vừa được ghi ở một máy khác',
        lead: 'Hãy so hai bên. Lưu lần nữa sẽ giữ cả hai; không có gì bị ghi đè.',
        theirs: 'Máy kia',
        mine: 'Phiếu này',
        keep: 'Giữ cả hai và lưu',
        desk: (time: string) => `Làm tiếp lượt khám mở ở bàn đón lúc ${time}.`,
    },
    {
        title: 'Another computer has just recorded this person',
        lead: 'Compare both. Saving once more keeps both; nothing is overwritten.',
        theirs: 'The other',
        mine: 'This sheet',
        keep: 'Keep both and save',
        desk: (time: string) => `Goes on with the visit opened at the desk at ${time}.`,
    },
);

export interface Other {
    encounter: string;
    who: string;
    at: string;
    lines: string[];
}

interface Bundle {
    entry?: { resource: Resource }[];
}
const resources = (b: Bundle): Resource[] => (b.entry ?? []).map((e) => e.resource);

const OPEN = ['arrived', 'triaged', 'in-progress'];
export const isOpen = (e: Resource): boolean => OPEN.includes(String(e.status));

/** The visits of a person from a day on that took place or are open; null: nobody answers. */
export async function encountersOf(person: string, day: string): Promise<Resource[] | null> {
    const answer = await get<Bundle>(`/fhir/Encounter?patient=${encodeURIComponent(person)}&date=ge${day}&_count=30`);
    if (!answer.ok) return null;
    return resources(answer.body).filter((e) => !['entered-in-error', 'cancelled', 'planned'].includes(String(e.status)));
}

function observationLine(o: any): string {
    const code = o.code?.coding?.[0]?.code;
    if (code === '85354-9') return `HA ${o.component?.map((c: any) => c.valueQuantity?.value).join('/')}`;
    const names: Record<string, string> = { '8310-5': 'T°', '8867-4': 'M', '29463-7': 'CN', '8302-2': 'CC', '9279-1': 'NT', '59408-5': 'SpO₂' };
    const value = o.valueQuantity ? `${o.valueQuantity.value} ${o.valueQuantity.unit ?? ''}` : (o.valueString ?? o.valueCodeableConcept?.text ?? '');
    return `${names[code] ?? o.code?.text ?? code}: ${value}`;
}

/** What was recorded at a visit, in words. */
export async function otherOf(encounter: Resource): Promise<Other> {
    const of = encodeURIComponent(`Encounter/${encounter.id}`);
    const [observations, conditions] = await Promise.all([get<Bundle>(`/fhir/Observation?encounter=${of}&_count=50`), get<Bundle>(`/fhir/Condition?encounter=${of}&_count=20`)]);
    const e = encounter as any;
    const lines: string[] = e.reasonCode?.[0]?.text ? [e.reasonCode[0].text] : [];
    if (observations.ok) lines.push(...resources(observations.body).map(observationLine));
    if (conditions.ok) lines.push(...resources(conditions.body).map((c: any) => `${c.code?.coding?.[0]?.code ?? ''} ${c.code?.text ?? ''}`.trim()));
    const moment = Date.parse(e.meta?.lastUpdated ?? e.period?.end ?? '');
    return { encounter: encounter.id, who: e.participant?.[0]?.individual?.display ?? '', at: Number.isNaN(moment) ? '' : clockOf(moment).slice(0, 5), lines };
}

export function DeskNote({ desk }: { desk: Resource | null }) {
    const x = useTextsOf(words);
    const start = Date.parse(String((desk as any)?.period?.start ?? ''));
    return Number.isNaN(start) ? null : <p class="small muted">{x.desk(clockOf(start).slice(0, 5))}</p>;
}

export function Others({ others, mine, onKeep }: { others: Other[]; mine: ComponentChildren; onKeep: () => void }) {
    const x = useTextsOf(words);
    if (!others.length) return null;
    return (
        <section class="message due others" role="alert" aria-labelledby="others-title">
            <Icon name="warn" />
            <div class="grow">
                <h3 id="others-title" tabIndex={-1}>
                    {x.title}
                </h3>
                <p>{x.lead}</p>
                <div class="compare">
                    {others.map((o) => (
                        <div key={o.encounter}>
                            <b>
                                {x.theirs} · {[o.who, o.at].filter(Boolean).join(' · ')}
                            </b>
                            <ul>
                                {o.lines.map((l) => (
                                    <li key={l}>{l}</li>
                                ))}
                            </ul>
                        </div>
                    ))}
                    <div>
                        <b>{x.mine}</b>
                        <div>{mine}</div>
                    </div>
                </div>
                <button type="button" class="btn" id="others-keep" onClick={onKeep}>
                    {x.keep} <kbd aria-hidden="true">F2</kbd>
                </button>
            </div>
        </section>
    );
}
