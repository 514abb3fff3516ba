// SPDX-License-Identifier: GPL-3.0-or-later
// Makes tests/fhirpath/invariants.ndjson: for every invariant of R4 one resource that breaks it and one that keeps it. Resources are built at
// random from HL7's structure definitions around the elements an expression names; npm fhirpath, not our engine, says whether the expression
// holds; the smallest resource of each kind whose structure is right is kept. What it cannot judge stands in byHand, after the sentence.
// node invariants.mjs DRIVER OUT (needs tools/node_modules)
import {createRequire} from 'node:module';
import {execFileSync} from 'node:child_process';
import {readFileSync, readdirSync, writeFileSync, mkdtempSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {tmpdir} from 'node:os';
import {fileURLToPath} from 'node:url';
import {byHand} from './invariants-by-hand.mjs';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath'), model = require('fhirpath/fhir-context/r4');
const [driver, out] = process.argv.slice(2);
const modules = join(dirname(fileURLToPath(import.meta.url)), '../../tools/node_modules');
const TRIES = 6000, CANDIDATES = 30, DEPTH = 9;

let seed = 1;
const random = () => { seed = (seed + 0x6d2b79f5) | 0; let t = Math.imul(seed ^ seed >>> 15, 1 | seed); t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t; return ((t ^ t >>> 14) >>> 0) / 4294967296; }; // mulberry32
const chance = p => random() < p;
const pick = list => list[Math.floor(random() * list.length)];

// ---- definitions: children of each path
const children = new Map(), element = new Map(), codes = new Map();
const load = (folder, prefix) => readdirSync(join(modules, folder)).filter(f => f.startsWith(prefix)).map(f => JSON.parse(readFileSync(join(modules, folder, f))));
for (const d of load('hl7.fhir.r4.examples', 'StructureDefinition-')) {
    if (d.derivation === 'constraint' || d.kind === 'logical' || d.kind === 'primitive-type') continue;
    for (const e of d.snapshot.element) {
        element.set(e.path, e);
        const parent = e.path.slice(0, e.path.lastIndexOf('.'));
        if (e.path.includes('.')) children.set(parent, [...(children.get(parent) ?? []), e]);
    }
}
for (const set of load('hl7.fhir.r4.expansions', 'ValueSet-')) codes.set(set.url, (set.expansion?.contains ?? []).flatMap(c => [c, ...(c.contains ?? [])]));
const nameOf = e => e.path.slice(e.path.lastIndexOf('.') + 1);
const typeOf = t => t.extension?.find(x => x.url.endsWith('fhir-type'))?.valueUrl ?? (t.code.includes('/System.') ? 'string' : t.code);

// ---- a resource around an expression
let wish; // {names, literals, numbers, must: paths that have to be there}
const texts = ['a', 'Abc', 'b c'], numbers = () => pick([0, 1, 2, 3, 150, -1, ...wish.numbers]);
const primitives = {
    boolean: () => chance(.5), integer: numbers, unsignedInt: () => Math.abs(numbers()), positiveInt: () => Math.abs(numbers()) || 1, decimal: numbers,
    date: () => pick(['2020-01-01', '2021-06-30']), dateTime: () => pick(['2020-01-01', '2021-06-30T10:00:00Z']), time: () => pick(['10:00:00', '12:30:00']),
    instant: () => pick(['2020-01-01T00:00:00Z', '2021-06-30T10:00:00Z']), id: () => pick(['a1', 'b2']), base64Binary: () => 'YQ==', oid: () => 'urn:oid:1.2.3',
    uuid: () => 'urn:uuid:a0000000-0000-4000-8000-000000000001', uri: () => pick(['http://example.org/x', 'http://example.org/y']),
    xhtml: () => '<div xmlns="http://www.w3.org/1999/xhtml">a</div>'};
primitives.url = primitives.canonical = primitives.uri;

function codeOf(e) {
    const bound = e.binding?.strength === 'required' ? codes.get(e.binding.valueSet?.split('|')[0])?.map(c => c.code).filter(Boolean) : null;
    const fitting = bound ? wish.literals.filter(l => bound.includes(l)) : wish.literals;
    return fitting.length && chance(.6) ? pick(fitting) : pick(bound?.length ? bound.slice(0, 12) : ['a', ...texts.slice(0, 1)]);
}

const targetsOf = e => e.type.find(t => t.code === 'Reference')?.targetProfile?.map(u => u.slice(u.lastIndexOf('/') + 1)).map(n => n === 'Resource' ? 'Patient' : n) ?? ['Patient'];

// A required binding: one of its codes, those of the expression first.
function conceptOf(e) {
    const bound = e.binding?.strength === 'required' ? codes.get(e.binding.valueSet?.split('|')[0])?.filter(c => c.code) : null;
    if (!bound?.length) return null;
    const named = bound.filter(c => wish.literals.includes(c.code));
    const {system, code} = pick(named.length && chance(.6) ? named : bound);
    return {coding: [{system, code}]};
}

function valueOf(type, e, path, depth) {
    if (type === 'code') return codeOf(e);
    if (type === 'string' || type === 'markdown') return wish.literals.length && chance(.4) ? pick(wish.literals) : pick(texts);
    if (type === 'uri' && wish.literals.length && chance(.4)) return pick(wish.literals);
    if (primitives[type]) return primitives[type]();
    if (type === 'Extension') return {url: 'http://example.org/x', valueString: 'a'};
    if (type === 'Reference') return {reference: pick(targetsOf(e)) + '/1'};
    if (type === 'CodeableConcept') return conceptOf(e) ?? build(type, depth + 1);
    if (type === 'Coding') return conceptOf(e)?.coding[0] ?? build(type, depth + 1);
    if (type === 'Resource') return inside();
    if (type === 'BackboneElement' || type === 'Element') return build(path, depth + 1);
    if (!children.has(type)) return undefined;
    return build(type, depth + 1);
}

// A resource in another: of a type the expression names, or an Organization.
function inside() {
    const named = [...wish.literals, ...wish.names].filter(n => /^[A-Z]/.test(n) && children.get(n)?.some(e => e.path === n + '.implicitRules'));
    const type = pick(named.length && chance(.6) ? named : ['Organization']), inner = type === 'Organization' ? {name: 'a'} : build(type, 3);
    return {resourceType: type, id: pick(['a1', 'b2']), ...(chance(.3) ? {meta: pick([{versionId: '1'}, {lastUpdated: '2020-01-01T00:00:00Z'}, {security: [{code: 'R'}]}])} : {}), ...inner};
}

// An object of a type or backbone; what a path of wish.must goes through is there.
function build(path, depth = 0) {
    const object = {};
    if (depth > DEPTH) return undefined;
    for (const e of children.get(path) ?? []) {
        const name = nameOf(e), plain = name.replace('[x]', ''), must = wish.must.some(m => m === e.path || m.startsWith(e.path + '.'));
        const wanted = wish.names.has(plain), p = must || e.min > 0 ? 1 : wanted && !(depth > 5) ? .5 : 0;
        if (e.max === '0' || !chance(p)) continue;
        const from = e.contentReference ? e.contentReference.slice(e.contentReference.indexOf('#') + 1) : null;
        const types = from ? ['BackboneElement'] : e.type.map(typeOf), named = types.filter(t => wish.names.has(t));
        const type = named.length && chance(.6) ? pick(named) : pick(types);
        const one = () => type === 'Resource' && must ? inside() : valueOf(type, e, from ?? e.path, depth);
        const value = e.max === '1' ? one() : Array.from({length: wanted && chance(.4) ? 2 + Math.floor(random() * 2) : 1}, one).filter(v => v !== undefined);
        if (value === undefined || (Array.isArray(value) && !value.length)) continue;
        object[name.endsWith('[x]') ? plain + type[0].toUpperCase() + type.slice(1) : name] = value;
    }
    if (Object.keys(object).length) return object;
    const simple = (children.get(path) ?? []).filter(e => !e.path.endsWith('.id') && e.max !== '0' && !e.contentReference && e.type.length === 1 && (primitives[typeOf(e.type[0])] || ['code', 'string'].includes(typeOf(e.type[0]))));
    if (path.includes('.') && (!simple.length || chance(.5))) return {id: 'e1'};
    if (!simple.length) return undefined;
    const e = pick(simple), value = valueOf(typeOf(e.type[0]), e, e.path, depth); // an empty object is none
    return {[nameOf(e)]: e.max === '1' ? value : [value]};
}

// Where an invariant is tried: a resource and the path to the element.
function hostOf(at) {
    const type = at.split('.')[0], base = element.get(type);
    const isResource = children.has(type) && element.get(type + '.id')?.type?.[0] && children.get(type).some(e => e.path === type + '.implicitRules');
    if (isResource) return {type, path: at, must: [at]};
    if (type === 'ElementDefinition') return {type: 'StructureDefinition', path: 'StructureDefinition.differential.element' + at.slice(type.length), must: ['StructureDefinition.differential', 'StructureDefinition.differential.element', at]};
    if (type === 'Narrative' || !base) return null;
    return {type: 'Basic', extension: type, path: 'Basic.extension.value' + at.slice(type.length), must: [at]};
}

function candidate(host) {
    if (!host.extension) return {resourceType: host.type, ...build(host.type)};
    const value = build(host.extension);
    return value && {resourceType: 'Basic', code: {text: 'a'}, extension: [{url: 'http://example.org/x', ['value' + host.extension]: value}]};
}

const options = {async: false, traceFn: () => {}};
// true: holds on every element; false: does not on one; undefined: nothing to judge
function judge(run, count, resource) {
    try {
        const result = run(resource, {resource, rootResource: resource});
        if (!result.length || result.length < count(resource)[0] || result.some(v => typeof v !== 'boolean')) return undefined;
        return result.every(v => v);
    } catch { return undefined; }
}

function search(key, at, expression) {
    const host = hostOf(at), found = {breaks: [], keeps: []};
    if (!host) return found;
    const words = expression.replace(/'[^']*'/g, ' ').match(/[A-Za-z_]\w*/g) ?? [];
    wish = {names: new Set(words), literals: [...new Set([...expression.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(m => m[1]).filter(l => l && !/[\\[(^]/.test(l)))],
        numbers: (expression.match(/\b\d+\b/g) ?? []).map(Number), must: host.must};
    for (const n of ['id']) wish.names.delete(n);
    const path = host.path.replace(/value[A-Z]\w*$/, 'value').split('.').map((p, i) => i ? '`' + p.replace('[x]', '') + '`' : p).join('.');
    const run = fhirpath.compile(`${path}.select((${expression}))`, model, options), count = fhirpath.compile(`${path}.count()`, model, options);
    for (let i = 0; i < TRIES && (found.breaks.length < CANDIDATES || found.keeps.length < CANDIDATES); i++) {
        const resource = candidate(host), verdict = resource && judge(run, count, resource);
        if (verdict === true && found.keeps.length < CANDIDATES) found.keeps.push(resource);
        if (verdict === false && found.breaks.length < CANDIDATES) found.breaks.push(resource);
    }
    return found;
}

// ---- the table
const dir = mkdtempSync(join(tmpdir(), 'invariants-'));
function smallest(resources) {
    const file = join(dir, 'r.ndjson'), lines = resources.map(r => JSON.stringify(r));
    if (!lines.length) return undefined;
    writeFileSync(file, lines.join('\n') + '\n');
    const verdicts = execFileSync(driver, ['structure', file]).toString().split('\n');
    const good = lines.filter((_, i) => verdicts[i] === 'ok').sort((x, y) => x.length - y.length);
    if (!good.length && process.env.VERBOSE) console.error(verdicts[0], lines[0]);
    return good[0] && JSON.parse(good[0]);
}
const seen = new Set(), rows = [], missing = [];
for (const line of execFileSync(driver, ['invariants'], {maxBuffer: 1 << 26}).toString().trim().split('\n')) {
    const [key, at, expression] = line.split('\t'), row = key + '\t' + expression;
    if (seen.has(row)) continue;
    seen.add(row);
    const hand = byHand[key] ?? {};
    const found = hand.keeps ? {} : search(key, at, expression);
    const breaks = hand.breaks ?? (hand.never ? undefined : smallest(found.breaks)), keeps = hand.keeps ?? smallest(found.keeps);
    if ((!breaks && !hand.never) || !keeps) missing.push(`${key} ${at}${breaks ? '' : ' breaks'}${keeps ? '' : ' keeps'}: ${found.breaks?.length} ${found.keeps?.length}`);
    rows.push(JSON.stringify({key, at, never: hand.never, breaks, keeps}));
}
rmSync(dir, {recursive: true});
writeFileSync(out, rows.join('\n') + '\n');
for (const m of missing) console.log('missing', m);
console.log(`${rows.length} invariants, ${missing.length} without a pair`);
process.exitCode = missing.length ? 1 : 0;
