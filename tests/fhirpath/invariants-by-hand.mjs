// SPDX-License-Identifier: GPL-3.0-or-later
// Pairs for invariants that a random resource does not meet, that npm fhirpath cannot judge, or whose expression does not say what its
// sentence says: written after the sentence of each (R4, the page of its type). `never`: why no resource can break it.
const basic = more => ({resourceType: 'Basic', code: {text: 'a'}, ...more});
const extension = more => basic({extension: [{url: 'http://example.org/x', ...more}]});
const div = text => basic({text: {status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`}});
const inside = {resourceType: 'Organization', id: 'o', name: 'a'};
const structure = more => ({resourceType: 'StructureDefinition', url: 'http://example.org/s', name: 'A', status: 'draft', kind: 'complex-type', abstract: false,
    type: 'Extension', baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Extension', derivation: 'constraint', context: [{type: 'element', expression: 'Patient'}], ...more});
const differential = (...element) => structure({differential: {element}});
const whole = {definition: 'a', min: 0, max: '1', base: {path: 'Extension', min: 0, max: '*'}};
const snapshot = (...element) => structure({snapshot: {element}});
const risk = prediction => ({resourceType: 'RiskAssessment', status: 'final', subject: {reference: 'Patient/1'}, prediction: [prediction]});
const questionnaire = (...item) => ({resourceType: 'Questionnaire', status: 'draft', item});
const question = more => ({linkId: '1', type: 'boolean', ...more});
const when = {question: '1', operator: '=', answerBoolean: true};
const team = member => ({resourceType: 'CareTeam', contained: [{resourceType: 'Practitioner', id: 'p'}, {resourceType: 'Patient', id: 't'}],
    participant: [{member: {reference: member}, onBehalfOf: {reference: 'Organization/1'}}, {member: {reference: '#p'}}, {member: {reference: '#t'}}]});
const percent = code => ({value: 5, unit: '%', system: 'http://unitsofmeasure.org', code});

const message = max => ({resourceType: 'MessageDefinition', status: 'draft', date: '2020-01-01', eventUri: 'http://example.org/e', focus: [{code: 'Patient', min: 0, max}]});
const script = more => ({resourceType: 'TestScript', url: 'http://example.org/t', name: 'A', status: 'draft', metadata: {capability: [{capabilities: 'http://example.org/c', ...more}]}});
const group = action => ({resourceType: 'RequestGroup', status: 'draft', intent: 'plan', action: [action]});

export const byHand = {
    'dom-2': {breaks: basic({contained: [{...inside, contained: [{...inside, id: 'p'}]}], author: {reference: '#o'}}), keeps: basic({contained: [inside], author: {reference: '#o'}})},
    'dom-3': {breaks: basic({contained: [inside]}), keeps: basic({contained: [inside], author: {reference: '#o'}})},
    'cid-0': {never: 'a ChargeItemDefinition of R4 has no name', keeps: {resourceType: 'ChargeItemDefinition', url: 'http://example.org/c', status: 'draft'}},
    'que-2': {breaks: questionnaire(question(), question()), keeps: questionnaire(question(), question({linkId: '2'}))},
    'que-7': {breaks: questionnaire(question(), question({linkId: '2', enableWhen: [{question: '1', operator: 'exists', answerInteger: 1}]})),
        keeps: questionnaire(question(), question({linkId: '2', enableWhen: [{question: '1', operator: 'exists', answerBoolean: true}]}))},
    'que-12': {breaks: questionnaire(question(), question({linkId: '2', enableWhen: [when, when]})),
        keeps: questionnaire(question(), question({linkId: '2', enableWhen: [when, when], enableBehavior: 'all'}), question({linkId: '3', enableWhen: [when]}))},
    'rqg-1': {breaks: group({id: 'a'}), keeps: group({resource: {reference: 'Patient/1'}})}, // an action may hold actions
    'ras-2': {breaks: risk({probabilityDecimal: 100.5}), keeps: risk({probabilityDecimal: 100})},
    'ras-1': {breaks: risk({probabilityRange: {low: percent('kg')}}), keeps: risk({probabilityRange: {low: percent('%')}})},
    'ref-1': {breaks: basic({author: {reference: '#missing'}}), keeps: basic({contained: [inside], author: {reference: '#o'}})},
    'ctm-1': {breaks: team('#t'), keeps: team('#p')},
    'ele-1': {breaks: {resourceType: 'Patient', name: [{}]}, keeps: {resourceType: 'Patient', name: [{text: 'a'}]}},
    'ext-1': {breaks: extension({valueString: 'a', extension: [{url: 'http://example.org/y', valueString: 'b'}]}), keeps: extension({valueString: 'a'})},
    'txt-1': {breaks: div('<script>a</script>'), keeps: div('<p>a</p>')},
    'txt-2': {breaks: div(' '), keeps: div('a')},
    'rng-2': {breaks: extension({valueRange: {low: {value: 2}, high: {value: 1}}}), keeps: extension({valueRange: {low: {value: 1}, high: {value: 1}}})},
    'eld-2': {breaks: differential({id: 'Extension', path: 'Extension', min: 2, max: '1'}), keeps: differential({id: 'Extension', path: 'Extension', min: 1, max: '1'})},
    'eld-3': {breaks: differential({id: 'Extension', path: 'Extension', max: '-1'}), keeps: differential({id: 'Extension', path: 'Extension', max: '0'})},
    'md-1': {breaks: message('0'), keeps: message('1')},
    'tst-4': {breaks: script({}), keeps: script({required: true, validated: false})},
    'eld-11': {breaks: differential({id: 'Extension', path: 'Extension', type: [{code: 'boolean'}], binding: {strength: 'required', valueSet: 'http://example.org/v'}}),
        keeps: differential({id: 'Extension', path: 'Extension', type: [{code: 'code'}], binding: {strength: 'required', valueSet: 'http://example.org/v'}})},
    'eld-12': {breaks: differential({id: 'Extension', path: 'Extension', binding: {strength: 'required', valueSet: 'v'}}),
        keeps: differential({id: 'Extension', path: 'Extension', binding: {strength: 'required', valueSet: 'http://example.org/v'}})},
    'eld-16': {breaks: differential({id: 'Extension', path: 'Extension', sliceName: 'a b'}), keeps: differential({id: 'Extension', path: 'Extension', sliceName: 'a-b'})},
    'eld-19': {breaks: differential({id: 'Extension', path: '?'}), keeps: differential({id: 'Extension', path: 'Extension.ab'})},
    'eld-20': {breaks: differential({id: 'Extension', path: '1'}), keeps: differential({id: 'Extension', path: 'Extension.ab'})},
    'sdf-8': {breaks: snapshot({id: 'Extension', path: 'Extension', ...whole}, {id: 'Extension.a', path: 'Other.a', ...whole}), keeps: snapshot({id: 'Extension', path: 'Extension', ...whole}, {id: 'Extension.a', path: 'Extension.a', ...whole})},
    'sdf-8a': {breaks: differential({id: 'Extension', path: 'Extension'}, {id: 'Extension.a', path: 'Other.a'}), keeps: differential({id: 'Extension', path: 'Extension'}, {id: 'Extension.a', path: 'Extension.a'})},
    'sdf-9': {breaks: differential({id: 'Extension', path: 'Extension', label: 'a'}), keeps: differential({id: 'Extension', path: 'Extension'}, {id: 'Extension.a', path: 'Extension.a', label: 'a'})},
};
