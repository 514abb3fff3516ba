// SPDX-License-Identifier: GPL-3.0-or-later
// The network on a map: boundaries when the province has imported them, else a schematic map by coordinates. Stations are squares, points
// rings tied to their station, hospitals and centres diamonds; a commune without a functioning station is ringed red and named. In a plan, a
// station is dragged onto another (or chosen and converted by the form beside the map).

import { useMemo, useRef, useState } from 'preact/hooks';
import { showDay } from '../../base/date';
import { placeLabels } from '../../parts/labels';
import { shortName } from '../../parts/map';
import { projection } from '../../parts/projection';
import { communeOf, isArea, isSite, placeById, without, type Network, type NetworkPlace } from './model';
import { useNetworkTexts } from './texts';

export const WIDTH = 640,
    HEIGHT = 620;

export interface Boundaries {
    features: {
        properties: { place?: string | null };
        geometry: { type: string; coordinates: number[][][] | number[][][][] } | null;
    }[];
}

type To = (p: { latitude: number | null; longitude: number | null }) => [number, number] | null;

/** One ring as path data; points closer than half a pixel are left out. */
function ring(points: number[][], to: To): string {
    let path = '',
        last: [number, number] | null = null;
    for (const [longitude, latitude] of points) {
        const at = to({ latitude: latitude!, longitude: longitude! })!;
        if (last && Math.abs(at[0] - last[0]) + Math.abs(at[1] - last[1]) < 0.7) continue;
        path += `${last ? 'L' : 'M'}${at[0].toFixed(1)} ${at[1].toFixed(1)}`;
        last = at;
    }
    return path + 'Z';
}

export function boundaryPaths(boundaries: Boundaries, to: To): { place: string; path: string }[] {
    return boundaries.features.flatMap((f) => {
        const g = f.geometry;
        if (!g || !f.properties.place) return [];
        const polygons = (g.type === 'Polygon' ? [g.coordinates] : g.coordinates) as number[][][][];
        return [{ place: f.properties.place, path: polygons.flat().map((r) => ring(r, to)).join('') }];
    });
}

/** South-west and north-east of all boundaries, so that they fit into the frame. */
function corners(boundaries: Boundaries): { latitude: number; longitude: number }[] {
    let south = 90,
        north = -90,
        west = 180,
        east = -180;
    for (const f of boundaries.features) {
        const all = f.geometry ? (f.geometry.coordinates as unknown[]).flat(3) : [];
        for (let i = 0; i + 1 < all.length; i += 2) {
            west = Math.min(west, all[i] as number);
            east = Math.max(east, all[i] as number);
            south = Math.min(south, all[i + 1] as number);
            north = Math.max(north, all[i + 1] as number);
        }
    }
    return south > north ? [] : [{ latitude: south, longitude: west }, { latitude: north, longitude: east }];
}

