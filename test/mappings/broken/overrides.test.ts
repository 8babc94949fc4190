/** Overrides in the configuration: a fault is told where the key stands inside sverka.yaml, also behind an anchor. */
import { describe, expect, it } from 'vitest';
import { compileOptions } from '../../../app/compile-options.ts';
import { CONNECTORS } from '../../../app/registry.ts';
import { loadConfig } from '../../../config/load.ts';
import { SverkaError } from '../../../core/errors.ts';
import { checkMapping } from '../../../mappings/engine/index.ts';
import { SHIPPED } from '../shipped.ts';
import { type Fault, REMEDY } from './kit.ts';

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

const OVERRIDES: readonly (readonly [what: string, overrides: string, ...faults: Fault[]])[] = [
  ['none', '      clients: { fields: { notes: { from: custom_information, as: text, max: 5 } } }\n'],
  ['an unknown stream', '      client:\n        fields: {}\n', ['8:7', 'no stream of virtualpos "client"', 'did you mean "clients"?']],
  ['an unknown section', '      clients:\n        field: {}\n', ['9:9', 'not known', 'did you mean "fields"?']],
  [
    'an unknown field',
    '      clients:\n        fields:\n          notes: custom_information\n          nots: age\n',
    ['11:11', '"nots" is no field of client', 'did you mean "notes"?'],
  ],
  [
    'a line that is not there taken away',
    '      clients:\n        fields:\n          taxId:\n',
    ['10:11', 'no line "taxId" under "fields"', 'take this line out'],
  ],
  ['a misspelt line taken away', '      clients:\n        fields:\n          emial: null\n', ['10:11', 'no line "emial"', 'did you mean "email"?']],
  [
    'a reason that is not there taken away',
    '      clients:\n        ignored:\n          aeg: null\n',
    ['10:11', 'no line "aeg" under "ignored"', 'did you mean "age"?'],
  ],
  [
    'a codec in a block',
    '      clients:\n        fields:\n          notes:\n            from: custom_information\n            as: txt\n',
    ['12:17', '"txt" is no codec', 'did you mean "text"?'],
  ],
  [
    'an unknown wire field',
    '      clients:\n        fields:\n          notes:\n            as: text\n            from: custom_informaton\n',
    ['12:19', '"custom_informaton" is no wire field', 'did you mean "custom_information"?'],
  ],
  [
    'a second source',
    '      clients:\n        fields:\n          notes: { as: first-of, from: [custom_information,\n            agee] }\n',
    ['11:13', '"agee" is no wire field', 'did you mean "age"?'],
  ],
  [
    'a code in a block',
    '      clients:\n        fields:\n          sex:\n            from: gender\n            as: code\n            codes:\n              M: male\n              W: femal\n',
    ['15:18', '"femal" is not a code of sex', 'did you mean "female"?'],
  ],
  ['another time of change', '      clients:\n        changedAt: { from: last_update_date, as: datetime, pattern: dd.MM.yyyy }\n'],
  ['a time of change taken away', '      clients:\n        changedAt: null\n        ignored:\n          last_update_date: its clock cannot be trusted\n'],
  ['a time of change left over', '      clients:\n        changedAt: null\n', ['9:9', '"last_update_date" is neither mapped nor ignored']],
  [
    'a time of change in a wrong form',
    '      clients:\n        changedAt: { from: last_update_date, as: text }\n',
    ['9:50', 'text does not fit changedAt', 'datetime'],
  ],
  ['a constant', '      clients:\n        constants: { created_by: 7 }\n        ignored: { created_by: null }\n'],
  [
    'a constant of no wire field',
    '      clients:\n        constants:\n          creatd_by: 7\n',
    ['10:11', '"creatd_by" is no wire field', 'did you mean "created_by"?'],
  ],
  ['another key', '      clients:\n        key: uid\n', ['9:9', 'not known']],
  ['a wire field left over', '      clients:\n        fields:\n          email: null\n', ['10:11', '"email" is neither mapped nor ignored']],
  [
    'a reason of one word',
    '      clients:\n        fields: { email: null }\n        ignored:\n          email: unused\n',
    ['11:18', '"email" needs a reason of three words'],
  ],
  [
    'a member of a group that the file fills',
    '      clients:\n        fields:\n          name.last: lname\n',
    ['10:11', 'name.last is filled by "name" (mappings/virtualpos/clients.yaml:13) too'],
  ],
  [
    'a setting that there is not',
    '      clients:\n        fields:\n          notes: { from: { setting: notesFeild, default: custom_information } }\n',
    ['10:37', 'no setting "notesFeild"'],
  ],
  ['a forbidden name', '      clients:\n        fields:\n          __proto__: custom_information\n', ['10:11', '"__proto__" cannot be a name']],
  ['a forbidden stream', '      constructor: {}\n', ['8:7', '"constructor" cannot be a name']],
  [
    'behind an anchor',
    '      clients:\n        fields: &lines\n          nots: age\n      cards:\n        fields: *lines\n',
    ['10:11', '"nots" is no field of client'],
  ],
  [
    'behind an anchor of another stream',
    '      cards:\n        fields: &lines\n          number: card_number\n          nots: age\n      clients:\n        fields: *lines\n',
    ['10:11', '"number" is no field of client'],
    ['10:19', '"card_number" is no wire field'],
    ['11:11', '"nots" is no field of client'],
  ],
  ['an alias inside itself', '      clients: &lines\n        fields: *lines\n', ['9:17', '*lines stands inside the value that it stands for']],
  [
    'aliases that multiply',
    `      clients:\n        ignored:\n          a0: &a0 [x, x, x, x, x, x, x, x, x]\n${[1, 2, 3, 4, 5, 6].map((n) => `          a${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}]\n`).join('')}`,
    ['15:20', 'too large'],
  ],
  ['a key twice', '      clients: {}\n      clients: {}\n', ['9:7', '"clients" stands here twice', 'line 8']],
];

describe('overrides', () => {
  it.each(OVERRIDES.map((one) => [one[0], one] as const))('%s', async (_what, [, text, ...faults]) => {
    const shown = await faultsOf(text);
    expect(
      shown.map((one) => one.split(' ')[0]),
      shown.join('\n'),
    ).toEqual(faults.map(([place]) => place));
    for (const [index, [, ...words]] of faults.entries()) for (const word of words) expect(shown[index]).toContain(word);
    for (const one of shown) expect(one).toMatch(REMEDY);
  });
});
