// SPDX-License-Identifier: GPL-3.0-or-later
// A part whose code is loaded when it is first shown; says so while it comes and when it cannot.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useTexts } from '../base/language';
import { roomStyle } from '../rooms';
import { Trouble } from './message';

const loaded = new Map<string, ComponentType<any>>();

export function Later<P extends object>({
    name,
    room,
    load,
    props,
}: {
    name: string;
    room: string;
    load: () => Promise<{ default: ComponentType<P> }>;
    props: P;
}) {
    const t = useTexts();
    const [Part, setPart] = useState<ComponentType<P> | null>(() => loaded.get(name) ?? null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
        if (Part || failed) return;
        let gone = false;
        Promise.all([load(), roomStyle(room)]).then(
            ([module]) => {
                loaded.set(name, module.default);
                if (!gone) setPart(() => module.default);
            },
            () => !gone && setFailed(true),
        );
        return () => {
            gone = true;
        };
    }, [Part, failed]);
    if (Part) return <Part {...props} />;
    if (failed) return <Trouble failure={{ kind: 'offline' }} again={() => setFailed(false)} />;
    return (
        <p class="muted" role="status">
            {t.loading}
        </p>
    );
}
