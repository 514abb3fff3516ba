// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, in words, with a way on.

import type { Failure } from '../base/api';
import { texts, useTexts, type Texts } from '../base/language';
import { Icon } from './icon';

export function failureText(f: Failure, t: Texts = texts()): string {
    if (f.kind === 'offline') return t.offlineRead;
    if (f.kind === 'signed-out') return t.lostTitle;
    return f.status === 404 || f.status === 410
        ? t.notFound
        : f.status === 403
          ? t.forbidden
          : t.refused(f.status, f.text);
}

export function Trouble({ failure, again }: { failure: Failure; again?: () => void }) {
    const t = useTexts();
    return (
        <div class="message bad" role="alert">
            <Icon name="warn" />
            <p>{failureText(failure, t)}</p>
            {again && failure.kind !== 'signed-out' && (
                <button type="button" class="btn" onClick={again}>
                    {t.tryAgain}
                </button>
            )}
        </div>
    );
}
