// SPDX-License-Identifier: GPL-3.0-or-later
// Plan A beside plan B, on one day: two maps, the numbers, and the places on which they differ.

import { useEffect, useState } from 'preact/hooks';
import { get, sessionLost, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { showNumber } from '../../base/language';
import { useValue } from '../../base/value';
import { Trouble } from '../../parts/message';
import { NetworkMap } from './map';
import { checkDecision, loadNetwork, placeById, without, type Check, type DecisionRow, type Network } from './model';
import { DaySlider } from './slider';
import { useNetworkTexts } from './texts';

interface Side {
    network: Network | null;
    check: Check | null;
}
const EMPTY: Side = { network: null, check: null };

const mean = (check: Check | null): number | null =>
    check?.travel.length ? check.travel.reduce((sum, v) => sum + (v.meanAfter ?? 0), 0) / check.travel.length : null;
const farthest = (check: Check | null): number | null =>
    check?.travel.length ? Math.max(...check.travel.map((v) => v.maxAfter ?? 0)) : null;

export function ComparePage() {
    const t = useNetworkTexts();
    const [rows, setRows] = useState<DecisionRow[]>([]);
    const [plans, setPlans] = useState<[string, string]>(['', '']);
    const [at, setAt] = useState<string | null>(null);
    const [sides, setSides] = useState<[Side, Side]>([EMPTY, EMPTY]);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [picked, setPicked] = useState<string | null>(null);
    const lost = useValue(sessionLost);
    useEffect(() => {
        if (lost) return;
        void get<{ decisions: DecisionRow[] }>('/api/decisions').then((answer) => {
            if (!answer.ok) return setFailure(answer.failure);
            const drafts = answer.body.decisions.filter((d) => d.status === 'draft');
            setRows(drafts);
            setPlans([drafts[0]?.id ?? '', drafts[1]?.id ?? '']);
            setAt((before) => before ?? drafts[0]?.effectiveOn ?? null);
        });
    }, [lost]);
    useEffect(() => {
        if (lost) return;
        let gone = false;
        const load = async (plan: string): Promise<Side> => {
            const [network, check] = await Promise.all([loadNetwork(at, plan ? [plan] : []), plan ? checkDecision(plan) : null]);
            if (!network.ok && !gone) setFailure(network.failure);
            return { network: network.ok ? network.body : null, check: check?.ok ? check.body : null };
        };
        void Promise.all([load(plans[0]), load(plans[1])]).then((both) => !gone && setSides(both as [Side, Side]));
        return () => {
            gone = true;
        };
    }, [plans, at, lost]);

    const [a, b] = sides;
    const choose = (n: 0 | 1, label: string) => (
        <div class="field">
            <label for={`plan-${n}`}>{label}</label>
            <select
                id={`plan-${n}`}
                value={plans[n]}
                onChange={(e) => setPlans(n === 0 ? [e.currentTarget.value, plans[1]] : [plans[0], e.currentTarget.value])}
            >
                <option value="">{t.noPlan}</option>
                {rows.map((d) => (
                    <option key={d.id} value={d.id}>
                        {d.title} ({showDay(d.effectiveOn)})
                    </option>
                ))}
            </select>
        </div>
    );
    const measures: [string, (s: Side) => number | null, number][] = [
        [t.kinds.station!, (s) => s.network?.counts.station ?? null, 0],
        [t.kinds.point!, (s) => s.network?.counts.point ?? null, 0],
        [t.kinds.stopped!, (s) => s.network?.counts.stopped ?? null, 0],
        [t.withoutStation, (s) => (s.network ? without(s.network).length : null), 0],
        [t.problemsErrors, (s) => s.check?.problems.filter((p) => p.severity === 'error').length ?? null, 0],
        [t.losersOpen, (s) => s.check?.losers.filter((l) => !l.ok).length ?? null, 0],
        [t.travelMean, (s) => mean(s.check), 1],
        [t.travelMax, (s) => farthest(s.check), 1],
    ];
    const differing =
        a.network && b.network
            ? [...new Set([...a.network.places, ...b.network.places].map((p) => p.id))].flatMap((id) => {
                  const x = placeById(a.network!, id),
                      y = placeById(b.network!, id);
                  const same = x?.kind === y?.kind && x?.name === y?.name && x?.pointOf === y?.pointOf && x?.manager === y?.manager && x?.status === y?.status;
                  return same ? [] : [{ id, x, y }];
              })
            : [];
    const words = (n: Network, p: ReturnType<typeof placeById>): string =>
        p ? `${t.kinds[p.kind] ?? p.kind}${p.pointOf ? ` · ${t.pointOf} ${placeById(n, p.pointOf)?.name ?? p.pointOf}` : ''}` : '–';
    return (
        <>
            {failure && <Trouble failure={failure} />}
            {a.network && <DaySlider day={a.network.at} today={a.network.today} breaks={a.network.days} onDay={setAt} />}
            <div class="sides">
                {([0, 1] as const).map((n) => (
                    <section key={n} class="card pad" aria-label={n ? t.planB : t.planA}>
                        {choose(n, n ? t.planB : t.planA)}
                        {sides[n].network && (
                            <NetworkMap network={sides[n].network!} boundaries={null} picked={picked} onPick={setPicked} small />
                        )}
                    </section>
                ))}
            </div>
            <section class="card pad" aria-label={t.compare}>
                <table class="plannumbers">
                    <thead>
                        <tr>
                            <th scope="col">{t.measure}</th>
                            <th scope="col" class="n">
                                {t.planA}
                            </th>
                            <th scope="col" class="n">
                                {t.planB}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {measures.map(([label, of, digits]) => (
                            <tr key={label} class={label === t.withoutStation && (of(a) || of(b)) ? 'badrow' : ''}>
                                <th scope="row">{label}</th>
                                <td class="n">{showNumber(of(a), digits)}</td>
                                <td class="n">{showNumber(of(b), digits)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </section>
            {a.network && b.network && (
                <section class="card pad" aria-labelledby="differs-title">
                    <h2 id="differs-title">
                        {t.differs} ({differing.length})
                    </h2>
                    {differing.length === 0 ? (
                        <p class="muted">{t.sameNetwork}</p>
                    ) : (
                        <div class="wide" tabIndex={0} role="group" aria-labelledby="differs-title">
                            <table>
                                <thead>
                                    <tr>
                                        <th scope="col">{t.place}</th>
                                        <th scope="col">{t.planA}</th>
                                        <th scope="col">{t.planB}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {differing.slice(0, 300).map(({ id, x, y }) => (
                                        <tr key={id}>
                                            <th scope="row">
                                                <button type="button" class="link" onClick={() => setPicked(id)}>
                                                    {(x ?? y)!.name}
                                                </button>
                                            </th>
                                            <td>{words(a.network!, x)}</td>
                                            <td>{words(b.network!, y)}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    )}
                </section>
            )}
        </>
    );
}
