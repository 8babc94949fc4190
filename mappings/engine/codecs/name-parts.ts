/** A person's name spread over three fields, in ways of which the vendor does not hold on to one. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type EncodingOfMany, type GroupValues, NO_LOSS, Unreadable } from '../codec.ts';
import { NAME_PARTS, NOT_A_NAME, nameOf, nameText, noName, sameName } from './name-group.ts';
import { readFullName, spaced } from './person-name.ts';
import { scalarText } from './text.ts';

/** A given-name field that holds more than the given name. */
function spread(last: string | null, first: string | null, middle: string | null): GroupValues {
  const apart = nameOf(last, first, middle);
  if (first === null || !first.includes(' ')) return apart;
  const whole = readFullName(first);
  if (whole === null) return last === null && middle === null ? noName(first) : apart;
  const same = (a: string | null, b: string | null): boolean => a === null || b === null || a.toLowerCase() === b.toLowerCase();
  if (!same(last, whole.last) || !same(middle, whole.middle)) return apart;
  return { last: last ?? whole.last, first: whole.first, middle: middle ?? whole.middle, display: null };
}

export const nameParts = defineCodec({
  name: 'name-parts',
  group: 'name',
  domain: 'names in parts; one text that is no name of a person',
  doc: 'A name in three wire fields (surname, given name, patronymic), read into the group `name`. Where the field of the given name holds the whole name (as some tills send it) it is taken apart and not doubled; where it holds several words that are surely no given name, and the other two are empty, it is `name.display`. A name that we hold as one text is written into the field of the given name.',
  params: z.strictObject({
    write: z
      .enum(['parts', 'whole'])
      .default('parts')
      .meta({ description: '`whole`: the field of the given name holds the whole name, beside the other two.' }),
  }),
  kinds: ['text'],
  sources: 'many',
  compile({ write: how }, { sourceCount }) {
    if (sourceCount !== 3) return new CodecMisuse('name-parts reads three wire fields: last, first, middle');
    const decode = (wires: readonly (Json | undefined)[]): GroupValues | Unreadable => {
      const last = scalarText(wires[0] ?? '');
      const first = scalarText(wires[1] ?? '');
      const middle = scalarText(wires[2] ?? '');
      if (last === undefined || first === undefined || middle === undefined) return NOT_A_NAME;
      return spread(last, first === null ? null : spaced(first), middle);
    };
    const same = (wires: readonly string[], values: GroupValues): boolean => {
      const back = decode(wires);
      return !(back instanceof Unreadable) && sameName(back, values);
    };
    const write = (values: GroupValues): readonly string[] => {
      const [last = '', first = '', middle = ''] = (['last', 'first', 'middle'] as const)
        .map((member) => values[member])
        .map((part) => (typeof part === 'string' ? part : ''));
      const text = nameText(values, 'last-first-middle');
      if (last === '' && first === '' && middle === '') return ['', text, ''];
      const whole = [last, text, middle];
      return how === 'whole' && same(whole, values) ? whole : [last, first, middle];
    };
    const exact = (values: GroupValues): boolean => same(write(values), values);
    return {
      arity: 'group',
      targets: NAME_PARTS,
      declared: [{ kind: 'form', detail: 'names as one text, of one word' }],
      decode,
      encode(values): EncodingOfMany {
        const wires = write(values);
        if (exact(values)) return { wires, losses: NO_LOSS };
        const back = decode(wires);
        return {
          wires: back instanceof Unreadable ? [] : write(back),
          losses: [{ kind: 'form', detail: 'reads back as another name' }],
        };
      },
      inDomain: exact,
    };
  },
  examples: [
    {
      field: 'name',
      wire: ['Петров', 'Пётр', 'Петрович'],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
    },
    {
      field: 'name',
      wire: ['Петров', 'Петров Пётр Петрович', 'Петрович'],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['', 'Петров Пётр Петрович', ''],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['', 'ООО Ромашка', ''],
      value: noName('ООО Ромашка'),
    },
    {
      field: 'name',
      params: { write: 'whole' },
      wire: ['Петров', 'Петров Пётр Петрович', 'Петрович'],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
    },
    { field: 'name', wire: [{}, 'Пётр', ''], problem: true },
  ],
});
