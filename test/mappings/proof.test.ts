/** Edits that a proof must find: each names its rule, its field and the line. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { compileMapping } from '../../mappings/engine/index.ts';
import { fieldCoverage } from '../../mappings/engine/proof/coverage.ts';
import type { Finding } from '../../mappings/engine/proof/finding.ts';
import { type Proof, proveMapping } from '../../mappings/engine/proof/prove.ts';
import { wireTypeOf } from '../../mappings/engine/proof/wire-type.ts';
import { CONNECTORS, compiled, optionsOf, SHIPPED } from './shipped.ts';

const fileOf = (name: string) => {
  const file = SHIPPED.find(({ vendor, stream }) => `${vendor}/${stream}` === name);
  if (file === undefined) throw new Error(`no mapping ${name}`);
  return file;
};

function schemaOf(name: string): unknown {
  const [vendor, stream = ''] = name.split('/');
  const wire = CONNECTORS.find((one) => one.vendor === vendor)?.wire[stream];
  if (wire === undefined) throw new Error(`no wire schema of ${name}`);
  return z.toJSONSchema(wire, { io: 'input', unrepresentable: 'any' });
}

function proved(name: string, from: string, to: string): { readonly proof: Proof; readonly line: number } {
  const { mapping } = fileOf(name);
  expect(mapping.text.split(from)).toHaveLength(2);
  const options = optionsOf(fileOf(name));
  const text = mapping.text.replace(from, to);
  const proof = proveMapping(compileMapping({ ...mapping, text }, options), { schema: schemaOf(name), lookups: options.lookups });
  return { proof, line: mapping.text.slice(0, mapping.text.indexOf(from)).split('\n').length };
}

const faultsOf = ({ findings }: Proof): readonly Finding[] => findings.filter(({ severity }) => severity === 'fault');

interface Edit {
  readonly of: string;
  readonly from: string;
  readonly to: string;
  readonly rule: Finding['rule'];
  readonly field: string | null;
  readonly says: RegExp;
}

const DISCOUNT = 'discountPercent: { from: discountpercent, as: decimal, wireAs: number, empty: null }';
const EDITS: readonly Edit[] = [
  {
    of: 'lotinfo/clients',
    from: 'issuedBy: passport.sended',
    to: 'issuedBy: passport.sendd',
    rule: 'wire-member',
    field: 'document.issuedBy',
    says: /did you mean "sended"/,
  },
  {
    of: 'lotinfo/clients',
    from: '  document.issuedBy: passport.sended\n',
    to: '',
    rule: 'unmapped',
    field: null,
    says: /"passport.sended" is neither mapped nor ignored/,
  },
  {
    of: 'lotinfo/clients',
    from: 'contacts[type=city].value',
    to: 'contacts[type=city].valu',
    rule: 'wire-member',
    field: 'landline',
    says: /no "valu"; did you mean "value"/,
  },
  {
    of: 'lotinfo/clients',
    from: '"contacts[type=other].value"',
    to: '"delclient[type=other].value"',
    rule: 'wire-type',
    field: 'otherContacts',
    says: /selects items, but the wire has a text or a number/,
  },
  {
    of: 'lotinfo/clients',
    from: 'address.text: address\n',
    to: 'address.text: { from: objects, as: text, only: pull }\n  attributes.lotinfo.address: { from: address, as: raw }\n',
    rule: 'wire-type',
    field: 'address.text',
    says: /text cannot read "objects": the wire has a list/,
  },
  {
    of: 'lotinfo/clients',
    from: 'comments: { from: comments, as: texts, member: value, keep: true }',
    to: 'childrenCount: { from: comments, as: integer, only: pull }',
    rule: 'wire-type',
    field: 'childrenCount',
    says: /integer cannot read "comments": the wire has a list/,
  },
  { of: 'lotinfo/clients', from: 'codes: { 1: infant, 2: minor, 3: adult }', to: 'codes: { 1: infant }', rule: 'share', field: 'majority', says: /only 3\d %/ },
  {
    of: 'artix/clients',
    from: 'pattern: yyyy-MM-dd, minYear: 1901',
    to: 'pattern: dd.MM.yyyy, minYear: 1901',
    rule: 'wire-type',
    field: 'birthDate',
    says: /date cannot read "birthday"/,
  },
  {
    of: 'virtualpos/clients',
    from: 'phone, as: phone, form: e164',
    to: 'phone, as: phone, form: 7, wireAs: number',
    rule: 'wire-type',
    field: 'phone',
    says: /writes into "phone" a number, where the wire has a text/,
  },
  {
    of: 'artix/clients',
    from: 'codes: { 0: male, 1: female }, wireAs: number',
    to: 'codes: { M: male, F: female }',
    rule: 'wire-type',
    field: 'sex',
    says: /code cannot read "sex"/,
  },
  {
    of: 'artix/clients',
    from: 'member: telegram, bit: 2',
    to: 'member: telegram, bit: 1',
    rule: 'written-twice',
    field: 'consents.telegram',
    says: /writes bit 1 of "communications", as "consents.call" \(line 40\) does/,
  },
  {
    of: 'artix/clients',
    from: 'from: childrencount, as: integer, wireAs: number, min: 0, empty: null',
    to: "from: childrencount, as: integer, wireAs: number, min: 0, empty: '0'",
    rule: 'empty',
    field: 'childrenCount',
    says: /does not read empty/,
  },
  {
    of: 'artix/bonuses',
    from: 'balance: { from: balance, as: minor, wireAs: number }',
    to: 'balance: { from: balance, as: minor }',
    rule: 'wire-type',
    field: 'balance',
    says: /a text, where the wire has a number/,
  },
  {
    of: 'artix/cards',
    from: 'true: blocked, 0: active',
    to: '0: active',
    rule: 'table',
    field: 'status',
    says: /the wire may hold true, which the table of codes does not know/,
  },
  { of: 'artix/cards', from: 'true: blocked, 0: active', to: '0: active', rule: 'exact', field: 'status', says: /does not read back/ },
  {
    of: 'artix/card-types',
    from: '[pattern, regexpattern]',
    to: '[idcardgroup, pattern, regexpattern]',
    rule: 'shadowed',
    field: 'pattern',
    says: /"pattern" is never read: "idcardgroup" before it/,
  },
  {
    of: 'artix/cards',
    from: DISCOUNT,
    to: DISCOUNT.replace(' }', ', when: { field: blocked, is: maybe } }'),
    rule: 'unreachable',
    field: 'discountPercent',
    says: /can never hold/,
  },
  {
    of: 'artix/cards',
    from: DISCOUNT,
    to: DISCOUNT.replace(' }', ', when: { field: discountpercent, empty: true } }'),
    rule: 'unreachable',
    field: 'discountPercent',
    says: /only where it is empty/,
  },
  {
    of: 'virtualpos/clients',
    from: 'codes: { M: male, F: female }',
    to: 'codes: { M: male, F: female }, emptyWhen: [M]',
    rule: 'shadowed',
    field: 'sex',
    says: /row "M" of the table is never read/,
  },
  {
    of: 'virtualpos/clients',
    from: 'codes: { M: male, F: female }',
    to: 'codes: { M: male, F: female }, when: { field: gender, is: F }',
    rule: 'unreachable',
    field: 'sex',
    says: /the condition shuts it out/,
  },
  { of: 'virtualpos/clients', from: 'as: decimal, only: pull', to: 'as: decimal, scale: 0', rule: 'share', field: 'turnover', says: /kept exactly/ },
  {
    of: 'virtualpos/clients',
    from: 'notes: custom_information',
    to: 'notes: { from: custom_information, as: text, max: 3 }',
    rule: 'share',
    field: 'notes',
    says: /kept exactly/,
  },
];

describe('a proof finds', () => {
  it.each(EDITS)('$rule of $field in $of: $to', ({ of, from, to, rule, field, says }) => {
    const { proof, line } = proved(of, from, to);
    const found = faultsOf(proof).find((one) => one.rule === rule && one.field === field);
    expect(faultsOf(proof).map((one) => `${one.rule} ${one.field}: ${one.message}`)).toContainEqual(expect.stringMatching(says));
    expect(found?.hint.length).toBeGreaterThan(10);
    expect(found?.file).toBe(`mappings/${of}.yaml`);
    // A line may begin above what was edited in it.
    if (field !== null) expect(line - (found?.line ?? 0)).toBeLessThanOrEqual(to.includes('contacts') ? 1 : 0);
  });
});

describe('a proof', () => {
  it('shows a counter-example of generated values', () => {
    const { proof } = proved('artix/cards', 'true: blocked, 0: active', '0: active');
    const { example } = faultsOf(proof).find(({ rule }) => rule === 'exact') ?? { example: null };
    expect(example).toMatchObject({ value: '"blocked"', back: 'null' });
  });

  it('is the same for the same seed', () => {
    const file = fileOf('artix/clients');
    const prove = (seed: number) => proveMapping(compiled(file), { schema: schemaOf('artix/clients'), lookups: {}, runs: 40, seed }).lines;
    expect(prove(5)).toEqual(prove(5));
    expect(prove(5)).not.toEqual(prove(6));
  });

  it('excuses the share of what is only read, and of a table that is not configured', () => {
    const file = fileOf('artix/cards');
    const mapping = compileMapping(file.mapping, { ...optionsOf(file), lookups: {} });
    const { lines, findings } = proveMapping(mapping, { schema: schemaOf('artix/cards'), lookups: {} });
    expect(lines.find(({ field }) => field === 'type')?.excused).toBe('the table "cardTypes" is not configured');
    expect(lines.find(({ field }) => field === 'turnover')?.excused).toBe('read only');
    expect(findings.map(({ severity, rule, field }) => `${severity} ${rule} ${field}`)).toEqual(['note unproved type', 'note table status']);
  });

  it('lists what is lost in both directions', () => {
    const { losses } = proveMapping(compiled(fileOf('artix/cards')), { schema: schemaOf('artix/cards'), lookups: {}, runs: 5 });
    expect(losses).toContainEqual({ way: 'write', field: 'status', kind: 'no-code', detail: '"new" has no value here', line: 14 });
    expect(losses).toContainEqual({ way: 'read', field: 'pincode', kind: 'ignored', detail: 'a secret of the card holder', line: null });
    expect(losses).toContainEqual({ way: 'read', field: 'idcardgroup', kind: 'unread', detail: 'what cannot be read is taken as empty', line: 12 });
    expect(losses).toContainEqual({ way: 'read', field: 'blocked', kind: 'merged', detail: '"1" is written as true', line: 14 });
  });

  it('reads a schema written by hand: types in a list, references, choices and what it does not understand', () => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'string', minLength: 1 },
        sex: { enum: ['m', 'f', null] },
        born: { type: ['string', 'null'], pattern: '^\\d{4}$' },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
        free: { not: {} },
        loop: { $ref: '#' },
      },
      $defs: { tag: { type: 'object', properties: { name: { type: 'string' } } } },
    };
    const { members } = wireTypeOf(schema);
    expect(members?.get('sex')).toMatchObject({ values: ['m', 'f'], closed: true, mayBeEmpty: true });
    expect([...(members?.get('born')?.kinds ?? [])].sort()).toEqual(['null', 'text']);
    expect([...(members?.get('tags')?.items?.members?.keys() ?? [])]).toEqual(['name']);
    expect(members?.get('free')?.kinds).toBeNull();
    expect(members?.get('id')?.mayBeEmpty).toBe(false);
    expect(wireTypeOf(null).kinds).toBeNull();
    expect(wireTypeOf({ type: 'string', pattern: '^(a+)+$' }).forms).toBeNull();
  });
});

describe.each(SHIPPED)('the coverage of $vendor/$stream', (file) => {
  it('says of every wire field where it goes, or why not', () => {
    const fields = fieldCoverage(compiled(file), wireTypeOf(schemaOf(`${file.vendor}/${file.stream}`)));
    expect(fields.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(fields.filter(({ state, reason }) => (state === 'ignored') !== (reason !== null))).toEqual([]);
    for (const { state, mapped } of fields) expect(mapped.length > 0).toBe(['both', 'pull', 'push', 'attribute'].includes(state));
  });
});
