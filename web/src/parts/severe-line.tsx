// SPDX-License-Identifier: GPL-3.0-or-later
// Blood pressure from 180/110: three questions that want an answer before anything is saved. Every answer is allowed ("not asked"
// too): care is never blocked, but nobody passes the line without looking at it.

import { defineTexts, useTextsOf } from '../base/language';
import { Icon } from './icon';

export interface Severe {
    repeated: 'yes' | 'no' | null;
    symptoms: 'yes' | 'no' | 'not-asked' | null;
    refer: 'yes' | 'no' | null;
}
export const unanswered: Severe = { repeated: null, symptoms: null, refer: null };

const words = defineTexts(
    {
        title: 'Huyết áp từ 180/110: trả lời trước khi lưu',
        repeated: 'Đo lại sau 5 phút nghỉ',
        symptoms: 'Dấu hiệu nguy hiểm (đau ngực, khó thở, yếu liệt, nhìn mờ, lú lẫn)',
        refer: 'Chuyển tuyến',
        done: 'Đã đo',
        notDone: 'Chưa đo',
        yes: 'Có',
        no: 'Không',
        notAsked: 'Chưa hỏi',
        wrong: 'Hãy trả lời dòng này trước khi lưu.',
    },
    {
        title: 'Blood pressure from 180/110: answer before saving',
        repeated: 'Measured again after 5 minutes of rest',
        symptoms: 'Danger signs (chest pain, breathlessness, weakness, blurred sight, confusion)',
        refer: 'Refer',
        done: 'Measured',
        notDone: 'Not yet',
        yes: 'Yes',
        no: 'No',
        notAsked: 'Not asked',
        wrong: 'Answer this line before saving.',
    },
);

/** The answers as a sentence for the record (Vietnamese); empty when something is open. */
export function severeNote(s: Severe): string {
    const x = words.vi;
    if (!s.repeated || !s.symptoms || !s.refer) return '';
    const symptoms = { yes: x.yes, no: x.no, 'not-asked': x.notAsked }[s.symptoms];
    return `${x.repeated}: ${s.repeated === 'yes' ? x.done : x.notDone}. ${x.symptoms}: ${symptoms}. ${x.refer}: ${s.refer === 'yes' ? x.yes : x.no}.`;
}

/** The first question without an answer, as the end of its id; null: all answered. */
export function firstOpen(s: Severe): 'repeated' | 'symptoms' | 'refer' | null {
    return (['repeated', 'symptoms', 'refer'] as const).find((q) => s[q] === null) ?? null;
}

export function SevereLine({ id, value, wrong, onChange }: { id: string; value: Severe; wrong: boolean; onChange: (next: Severe) => void }) {
    const x = useTextsOf(words);
    const open = firstOpen(value);
    const ask = <K extends keyof Severe>(question: K, options: [NonNullable<Severe[K]>, string][]) => (
        <fieldset class="answer">
            <legend>{x[question]}</legend>
            <div class="options">
                {options.map(([answer, word], i) => (
                    <label key={answer} class={value[question] === answer ? 'option on' : 'option'}>
                        <input
                            id={i === 0 ? `${id}-${question}` : undefined}
                            type="radio"
                            name={`${id}-${question}`}
                            checked={value[question] === answer}
                            onChange={() => onChange({ ...value, [question]: answer })}
                        />
                        {word}
                    </label>
                ))}
            </div>
            {wrong && open === question && (
                <p class="wrong" role="alert">
                    <Icon name="warn" />
                    {x.wrong}
                </p>
            )}
        </fieldset>
    );
    return (
        <section class="message bad severe" role="alert" aria-label={x.title}>
            <Icon name="stop" />
            <div class="grow">
                <b>{x.title}</b>
                {ask('repeated', [
                    ['yes', x.done],
                    ['no', x.notDone],
                ])}
                {ask('symptoms', [
                    ['yes', x.yes],
                    ['no', x.no],
                    ['not-asked', x.notAsked],
                ])}
                {ask('refer', [
                    ['yes', x.yes],
                    ['no', x.no],
                ])}
            </div>
        </section>
    );
}
