// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of the screens as docs/api.md words it.

export type Status = 'new' | 'controlled' | 'uncontrolled' | 'missed' | 'lost' | 'dead';
export type Sex = 'male' | 'female' | 'other' | 'unknown';

export interface Where {
    id: string | null;
    hamlet: string | null;
    formerCommune: string | null;
    commune: string | null;
}

export interface Found {
    id: string;
    name: string;
    birth: string | null;
    age: number | null;
    sex: Sex | null;
    place: Where | null;
    householdHead: { id: string; name: string } | null;
    lastVisit: string | null;
    status: Status | null;
}

export interface FoundList {
    q: string;
    more: boolean;
    persons: Found[];
}

export interface Person extends Omit<Found, 'householdHead'> {
    dead: string | boolean | null;
    moved: string | null; // day of moving out of the province
    synthetic: boolean;
    ethnicGroup: { code: string; name: string } | null;
    household: { id: string; head: { id: string; name: string } | null; size: number } | null;
    cccd: string | null;
    insurance: string | null;
    phone: string | null;
    allergies: { id: string; text: string }[];
    allergiesAsked: boolean; // false: nobody has asked yet, which is not "none"
    dueOn: string | null;
}

export interface Event {
    day: string;
    kind: string;
    resource: string;
    text?: string | null;
    code?: string | null;
    dose?: string | null;
    place?: string | null;
    systolic?: number | null;
    diastolic?: number | null;
    grade?: 0 | 1 | 2 | 3 | null;
    value?: number | null;
    unit?: string | null;
    name?: string | null; // of what was measured
}

export interface Timeline {
    id: string;
    more: boolean;
    next: string | null; // what `before` takes to go on
    events: Event[];
}

export interface MonthOfPressure {
    month: string;
    visits: number;
    day: string | null;
    systolic: number | null;
    diastolic: number | null;
    controlled: boolean | null;
}

export interface BloodPressure {
    id: string;
    today: string;
    age: number | null;
    enrolled: { on: string; episode: string } | null;
    status: Status | null;
    controlledUntil: string | null;
    dueOn: string | null;
    proposedNext: string | null;
    last: { day: string; systolic: number; diastolic: number; grade: 0 | 1 | 2 | 3; controlled: boolean } | null;
    months: MonthOfPressure[];
    medicines: {
        id: string;
        text: string;
        dose: string | null;
        quantity: number | null;
        unit: string | null;
        days: number | null;
        authoredOn: string | null;
        code: string | null;
    }[];
    station: string | null;
}

export interface CommuneCount {
    id: string;
    code: string;
    name: string;
    kind: string;
    latitude: number | null;
    longitude: number | null;
    population: number | null;
    residents: number;
    enrolled: number;
    counted: number;
    controlled: number;
    controlledPercent: number | null;
    visitsToday: number;
    visitsThisMonth: number;
    stations: number;
    points: number;
}

export interface Province {
    asOf: string;
    position: number;
    province: { id: string; code: string; name: string };
    tiles: {
        residents: number;
        enrolled: number;
        counted: number;
        controlled: number;
        controlledPercent: number | null;
        missed: number;
        lost: number;
        visitsToday: number;
        visitsThisMonth: number;
        personsThisMonth: number;
    };
    months: { month: string; visits: number; persons: number; controlled: number; controlledPercent: number | null }[];
    communes: CommuneCount[];
    sites: {
        id: string;
        name: string;
        kind: string;
        assumed: boolean;
        latitude: number | null;
        longitude: number | null;
        commune: string;
    }[];
}

/** GET /api/persons/{id}/programmes */
export interface Programmes {
    id: string;
    programmes: {
        code: string;
        enrolledOn: string | null;
        dueOn: string | null;
        target: { systolicFrom: number; systolicBelow: number; diastolicFrom: number; diastolicBelow: number };
        rule: {
            action: { systolicFrom: number; diastolicFrom: number };
            controlled: { fastingBelow?: { mmol: number; mg: number }; randomBelow?: { mmol: number; mg: number }; hba1cBelow?: number };
        };
    }[];
    sugars: { day: string; kind: string; value: number; unit: string; controlled: boolean; atTarget: boolean; high: boolean }[];
    arrived: string | null;
}
