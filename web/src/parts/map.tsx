// SPDX-License-Identifier: GPL-3.0-or-later
// The province as a schematic map: communes at their coordinates, size by population, colour by the share controlled (five
// steps that differ in lightness too), stations as dots and satellite points as rings. The table beside it has the numbers.

import { showNumber, useTexts } from '../base/language';
import type { CommuneCount, Province } from '../base/model';

const WIDTH = 640, HEIGHT = 520, EDGE = 26;
const STEPS = [30, 40, 50, 60];

/** The class of a share: s0 (below 30 %) … s4 (60 % and more), none. */
export function shareClass(percent: number | null): string {
    return percent === null ? 'none' : `s${STEPS.filter((step) => percent >= step).length}`;
}

type At = { latitude: number | null; longitude: number | null };

function projection(places: At[]): (p: At) => [number, number] | null {
    const known = places.filter((p) => p.latitude !== null && p.longitude !== null) as { latitude: number; longitude: number }[];
    if (!known.length) return () => null;
    const lat = known.map((p) => p.latitude), lon = known.map((p) => p.longitude);
    const south = Math.min(...lat), north = Math.max(...lat), west = Math.min(...lon), east = Math.max(...lon);
    const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = Math.min((WIDTH - 2 * EDGE) / ((east - west) * narrow || 1), (HEIGHT - 2 * EDGE) / (north - south || 1));
    const left = (WIDTH - (east - west) * narrow * scale) / 2, top = (HEIGHT - (north - south) * scale) / 2;
    return (p) => p.latitude === null || p.longitude === null ? null
        : [left + (p.longitude - west) * narrow * scale, top + (north - p.latitude) * scale];
}

export function ProvinceMap({ data, picked, onPick }: {
    data: Province; picked: string | null; onPick: (id: string | null, show: boolean) => void;
}) {
    const t = useTexts();
    const to = projection([...data.communes, ...data.sites]);
    const largest = Math.max(1, ...data.communes.map((c) => c.population ?? 0));
    const communes = [...data.communes].sort((a, b) => (b.population ?? 0) - (a.population ?? 0)); // small ones lie on top
    const centre = new Map(data.communes.map((c) => [c.id, to(c)]));
    const shown = data.communes.find((c) => c.id === picked);
    const label = (c: CommuneCount): string => `${c.name}: ${showNumber(c.controlledPercent, 1)} %`;
    const shownAt = shown && to(shown);
    return (
        <figure class="map">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.mapSay(data.communes.length)}>
                {data.sites.map((s) => {
                    const a = to(s), b = centre.get(s.commune);
                    return a && b && s.kind === 'point' ? <line key={s.id} class="tie" x1={a[0]} y1={a[1]} x2={b[0]} y2={b[1]} /> : null;
                })}
                {communes.map((c) => {
                    const at = to(c);
                    return at && <circle key={c.id} class={`commune ${shareClass(c.controlledPercent)}${c.id === picked ? ' on' : ''}`} cx={at[0]} cy={at[1]}
                        r={6 + 9 * Math.sqrt((c.population ?? 0) / largest)} onPointerEnter={() => onPick(c.id, false)} onClick={() => onPick(c.id, true)}>
                        <title>{label(c)}</title></circle>;
                })}
                {data.sites.map((s) => {
                    const a = to(s);
                    return a && <circle key={s.id} class={s.kind === 'station' ? 'station' : 'point'} cx={a[0]} cy={a[1]} r={s.kind === 'station' ? 2 : 2.6} />;
                })}
                {shown && shownAt && <text class="maplabel" x={Math.min(Math.max(shownAt[0], 70), WIDTH - 70)} y={Math.max(14, shownAt[1] - 18)} text-anchor="middle">
                    {shown.name.replace(/^(Xã|Phường) /, '')}</text>}
            </svg>
            <p class="picked small" aria-hidden="true">{shown ? <><b>{shown.name}</b> · {t.colControlled} {showNumber(shown.controlledPercent, 1)} % ({shown.controlled}/{shown.counted})
                {' '}· {t.colEnrolled} {showNumber(shown.enrolled)} · {t.colToday} {showNumber(shown.visitsToday)}</> : <span class="muted">{t.mapHint}</span>}</p>
            <figcaption class="small legend"><span>{t.legend}:</span>
                {['< 30 %', '30–40', '40–50', '50–60', '≥ 60 %'].map((text, i) => <span key={text}><i class={`swatch s${i}`} /> {text}</span>)}
                <span><i class="swatch none" /> {t.legendNone}</span><span class="muted">{t.legendPlaces}</span></figcaption>
        </figure>
    );
}
