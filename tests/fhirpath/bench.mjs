// SPDX-License-Identifier: GPL-3.0-or-later
// The 50 commonest search expressions and validation on Synthea patients: walkers, evaluator, npm fhirpath and npm fhir in one run.
// node bench.mjs DRIVER SHARED
import {createRequire} from 'node:module';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readdirSync, writeFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {tmpdir} from 'node:os';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath'), model = require('fhirpath/fhir-context/r4'), {Fhir} = require('fhir');
const [driver, shared] = process.argv.slice(2);
const folder = join(shared, 'data/fhir/synthea/blaze-120-bz2');
const resources = [];
for (const file of readdirSync(folder).filter(f => f.endsWith('.bz2')).slice(0, 12)) {
    const bundle = JSON.parse(execFileSync('bzcat', [join(folder, file)], {maxBuffer: 1 << 30}));
    resources.push(...bundle.entry.map(e => e.resource).slice(0, 400));
}
const dir = mkdtempSync(join(tmpdir(), 'fhirpath-'));
const file = join(dir, 'resources.ndjson');
writeFileSync(file, resources.map(r => JSON.stringify(r)).join('\n') + '\n');
const ours = execFileSync(driver, ['bench', file], {maxBuffer: 1 << 30}).toString().trim().split('\n').map(l => JSON.parse(l));
rmSync(dir, {recursive: true});
const byType = Map.groupBy ? Map.groupBy(resources, r => r.resourceType) : resources.reduce((m, r) => m.set(r.resourceType, [...(m.get(r.resourceType) ?? []), r]), new Map());
const last = ours.pop();
const ratios = {walk: [], evaluate: []}, sums = {walk: 0, evaluate: 0, npm: 0, compile: 0};
const block = 10, rounds = 20; // as in driver.c: the block stays in the processor's cache
const options = {async: false, traceFn: () => {}, resolveInternalTypes: false};
for (const row of ours) {
    const run = fhirpath.compile(row.expression.replace(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)'), // npm takes `as` for single items only
         model, options), list = byType.get(row.type).slice(0, 400);
    let nanoseconds = 0, n = 0;
    for (let i = 0; i < list.length; i += block) { // the same resources, blocks and rounds as ours, after a warm-up
        const some = list.slice(i, i + block);
        for (let warm = i ? 1 : 0; warm < 2; warm++) {
            const begin = process.cpuUsage();
            for (let round = 0; round < rounds; round++) for (const r of some) run(r);
            const used = process.cpuUsage(begin);
            if (!warm) continue;
            nanoseconds += (used.user + used.system) * 1000;
            n += rounds * some.length;
        }
    }
    row.npm = nanoseconds / n;
    for (const k of ['walk', 'evaluate']) { ratios[k].push(row.npm / row[k]); sums[k] += row[k]; }
    sums.npm += row.npm;
    sums.compile = Math.max(sums.compile, row.compile);
}
const median = a => a.sort((x, y) => x - y)[a.length >> 1];
const show = x => x.toFixed(1);
console.log(`${ours.length} expressions, ${resources.length} resources; nanoseconds an evaluation, mean: walkers ${show(sums.walk / ours.length)}, evaluator ${show(sums.evaluate / ours.length)}, npm fhirpath ${show(sums.npm / ours.length)}`);
console.log(`walkers: ${show(sums.npm / sums.walk)} x npm in all, median ${show(median(ratios.walk))}, least ${show(Math.min(...ratios.walk))}`);
console.log(`evaluator: ${show(sums.npm / sums.evaluate)} x npm in all, median ${show(median(ratios.evaluate))}, least ${show(Math.min(...ratios.evaluate))}`);
console.log(`compile: mean ${show(ours.reduce((s, r) => s + r.compile, 0) / ours.length / 1000)} us, slowest ${show(sums.compile / 1000)} us`);
const fhir = new Fhir(); // both get trees that were read before, the same ones
for (const r of resources.slice(0, 500)) fhir.validate(r);
let each = Infinity; // as ours: the least disturbed of five rounds
for (let round = 0; round < 5; round++) {
    const begin = process.cpuUsage();
    for (const r of resources) fhir.validate(r);
    const used = process.cpuUsage(begin);
    each = Math.min(each, (used.user + used.system) / resources.length);
}
console.log(`validate: structure ${show(last.structure / 1000)} us a resource, with all invariants ${show(last.validate / 1000)} us; npm fhir (structure only) ${show(each)} us: ${show(each * 1000 / last.structure)} x for the same work, ${show(each * 1000 / last.validate)} x with invariants`);
