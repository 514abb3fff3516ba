// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of /api/lists and /api/programmes (docs/api.md).

import type { Found } from '../../base/model';

export interface Row extends Pick<Found, 'id' | 'name' | 'birth' | 'age' | 'sex' | 'place' | 'householdHead'> {
    phone: string | null;
    dueOn?: string | null;
    lastVisit?: string | null;
    seenOn?: string | null;
    measuredOn?: string | null;
    systolic?: number | null;
    diastolic?: number | null;
    sugar?: string | null;
    sugarUnit?: string | null;
    called?: string | null;
    calledOn?: string | null;
    ageDays?: number;
    grams?: number | null;
    millimetres?: number | null;
    signs?: number;
    zLength?: number | null;
    group?: string | null;
    encounter?: string;
    arrived?: number;
    state?: string;
    reason?: string | null;
    reasonCode?: string | null;
    takenBy?: string | null;
}
export interface List {
    code: string;
    asOf: string;
    today: string;
    next: string;
    after: string | null;
    rows: Row[];
}

export interface PlaceName {
    id: string;
    name: string;
    kind: string;
    kindName: string;
    site?: string | null;
}
export interface Counts {
    registered: number;
    underCare: number;
    new: number;
    counted: number;
    controlled: number;
    uncontrolled: number;
    unmeasured: number;
    missed: number;
    lost: number;
    atTarget: number;
    controlledPercent: number | null;
    atTargetPercent: number | null;
    lostPercent: number | null;
    shares: [number, number, number, number];
    overdue: number;
    called: number;
}
export interface Cohort {
    of: string;
    registered: number;
    shares: [number, number, number, number];
}
export interface ProgrammeAnswer {
    code: string;
    asOf: string;
    place: PlaceName | null;
    way: PlaceName[];
    counts: Counts;
    months: { month: string; counted: number; controlledPercent: number | null; atTargetPercent: number | null; missed: number }[];
    cohorts: Cohort[];
    quarters: Cohort[];
    parts: (PlaceName & Counts)[];
}
export interface ChildCounts {
    children: number;
    measured: number;
    due: number;
    length: number;
    stunted: number;
    severelyStunted: number;
    underweight: number;
    wasted: number;
    overweight: number;
    stuntedPercent: number | null;
    underweightPercent: number | null;
    wastedPercent: number | null;
    overweightPercent: number | null;
}
export interface ChildrenAnswer {
    asOf: string;
    place: PlaceName | null;
    way: PlaceName[];
    counts: ChildCounts;
    parts: (PlaceName & ChildCounts)[];
}
