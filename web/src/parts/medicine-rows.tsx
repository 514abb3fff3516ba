// SPDX-License-Identifier: GPL-3.0-or-later
// The medicines of a visit: repeated from the last one, changed only where they change. Each row is a line of the prescription.

import { medicines as catalogue } from '../base/catalogue';
import { language, useTexts, useTextsOf } from '../base/language';
import { useValue } from '../base/value';
import { amount, daysMost, emptyLine, isEmpty, written, type Diagnosis, type Faults, type Line } from '../rules/prescription';
import type { Visit } from '../rules/visit';
import { rxTexts, type Finding } from './check';
import { Icon } from './icon';

type Row = Visit['medicines'][number];

/** A name of the catalogue brings what the catalogue says; the dose stays to be typed. */
function named(row: Row, text: string): Row {
    const m = catalogue.get().find((c) => c.text === text.trim());
    const { medicine, atc, unit, doseUnit, content, route } = m ? { ...m, medicine: m.code } : emptyLine();
    return { ...row, text, medicine, atc, unit, doseUnit, content, route, words: '' };
}

function Amount({ row, fault, onChange }: { row: Row; fault: (part: string) => boolean; onChange: (part: Partial<Line>) => void }) {
    const t = useTexts();
    const field = (part: 'dose' | 'times' | 'days' | 'words' | 'given', label: string, unit: string) => (
        <span class={part === 'words' ? 'part wide' : 'part'}>
            <input
                id={`rx-${part}-${row.id}`}
                type="text"
                inputMode={part === 'words' ? undefined : 'decimal'}
                autocomplete="off"
                maxLength={part === 'words' ? 200 : 8}
                value={row[part] ?? ''}
                aria-label={`${label}: ${row.text}`}
                aria-invalid={fault(part)}
                aria-describedby={fault(part) ? `rx-wrong-${row.id}` : undefined}
                onInput={(e) => onChange({ [part]: e.currentTarget.value })}
            />
            {unit && <span class="muted">{unit}</span>}
        </span>
    );
    const { units } = amount(row);
    return (
        <span class="amount">
            {row.words ? (
                field('words', t.dose, '')
            ) : (
                <>
                    {field('dose', t.dose, row.doseUnit)}
                    {field('times', t.times, t.timesUnit)}
                </>
            )}
            {field('days', t.days, t.daysUnit)}
            {row.words ? (
                field('given', t.quantity, row.unit)
            ) : (
                <b class="given">
                    {units ? written(units) : '–'} {row.unit}
                </b>
            )}
        </span>
    );
}

interface Props {
    medicines: Row[];
    givenToday: string[]; // already prescribed today: shown, not sent again
    faults: Faults;
    diagnoses: Diagnosis[];
    findings: (row: Row) => Finding[];
    onChange: (next: Row[]) => void;
}

export function MedicineRows({ medicines, givenToday, faults, diagnoses, findings, onChange }: Props) {
    const t = useTexts(),
        rx = useTextsOf(rxTexts),
        speaks = useValue(language),
        offered = useValue(catalogue).filter((m) => m.programme);
    const set = (row: Row, next: Partial<Row>): void => onChange(medicines.map((m) => (m.id === row.id ? { ...m, ...next } : m)));
    const wrongOf = (row: Row): string | null => {
        const f = (['dose', 'times', 'days'] as const).map((p) => faults[`rx-${p}-${row.id}`]).find(Boolean);
        return !f ? null : f === 'daysMost' ? rx.fault.daysMost(daysMost('c', diagnoses)) : rx.fault[f];
    };
    return (
        <fieldset class="drugs">
            <legend>
                {t.medicines} {medicines.length > 0 && <span class="muted small">{t.medicinesHint}</span>}
            </legend>
            {medicines.map((m) => (
                <div class={m.keep ? 'drug' : 'drug off'} key={m.id}>
                    <input type="checkbox" checked={m.keep} aria-label={t.goesOn(m.text || t.medicineName)} onChange={(e) => set(m, { keep: e.currentTarget.checked })} />
                    <input
                        type="text"
                        id={`rx-medicine-${m.id}`}
                        list="suggested"
                        value={m.text}
                        aria-label={t.medicineName}
                        placeholder={t.medicineName}
                        maxLength={200}
                        disabled={!m.keep}
                        onInput={(e) => set(m, named(m, e.currentTarget.value))}
                    />
                    {!m.keep ? (
                        <span class="muted amount">{t.stopped}</span>
                    ) : isEmpty(m) ? null : (
                        <Amount row={m} fault={(part) => !!faults[`rx-${part}-${m.id}`]} onChange={(part) => set(m, part)} />
                    )}
                    {m.keep && wrongOf(m) && (
                        <p class="wrong rxnote" id={`rx-wrong-${m.id}`} role="alert">
                            <Icon name="warn" />
                            {wrongOf(m)}
                        </p>
                    )}
                    {findings(m).map((f) => (
                        <p key={f.rule + f.vi} class={f.level === 'note' ? 'small muted rxnote' : `rxnote tag ${f.level === 'refused' ? 'bad' : 'due'}`}>
                            <Icon name="warn" />
                            <span>{f[speaks]}</span>
                        </p>
                    ))}
                </div>
            ))}
            {givenToday.length > 0 && (
                <p class="muted">
                    {t.givenToday}: {givenToday.join(', ')}
                </p>
            )}
            {medicines.length === 0 && !givenToday.length && <p class="muted">{t.noMedicines}</p>}
            <datalist id="suggested">
                {offered.map((m) => (
                    <option key={m.code} value={m.text} />
                ))}
            </datalist>
            <button
                type="button"
                class="link"
                onClick={() => {
                    const row = { ...emptyLine(), days: '30', keep: true };
                    onChange([...medicines, row]);
                    setTimeout(() => document.getElementById(`rx-medicine-${row.id}`)?.focus());
                }}
            >
                <Icon name="plus" />
                {t.addMedicine}
            </button>
        </fieldset>
    );
}
