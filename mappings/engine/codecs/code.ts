/** Codes: a vendor's values for a closed list of ours, tables of the configuration, and yes/no in all its spellings. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { suggestion } from '../../../core/nearest.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { scalarText } from './text.ts';

const codeText = (wire: Json): string | null | undefined => (typeof wire === 'boolean' ? String(wire) : scalarText(wire));

const WIRE_AS = ['text', 'number', 'boolean'] as const;
export type WireAs = (typeof WIRE_AS)[number];

/** A wire code spelt as the vendor wants it. */
export function spell(code: string, wireAs: WireAs): Json {
  if (wireAs === 'number') return Number(code);
  return wireAs === 'boolean' ? code === 'true' || code === '1' : code;
}

export const code = defineCodec({
  name: 'code',
  doc: 'A table `codes: { wire: canonical }`; `null` as canonical means empty. An unknown wire value is a problem, unless `otherwise` names a canonical code or says `ignore`. A canonical code without a wire value is not written and told as a loss; of two wire values for one code the first is written. `wireAs`: text, number or boolean.',
  params: z.strictObject({
    codes: z.record(z.string(), z.union([z.string(), z.null()])),
    otherwise: z.string().optional(),
    wireAs: z.enum(WIRE_AS).default('text'),
  }),
  kinds: ['code', 'text'],
  compile({ codes, otherwise, wireAs }, { field }) {
    const allowed = field.kind === 'code' ? field.codes : undefined;
    const named = [...Object.values(codes), otherwise === 'ignore' || otherwise === 'problem' ? null : (otherwise ?? null)];
    for (const name of named) {
      if (name !== null && allowed !== undefined && !allowed.includes(name)) {
        return new CodecMisuse(`"${name}" is not a code of ${field.name}${suggestion(name, allowed) || `; one of ${allowed.join(', ')}`}`);
      }
    }
    const read = new Map<string, string | null>(Object.entries(codes));
    const write = new Map<string, Json>();
    for (const [wire, canonical] of read) {
      if (wireAs === 'number' && !/^-?\d+$/.test(wire)) return new CodecMisuse(`"${wire}" is no number, but wireAs is number`);
      if (canonical !== null && !write.has(canonical)) write.set(canonical, spell(wire, wireAs));
    }
    const unknown = new Unreadable(`one of ${[...read.keys()].join(', ')} is expected`);
    const other = otherwise === undefined || otherwise === 'problem' ? unknown : otherwise === 'ignore' ? null : otherwise;
    const homeless = (allowed ?? []).filter((name) => !write.has(name));
    return {
      arity: 'one',
      declared: homeless.map((name): LossNote => ({ kind: 'no-code', detail: `"${name}" has no value here` })),
      decode(wire) {
        const text = codeText(wire);
        if (text === undefined) return unknown;
        if (text === null) return null;
        const known = read.get(text);
        return known === undefined ? other : known;
      },
      encode(value): Encoding {
        const wire = typeof value === 'string' ? write.get(value) : undefined;
        if (wire !== undefined) return exactly(wire);
        return refused('no-code', allowed?.includes(String(value)) ? `"${value}" has no value here` : 'a value without a code');
      },
      inDomain: (value) => typeof value === 'string' && write.has(value),
    };
  },
  examples: [
    { field: 'sex', params: { codes: { M: 'male', F: 'female' } }, wire: 'F', value: 'female' },
    { field: 'sex', params: { codes: { 0: 'male', 1: 'female' }, wireAs: 'number' }, wire: 0, value: 'male' },
    {
      field: 'sex',
      params: { codes: { 0: 'male', 1: 'female' }, wireAs: 'number' },
      wire: '1',
      value: 'female',
      way: 'decode',
    },
    {
      field: 'sex',
      params: { codes: { M: 'male', F: 'female' }, otherwise: 'ignore' },
      wire: 'U',
      value: null,
      way: 'decode',
    },
    { field: 'sex', params: { codes: { M: 'male', F: 'female' } }, wire: 'X', problem: true },
    { field: 'sex', params: { codes: { M: 'male' } }, value: 'female', way: 'encode', loss: 'no-code' },
  ],
});

export const lookup = defineCodec({
  name: 'lookup',
  doc: 'A table of the configuration: `table: programmes` reads wire values by `lookups.programmes`. A value that the table does not know is a problem, or with `otherwise: keep` taken as it stands, or with `ignore` left empty.',
  params: z.strictObject({
    table: z.string(),
    otherwise: z.enum(['keep', 'problem', 'ignore']).default('problem'),
    wireAs: z.enum(['text', 'number']).default('text'),
  }),
  kinds: ['text', 'code', 'ref'],
  compile({ table, otherwise, wireAs }, { lookups }) {
    const read = new Map(Object.entries(lookups[table] ?? {}));
    const write = new Map<string, string>();
    for (const [wire, name] of read) if (!write.has(name)) write.set(name, wire);
    const unknown = new Unreadable(`a value of the table "${table}" is expected`);
    const spelt = (wire: string): Json => (wireAs === 'number' && /^-?\d{1,15}$/.test(wire) ? Number(wire) : wire);
    const kept = (value: string): boolean => otherwise === 'keep' && !read.has(value) && value.trim() === value && value !== '';
    return {
      arity: 'one',
      declared: otherwise === 'keep' ? NO_LOSS : [{ kind: 'no-code', detail: `names outside the table "${table}"` }],
      decode(wire) {
        const text = codeText(wire);
        if (text === undefined) return unknown;
        if (text === null) return null;
        const known = read.get(text);
        if (known !== undefined) return known;
        return otherwise === 'keep' ? text : otherwise === 'ignore' ? null : unknown;
      },
      encode(value) {
        if (typeof value !== 'string') return refused('form', 'not a name');
        const wire = write.get(value);
        if (wire !== undefined) return exactly(spelt(wire));
        return kept(value) ? exactly(spelt(value)) : refused('no-code', `not in the table "${table}"`);
      },
      inDomain: (value) => typeof value === 'string' && (write.has(value) || kept(value)),
    };
  },
  examples: [
    { params: { table: 'programmes' }, lookups: { programmes: { 7: 'main' } }, wire: '7', value: 'main' },
    {
      params: { table: 'programmes', wireAs: 'number' },
      lookups: { programmes: { 7: 'main' } },
      wire: 7,
      value: 'main',
    },
    { params: { table: 'groups', otherwise: 'keep' }, wire: 'VIP', value: 'VIP' },
    { params: { table: 'programmes' }, lookups: { programmes: { 7: 'main' } }, wire: '8', problem: true },
    {
      params: { table: 'programmes' },
      lookups: { programmes: { 7: 'main' } },
      value: 'other',
      way: 'encode',
      loss: 'no-code',
    },
  ],
});
