// SPDX-License-Identifier: GPL-3.0-or-later
// One medicine of a prescription: name from the catalogue or typed, dose, times, days; how much that is, and what the node says.

import { medicines as catalogue, type CatalogueMedicine } from '../../base/catalogue';
import { fold, wordsBegin } from '../../base/fold';
import { language, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Choose } from '../../parts/choose';
import { Icon } from '../../parts/icon';
import { focusOn, focusSoon } from '../../parts/sheet';
import type { CheckedLine, Finding } from '../../parts/check';
import { Field, Wrong } from './fields';
import { writeFraction } from '../../rules/fraction';
import { amount, isEmpty, lineOf, written, type Kind, type Line } from '../../rules/prescription';
import { texts } from './texts';

interface Props {
    n: number;
    line: Line;
    kind: Kind;
    protocol: CatalogueMedicine[];
    days: string; // proposed for protocol drugs: those of the line above
    wrong: (id: string) => string | null;
    checked: CheckedLine | null;
    findings: Finding[];
    onChange: (next: Line) => void;
    onRemove: (() => void) | null; // null: the empty line at the end
    onEnd: () => void; // Enter in the last field
    onKind: (kind: Kind) => void;
}

const folded = new WeakMap<CatalogueMedicine, string>();
function words(m: CatalogueMedicine): string {
    let text = folded.get(m);
    if (text === undefined) folded.set(m, (text = fold(`${m.text} ${m.nameEn}`)));
    return text;
}

export function MedicineLine({ n, line, kind, protocol, days, wrong, checked, findings, onChange, onRemove, onEnd, onKind }: Props) {
    const x = useTextsOf(texts);
    const all = useValue(catalogue),
        speaks = useValue(language);
    const id = (part: string): string => `rx-${part}-${line.id}`;
    const typed = fold(line.text);
    const found = line.medicine || !typed ? [] : [...protocol, ...all.filter((m) => !protocol.includes(m))].filter((m) => wordsBegin(typed, words(m))).slice(0, 8);
    const known = all.find((m) => m.code === line.medicine);
    const take = (m: CatalogueMedicine, isProtocol: boolean): void => {
        onChange({ ...lineOf(m, isProtocol ? days : '', isProtocol), id: line.id, prior: line.prior });
        if (isProtocol) queueMicrotask(onEnd);
        else focusSoon(id('dose'));
    };
    const a = amount(line);
    const quantity = a.units ? `${checked?.quantityText ?? written(a.units)} ${line.unit}` : '–';
    const field = (part: 'dose' | 'times' | 'days', next: () => void, placeholder?: string) => (
        <Field
            id={id(part)}
            label={x[part]}
            unit={part === 'dose' ? line.doseUnit : undefined}
            numeric
            text={line[part]}
            placeholder={placeholder}
            wrong={wrong(id(part))}
            wrongElsewhere
            onType={(text) => onChange({ ...line, [part]: text })}
            onEnter={next}
        />
    );
    return (
        <li class="rxline">
            <Choose
                id={id('medicine')}
                label={x.medicine(n)}
                hint={n === 1 ? x.medicineHint : undefined}
                text={line.text}
                offers={found.map((m) => ({ key: m.code, main: m.text, side: speaks === 'en' ? m.nameEn : m.programme ? '★' : '' }))}
                wrong={wrong(id('medicine'))}
                onType={(text) => onChange({ ...line, text, medicine: '', atc: '', route: '' })}
                onChoose={(code) => {
                    const m = all.find((c) => c.code === code);
                    if (m) take(m, protocol.includes(m));
                }}
                onEnter={() => (isEmpty(line) ? onEnd() : focusOn(id('dose')))}
                onKey={(e) => {
                    const m = isEmpty(line) && /^[1-9]$/.test(e.key) ? protocol[Number(e.key) - 1] : undefined;
                    if (!m) return;
                    e.preventDefault(); // one key, one protocol drug
                    take(m, true);
                }}
            />
            {!isEmpty(line) && (
                <>
                    {field('dose', () => focusOn(id('times')), known?.usualDose ?? undefined)}
                    {field('times', () => focusOn(id('days')), known?.usualTimes ?? undefined)}
                    {field('days', onEnd)}
                    <div class="rxamount">
                        <span class="label">{x.quantity}</span>
                        <b>{quantity}</b>
                        {a.total && line.unit !== line.doseUnit && <span class="small muted">{x.whole(writeFraction(a.total), line.doseUnit)}</span>}
                    </div>
                </>
            )}
            {onRemove && (
                <button type="button" class="link remove" aria-label={x.remove(line.text || x.medicine(n))} onClick={onRemove}>
                    <Icon name="close" />
                </button>
            )}
            {(['dose', 'times', 'days'] as const).map((part) => (
                <Wrong key={part} id={id(part)} text={wrong(id(part))} />
            ))}
            {known?.usualDose && !line.dose && <p class="small muted rxnote">{x.usual(known.usualDose, known.usualTimes ?? '')}</p>}
            {findings.map((f) => (
                <p key={f.rule + f.vi} class={f.level === 'note' ? 'small muted rxnote' : `rxnote tag ${f.level === 'refused' ? 'bad' : 'due'}`}>
                    <Icon name={f.level === 'note' ? 'info' : 'warn'} />
                    <span>{f[speaks]}</span>
                    {f.rule === 'form' && checked?.controlled && checked.controlled.kind !== kind && (
                        <button type="button" class="link" onClick={() => onKind(checked.controlled!.kind)}>
                            {x.toForm(checked.controlled.kind.toUpperCase())}
                        </button>
                    )}
                </p>
            ))}
        </li>
    );
}
