// SPDX-License-Identifier: GPL-3.0-or-later
// Who has seen one person's record: shown beside the record, and printed for the person.

import { useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import type { SheetProps } from '../../rooms';
import { EntryTable, type Log } from './lists';
import { Loaded, useLoad } from './shared';
import { texts } from './texts';

export default function LogSheet({ person, onClose }: SheetProps) {
    const t = useTextsOf(texts);
    const log = useLoad<Log>(`/api/persons/${encodeURIComponent(person.id)}/audit?limit=1000`);
    return (
        <section class="card pad rights log" aria-labelledby="log-title">
            <h2 id="log-title">
                {t.logTitle}: {person.name}
            </h2>
            <p class="muted">{t.logLead}</p>
            <Loaded of={log}>
                {(l) => (
                    <>
                        <EntryTable entries={l.entries} people={false} />
                        <p class="muted seal">{t.chain(l.chain.entries, l.chain.seal)}</p>
                    </>
                )}
            </Loaded>
            <p class="actions">
                <button type="button" class="btn go" onClick={() => window.print()}>
                    <Icon name="print" />
                    {t.print}
                </button>
                <button type="button" class="btn" onClick={onClose}>
                    {t.close}
                </button>
            </p>
        </section>
    );
}
