/** A person's name in one text, or spread over three fields in ways of which the vendor does not hold on to one. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type EncodingOfMany, type GroupValues, NO_LOSS, Unreadable } from '../codec.ts';
import { bareName, type PersonName, readFullName, readInOrder, spaced } from './person-name.ts';
import { scalarText } from './text.ts';

const TARGETS = ['last', 'first', 'middle', 'display'] as const;

const ORDERS = {
  'last-first-middle': ['last', 'first', 'middle'],
  'first-middle-last': ['first', 'middle', 'last'],
  'first-last': ['first', 'last', 'middle'],
} as const;
type Order = keyof typeof ORDERS;

const EMPTY_NAME = { last: null, first: null, middle: null, display: null };
const NOT_TEXT = new Unreadable('a name as text is expected');

type Reader = (text: string) => PersonName | null;

function decodeWhole(text: string, read: Reader): GroupValues {
  const name = read(text);
  return name === null ? { ...EMPTY_NAME, display: spaced(text) } : { ...name, display: null };
}

const partsOf = (values: GroupValues, order: Order): readonly string[] =>
  ORDERS[order].map((member) => values[member]).filter((part): part is string => typeof part === 'string' && part !== '');

function joined(values: GroupValues, order: Order): string {
  const parts = partsOf(values, order);
  return parts.length > 0 ? parts.join(' ') : typeof values.display === 'string' ? values.display : '';
}

/** A text that is written again as it stands once it was read: one whose words are read in another order is put in ours. */
function settled(text: string, order: Order, read: Reader): string {
  return joined(decodeWhole(text, read), order);
}

/** What stands around the name in the present text, such as the mark of a sole trader, is kept. */
function withMarks(name: string, current: Json | undefined, read: Reader): string {
  if (typeof current !== 'string' || read(name) === null) return name;
  const { before, after } = bareName(current);
  return `${before}${name}${after}`;
}

export function sameGroup(a: GroupValues, b: GroupValues): boolean {
  return TARGETS.every((target) => (a[target] ?? null) === (b[target] ?? null));
}