export function NetworkMap({
    network,
    boundaries,
    picked,
    onPick,
    onDrop,
    small,
}: {
    network: Network;
    boundaries: Boundaries | null;
    picked: string | null;
    onPick?: (id: string) => void;
    onDrop?: (from: NetworkPlace, onto: NetworkPlace) => void;
    small?: boolean;
}) {
    const t = useNetworkTexts();
    const svg = useRef<SVGSVGElement>(null);
    const [drag, setDrag] = useState<{ from: NetworkPlace; x: number; y: number; onto: NetworkPlace | null } | null>(null);
    const moved = useRef(false);
    // the same frame for every day: the map must not jump while the slider moves
    const to = useMemo(
        () => projection([...network.places, ...(boundaries ? corners(boundaries) : [])], WIDTH, HEIGHT, 16),
        [boundaries, network.province.id],
    );
    const paths = useMemo(() => (boundaries ? boundaryPaths(boundaries, to) : []), [boundaries, to]);
    const bad = useMemo(() => new Set(without(network).map((p) => p.id)), [network]);
    const areas = network.places.filter(isArea);
    const sites = network.places.filter(isSite).flatMap((p) => {
        const at = to(p);
        return at ? [{ p, x: at[0], y: at[1] }] : [];
    });
    const where = new Map(sites.map((s) => [s.p.id, s]));
    const names = useMemo(
        () =>
            small
                ? []
                : placeLabels(
                      areas
                          .flatMap((c) => {
                              const at = to(c);
                              return at ? [{ id: c.id, name: shortName(c.name), x: at[0], y: at[1], r: paths.length ? 1 : 9, n: c.population ?? 0 }] : [];
                          })
                          .sort((x, y) => y.n - x.n),
                      sites.map((s) => [s.x, s.y]),
                      WIDTH,
                  ),
        [network, to, small],
    );

    const pointer = (e: PointerEvent): [number, number] => {
        const box = svg.current!.getBoundingClientRect();
        const scale = Math.max(WIDTH / box.width, HEIGHT / box.height);
        return [
            (e.clientX - box.left - (box.width - WIDTH / scale) / 2) * scale,
            (e.clientY - box.top - (box.height - HEIGHT / scale) / 2) * scale,
        ];
    };
    const nearest = (x: number, y: number, except: string): NetworkPlace | null => {
        let best: NetworkPlace | null = null,
            least = 14 ** 2;
        for (const s of sites) {
            const d = (s.x - x) ** 2 + (s.y - y) ** 2;
            if (s.p.kind === 'station' && s.p.id !== except && d < least) [best, least] = [s.p, d];
        }
        return best;
    };
    const begin = (e: PointerEvent, p: NetworkPlace): void => {
        if (!onDrop || (p.kind !== 'station' && p.kind !== 'point')) return;
        svg.current!.setPointerCapture(e.pointerId);
        moved.current = false;
        const [x, y] = pointer(e);
        setDrag({ from: p, x, y, onto: null });
    };
    const move = (e: PointerEvent): void => {
        if (!drag) return;
        const [x, y] = pointer(e);
        if (Math.hypot(x - drag.x, y - drag.y) > 4) moved.current = true;
        setDrag({ ...drag, x, y, onto: nearest(x, y, drag.from.id) });
    };
    const end = (): void => {
        if (drag && moved.current && drag.onto) onDrop?.(drag.from, drag.onto);
        else if (drag && !moved.current) onPick?.(drag.from.id);
        setDrag(null);
    };
    const shape = (p: NetworkPlace, x: number, y: number) => {
        const click = onDrop ? undefined : () => onPick?.(p.id);
        const common = {
            key: p.id,
            class: `site ${p.kind} ${p.status}${p.id === picked ? ' on' : ''}${drag?.onto?.id === p.id ? ' target' : ''}`,
            onClick: p.kind === 'station' || p.kind === 'point' ? click : () => onPick?.(p.id),
            onPointerDown: (e: PointerEvent) => begin(e, p),
        };
        const title = <title>{`${p.name} · ${t.kinds[p.kind] ?? p.kind}${p.assumed ? ` · ${t.assumed}` : ''}`}</title>;
        if (p.kind === 'point')
            return (
                <circle {...common} cx={x} cy={y} r="3.2">
                    {title}
                </circle>
            );
        if (p.kind === 'station')
            return (
                <rect {...common} x={x - 4.2} y={y - 4.2} width="8.4" height="8.4" rx="1.5">
                    {title}
                </rect>
            );
        return (
            <path {...common} d={`M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z`}>
                {title}
            </path>
        );
    };
    const count = (kind: string): number => network.counts[kind] ?? 0;
    const shown = placeById(network, picked);
    const shownAt = shown && (where.get(shown.id) ?? (to(shown) && { p: shown, x: to(shown)![0], y: to(shown)![1] }));
    const from = drag && where.get(drag.from.id);
    return (
        <figure class={`netmap${small ? ' small' : ''}${onDrop ? ' edits' : ''}`}>
            <svg
                ref={svg}
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                role="img"
                aria-label={t.mapSay(count('commune'), count('station'), count('point'), showDay(network.at))}
                onPointerMove={move}
                onPointerUp={end}
                onPointerCancel={() => setDrag(null)}
            >
                {paths.map(({ place, path }) => (
                    <path
                        key={place}
                        class={`boundary${placeById(network, place) ? '' : ' other'}${bad.has(place) ? ' bad' : ''}${place === picked ? ' on' : ''}`}
                        d={path}
                        onClick={() => placeById(network, place) && onPick?.(place)}
                    />
                ))}
                {!paths.length &&
                    sites.map(({ p, x, y }) => {
                        const c = communeOf(network, p),
                            at = c && to(c);
                        return at ? <line key={p.id} class="inside" x1={x} y1={y} x2={at[0]} y2={at[1]} /> : null;
                    })}
                {sites.map(({ p, x, y }) => {
                    const s = p.pointOf ? where.get(p.pointOf) : undefined;
                    return s ? <line key={p.id} class="tie" x1={x} y1={y} x2={s.x} y2={s.y} /> : null;
                })}
                {areas.map((c) => {
                    const at = to(c);
                    if (!at) return null;
                    return (
                        <g key={c.id}>
                            {!paths.length && (
                                <circle
                                    class={`area${c.id === picked ? ' on' : ''}`}
                                    cx={at[0]}
                                    cy={at[1]}
                                    r="9"
                                    onClick={() => onPick?.(c.id)}
                                >
                                    <title>{c.name}</title>
                                </circle>
                            )}
                            {bad.has(c.id) && (
                                <g class="lacking">
                                    <circle cx={at[0]} cy={at[1]} r="11" />
                                    <text x={at[0]} y={at[1] + 4} text-anchor="middle">
                                        !
                                    </text>
                                    <title>{c.name}</title>
                                </g>
                            )}
                        </g>
                    );
                })}
                {names.map((n) => (
                    <text key={n.id} class="name" x={n.x} y={n.y} text-anchor={n.end ? 'end' : 'start'}>
                        {n.name}
                    </text>
                ))}
                {sites.map(({ p, x, y }) => shape(p, x, y))}
                {drag && from && moved.current && <line class="dragline" x1={from.x} y1={from.y} x2={drag.x} y2={drag.y} />}
                {shown && shownAt && (
                    <text
                        class="maplabel"
                        x={Math.min(Math.max(shownAt.x, 110), WIDTH - 110)}
                        y={Math.max(16, shownAt.y - 13)}
                        text-anchor="middle"
                    >
                        {shown.name}
                    </text>
                )}
            </svg>
            {!small && (
                <figcaption class="small legend">
                    <span>
                        <i class="swatch station" /> {t.legendStation}
                    </span>
                    <span>
                        <i class="swatch point" /> {t.legendPoint}
                    </span>
                    <span>
                        <i class="swatch hospital" /> {t.legendHospital}
                    </span>
                    <span>
                        <i class="swatch lacking">!</i> {t.legendNone}
                    </span>
                    {!boundaries && <span class="muted">{t.schematic}</span>}
                </figcaption>
            )}
        </figure>
    );
}
