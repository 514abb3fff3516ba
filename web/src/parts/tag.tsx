// SPDX-License-Identifier: GPL-3.0-or-later
// Status is never colour alone: a tag has an icon and a word. And the two tags that many pages share.

import type { ComponentChildren } from 'preact';
import { useClock } from '../base/clock';
import { useTexts } from '../base/language';
import type { Status } from '../base/model';
import type { Grade } from '../rules/pressure';
import { Icon, type IconName } from './icon';

export type Tone = 'ok' | 'due' | 'bad' | 'info' | 'plain';

export function Tag({ tone, icon, children }: { tone: Tone; icon?: IconName; children: ComponentChildren }) {
    return (
        <span class={`tag ${tone}`}>
            {icon && <Icon name={icon} />}
            <span>{children}</span>
        </span>
    );
}

const statusLook: Record<Status, [Tone, IconName]> = {
    new: ['info', 'info'],
    controlled: ['ok', 'check'],
    uncontrolled: ['due', 'warn'],
    missed: ['due', 'clock'],
    lost: ['bad', 'stop'],
    dead: ['plain', 'note'],
};

export function StatusTag({ status }: { status: Status | null }) {
    const t = useTexts(),
        { day, node } = useClock();
    if (!status || !statusLook[status]) return null;
    if (status !== 'dead' && day !== node) return null; // the node's word for its own day
    const [tone, icon] = statusLook[status];
    return (
        <Tag tone={tone} icon={icon}>
            {t.status[status]}
        </Tag>
    );
}

const gradeLook: [Tone, IconName][] = [
    ['ok', 'check'],
    ['due', 'warn'],
    ['due', 'warn'],
    ['bad', 'stop'],
];

export function GradeTag({ grade, short }: { grade: Grade; short?: boolean }) {
    const t = useTexts();
    const [tone, icon] = gradeLook[grade]!;
    const words = grade === 0 ? `${t.grade[0]} · ${t.controlled}` : `${t.grade[grade]} · ${t.notControlled}`;
    return (
        <Tag tone={tone} icon={icon}>
            {short ? t.grade[grade] : words}
        </Tag>
    );
}
