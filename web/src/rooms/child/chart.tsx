// SPDX-License-Identifier: GPL-3.0-or-later
// Growth on the WHO curves (z −3 … 3) as SVG: lines carry their z at the right end, the child's measures are joined dots.

import { useEffect, useState } from 'preact/hooks';
import { get } from '../../base/api';

interface Curves {
    x: 'months' | 'cm';
    lines: { z: number; points: [number, number][] }[];
}
export interface Point {
    x: number;
    y: number;
    now?: boolean; // being typed
}

const W = 560,
    H = 340,
    LEFT = 40,
    RIGHT = 24,
    TOP = 10,
    BOTTOM = 28;
const kept = new Map<string, Curves>();

export function GrowthChart({ sex, indicator, points, months, label }: { sex: string; indicator: string; points: Point[]; months: number; label: string }) {
    const key = `${sex} ${indicator}`;
    const [curves, setCurves] = useState<Curves | null>(kept.get(key) ?? null);
    useEffect(() => {
        setCurves(kept.get(key) ?? null);
        if (kept.has(key)) return;
        void get<Curves>(`/api/growth/curves?sex=${sex}&indicator=${indicator}`).then((a) => {
            if (!a.ok) return;
            kept.set(key, a.body);
            setCurves(a.body);
        });
    }, [key]);
    if (!curves) return null;
    const byMonth = curves.x === 'months';
    const last = points[points.length - 1]?.x ?? 0;
    const from = byMonth ? 0 : 45,
        to = byMonth ? (Math.max(last, months) <= 24 ? 24 : 60) : last <= 87 && months <= 24 ? 90 : 120;
    const inside = curves.lines.map((l) => ({ z: l.z, points: l.points.filter(([x]) => x >= from && x <= to) }));
    const ys = [...inside.flatMap((l) => l.points.map(([, y]) => y)), ...points.map((p) => p.y)];
    const low = Math.floor(Math.min(...ys)),
        high = Math.ceil(Math.max(...ys));
    const px = (x: number): number => LEFT + ((x - from) / (to - from)) * (W - LEFT - RIGHT);
    const py = (y: number): number => TOP + ((high - y) / (high - low)) * (H - TOP - BOTTOM);
    const path = (list: [number, number][]): string => list.map(([x, y], i) => `${i ? 'L' : 'M'}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join('');
    const xStep = byMonth ? (to <= 24 ? 3 : 6) : 5,
        yStep = high - low > 60 ? 10 : high - low > 24 ? 5 : 2;
    const marks = (a: number, b: number, step: number): number[] => {
        const out: number[] = [];
        for (let v = Math.ceil(a / step) * step; v <= b; v += step) out.push(v);
        return out;
    };
    return (
        <svg class="growth" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={label}>
            {marks(from, to, xStep).map((x) => (
                <g key={`x${x}`}>
                    <line class="grid" x1={px(x)} x2={px(x)} y1={TOP} y2={H - BOTTOM} />
                    <text x={px(x)} y={H - 10} text-anchor="middle">
                        {x}
                    </text>
                </g>
            ))}
            {marks(low, high, yStep).map((y) => (
                <g key={`y${y}`}>
                    <line class="grid" x1={LEFT} x2={W - RIGHT} y1={py(y)} y2={py(y)} />
                    <text x={LEFT - 6} y={py(y) + 4} text-anchor="end">
                        {y}
                    </text>
                </g>
            ))}
            {inside.map((l) => (
                <g key={l.z}>
                    <path class={`curve z${Math.abs(l.z)}`} d={path(l.points)} />
                    {l.points.length > 0 && (
                        <text class="zname" x={W - RIGHT + 4} y={py(l.points[l.points.length - 1]![1]) + 4}>
                            {l.z > 0 ? `+${l.z}` : l.z < 0 ? `−${-l.z}` : 0}
                        </text>
                    )}
                </g>
            ))}
            <path class="own" d={path(points.map((p) => [p.x, p.y]))} />
            {points.map((p, i) => (
                <circle key={i} class={p.now ? 'own now' : 'own'} cx={px(p.x)} cy={py(p.y)} r={p.now ? 6 : 4} />
            ))}
        </svg>
    );
}
