// SPDX-License-Identifier: GPL-3.0-or-later
// Names beside the circles of a map: for as many as have room, in the order given, right or left of their circle.

interface Box {
    left: number;
    right: number;
    top: number;
    bottom: number;
}
const apart = (a: Box, b: Box): boolean => a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;

export interface Named {
    id: string;
    name: string;
    x: number;
    y: number;
    r: number;
}

const LETTER = 6.4, // mean width of a letter of 12 px
    DOT = 3; // half of what another mark takes

export function placeLabels(
    circles: Named[],
    marks: [number, number][],
    width: number,
): { id: string; name: string; x: number; y: number; end: boolean }[] {
    const taken: Box[] = circles.map(({ x, y, r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r }));
    taken.push(...marks.map(([x, y]) => ({ left: x - DOT, right: x + DOT, top: y - DOT, bottom: y + DOT })));
    const placed: ReturnType<typeof placeLabels> = [];
    for (const { id, name, x, y, r } of circles) {
        const wide = name.length * LETTER;
        for (const end of [false, true]) {
            const from = end ? x - r - 4 - wide : x + r + 4;
            const box = { left: from, right: from + wide, top: y - 7, bottom: y + 7 };
            if (box.left < 0 || box.right > width || !taken.every((t) => apart(t, box))) continue;
            taken.push(box);
            placed.push({ id, name, x: end ? x - r - 4 : x + r + 4, y: y + 4, end });
            break;
        }
    }
    return placed;
}
