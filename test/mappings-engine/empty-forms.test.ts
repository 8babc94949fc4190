/** How empty is written: whole values and absent parts alike in the form that the line names, and a proof that tells where the wire has another. */
import { describe, expect, it } from 'vitest';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { compileMapping } from '../../mappings/engine/index.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';

type Schema = Readonly<Record<string, unknown>>;

const LOOKUPS = { streets: { 7: 'Лесная ул' } };

function mappingOf(line: string, wire: readonly string[]) {
  const ignored = wire.map((name) => `  ${name}: spoken of here, if at all\n`).join('');
  const text = `vendor: kometa\nstream: clients\nentity: client\nkey: id\nfields:\n  ${line}\nignored:\n${ignored}`;
  return compileMapping({ file: 'clients.yaml', text }, { zone: 'UTC', lookups: LOOKUPS, wire: null });
}

const write = (line: string, values: FieldValues, current: WireBody | null = null) => mappingOf(line, []).encode(values, current);

describe('an absent part is written as the line says that empty is', () => {
  it.each<[line: string, values: FieldValues, wire: WireBody]>([
    ['birthDate: { from: [b.y, b.m, b.d], as: date-parts, wireAs: number, empty: null }', { birthDate: '--03-08' }, { b: { y: null, m: 3, d: 8 } }],
    ['birthDate: { from: [b.y, b.m, b.d], as: date-parts, wireAs: number, empty: null }', { birthDate: '1990' }, { b: { y: 1990, m: null, d: null } }],
    ['birthDate: { from: [b.y, b.m, b.d], as: date-parts, wireAs: number, empty: null }', { birthDate: null }, { b: { y: null, m: null, d: null } }],
    ['birthDate: { from: [y, m, d], as: date-parts, empty: "0" }', { birthDate: '1990-10' }, { y: '1990', m: '10', d: '0' }],
    ['birthDate: { from: [y, m, d], as: date-parts }', { birthDate: '1990-10' }, { y: '1990', m: '10', d: '' }],
    ['name: { from: [l, f, m], as: name-parts, empty: null }', { 'name.last': 'Иванов', 'name.first': 'Иван' }, { l: 'Иванов', f: 'Иван', m: null }],
    ['phones: { from: [a, b, c], as: phone, empty: null }', { phones: ['+79131234567'] }, { a: '+79131234567', b: null, c: null }],
    ['notes: { from: [a, b], as: join, separator: ", ", empty: null }', { notes: 'Томск' }, { a: 'Томск', b: null }],
    [
      'address: { from: [line, s, h, b, f], as: address-parts, table: streets, empty: null }',
      { 'address.street': 'Лесная ул', 'address.house': '5' },
      { s: '7', h: '5', b: null, f: null },
    ],
    ['notes: { from: [a, b], as: text, empty: null }', { notes: null }, { a: null }],
  ])('%s', (line, values, wire) => {
    const encoded = write(line, values);
    expect(encoded).toEqual({ wire, losses: [] });
    const { values: back, problems } = mappingOf(line, []).decode(encoded.wire);
    expect([back, problems]).toEqual([expect.objectContaining(values), []]);
  });

  it('over what is there, too: null is written and not left out', () => {
    const line = 'birthDate: { from: [y, m, d], as: date-parts, wireAs: number, empty: null }';
    expect(write(line, { birthDate: '--03-08' }, { y: 1990, m: 10, d: 24 })).toEqual({ wire: { y: null, m: 3, d: 8 }, losses: [] });
  });

  it('and a form that is not read as empty is told, and not written', () => {
    const line = 'birthDate: { from: [y, m, d], as: date-parts, empty: "-" }';
    expect(write(line, { birthDate: '--03-08' })).toEqual({ wire: {}, losses: [expect.objectContaining({ field: 'birthDate', kind: 'form' })] });
    expect(write(line.replace('empty', 'emptyWhen: "-", empty'), { birthDate: '--03-08' })).toEqual({ wire: { y: '-', m: '3', d: '8' }, losses: [] });
  });
});

describe('the proof', () => {
  const faultsOf = (line: string, properties: Readonly<Record<string, Schema>>): readonly string[] => {
    const used = Object.keys(properties).filter((name) => !new RegExp(`\\b${name}\\b`).test(line));
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' }, ...properties } };
    const { findings } = proveMapping(mappingOf(line, used), { schema, lookups: LOOKUPS });
    return findings.filter(({ severity }) => severity === 'fault').map(({ rule, line: at, message, hint }) => `${at} ${rule} ${message}; ${hint}`);
  };
  const nullable = { type: ['integer', 'null'] };
  const parts = { y: nullable, m: nullable, d: nullable };

  it.each<[what: string, line: string, properties: Readonly<Record<string, Schema>>, ...faults: string[]]>([
    [
      'partial dates in nullable numbers',
      'birthDate: { from: [y, m, d], as: date-parts, wireAs: number }',
      parts,
      '6 wire-type date-parts writes into "y" an empty text, where the wire has a number or null; say how empty is written there, by "empty": `empty: null`',
      '6 wire-type date-parts writes into "m" an empty text',
      '6 wire-type date-parts writes into "d" an empty text',
    ],
    ['the same with empty: null', 'birthDate: { from: [y, m, d], as: date-parts, wireAs: number, empty: null }', parts],
    [
      'partial dates where no part may be empty',
      'birthDate: { from: [y, m, d], as: date-parts, wireAs: number }',
      { y: { type: 'integer' }, m: { type: 'integer' }, d: { type: 'integer' } },
      '6 wire-type date-parts writes into "y" an empty text, where the wire has a number; say how empty is written there, by "empty", or',
      '6 wire-type date-parts writes into "m"',
      '6 wire-type date-parts writes into "d"',
    ],
    [
      'null where the wire has texts',
      'birthDate: { from: [y, m, d], as: date-parts, empty: null }',
      { y: { type: 'string' }, m: { type: 'string' }, d: { type: 'string' } },
      '6 wire-type date-parts writes into "y" null, where the wire has a text',
      '6 wire-type date-parts writes into "m" null',
      '6 wire-type date-parts writes into "d" null',
    ],
    [
      'a number that is emptied as a text',
      'childrenCount: { from: kids, as: integer, wireAs: number, min: 0 }',
      { kids: nullable },
      '6 wire-type integer writes into "kids" an empty text, where the wire has a number or null',
    ],
    ['the same with empty: null', 'childrenCount: { from: kids, as: integer, wireAs: number, min: 0, empty: null }', { kids: nullable }],
    [
      'a code that is emptied outside its enum',
      'sex: { from: s, as: code, codes: { m: male, f: female, u: null } }',
      { s: { enum: ['m', 'f', 'u', null] } },
      '6 wire-type code writes into "s" an empty text',
    ],
    ['a field that the vendor must have, and that nobody empties', 'notes: n', { n: { type: 'string', minLength: 1 } }],
  ])('%s', (_, line, properties, ...faults) => {
    expect(faultsOf(line, properties)).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });
});
