// SPDX-License-Identifier: GPL-3.0-or-later
// Random expressions over the grammar on real resources: this engine and npm fhirpath. What differs for a reason written down in
// docs/fhirpath.md (`known` below, by the expression's form) is counted apart; every other difference is printed and fails.
// node differential.mjs DRIVER SHARED [PAIRS [SEED]]
import {createRequire} from 'node:module';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, writeFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {tmpdir} from 'node:os';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath'), model = require('fhirpath/fhir-context/r4');
const [driver, shared, count = '3000', seed = '1'] = process.argv.slice(2);

let state = Number(seed) >>> 0 || 1;
const random = n => { state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0; return state % n; };
const pick = list => list[random(list.length)];

const folder = join(shared, 'data/fhir/fhirpath/inputs-json');
const resources = readdirSync(folder).filter(f => f.endsWith('.json')).sort().map(f => JSON.parse(readFileSync(join(folder, f)))).filter(r => r.resourceType && JSON.stringify(r).length < 30000);

// the members of choices are no names of FHIRPath (but `value`)
const choice = /^(deceased|multipleBirth|effective|onset|answer|medication|source|target|occurrence|asNeeded|dose|rate|reported|initial|serviced|location|diagnosis|procedure|used|allowed|product|minValue|maxValue|default|fixed|pattern|identified|event)[A-Z]/;
// names that are somewhere in the resource, so that paths find something
const names = r => { const found = new Set(); const walk = o => { if (o && typeof o === 'object') for (const [k, v] of Object.entries(o)) { if (!Array.isArray(o) && /^[a-z]\w*$/.test(k) && k !== 'resourceType' && k !== 'div' && !choice.test(k)) found.add(k.replace(/^value[A-Z].*/, 'value')); walk(v); } }; walk(r); return [...found]; };
const vocabulary = resources.map(names);

const literal = () => pick(['1', '2', '0', '10', '1.5', '0.50', "'a'", "'official'", "'Chalmers'", "''", 'true', 'false', '{}', '@2012-01', '@2015-02-04', '@2015-02-04T14:34:28Z', '@T10:30', '4 days', "1 'mg'", "2 'kg'", "'1'", "'2.5'", "'true'"]);
const path = v => { let p = pick(v); for (let n = random(3); n; n--) p += '.' + pick(v); return p; };
const noArguments = ['empty()', 'exists()', 'count()', 'first()', 'last()', 'tail()', 'distinct()', 'isDistinct()', 'not()', 'toString()', 'toInteger()', 'toDecimal()', 'toBoolean()', 'length()', 'upper()', 'lower()',
    'children()', 'hasValue()', 'single()', 'allTrue()', 'anyTrue()', 'allFalse()', 'convertsToInteger()', 'convertsToDecimal()', 'convertsToBoolean()', 'convertsToString()', 'convertsToDate()', 'toChars()', 'trim()', 'abs()', 'ceiling()', 'floor()', 'round()', 'truncate()'];
function call(v, depth) {
    switch (random(14)) {
    case 0: return `where(${expression(v, depth - 1)})`;
    case 1: return `select(${expression(v, depth - 1)})`;
    case 2: return `all(${expression(v, depth - 1)})`;
    case 3: return `exists(${expression(v, depth - 1)})`;
    case 4: return `skip(${random(3)})`;
    case 5: return `take(${random(3)})`;
    case 6: return `${pick(['startsWith', 'endsWith', 'contains', 'indexOf', 'matches', 'split'])}(${pick(["'a'", "'er'", "'http'", "'o'"])})`;
    case 7: return `substring(${random(4)}${random(2) ? ', ' + random(4) : ''})`;
    case 8: return `${pick(['union', 'combine', 'intersect', 'exclude', 'subsetOf', 'supersetOf'])}(${path(v)})`;
    case 9: return `ofType(${pick(['string', 'boolean', 'Quantity', 'dateTime', 'Coding', 'code', 'HumanName', 'integer'])})`;
    case 10: return `replace('a', 'b')`;
    default: return pick(noArguments);
    }
}
const operators = ['=', '!=', '~', '!~', '<', '>', '<=', '>=', '+', '-', '*', '/', 'div', 'mod', '&', '|', 'and', 'or', 'xor', 'implies', 'in', 'contains'];
function expression(v, depth) {
    if (depth <= 0) return random(4) ? path(v) : literal();
    switch (random(8)) {
    case 0: return literal();
    case 1: return path(v);
    case 2: case 3: return `(${expression(v, depth - 1)} ${pick(operators)} ${expression(v, depth - 1)})`;
    case 4: return `iif(${expression(v, depth - 1)}, ${expression(v, depth - 1)}, ${expression(v, depth - 1)})`;
    case 5: return `${path(v)}[${random(3)}]`;
    default: { let e = random(5) ? path(v) : `(${expression(v, depth - 1)})`; for (let n = 1 + random(2); n; n--) e += '.' + call(v, depth); return e; }
    }
}

