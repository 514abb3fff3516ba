// SPDX-License-Identifier: GPL-3.0-or-later
// The medicines of a visit: repeated from the last one, changed only where they change.

import { useEffect } from 'preact/hooks';
import { atcOf, medicines as catalogue, wantMedicines } from '../base/catalogue';
import { useTexts } from '../base/language';
import { useValue } from '../base/value';
import { digits } from '../rules/pressure';
import { newId, type Visit } from '../rules/visit';
import { Icon } from './icon';

type Medicines = Visit['medicines'];
const emptyMedicine = () => ({
    id: newId(),
    text: '',
    dose: '',
    quantity: '',
    unit: '',
    days: null,
    code: null,
    keep: true,
});

export function MedicineRows({
    medicines,
    givenToday,
    onChange,
}: {
    medicines: Medicines;
    givenToday: string[]; // already prescribed today: shown, not sent again
    onChange: (next: Medicines) => void;
}) {
    const t = useTexts();
    const offered = useValue(catalogue).filter((m) => m.programme === 'hypertension');
    useEffect(wantMedicines, []);
    const setMedicine = (i: number, part: Partial<Medicines[number]>): void =>
        onChange(medicines.map((m, n) => (n === i ? { ...m, ...part } : m)));
    return (
        <fieldset class="drugs">
            <legend>
                {t.medicines} {medicines.length > 0 && <span class="muted small">{t.medicinesHint}</span>}
            </legend>
            {medicines.map((m, i) => (
                <div class={m.keep ? 'drug' : 'drug off'} key={m.id}>
                    <input
                        type="checkbox"
                        checked={m.keep}
                        aria-label={t.goesOn(m.text || t.medicineName)}
                        onChange={(e) => setMedicine(i, { keep: e.currentTarget.checked })}
                    />
                    <input
                        type="text"
                        list="suggested"
                        value={m.text}
                        aria-label={t.medicineName}
                        placeholder={t.medicineName}
                        maxLength={200}
                        disabled={!m.keep}
                        onInput={(e) =>
                            setMedicine(i, { text: e.currentTarget.value, code: atcOf(e.currentTarget.value) })
                        }
                    />
                    <input
                        type="text"
                        value={m.dose}
                        aria-label={t.dose}
                        placeholder={t.dose}
                        maxLength={200}
                        disabled={!m.keep}
                        onInput={(e) => setMedicine(i, { dose: e.currentTarget.value })}
                    />
                    {m.keep ? (
                        <span class="amount">
                            <input
                                type="text"
                                inputMode="numeric"
                                value={m.quantity}
                                aria-label={t.quantity}
                                maxLength={4}
                                onInput={(e) => setMedicine(i, { quantity: digits(e.currentTarget.value) })}
                            />{' '}
                            <span class="muted">{m.unit || t.unit}</span>
                        </span>
                    ) : (
                        <span class="muted amount">{t.stopped}</span>
                    )}
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
                    onChange([...medicines, emptyMedicine()]);
                    setTimeout(() =>
                        [...document.querySelectorAll<HTMLInputElement>('.drug input[list]')].pop()?.focus(),
                    );
                }}
            >
                <Icon name="plus" />
                {t.addMedicine}
            </button>
        </fieldset>
    );
}
