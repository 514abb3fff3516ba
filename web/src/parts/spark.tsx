// SPDX-License-Identifier: GPL-3.0-or-later
// A trend of twelve months in one line of text height. The numbers stand in a table elsewhere on the page.

export function Spark({ values }: { values: (number | null)[] }) {
    const known = values.filter((v): v is number => v !== null);
    if (known.length < 2) return null;
    const least = Math.min(...known),
        most = Math.max(...known),
        span = most - least || 1;
    const at = (v: number, i: number): string =>
        `${2 + (i * 116) / (values.length - 1)},${(27 - ((v - least) / span) * 22).toFixed(1)}`;
    const points = values.map((v, i) => (v === null ? null : at(v, i))).filter(Boolean);
    return (
        <svg class="spark" viewBox="0 0 122 32" preserveAspectRatio="none" aria-hidden="true">
            <polyline points={points.join(' ')} />
        </svg>
    );
}
