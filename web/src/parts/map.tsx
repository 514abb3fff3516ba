// SPDX-License-Identifier: GPL-3.0-or-later
// The province as a schematic map: communes at their coordinates, size by population, colour by the share controlled (five
// steps that differ in lightness too), satellite points as rings tied to their commune. The table beside it has the numbers.

import { showNumber, useTexts } from '../base/language';
import type { CommuneCount, Province } from '../base/model';
import { placeLabels } from './labels';
import { projection } from './projection';

const WIDTH = 460,
    HEIGHT = 470,
    EDGE = 24;
const STEPS = [30, 40, 50, 60];

/** The class of a share: s0 (below 30 %) … s4 (60 % and more), none. */
export function shareClass(percent: number | null): string {
    return percent === null ? 'none' : `s${STEPS.filter((step) => percent >= step).length}`;
}

export const shortName = (name: string): string => name.replace(/^(Xã|Phường|Thị trấn|Đặc khu) /, '');

export function ProvinceMap({
    data,
    picked,
    onPick,
}: {
    data: Province;
    picked: string | null;
    onPick: (id: string | null, show: boolean) => void;
}) {
    const t = useTexts();
    const to = projection([...data.communes, ...data.sites], WIDTH, HEIGHT, EDGE);
    const largest = Math.max(1, ...data.communes.map((c) => c.population ?? 0));
    const radius = (c: CommuneCount): number => 5 + 8 * Math.sqrt((c.population ?? 0) / largest);
    const circles = data.communes
        .flatMap((c) => {
            const at = to(c);
            return at ? [{ c, x: at[0], y: at[1], r: radius(c) }] : [];
        })
        .sort((a, b) => b.r - a.r); // small ones lie on top
    const centre = new Map(data.communes.map((c) => [c.id, to(c)]));
    const points = data.sites
        .filter((s) => s.kind === 'point')
        .map(to)
        .filter((at): at is [number, number] => at !== null);
    const shown = data.communes.find((c) => c.id === picked);
    const label = (c: CommuneCount): string => `${c.name}: ${showNumber(c.controlledPercent, 1)} %`;
    const shownAt = shown && to(shown);
    return (
        <figure class="map">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.mapSay(data.communes.length)}>
                {data.sites.map((s) => {
                    const a = to(s),
                        b = centre.get(s.commune);
                    return a && b && s.kind === 'point' ? (
                        <line key={s.id} class="tie" x1={a[0]} y1={a[1]} x2={b[0]} y2={b[1]} />
                    ) : null;
                })}
                {circles.map(({ c, x, y, r }) => (
                    <circle
                        key={c.id}
                        class={`commune ${shareClass(c.controlledPercent)}${c.id === picked ? ' on' : ''}`}
                        cx={x}
                        cy={y}
                        r={r}
                        onPointerEnter={() => onPick(c.id, false)}
                        onClick={() => onPick(c.id, true)}
                    >
                        <title>{label(c)}</title>
                    </circle>
                ))}
                {points.map(([x, y], i) => (
                    <circle key={i} class="point" cx={x} cy={y} r="2.3" />
                ))}
                {placeLabels(
                    circles.map(({ c, x, y, r }) => ({ id: c.id, name: shortName(c.name), x, y, r })),
                    points,
                    WIDTH,
                ).map(({ id, name, x, y, end }) => (
                    <text key={id} class="name" x={x} y={y} text-anchor={end ? 'end' : 'start'}>
                        {name}
                    </text>
                ))}
                {shown && shownAt && (
                    <text
                        class="maplabel"
                        x={Math.min(Math.max(shownAt[0], 70), WIDTH - 70)}
                        y={Math.max(14, shownAt[1] - 18)}
                        text-anchor="middle"
                    >
                        {shortName(shown.name)}
                    </text>
                )}
            </svg>
            <p class="picked small" aria-hidden="true">
                {shown ? (
                    <>
                        <b>{shown.name}</b> · {t.colControlled} {showNumber(shown.controlledPercent, 1)} % (
                        {shown.controlled}/{shown.counted}) · {t.colEnrolled} {showNumber(shown.enrolled)} ·{' '}
                        {t.colToday} {showNumber(shown.visitsToday)}
                    </>
                ) : (
                    <span class="muted">{t.mapHint}</span>
                )}
            </p>
            <figcaption class="small legend">
                <span>{t.legend}:</span>
                {['< 30 %', '30–40', '40–50', '50–60', '≥ 60 %'].map((text, i) => (
                    <span key={text}>
                        <i class={`swatch s${i}`} /> {text}
                    </span>
                ))}
                <span>
                    <i class="swatch none" /> {t.legendNone}
                </span>
                <span>
                    <i class="swatch ring" /> {t.legendPoint}
                </span>
                <span>{t.legendSize}</span>
            </figcaption>
        </figure>
    );
}
