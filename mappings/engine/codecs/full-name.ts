/** A person's name in one text. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type EncodingOfMany, type GroupValues, NO_LOSS } from '../codec.ts';
import { EMPTY_NAME, NAME_PARTS, type NameOrder, NOT_A_NAME, nameOf, nameText, noName, sameName } from './name-group.ts';
import { bareName, type PersonName, readFullName, readInOrder, spaced } from './person-name.ts';
import { scalarText } from './text.ts';

type Reader = (text: string) => PersonName | null;

function decodeWhole(text: string, read: Reader): GroupValues {
  const name = read(text);
  return name === null ? noName(spaced(text)) : { ...name, display: null };
}

/** A text that is written again as it stands once it was read: one whose words are read in another order is put in ours. */
function settled(text: string, order: NameOrder, read: Reader): string {
  return nameText(decodeWhole(text, read), order);
}

/** What stands around the name in the present text, such as the mark of a sole trader, is kept. */
function withMarks(name: string, current: Json | undefined, read: Reader): string {
  if (typeof current !== 'string' || read(name) === null) return name;
  const { before, after } = bareName(current);
  return `${before}${name}${after}`;
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
      targets: NAME_PARTS,
      declared: [{ kind: 'form', detail: 'names whose parts cannot be told apart in one text' }],
      decode(wires) {
        const text = scalarText(wires[0] ?? null);
        if (text === undefined) return NOT_A_NAME;
        return text === null ? EMPTY_NAME : decodeWhole(text, read);
      },
      encode(values, currents): EncodingOfMany {
        const text = withMarks(settled(nameText(values, order), order, read), currents[0], read);
        const kept = text.length > max ? settled(text.slice(0, max).trimEnd(), order, read) : text;
        const losses = sameName(decodeWhole(kept, read), values)
          ? NO_LOSS
          : [{ kind: kept === text ? ('form' as const) : ('cut' as const), detail: 'reads back as another name' }];
        return { wires: [kept], losses };
      },
      inDomain: (values) =>
        nameText(values, order) !== '' && nameText(values, order).length <= max && sameName(decodeWhole(nameText(values, order), read), values),
    };
  },
  examples: [
    {
      field: 'name',
      wire: ['Иванов Иван Иванович'],
      value: nameOf('Иванов', 'Иван', 'Иванович'),
    },
    {
      field: 'name',
      wire: ['Буняковский Виктор Яковлевич ИП'],
      value: nameOf('Буняковский', 'Виктор', 'Яковлевич'),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Пётр Петрович Петров'],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Алиев Али Вели оглы'],
      value: nameOf('Алиев', 'Али', 'Вели оглы'),
    },
    {
      field: 'name',
      wire: ['Иван Петров'],
      value: nameOf('Петров', 'Иван', null),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['г-жа Петрова Анна Сергеевна'],
      value: nameOf('Петрова', 'Анна', 'Сергеевна'),
      way: 'decode',
    },
    {
      field: 'name',
      wire: ['Сергеевна Анна Петрова'],
      value: nameOf('Петрова', 'Анна', 'Сергеевна'),
      way: 'decode',
    },
    {
      field: 'name',
      current: ['ИП Иванов Иван Иванович'],
      value: nameOf('Петров', 'Пётр', 'Петрович'),
      wire: ['ИП Петров Пётр Петрович'],
      way: 'encode',
    },
    {
      field: 'name',
      params: { read: 'order', order: 'last-first-middle' },
      wire: ['Smith, John'],
      value: nameOf('Smith', 'John', null),
      way: 'decode',
    },
    { field: 'name', wire: ['ООО Ромашка'], value: noName('ООО Ромашка') },
    {
      field: 'name',
      wire: ['Андрей - Научная ул,24, кв.41'],
      value: noName('Андрей - Научная ул,24, кв.41'),
    },
    {
      field: 'name',
      wire: ['339-й Стрелковой Дивизии ул,123, кв.33'],
      value: noName('339-й Стрелковой Дивизии ул,123, кв.33'),
    },
    { field: 'name', wire: ['Старое Имя'], value: noName('Старое Имя') },
    { field: 'name', wire: [['Иванов']], problem: true },
    {
      field: 'name',
      value: nameOf(null, 'Ромашка', null),
      wire: ['Ромашка'],
      way: 'encode',
      loss: 'form',
    },
  ],
});
