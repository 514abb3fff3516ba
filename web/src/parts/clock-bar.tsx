// SPDX-License-Identifier: GPL-3.0-or-later
// The one bar of every page when the clocks disagree: says so, and asks for the date. Draws nothing while they agree.

import { useRef, useState } from 'preact/hooks';
import { typeDay, useClock } from '../base/clock';
import { readDay, showDay } from '../base/date';
import { useTexts } from '../base/language';
import { DayField } from './fields';
import { Icon } from './icon';

export function ClockBar() {
    const t = useTexts();
    const { here, node, wrong, typed, day } = useClock();
    const [text, setText] = useState('');
    const [bad, setBad] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    if (!wrong) return null;
    const use = (): void => {
        const read = readDay(text, node);
        setBad(read === null);
        typeDay(read);
    };
    return (
        <section class="bar due clockbar noprint" role="alert" id="clock-bar">
            <Icon name="clock" />
            {typed ? (
                <p>
                    {t.clockTyped(showDay(day))}{' '}
                    <button type="button" class="link" onClick={() => typeDay(null)}>
                        {t.changeDay}
                    </button>
                </p>
            ) : (
                <>
                    <p>{here === node ? t.clockOld(showDay(node)) : t.clockAsk(showDay(here), showDay(node))}</p>
                    <DayField
                        id="clock-day"
                        label={t.clockDay}
                        text={text}
                        wrong={bad ? t.badDay : null}
                        input={input}
                        onType={setText}
                        onEnter={use}
                    >
                        <button type="button" class="btn" onClick={use}>
                            {t.clockUse}
                        </button>
                    </DayField>
                </>
            )}
        </section>
    );
}
