/** Generated values and wire values: mostly near the truth, partly far from it. */
import fc from 'fast-check';
import type { Json } from '../../core/contract.ts';

const word = fc.stringMatching(/^[а-яёa-z0-9.-]{1,12}$/);

export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.constantFrom(' a', 'a ', 'ООО «Ромашка»', '004', '\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}'),
);

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));

export const anyPhone: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: digits(10).map((rest) => `+7${rest}`), weight: 4 },
  {
    arbitrary: fc.constantFrom('+375294911911', '+380671234567', '+14155552671', '+4915123456789', '+861065529988', '+77012345678'),
    weight: 1,
  },
  {
    arbitrary: fc
      .integer({ min: 8, max: 15 })
      .chain(digits)
      .map((rest) => `+${rest}`),
    weight: 1,
  },
  { arbitrary: anyText, weight: 1 },
);

export const anyEmail: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc
      .tuple(fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/), fc.constantFrom('mail.ru', 'test.tt', 'почта.рф', 'sub.domain.com'))
      .map(([name, host]) => `${name}@${host}`),
    weight: 3,
  },
  { arbitrary: fc.emailAddress(), weight: 1 },
  { arbitrary: anyText, weight: 1 },
);

const two = (value: number): string => String(value).padStart(2, '0');

export const anyDate: fc.Arbitrary<string> = fc.oneof(
  {
    arbitrary: fc
      .tuple(fc.integer({ min: 1850, max: 2030 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
      .map(([y, m, d]) => `${y}-${two(m)}-${two(d)}`),
    weight: 4,
  },
  {
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 29 })).map(([m, d]) => `--${two(m)}-${two(d)}`),
    weight: 1,
  },
  { arbitrary: fc.integer({ min: 1000, max: 9999 }).map(String), weight: 1 },
  {
    arbitrary: fc.tuple(fc.integer({ min: 1000, max: 9999 }), fc.integer({ min: 1, max: 12 })).map(([y, m]) => `${y}-${two(m)}`),
    weight: 1,
  },
  { arbitrary: anyText, weight: 1 },
);

const LASTS = ['Иванов', 'Петрова', 'Буняковский', 'Салтыков-Щедрин', 'Абрамович', 'Ким', 'Алиев', 'Чайка'];
const FIRSTS = ['Иван', 'Анна', 'Виктор', 'Елена', 'Пётр', 'Али', 'Анна-Мария', 'Рустам'];
const MIDDLES = ['Иванович', 'Петровна', 'Яковлевич', 'Ильич', 'Ильинична', 'Вели оглы', 'Никитична'];
const DISPLAYS = ['ООО Ромашка', 'Андрей - Научная ул,24, кв.41', 'Старое Имя', 'Иванов Иван Иванович', 'Ромашка', 'ИП Петров'];
const orNull = (names: readonly string[]) => fc.option(fc.constantFrom(...names), { freq: 3 });

export const anyName = fc
  .oneof(
    {
      arbitrary: fc.record({
        last: orNull(LASTS),
        first: orNull(FIRSTS),
        middle: orNull(MIDDLES),
        display: fc.constant(null),
      }),
      weight: 3,
    },
    {
      arbitrary: fc.record({
        last: fc.constant(null),
        first: fc.constant(null),
        middle: fc.constant(null),
        display: fc.oneof(fc.constantFrom(...DISPLAYS), anyText),
      }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        last: orNull(LASTS),
        first: fc.option(anyText),
        middle: orNull(MIDDLES),
        display: orNull(DISPLAYS),
      }),
      weight: 1,
    },
  )
  .filter((name) => Object.values(name).some((part) => part !== null));

export const listOf = (item: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => [...new Set(items)].sort()),
    fc.array(item, { maxLength: 3 }),
  );

const scalars: fc.Arbitrary<Json> = fc.oneof(
  anyText,
  anyPhone,
  anyEmail,
  anyDate,
  fc.constantFrom(
    '',
    ' ',
    '0',
    '1',
    'true',
    'F',
    '0000-00-00',
    '0000-00-00 00:00:00',
    '31.02.2020',
    '2016-07-18 13:54:37',
    '2016-07-18 25:00:00',
    '-4545.00',
    '110,5',
    '1e21',
    'Иванов Иван Иванович',
  ),
  fc.constantFrom<Json>(null, true, false, 0, 1, -1, 1.5, 1e21, -0, 2 ** 53, 1_577_836_800, 79998886655),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const contacts: fc.Arbitrary<Json> = fc.array(
  fc.record(
    {
      type: fc.constantFrom('mobile', 'email', 'city'),
      value: scalars,
      general: fc.constantFrom<Json>(0, 1, '1', null),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Json>,
  { maxLength: 4 },
);

export const anyWire: fc.Arbitrary<Json> = fc.oneof(
  scalars,
  contacts,
  fc.array(scalars, { maxLength: 3 }),
  fc.jsonValue() as fc.Arbitrary<Json>,
  fc.dictionary(fc.constantFrom('sms', 'SMS', 'call', '__proto__', 'constructor'), scalars) as fc.Arbitrary<Json>,
);

/** Streets by their codes, as the table of a system has them. */
export const STREETS = { streets: { '10000000000011': 'Краеведческая ул', '10000000000012': 'Научная ул' } };

const houseNumber = fc.constantFrom('5', '51', '22Б стр.3', '7/2');
export const anyAddress = fc
  .record({
    street: fc.option(fc.oneof({ arbitrary: fc.constantFrom('Краеведческая ул', 'Научная ул'), weight: 4 }, { arbitrary: anyText, weight: 1 }), { freq: 5 }),
    house: fc.option(fc.oneof({ arbitrary: houseNumber, weight: 3 }, { arbitrary: anyText, weight: 1 }), { freq: 5 }),
    building: fc.option(houseNumber, { freq: 2 }),
    flat: fc.option(fc.oneof(houseNumber, anyText), { freq: 2 }),
  })
  .filter((parts) => Object.values(parts).some((part) => part !== null));