export const fullName = defineCodec({
  name: 'full-name',
  group: 'name',
  domain: 'names that are read in the same parts again, and texts that are surely none',
  doc: 'One text with a whole name, read into the group `name`. Russian names of two or three words are taken apart in any order, known by patronymic, given name and surname endings; `ИП` and honorifics (г-н, госпожа, уважаемый, Mr.) are left aside and kept when writing. Organisations, addresses and everything unsure go to `name.display` as they stand.',
  params: z.strictObject({
    order: z.enum(['last-first-middle', 'first-middle-last', 'first-last']).default('last-first-middle').meta({ description: 'How a name is written.' }),
    read: z.enum(['sure', 'order']).default('sure').meta({
      description: '`sure`: only what is surely a Russian name is taken apart; `order`: the vendor keeps to the order, whatever the names (`Smith, John`).',
    }),
    max: z.int().positive().optional().meta({ description: 'Characters that the vendor keeps.' }),
  }),
  kinds: ['text'],
  compile({ order, read: how, max = 10_000 }, { sourceCount }) {
    if (sourceCount !== 1) return new CodecMisuse('full-name reads one wire field');
    const read: Reader = how === 'sure' ? readFullName : (text) => readInOrder(text, order);
    return {
      arity: 'group',
      targets: TARGETS,
      declared: [{ kind: 'form', detail: 'names whose parts cannot be told apart in one text' }],
      decode(wires) {
        const text = scalarText(wires[0] ?? null);
        if (text === undefined) return NOT_TEXT;
        return text === null ? EMPTY_NAME : decodeWhole(text, read);
      },
      encode(values, currents): EncodingOfMany {
        const text = withMarks(settled(joined(values, order), order, read), currents[0], read);
        const kept = text.length > max ? settled(text.slice(0, max).trimEnd(), order, read) : text;
        const losses = sameGroup(decodeWhole(kept, read), values)
          ? NO_LOSS
          : [{ kind: kept === text ? ('form' as const) : ('cut' as const), detail: 'reads back as another name' }];
        return { wires: [kept], losses };
      },
      inDomain: (values) => joined(values, order) !== '' && joined(values, order).length <= max && sameGroup(decodeWhole(joined(values, order), read), values),
    };
  },
  examples: [
    {
      field: 'name',
      wire: ['Иванов Иван Иванович'],
      value: { last: 'Иванов', first: 'Иван', middle: 'Иванович', display: null },
    },
    {
      field: 'name',
      wire: ['Буняковский Виктор Яковлевич ИП'],
      value: { last: 'Буняковский', first: 'Виктор', middle: 'Яковлевич', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Пётр Петрович Петров'],
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Алиев Али Вели оглы'],
      value: { last: 'Алиев', first: 'Али', middle: 'Вели оглы', display: null },
    },
    {
      field: 'name',
      wire: ['Иван Петров'],
      value: { last: 'Петров', first: 'Иван', middle: null, display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['г-жа Петрова Анна Сергеевна'],
      value: { last: 'Петрова', first: 'Анна', middle: 'Сергеевна', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Сергеевна Анна Петрова'],
      value: { last: 'Петрова', first: 'Анна', middle: 'Сергеевна', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      current: ['ИП Иванов Иван Иванович'],
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
      wire: ['ИП Петров Пётр Петрович'],
      way: 'encode',
    },
    {
      field: 'name',
      params: { read: 'order', order: 'last-first-middle' },
      wire: ['Smith, John'],
      value: { last: 'Smith', first: 'John', middle: null, display: null },
      way: 'decode',
    },
    { field: 'name', wire: ['ООО Ромашка'], value: { last: null, first: null, middle: null, display: 'ООО Ромашка' } },
    {
      field: 'name',
      wire: ['Андрей - Научная ул,24, кв.41'],
      value: { last: null, first: null, middle: null, display: 'Андрей - Научная ул,24, кв.41' },
    },
    {
      field: 'name',
      wire: ['339-й Стрелковой Дивизии ул,123, кв.33'],
      value: { last: null, first: null, middle: null, display: '339-й Стрелковой Дивизии ул,123, кв.33' },
    },
    { field: 'name', wire: ['Старое Имя'], value: { last: null, first: null, middle: null, display: 'Старое Имя' } },
    { field: 'name', wire: [['Иванов']], problem: true },
    {
      field: 'name',
      value: { last: null, first: 'Ромашка', middle: null, display: null },
      wire: ['Ромашка'],
      way: 'encode',
      loss: 'form',
    },
  ],
});

/** A given-name field that holds more than the given name. */
function spread(last: string | null, first: string | null, middle: string | null): GroupValues {
  const apart = { last, first, middle, display: null };
  if (first === null || !first.includes(' ')) return apart;
  const whole = readFullName(first);
  if (whole === null) return last === null && middle === null ? { ...EMPTY_NAME, display: first } : apart;
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
      if (last === undefined || first === undefined || middle === undefined) return NOT_TEXT;
      return spread(last, first === null ? null : spaced(first), middle);
    };
    const same = (wires: readonly string[], values: GroupValues): boolean => {
      const back = decode(wires);
      return !(back instanceof Unreadable) && sameGroup(back, values);
    };
    const write = (values: GroupValues): readonly string[] => {
      const [last = '', first = '', middle = ''] = (['last', 'first', 'middle'] as const)
        .map((member) => values[member])
        .map((part) => (typeof part === 'string' ? part : ''));
      const text = joined(values, 'last-first-middle');
      if (last === '' && first === '' && middle === '') return ['', text, ''];
      const whole = [last, text, middle];
      return how === 'whole' && same(whole, values) ? whole : [last, first, middle];
    };
    const exact = (values: GroupValues): boolean => same(write(values), values);
    return {
      arity: 'group',
      targets: TARGETS,
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
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
    },
    {
      field: 'name',
      wire: ['Петров', 'Петров Пётр Петрович', 'Петрович'],
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['', 'Петров Пётр Петрович', ''],
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['', 'ООО Ромашка', ''],
      value: { last: null, first: null, middle: null, display: 'ООО Ромашка' },
    },
    {
      field: 'name',
      params: { write: 'whole' },
      wire: ['Петров', 'Петров Пётр Петрович', 'Петрович'],
      value: { last: 'Петров', first: 'Пётр', middle: 'Петрович', display: null },
    },
    { field: 'name', wire: [{}, 'Пётр', ''], problem: true },
  ],
});
