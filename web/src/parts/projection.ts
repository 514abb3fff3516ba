// SPDX-License-Identifier: GPL-3.0-or-later
// Where a place lies on a map of the province.

export type At = { latitude: number | null; longitude: number | null };

/** Degrees → a drawing of width × height with an edge left free; null for places without coordinates. Equirectangular: a province
 *  is small enough. */
export function projection(places: At[], width: number, height: number, edge: number): (p: At) => [number, number] | null {
    const known = places.filter((p) => p.latitude !== null && p.longitude !== null) as {
        latitude: number;
        longitude: number;
    }[];
    if (!known.length) return () => null;
    const lat = known.map((p) => p.latitude),
        lon = known.map((p) => p.longitude);
    const south = Math.min(...lat),
        north = Math.max(...lat),
        west = Math.min(...lon),
        east = Math.max(...lon);
    const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const scale = Math.min(
        (width - 2 * edge) / ((east - west) * narrow || 1),
        (height - 2 * edge) / (north - south || 1),
    );
    const left = (width - (east - west) * narrow * scale) / 2,
        top = (height - (north - south) * scale) / 2;
    return (p) =>
        p.latitude === null || p.longitude === null
            ? null
            : [left + (p.longitude - west) * narrow * scale, top + (north - p.latitude) * scale];
}
