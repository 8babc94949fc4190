/** The JSON Schemas that editors are given: fresh, taking all that is shipped, and refusing what the engine refuses. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { SCHEMAS } from '../../app/docs/schemas/index.ts';
import { projectRoot } from '../../app/project.ts';

const ROOT = projectRoot();
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const validator = (name: string) => ajv.compile(JSON.parse(SCHEMAS[`${name}.schema.json`]?.() ?? 'false') as object);
const VALIDATORS = { mapping: validator('mapping'), cases: validator('cases'), config: validator('config') };

/** Places of the faults; empty where there is none. */
function faults(kind: keyof typeof VALIDATORS, text: string): string[] {
  const validate = VALIDATORS[kind];
  validate(parse(text, { merge: true, maxAliasCount: 100 }));
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`);
}

test.each(Object.keys(SCHEMAS))('schemas/%s is fresh (npm run docs)', (name) => {
  expect(readFileSync(join(ROOT, 'schemas', name), 'utf8') === SCHEMAS[name]?.()).toBe(true);
});

const vendors = readdirSync(join(ROOT, 'mappings'), { withFileTypes: true }).filter((one) => one.isDirectory() && one.name !== 'engine');
const shipped = vendors.flatMap(({ name }) => readdirSync(join(ROOT, 'mappings', name)).map((file) => `mappings/${name}/${file}`));
const kindOf = (file: string): 'mapping' | 'cases' => (file.endsWith('.cases.yaml') ? 'cases' : 'mapping');

describe('what is shipped holds under its schema', () => {
  it.each(shipped.filter((file) => !file.includes('.wire.')))('%s', (file) => {
    expect(faults(kindOf(file), readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
  });

  it.each(readdirSync(join(ROOT, 'config/examples')).filter((file) => file.endsWith('.yaml')))('config/examples/%s', (file) => {
    expect(faults('config', readFileSync(join(ROOT, 'config/examples', file), 'utf8'))).toEqual([]);
  });
});

const mapping = (line: string): string => `vendor: v\nstream: s\nentity: client\nkey: id\nfields:\n  ${line}\n`;

describe('lines', () => {
  it.each([
    'notes: remark',
    'notes: { from: [a, b], max: 20 }',
    'phone: { from: "contacts[type=mobile].value", as: phone, form: 7 }',
    'phones: { from: [a, b], as: phone }',
    'birthDate: { from: b, as: date, pattern: [dd.MM.yyyy, dd.MM], minYear: 1901 }',
    'name: { from: n, as: full-name, read: order }',
    'role: { value: client }',
    'phone: { from: t, as: phone, form: { setting: phoneForm, default: 8 } }',
    'sex: { from: s, as: code, codes: { 0: male }, when: { field: kind, in: [1, 2] }, else: male }',
    'attributes.v.x: { from: x, as: raw, only: pull }',
  ])('%s is taken', (line) => {
    expect(faults('mapping', mapping(line))).toEqual([]);
  });

  it.each([
    ['notess: remark', '/fields'],
    ['notes: { from: a, as: txt }', '/fields/notes/as'],
    ['notes: { from: a, as: text, max: long }', '/fields/notes/max'],
    ['notes: { from: a, as: text, maximum: 3 }', '/fields/notes'],
    ['phone: { from: a, as: bits, member: x, bit: 1 }', '/fields/phone/as'],
    ['phone: { as: phone }', '/fields/phone'],
    ['sex: { from: s, as: code }', '/fields/sex'],
    ['name: { from: n, as: text }', '/fields/name/as'],
    ['notes: { from: a, only: read }', '/fields/notes/only'],
    ['notes: { from: a, when: { field: b } }', '/fields/notes/when'],
    ['notes: { from: a, when: { field: b, is: 1, in: [2] } }', '/fields/notes/when'],
    ['phones: { from: a, as: texts, item: { as: phone, form: 9 } }', '/fields/phones/item'],
    ['consents.sms: { value: yes }', '/fields/consents.sms'],
    ['balance: { from: a, as: decimal }', '/fields'],
  ])('%s is refused at %s', (line, place) => {
    expect(faults('mapping', mapping(line)).filter((fault) => fault.startsWith(`${place} `))).not.toEqual([]);
  });

  it('a file with an unknown section, without a key, or with a reason too short is refused', () => {
    expect(faults('mapping', `${mapping('notes: a')}field: {}\n`)).not.toEqual([]);
    expect(faults('mapping', mapping('notes: a').replace('key: id\n', ''))).not.toEqual([]);
    expect(faults('mapping', `${mapping('notes: a')}ignored: { b: not wanted }\n`)).not.toEqual([]);
  });
});

describe('cases and configurations', () => {
  it('refuses a case without a name and a value of no field', () => {
    expect(faults('cases', 'cases: [{ wire: {}, values: { notes: a } }]')).not.toEqual([]);
    expect(faults('cases', 'cases: [{ name: x, wire: {}, values: { notess: a } }]')).not.toEqual([]);
    expect(faults('cases', 'cases: [{ name: x, encode: { values: { notes: a }, wire: {}, losse: [] } }]')).not.toEqual([]);
  });

  const config = (system: string): string =>
    `store: { sqlite: ./a.db }\nsystems:\n  shop:\n    vendor: virtualpos\n    settings: { url: "http://x", apikey: { env: KEY } }\n    ${system}\n`;

  it('takes a system with overrides of single lines', () => {
    const over =
      'overrides: { clients: { fields: { notes: null, consents.sms: { from: send_sms, as: consent, zeroIsRefusal: true } }, ignored: { age: null } } }';
    expect(faults('config', config(over))).toEqual([]);
  });

  it.each([
    'rat: 3',
    'streams: { clients: { push: always } }',
    'overrides: { clients: { fields: { notes: { from: a, as: txt } } } }',
    'overrides: { cards: { fields: { phone: a } } }',
  ])('refuses %s', (system) => {
    expect(faults('config', config(system))).not.toEqual([]);
  });

  it("refuses a secret that stands in the file, and a setting that the vendor's connector does not know", () => {
    expect(faults('config', config('rate: 3').replace('{ env: KEY }', 'abc'))).not.toEqual([]);
    expect(faults('config', config('rate: 3').replace('url:', 'adress: x, url:'))).not.toEqual([]);
  });
});
