// SPDX-License-Identifier: GPL-3.0-or-later
// The two clocks disagree: says so, and asks for the date. Draws nothing while they agree.

import { useRef, useState } from 'preact/hooks';
import { knownDay, typedDay } from '../base/clock';
import { dayOf, readDay, showDay } from '../base/date';
import { useTexts } from '../base/language';
import { useValue } from '../base/value';
import { DayField } from './fields';
import { Icon } from './icon';

export function ClockBar({ today }: { today: string }) {
    const t = useTexts();
    const typed = useValue(typedDay);
    const [text, setText] = useState('');
    const [wrong, setWrong] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    if (knownDay(today) !== null && typed === null) return null;
    const use = (): void => {
        const day = readDay(text, today);
        setWrong(day === null);
        if (day) typedDay.set(day);
    };
    return (
        <div class="message due" role="alert" id="clock-bar">
            <Icon name="clock" />
            {typed ? (
                <p>
                    {t.clockTyped(showDay(typed))}{' '}
                    <button type="button" class="link" onClick={() => typedDay.set(null)}>
                        {t.changeDay}
                    </button>
                </p>
            ) : (
                <div>
                    <p>{t.clockAsk(showDay(dayOf(Date.now())), showDay(today))}</p>
                    <DayField
                        id="clock-day"
                        label={t.clockDay}
                        text={text}
                        wrong={wrong ? t.badDay : null}
                        input={input}
                        onType={setText}
                        onEnter={use}
                    >
                        <button type="button" class="btn" onClick={use}>
                            {t.clockUse}
                        </button>
                    </DayField>
                </div>
            )}
        </div>
    );
}
