/** Overrides in the configuration: a fault is told where the key stands inside sverka.yaml, also behind an anchor. */
import { describe, it } from 'vitest';
import { compileOptions } from '../../../app/compile-options.ts';
import { CONNECTORS } from '../../../app/registry.ts';
import { loadConfig } from '../../../config/load.ts';
import { SverkaError } from '../../../core/errors.ts';
import { checkMapping } from '../../../mappings/engine/index.ts';
import { SHIPPED } from '../shipped.ts';
import { expectFaults, type Fault } from './kit.ts';

/** The overrides begin on line 8. */
const config = (overrides: string) => `store: { sqlite: ./sverka.db }
zone: Europe/Moscow
systems:
  shop:
    vendor: virtualpos
    settings: { url: https://shop.example, apikey: { env: KEY } }
    overrides:
${overrides}`;

async function faultsOf(overrides: string): Promise<readonly string[]> {
  const connectors = new Map([...CONNECTORS].map(([vendor, { settings, wire }]) => [vendor, { settings, streams: Object.keys(wire) }]));
  const readFile = async (path: string) => (path.endsWith('sverka.yaml') ? { text: config(overrides), mode: 0o600 } : null);
  try {
    const loaded = await loadConfig('/etc/sverka.yaml', { env: { KEY: 'k' }, readFile, connectors });
    const system = loaded.config.systems['shop'];
    const connector = CONNECTORS.get('virtualpos');
    const file = SHIPPED.find((one) => one.vendor === 'virtualpos' && one.stream === 'clients');
    if (system === undefined || connector === undefined || file === undefined) throw new Error('no system');
    const options = compileOptions({ name: 'shop', config: system, zone: 'Europe/Moscow', connector }, 'clients', loaded);
    return checkMapping(file.mapping, options).map((one) => `${one.file === '/etc/sverka.yaml' ? '' : one.file}${one.line}:${one.column} ${one.message}`);
  } catch (error) {
    if (!(error instanceof SverkaError)) throw error;
    return error.message.split('\n').map((line) => line.replace('/etc/sverka.yaml:', '').replace(': ', ' '));
  }
}

/** Lines under `overrides:`. */
const block = (...lines: readonly string[]): string => lines.map((line) => `      ${line}\n`).join('');

/** Lines of one section of the overrides of clients: `fields` stands on line 9, the first line under it on line 10. */
const clients = (section: string, ...lines: readonly string[]): string => block('clients:', `  ${section}:`, ...lines.map((line) => `    ${line}`));

const MULTIPLYING = [1, 2, 3, 4, 5, 6].map((n) => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}]`);

const OVERRIDES: readonly (readonly [what: string, overrides: string, ...faults: Fault[]])[] = [
  ['none', block('clients: { fields: { notes: { from: custom_information, as: text, max: 5 } } }')],
  ['an unknown stream', block('client:', '  fields: {}'), ['8:7', 'no stream of virtualpos "client"', 'did you mean "clients"?']],
  ['an unknown section', block('clients:', '  field: {}'), ['9:9', 'not known', 'did you mean "fields"?']],
  ['an unknown field', clients('fields', 'notes: custom_information', 'nots: age'), ['11:11', '"nots" is no field of client', 'did you mean "notes"?']],
  ['a line that is not there taken away', clients('fields', 'taxId:'), ['10:11', 'no line "taxId" under "fields"', 'take this line out']],
  ['a misspelt line taken away', clients('fields', 'emial: null'), ['10:11', 'no line "emial"', 'did you mean "email"?']],
  ['a reason that is not there taken away', clients('ignored', 'aeg: null'), ['10:11', 'no line "aeg" under "ignored"', 'did you mean "age"?']],
  ['a codec in a block', clients('fields', 'notes:', '  from: custom_information', '  as: txt'), ['12:17', '"txt" is no codec', 'did you mean "text"?']],
  [
    'an unknown wire field',
    clients('fields', 'notes:', '  as: text', '  from: custom_informaton'),
    ['12:19', '"custom_informaton" is no wire field', 'did you mean "custom_information"?'],
  ],
  [
    'a second source',
    clients('fields', 'notes: { as: first-of, from: [custom_information,', '  agee] }'),
    ['11:13', '"agee" is no wire field', 'did you mean "age"?'],
  ],
  [
    'a code in a block',
    clients('fields', 'sex:', '  from: gender', '  as: code', '  codes:', '    M: male', '    W: femal'),
    ['15:18', '"femal" is not a code of sex', 'did you mean "female"?'],
  ],
  ['another time of change', block('clients:', '  changedAt: { from: last_update_date, as: datetime, pattern: dd.MM.yyyy }')],
  ['a time of change taken away', block('clients:', '  changedAt: null', '  ignored:', '    last_update_date: its clock cannot be trusted')],
  ['a time of change left over', block('clients:', '  changedAt: null'), ['9:9', '"last_update_date" is neither mapped nor ignored']],
  [
    'a time of change in a wrong form',
    block('clients:', '  changedAt: { from: last_update_date, as: text }'),
    ['9:50', 'text does not fit changedAt', 'datetime'],
  ],
  ['a constant', block('clients:', '  constants: { created_by: 7 }', '  ignored: { created_by: null }')],
  ['a constant of no wire field', clients('constants', 'creatd_by: 7'), ['10:11', '"creatd_by" is no wire field', 'did you mean "created_by"?']],
  ['another key', block('clients:', '  key: uid'), ['9:9', 'not known']],
  ['a wire field left over', clients('fields', 'email: null'), ['10:11', '"email" is neither mapped nor ignored']],
  [
    'a reason of one word',
    block('clients:', '  fields: { email: null }', '  ignored:', '    email: unused'),
    ['11:18', '"email" needs a reason of three words'],
  ],
  [
    'a member of a group that the file fills',
    clients('fields', 'name.last: lname'),
    ['10:11', 'name.last is filled by "name" (mappings/virtualpos/clients.yaml:13) too'],
  ],
  [
    'a setting that there is not',
    clients('fields', 'notes: { from: { setting: notesFeild, default: custom_information } }'),
    ['10:37', 'no setting "notesFeild"'],
  ],
  ['a forbidden name', clients('fields', '__proto__: custom_information'), ['10:11', '"__proto__" cannot be a name']],
  ['a forbidden stream', block('constructor: {}'), ['8:7', '"constructor" cannot be a name']],
  ['behind an anchor', block('clients:', '  fields: &lines', '    nots: age', 'cards:', '  fields: *lines'), ['10:11', '"nots" is no field of client']],
  [
    'behind an anchor of another stream',
    block('cards:', '  fields: &lines', '    number: card_number', '    nots: age', 'clients:', '  fields: *lines'),
    ['10:11', '"number" is no field of client'],
    ['10:19', '"card_number" is no wire field'],
    ['11:11', '"nots" is no field of client'],
  ],
  ['an alias inside itself', block('clients: &lines', '  fields: *lines'), ['9:17', '*lines stands inside the value that it stands for']],
  ['aliases that multiply', clients('ignored', 'a0: &a0 [x, x, x, x, x, x, x, x, x]', ...MULTIPLYING), ['15:20', 'too large']],
  ['a key twice', block('clients: {}', 'clients: {}'), ['9:7', '"clients" stands here twice', 'line 8']],
];

describe('overrides', () => {
  it.each(OVERRIDES.map((one) => [one[0], one] as const))('%s', async (_what, [, text, ...faults]) => {
    expectFaults(await faultsOf(text), faults);
  });
});
