// SPDX-License-Identifier: GPL-3.0-or-later
// What a chosen file would change: its faults by row and column, then the differences.

import { language, showNumber, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import type { Preview, Problem } from './model';
import { texts } from './texts';

const SHOWN = 100;

function Problems({ list }: { list: Problem[] }) {
    const t = useTextsOf(texts),
        words = useValue(language);
    return (
        <ul>
            {list.slice(0, SHOWN).map((p, i) => (
                <li key={i}>
                    {p.line > 0 && (
                        <b>
                            {t.line} {p.line}
                            {p.column && `, ${t.column} ${p.column}`}:{' '}
                        </b>
                    )}
                    {p[words]}
                </li>
            ))}
            {list.length > SHOWN && <li>{t.more(showNumber(list.length - SHOWN))}</li>}
        </ul>
    );
}

export function PreviewView({ preview: p }: { preview: Preview }) {
    const t = useTextsOf(texts);
    const errors = p.problems.filter((x) => x.severity === 'error'),
        warnings = p.problems.filter((x) => x.severity === 'warning');
    const differences = p.new + p.changed + p.gone;
    return (
        <>
            {errors.length > 0 && (
                <div class="message bad" role="alert">
                    <Icon name="stop" />
                    <div>
                        <p>
                            <b>{t.faults(showNumber(p.errors))}</b>
                        </p>
                        <Problems list={errors} />
                    </div>
                </div>
            )}
            {warnings.length > 0 && (
                <div class="message due">
                    <Icon name="warn" />
                    <div>
                        <p>
                            <b>{t.warnings}</b>
                        </p>
                        <Problems list={warnings} />
                    </div>
                </div>
            )}
            {p.rows > 0 && (
                <p role="status">
                    <b>{t.summary(showNumber(p.rows), showNumber(p.new), showNumber(p.changed), showNumber(p.gone), showNumber(p.same))}</b>
                    <br />
                    <span class="muted">
                        {t.columns}: {p.columns}
                        {p.ignored && ` · ${t.ignored}: ${p.ignored}`}
                    </span>
                </p>
            )}
            {p.rows > 0 && !errors.length && !differences && <p class="message ok">{t.noDifference}</p>}
            {p.differences.length > 0 && !errors.length && (
                <div class="wide differences" tabIndex={0} role="group" aria-label={t.kind}>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{t.kind}</th>
                                <th scope="col">{t.code}</th>
                                <th scope="col">{t.before}</th>
                                <th scope="col">{t.after}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {p.differences.slice(0, SHOWN * 3).map((d, i) => (
                                <tr key={i}>
                                    <td>
                                        <span class={`tag ${d.kind === 'gone' ? 'due' : d.kind === 'new' ? 'ok' : 'plain'}`}>{t.kinds[d.kind]}</span>
                                    </td>
                                    <th scope="row">{d.code}</th>
                                    <td>{d.before ?? '–'}</td>
                                    <td>{d.after ?? '–'}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                    {differences > SHOWN * 3 && <p class="muted">{t.more(showNumber(differences - Math.min(p.differences.length, SHOWN * 3)))}</p>}
                </div>
            )}
            {p.gone > 0 && !errors.length && <p class="muted">{t.goneNote}</p>}
        </>
    );
}
