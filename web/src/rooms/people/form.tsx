// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of a person, shared by registration and correction: what is typed, what it reads as, and a card that fills it in.

import { useState } from 'preact/hooks';
import { today as currentDay } from '../../base/clock';
import { showDay } from '../../base/date';
import { useTextsOf } from '../../base/language';
import { looksLikeCard, scanCard, type Card, type Scan } from '../../base/newcomer';
import { useTexts } from '../../base/language';
import { ethnicGroups } from './ethnic';
import { Choice, TextField, TypeAhead, type Option } from './fields';
import { nameCase, readBirth, readIdentity, readInsurance, readName, readPhone, type Fault, type Read } from './read';
import type { Facts } from './record';
import { words } from './texts';
import { useVillages } from './villages';

export interface Typed {
    name: string;
    birth: string;
    sex: 'male' | 'female' | 'unknown' | null;
    village: Option | null;
    villageText: string;
    address: string;
    phone: string;
    cccd: string;
    insurance: string;
    ethnic: Option | null;
    ethnicText: string;
}
export const nothing: Typed = {
    name: '', birth: '', sex: null, village: null, villageText: '', address: '', phone: '', cccd: '', insurance: '', ethnic: null, ethnicText: '',
};
export const ethnicOptions: Option[] = ethnicGroups.map((g) => ({ id: g.code, text: g.name }));

/** What the form reads as: facts, and a fault for each field that has one. */
export function readTyped(t: Typed): { facts: Facts; faults: Partial<Record<keyof Typed, Fault | 'village' | 'ethnic'>>; reads: Record<'name' | 'birth' | 'cccd' | 'insurance' | 'phone', Read<string | null>> } {
    const today = currentDay();
    const birth = readBirth(t.birth, today);
    const reads = {
        name: readName(t.name) as Read<string | null>,
        birth,
        cccd: readIdentity(t.cccd, birth.value, t.sex),
        insurance: readInsurance(t.insurance),
        phone: readPhone(t.phone),
    };
    const faults: Partial<Record<keyof Typed, Fault | 'village' | 'ethnic'>> = {};
    for (const [field, r] of Object.entries(reads)) if (r.fault) faults[field as keyof Typed] = r.fault;
    if (t.villageText.trim() && !t.village) faults.village = 'village';
    if (t.ethnicText.trim() && !t.ethnic) faults.ethnic = 'ethnic';
    return {
        facts: {
            name: reads.name.value ?? '',
            birth: birth.value,
            sex: t.sex,
            village: t.village?.id ?? null,
            address: t.address.trim() || null,
            cccd: reads.cccd.value,
            insurance: reads.insurance.value,
            phone: reads.phone.value,
            ethnic: t.ethnic ? { code: t.ethnic.id, name: t.ethnic.text } : null,
        },
        faults,
        reads,
    };
}

/** A card fills in what it says; what was typed in other fields stays. */
export function filledFrom(card: Card, before: Typed): Typed {
    const number = card.kind === 'identity' ? { cccd: card.number } : { insurance: card.number };
    return {
        ...before,
        ...(card.name && { name: nameCase(card.name) }),
        ...(card.birth && { birth: showDay(card.birth) }),
        ...((card.sex === 'male' || card.sex === 'female') && { sex: card.sex }),
        ...(card.address && { address: card.address }),
        ...number,
    };
}

/** Reads a card that a scanner typed into a field. null: not one. */
export async function readCard(text: string): Promise<{ scan: Scan } | { failure: true } | null> {
    if (!looksLikeCard(text)) return null;
    const answer = await scanCard(text);
    return answer.ok ? { scan: answer.body } : { failure: true };
}

interface PersonFieldsProps {
    typed: Typed;
    tried: boolean;
    onChange: (part: Partial<Typed>) => void;
}

export function PersonFields({ typed, tried, onChange }: PersonFieldsProps) {
    const w = useTextsOf(words),
        t = useTexts();
    const [left, setLeft] = useState<Partial<Record<string, boolean>>>({});
    const villages = useVillages(typed.villageText, !!typed.village);
    const { faults, reads } = readTyped(typed);
    const wrong = (field: keyof Typed): string | null => {
        const f = faults[field];
        if (!f || !(tried || (left[field] && f !== 'missing'))) return null;
        return typeof f === 'object' ? w.faultCccd(f.cccd) : w.fault[f];
    };
    const note = (field: keyof typeof reads): string | null => {
        const n = reads[field].fault ? undefined : (reads[field] as { note?: any }).note;
        return !n ? null : typeof n === 'object' ? w.noteYear(n.year) : w.note[n as keyof typeof w.note];
    };
    const leave = (field: string) => (): void => setLeft({ ...left, [field]: true });
    const text = (field: 'name' | 'birth' | 'phone' | 'cccd' | 'insurance', hint?: string, numeric = false) => (
        <TextField
            id={field}
            label={w[field]}
            {...(hint && { hint })}
            value={typed[field]}
            wrong={wrong(field)}
            note={note(field)}
            numeric={numeric}
            required={field === 'name'}
            onType={(value) => onChange({ [field]: value })}
            onLeave={() => {
                leave(field)();
                if (field === 'name' && typed.name.trim()) onChange({ name: nameCase(typed.name) });
                if (field === 'birth' && reads.birth.value && /^\d/.test(typed.birth) && !/t/i.test(typed.birth)) onChange({ birth: showDay(reads.birth.value) });
            }}
        />
    );
    return (
        <>
            {text('name', w.nameHint)}
            <div class="pair">
                {text('birth', w.birthHint)}
                <Choice
                    id="sex"
                    label={w.sex}
                    choices={w.sexes}
                    value={typed.sex}
                    keys={{ n: 'female', f: 'female', m: 'male', '1': 'male', '2': 'female', u: 'unknown' }}
                    onChoose={(sex) => onChange({ sex })}
                />
            </div>
            <TypeAhead
                id="village"
                label={w.village}
                hint={w.villageHint}
                options={villages}
                chosen={typed.village}
                text={typed.villageText}
                wrong={wrong('village')}
                note={typed.village ? (typed.village.more ?? null) : typed.villageText ? null : w.villageAway}
                empty={w.villageNone}
                onType={(villageText) => onChange({ villageText })}
                onChoose={(village) => onChange(village ? { village, villageText: village.text } : { village: null })}
            />
            <div class="pair">
                {text('phone', w.optional, true)}
                {text('cccd', w.optional, true)}
            </div>
            <div class="pair">
                {text('insurance', w.optional)}
                <TypeAhead
                    id="ethnic"
                    label={t.ethnicGroup}
                    hint={w.optional}
                    options={ethnicOptions}
                    chosen={typed.ethnic}
                    text={typed.ethnicText}
                    wrong={wrong('ethnic')}
                    onType={(ethnicText) => onChange({ ethnicText })}
                    onChoose={(ethnic) => onChange(ethnic ? { ethnic, ethnicText: ethnic.text } : { ethnic: null })}
                />
            </div>
            <TextField id="address" label={w.address} hint={w.optional} value={typed.address} onType={(address) => onChange({ address })} />
        </>
    );
}