// both sides in one form: numbers as numbers, keys sorted, dates without @ and T
function normal(x) {
    if (x === null || x === undefined) return null;
    if (typeof x === 'bigint') return Number(x);
    if (typeof x === 'number') return Number(x.toPrecision(12));
    if (typeof x === 'string') return x.replace(/^T(?=\d\d)/, '');
    if (typeof x !== 'object') return x;
    if (Array.isArray(x)) return x.map(normal);
    if (Object.keys(x).sort().join() === 'unit,value') return `${normal(x.value)} ${/^(year|month|week|day|hour|minute|second|millisecond)s?$/.test(x.unit) ? x.unit : `'${x.unit}'`}`; // a System quantity
    return Object.fromEntries(Object.keys(x).filter(k => !k.startsWith('_')).sort().map(k => [k, normal(x[k])]));
}
const show = list => JSON.stringify(normal(list));

// differences that the specification decides for us, or that are no difference of results (docs/fhirpath.md says which)
const string = e => /(exists|where|all)\(/.test(e);
// what only we refuse, by our words and the place in the specification
const refusals = [
    ['iif() wants a boolean (5.3)', /the criterion of iif\(\)/],
    ['what is compared has one type that has an order (6.2)', /cannot be compared/],
    ['arithmetic of types that have none (6.6)', /no such operation|cannot be computed with/],
    ['several items where one is wanted (4.5, 6.3, 6.6)', /single items|one item (expected|is looked for)|a single boolean/],
    ['string functions and & work on strings (5.6, 6.6.7)', /works? on (a string|strings)/],
    ['functions of numbers and booleans (5.1, 5.7)', /works on (a number|booleans)/],
];
// what only npm refuses
const npmRefusals = [
    ['an empty side makes arithmetic empty whatever the other is (6.6)', /Expected (number|string), but got|Unexpected collection|Cannot (convert|\[)|Multiplication for/],
];
const reasonOf = (list, text) => list.find(([, words]) => words.test(text))?.[0];
const decided = e => / (or|and|implies) /.test(e) ? 'npm evaluates what the left side has decided (6.5), and fails there' : undefined;
const known = [
    ['children have no order', e => /children\(\)/.test(e)],
    ['quantities', e => /'mg'|'kg'|days|Quantity|value/.test(e)],
    ['dates and times', e => /@/.test(e)],
    ['criteria that are no booleans', string],
    ['subtypes of primitives', e => /ofType\((string|integer)\)/.test(e)],
    ['primitives with extensions only', (e, ours, theirs) => ours.includes('"extension"') && !theirs.includes('"extension"')],
    ['conversions of complex elements and dates (5.5)', e => /convertsTo|toString|toInteger/.test(e)],
    ['.value of a primitive: only npm has one, of numbers', e => /\.value\b/.test(e)],
];

const asked = [], theirs = [];
for (let i = 0; i < Number(count); i++) {
    const r = random(resources.length), e = expression(vocabulary[r], 3);
    asked.push([r, e]);
    let result;
    try { result = show(fhirpath.evaluate(resources[r], e, {}, model, {async: false})); } catch (x) { result = '!' + String(x.message ?? x).slice(0, 80); }
    theirs.push(result);
}
const dir = mkdtempSync(join(tmpdir(), 'fhirpath-'));
writeFileSync(join(dir, 'r.ndjson'), resources.map(r => JSON.stringify(r)).join('\n') + '\n');
const ours = execFileSync(driver, ['eval', join(dir, 'r.ndjson')], {input: asked.map(([r, e]) => `${r}\t${e}`).join('\n') + '\n', maxBuffer: 1 << 30}).toString().trimEnd().split('\n');
rmSync(dir, {recursive: true});
let same = 0, unknown = 0;
const reasons = {};
asked.forEach(([r, e], i) => {
    let mine = ours[i];
    if (!mine.startsWith('!')) mine = show(JSON.parse(mine));
    if (mine === theirs[i] || (mine.startsWith('!') && theirs[i].startsWith('!'))) { same++; return; }
    const why = mine.startsWith('!') ? reasonOf(refusals, mine) : theirs[i].startsWith('!') ? reasonOf(npmRefusals, theirs[i]) ?? decided(e) ?? known.find(([, test]) => test(e, mine, theirs[i]))?.[0] : known.find(([, test]) => test(e, mine, theirs[i]))?.[0];
    if (why) { reasons[why] = (reasons[why] ?? 0) + 1; if (process.env.TRAM_SHOW === why) console.log(`${resources[r].resourceType} ${e}\n    ours   ${mine.slice(0, 200)}\n    theirs ${theirs[i].slice(0, 200)}`); return; }
    if (++unknown <= 40) console.log(`${resources[r].resourceType} ${e}\n    ours   ${mine.slice(0, 200)}\n    theirs ${theirs[i].slice(0, 200)}`);
});
for (const [why, n] of Object.entries(reasons).sort((x, y) => y[1] - x[1])) console.log(`${String(n).padStart(6)}  ${why}`);
console.log(`${asked.length} pairs: ${same} the same, ${asked.length - same - unknown} differ for these reasons, ${unknown} for others`);
process.exitCode = unknown ? 1 : 0;
