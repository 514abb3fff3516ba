// SPDX-License-Identifier: GPL-3.0-or-later
// Sites at their coordinates: stations large, points small with a shape and shade by minutes to the station, ties between, and
// around the stations the land within 30 and 60 minutes by the estimate. Everything it shows stands in the tables too.

import { useTextsOf } from '../../base/language';
import { shortName } from '../../parts/map';
import type { Choice, Site } from './model';
import { sitingTexts } from './texts';

const WIDTH = 460,
    HEIGHT = 440,
    EDGE = 36,
    KM_PER_DEGREE = 111.2;

interface Frame {
    to: (s: { latitude: number | null; longitude: number | null }) => [number, number] | null;
    perKm: number;
}

function frameOf(sites: Site[]): Frame {
    const lat = sites.flatMap((s) => (s.latitude === null ? [] : [s.latitude])),
        lon = sites.flatMap((s) => (s.longitude === null ? [] : [s.longitude]));
    if (!lat.length) return { to: () => null, perKm: 0 };
    const south = Math.min(...lat),
        north = Math.max(...lat),
        west = Math.min(...lon),
        east = Math.max(...lon),
        narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = Math.min(
        (WIDTH - 2 * EDGE) / ((east - west) * narrow || 1),
        (HEIGHT - 2 * EDGE) / (north - south || 1),
    );
    const left = (WIDTH - (east - west) * narrow * scale) / 2,
        top = (HEIGHT - (north - south) * scale) / 2;
    return {
        to: (s) =>
            s.latitude === null || s.longitude === null
                ? null
                : [left + (s.longitude - west) * narrow * scale, top + (north - s.latitude) * scale],
        perKm: scale / KM_PER_DEGREE,
    };
}

export function SitingMap({
    data,
    picked,
    onPick,
}: {
    data: Choice;
    picked: string | null;
    onPick: (commune: string) => void;
}) {
    const t = useTextsOf(sitingTexts);
    const frame = frameOf(data.communes.flatMap((c) => c.sites));
    const after = new Map(data.villages.map((v) => [v.code, v.after]));
    const { near, far } = data.scales;
    const band = (code: string): string => {
        const minutes = after.get(code);
        return minutes === undefined ? 'near' : minutes === null || minutes > far ? 'beyond' : minutes > near ? 'far' : 'near';
    };
    const at = data.communes.flatMap((c) =>
        c.sites.flatMap((s) => {
            const point = frame.to(s);
            return point ? [{ c, s, x: point[0], y: point[1] }] : [];
        }),
    );
    const stations = new Map(at.filter((p) => p.s.code === p.c.site).map((p) => [p.c.code, p]));
    const estimated = data.times.sources.length > 0 && data.times.sources.every((s) => s.name === 'estimated');
    return (
        <figure class="map sitingmap">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.mapSay(data.communes.length)}>
                {estimated &&
                    (
                        [
                            ['far', far],
                            ['near', near],
                        ] as const
                    ).map(([name, minutes]) => (
                        <g key={name} class={`reach ${name}`}>
                            {[...stations.values()].map(({ c, s, x, y }) => (
                                <circle key={c.code} cx={x} cy={y} r={minutes * s.kmPerMinute * frame.perKm} />
                            ))}
                        </g>
                    ))}
                {at.map(({ c, s, x, y }) => {
                    const to = stations.get(c.code);
                    return to && to.s !== s ? (
                        <line key={s.code} class="tie" x1={x} y1={y} x2={to.x} y2={to.y} />
                    ) : null;
                })}
                {at.map(({ c, s, x, y }) => {
                    const station = s.code === c.site;
                    if (s.kind === 'none') return null;
                    const classes = station ? `station${c.differs ? ' differs' : ''}` : `site ${band(s.code)}`;
                    const shape = { class: `${classes}${c.code === picked ? ' on' : ''}`, onClick: () => onPick(c.code) };
                    const title = <title>{`${c.name}: ${s.name}`}</title>;
                    if (station && c.differs)
                        return (
                            <rect key={s.code} {...shape} x={x - 5} y={y - 5} width="10" height="10">
                                {title}
                            </rect>
                        );
                    if (!station && band(s.code) === 'beyond')
                        return (
                            <path key={s.code} {...shape} d={`M${x} ${y - 4.5}l4.500 8h-9z`}>
                                {title}
                            </path>
                        );
                    return (
                        <circle key={s.code} {...shape} cx={x} cy={y} r={station ? 5 : 3}>
                            {title}
                        </circle>
                    );
                })}
                {at.map(({ c, s, x, y }) =>
                    s.code === c.site && (c.differs || c.code === picked) ? (
                        <text key={c.code} class="name" x={x > WIDTH - 90 ? x - 9 : x + 9} y={y + 4} text-anchor={x > WIDTH - 90 ? 'end' : 'start'}>
                            {shortName(c.name)}
                        </text>
                    ) : null,
                )}
            </svg>
            <figcaption class="small legend">
                <span>
                    <i class="key station" /> {t.legend.station}
                </span>
                <span>
                    <i class="key differs" /> {t.legend.differs}
                </span>
                <span>
                    <i class="key near" /> {t.legend.near(near)}
                </span>
                <span>
                    <i class="key far" /> {t.legend.far(far)}
                </span>
                <span>
                    <i class="key beyond" /> {t.legend.beyond}
                </span>
                {estimated &&
                    (
                        [
                            ['near', near],
                            ['far', far],
                        ] as const
                    ).map(([name, minutes]) => (
                        <span key={name}>
                            <i class={`key reach ${name}`} /> {t.legend.ring(minutes)}
                        </span>
                    ))}
            </figcaption>
        </figure>
    );
}
