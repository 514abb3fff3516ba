// SPDX-License-Identifier: GPL-3.0-or-later
// What /api/siting answers (docs/siting.md), and the proposal that is asked.

export const CRITERIA = ['location', 'transport', 'population', 'infrastructure', 'staff'] as const;
export type Criterion = (typeof CRITERIA)[number];

export interface Proposal {
    weights: Record<Criterion, number>;
    rules: { mostWorse: number; across: boolean; points?: number };
}
/** A province that can be planned; `held`: the node's network has it. */
export interface Offer {
    code: string;
    name: string;
    held: boolean;
}

export interface Question {
    at?: string; // the sites as they are in the network of this day; absent: before every decision
    province?: string; // the first that is offered when absent
    proposal: Proposal;
    season: 'any' | 'dry' | 'wet';
    survey?: string;
    travel?: string;
    language?: string; // of the page
}

export interface Site {
    code: string;
    name: string;
    latitude: number | null;
    longitude: number | null;
    kmPerMinute: number;
    kind: 'station' | 'point' | 'none';
    points: Record<Criterion, number | null>;
    score: number | null;
    scoreLow: number; // if everything were known
    scoreHigh: number;
    meanMinutes: number | null;
    near: number;
    far: number;
    eligible: boolean;
    pareto: boolean;
}
export interface Turn {
    share: number;
    low: number;
    high: number;
    below: string | null;
    above: string | null;
}
export interface Commune {
    code: string;
    name: string;
    site: string | null;
    second: string | null;
    beside: string | null;
    differs: boolean;
    lead: number | null;
    knownWeight: number;
    siteIfShorter: string | null;
    siteIfLonger: string | null;
    turns: Partial<Record<Criterion, Turn>>;
    reasonVi: string;
    reasonEn: string;
    sites: Site[];
}
export interface Cover {
    people: number;
    meanBefore: number | null;
    meanAfter: number | null;
    nearBefore: number;
    nearAfter: number;
    nearCare: number;
    farBefore: number;
    farAfter: number;
    worse: number; // people who lose more than the rule allows
    unexcused: number;
}
/** A step of the trade; the first is the best-scored plan. */
export interface Step {
    commune: string | null;
    site: string | null;
    score: number;
    minutes: number;
}
export interface Village {
    code: string;
    name: string;
    latitude: number | null;
    longitude: number | null;
    people: number;
    before: number | null;
    after: number | null;
    care: number | null;
}
export interface Loser extends Village {
    commune: string;
    excused: boolean;
}
export interface Choice {
    title: string;
    besideVi: string | null; // the plan to compare with, if there is one
    besideEn: string | null;
    noteVi: string | null;
    noteEn: string | null;
    scales: { near: number; far: number };
    criteria: { code: Criterion; vi: string; en: string; ruleVi: string; ruleEn: string }[];
    times: { sources: { name: string; pairs: number }[]; estimatedPairs: number; range: number };
    surveyed: number;
    sites: number;
    weights: Record<Criterion, number>;
    splits: boolean;
    differs: number;
    differsWithoutSeat: number | null; // with transport left out, where both plans look at the seat
    undecided: number;
    communes: Commune[];
    coverage: Cover;
    villages: Village[];
    losers: Loser[];
    groups: { name: string; coverage: Cover }[];
    steps: Step[];
    travel: { value: number; least: number; bound: number; proven: boolean };
    findingsVi: string[];
    findingsEn: string[];
    notModelledVi: string[];
    notModelledEn: string[];
}

export const START: Question = {
    proposal: {
        weights: { location: 20, transport: 20, population: 20, infrastructure: 20, staff: 20 },
        rules: { mostWorse: 30, across: false },
    },
    season: 'any',
};
