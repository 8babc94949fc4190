/** Codes: a vendor's values for a closed list of ours, tables of the configuration, and yes/no in all its spellings. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CONSENTS } from '../../../core/model.ts';
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
  domain: 'codes of ours that have a wire value',
  doc: "A table of the vendor's codes and ours. An unknown wire value is a problem, unless `otherwise` says what it is. A code of ours without a wire value is not written, or written as `others`, and told as a loss; of two wire values for one code the first is written. A consent may be read by a table too: `granted`, `withheld`, `refused`.",
  params: z.strictObject({
    codes: z.record(z.string(), z.union([z.string(), z.null()])).meta({ description: 'Wire value: code of ours; `null` means empty.' }),
    otherwise: z.string().optional().meta({ description: 'What unknown wire values are: a code of ours, `ignore` (empty) or `problem` (when silent).' }),
    others: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .meta({ description: 'Wire value of the table that is written for codes of ours without one; told as a loss.' }),
    wireAs: z.enum(WIRE_AS).default('text').meta({ description: 'How wire values are written.' }),
  }),
  kinds: ['code', 'text', 'consent'],
  compile({ codes, otherwise, others, wireAs }, { field }) {
    const allowed = field.kind === 'code' ? field.codes : field.kind === 'consent' ? (CONSENTS as readonly string[]) : undefined;
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
    if (others !== undefined && !read.has(String(others))) return new CodecMisuse(`"${others}" of "others" is no wire value of the table`);
    const meant = others === undefined ? null : (read.get(String(others)) ?? null);
    // What is written for others must be what is written again for what it reads as.
    const fallback = others === undefined ? undefined : meant === null ? spell(String(others), wireAs) : write.get(meant);
    const homeless = (allowed ?? []).filter((name) => !write.has(name));
    return {
      arity: 'one',
      declared: homeless.map((name): LossNote => ({ kind: 'no-code', detail: `"${name}" has no value here` })),
      decode(wire) {
        const text = codeText(wire);
        if (text === undefined) return other === null ? null : unknown;
        if (text === null) return null;
        const known = read.get(text);
        return known === undefined ? other : known;
      },
      encode(value): Encoding {
        const wire = typeof value === 'string' ? write.get(value) : undefined;
        if (wire !== undefined) return exactly(wire);
        const loss: LossNote = { kind: 'no-code', detail: allowed?.includes(String(value)) ? `"${value}" has no value here` : 'a value without a code' };
        return { wire: fallback, losses: [loss] };
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
    {
      field: 'type',
      params: { codes: { 1: 'person', 9: 'other' }, otherwise: 'other', others: 9, wireAs: 'number' },
      wire: 4,
      value: 'other',
      way: 'decode',
    },
    { field: 'type', params: { codes: { 1: 'person', 9: 'other' }, others: 9, wireAs: 'number' }, value: 'agent', wire: 9, way: 'encode', loss: 'no-code' },
    { field: 'consents.sms', params: { codes: { Y: 'granted', N: 'refused', U: null } }, wire: 'N', value: 'refused' },
  ],
});

export const lookup = defineCodec({
  name: 'lookup',
  domain: 'names of the table; with `otherwise: keep` any other text as well',
  doc: 'A table of the configuration: `table: programmes` reads wire values by `lookups.programmes`.',
  params: z.strictObject({
    table: z.string().meta({ description: 'Name of the table under `lookups` of the system.' }),
    otherwise: z
      .enum(['keep', 'problem', 'ignore'])
      .default('problem')
      .meta({ description: 'What values outside the table are: `keep` takes them as they stand, `ignore` leaves them empty.' }),
    wireAs: z.enum(['text', 'number']).default('text').meta({ description: 'How wire values are written.' }),
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
        if (text === undefined) return otherwise === 'ignore' ? null : unknown;
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
