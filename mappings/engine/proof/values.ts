/**
 * Generated canonical values: what a retailer's base really holds, with some of what it holds seldom. The share of them that a line
 * keeps exactly is a measure of the line only because of that.
 */
import { type EntityKind, type FieldSpec, type FieldValues, fieldSpec, type Value, type ValueKind } from '../../../core/model.ts';
import type { Random } from './random.ts';

const LASTS = ['Иванов', 'Петрова', 'Кузнецов', 'Смирнова', 'Буняковский', 'Салтыков-Щедрин', 'Алиев', 'Шевченко', 'Королёва', 'Мельник'] as const;
const MALE = ['Иван', 'Виктор', 'Пётр', 'Рустам', 'Сергей'] as const;
const FEMALE = ['Анна', 'Елена', 'Мария', 'Татьяна', 'Юлия'] as const;
const FATHERS = ['Иван', 'Петр', 'Александр', 'Владимир', 'Сергеев'] as const;
const FIRMS = ['ООО Ромашка', 'ООО «Вектор плюс»', 'Магазин № 5', 'Андрей - Научная ул,24, кв.41'] as const;
const WORDS = ['звонить', 'после', 'обеда', 'очень', 'требовательный', 'постоянный', 'VIP', 'у ворот', 'скидка 5 %', 'ул. Лесная, 4', 'Новосибирск'] as const;
const FOREIGN = ['+375294911911', '+380671234567', '+14155552671', '+77012345678', '+996555123456'] as const;
const HOSTS = ['mail.ru', 'example.com', 'test.tt', 'sub.domain.com', 'почта.рф'] as const;

/**
 * A value of every field of the entity that `fields` names, as one record of one made-up person would hold them. `turn` counts the
 * records: codes come in turn, so that a table with half of them covers just half.
 */
export function recordOf(entity: EntityKind, fields: readonly string[], random: Random, turn: number, tables: Tables = NO_TABLES): FieldValues {
  const values: Record<string, Value> = { ...(entity === 'client' ? nameOf(random) : {}) };
  const wanted = new Set(fields);
  for (const field of fields) {
    if (field.startsWith('name.') && entity === 'client') continue;
    const spec = fieldSpec(entity, field);
    const names = tables.get(field);
    const named = names !== undefined && random.chance(0.85) ? random.any(names) : undefined;
    if (spec?.codes !== undefined) values[field] = spec.codes[turn % spec.codes.length] ?? null;
    else if (spec !== undefined) values[field] = named ?? (random.chance(0.1) ? null : madeValue(spec, random));
  }
  if (wanted.has('phoneNotes')) values['phoneNotes'] = notesOf(values, random);
  const main = values['phone'];
  const rest = values['phones'];
  if (Array.isArray(rest)) values['phones'] = listOrNull(rest.filter((phone: string) => phone !== main));
  return Object.fromEntries(Object.entries(values).filter(([field]) => wanted.has(field)));
}

/** Names that a table of the configuration knows, by the field it fills. */
export type Tables = ReadonlyMap<string, readonly string[]>;
const NO_TABLES: Tables = new Map();

/** A value of the field, never empty. */
export function madeValue(spec: FieldSpec, random: Random): Value {
  const known = BY_NAME[spec.name];
  if (known !== undefined) return known(random);
  return BY_KIND[spec.kind](random);
}

/** A number as cards have it, often with zeroes in front. */
const cardNumber = (random: Random): string => (random.chance(0.2) ? `00${random.digits(4)}` : `2${random.digits(random.pick([7, 12, 15]))}`);
const digits =
  (...lengths: readonly [number, ...number[]]) =>
  (random: Random): string =>
    random.digits(random.pick(lengths));

/** Texts of which the name of the field says more than its kind. */
const BY_NAME: Readonly<Record<string, (random: Random) => Value>> = {
  number: cardNumber,
  mainNumber: cardNumber,
  barcode: cardNumber,
  cardNumber,
  // Sverka gives out numbers.
  reference: (random) => (random.chance(0.9) ? String(1 + random.int(900_000)) : random.pick(['000017', '1C-17'])),
  taxId: digits(10, 12),
  okpo: digits(8, 10),
  'address.postcode': digits(6),
  'address.street': (random) => random.pick(['Научная ул', 'Лесная ул', 'Ленина пр-т', '339-й Стрелковой Дивизии ул']),
  'address.house': (random) => random.pick(['5', '51', '22Б стр.3', '7/2']),
  'address.building': digits(1),
  'address.flat': digits(1, 2, 3),
  'document.series': digits(4),
  'document.number': digits(6),
  'document.divisionCode': (random) => `${random.digits(3)}-${random.digits(3)}`,
  snils: (random) => `${random.digits(3)}-${random.digits(3)}-${random.digits(3)} ${random.digits(2)}`,
};

const CODE_WORDS = ['bonus', 'discount', 'social'] as const;
const BY_KIND: Readonly<Record<ValueKind, (random: Random) => Value>> = {
  text: textOf,
  phone: phoneOf,
  email: emailOf,
  date: dateOf,
  instant: instantOf,
  integer: (random) => (random.chance(0.8) ? random.int(20) : random.int(2_000_000)),
  minor: (random) => (random.chance(0.3) ? random.int(100_000) * 100 : random.int(50_000_000)) * (random.chance(0.1) ? -1 : 1) + 0,
  flag: (random) => random.chance(0.5),
  code: (random) => random.pick(CODE_WORDS),
  consent: (random) => random.pick(['granted', 'granted', 'withheld', 'refused']),
  texts: (random) => listOf(random, textOf),
  phones: (random) => listOf(random, phoneOf),
  emails: (random) => listOf(random, emailOf),
  ref: (random) => (random.chance(0.8) ? `${1 + random.int(900_000)}` : random.pick(['004', 'A-17', '10000000000001'])),
  json: jsonOf,
};

function nameOf(random: Random): Record<string, Value> {
  const none = { 'name.last': null, 'name.first': null, 'name.middle': null, 'name.display': null };
  if (random.chance(0.08)) return { ...none, 'name.display': random.pick(FIRMS) };
  const female = random.chance(0.5);
  const last = random.pick(LASTS);
  const father = random.pick(FATHERS);
  const stem = father === 'Петр' || father === 'Александр' || father === 'Владимир' || father === 'Иван' ? `${father}ов` : father;
  const name = { ...none, 'name.first': random.pick(female ? FEMALE : MALE), 'name.last': last, 'name.middle': `${stem}${female ? 'на' : 'ич'}` };
  if (random.chance(0.75)) return name;
  return random.chance(0.6) ? { ...name, 'name.middle': null } : { ...none, 'name.first': name['name.first'] };
}

function textOf(random: Random): string {
  if (random.chance(0.1)) return random.pick(['004', '№ 7', 'ООО «Ромашка»', '=1+1', '<b>', '😀 да', '-', 'нет', '0']);
  const count = random.chance(0.03) ? 60 : 1 + random.int(4);
  return Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
}

function phoneOf(random: Random): string {
  return random.chance(0.9) ? `+7${random.pick(['9', '9', '9', '3', '4', '8'])}${random.digits(9)}` : random.pick(FOREIGN);
}

function emailOf(random: Random): string {
  return `${random.pick(['ivanov', 'a.petrova', 'shop-1', 'x_y', 'mail'])}${random.int(1000)}@${random.pick(HOSTS)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

function dateOf(random: Random): string {
  const [year, month, day] = [1930 + random.int(100), 1 + random.int(12), 1 + random.int(28)];
  if (random.chance(0.85)) return `${year}-${two(month)}-${two(day)}`;
  return random.pick([`--${two(month)}-${two(day)}`, String(year), `${year}-${two(month)}`, '2000-02-29', '1899-12-31']);
}

function instantOf(random: Random): number {
  const second = random.int(2_000_000_000) - (random.chance(0.05) ? 500_000_000 : 0);
  return second * 1000 + (random.chance(0.1) ? random.int(1000) : 0);
}

function listOf(random: Random, item: (random: Random) => string): readonly string[] {
  return [...new Set(Array.from({ length: 1 + random.int(3) }, () => item(random)))].sort();
}

const listOrNull = (items: readonly string[]): readonly string[] | null => (items.length === 0 ? null : items);

/** Words beside the phones of the record. */
function notesOf(values: FieldValues, random: Random): readonly string[] | null {
  const phones = [values['phone'] ?? [], values['phones'] ?? []].flat() as readonly string[];
  const noted = phones.filter(() => random.chance(0.7));
  return listOrNull(noted.map((phone) => `${phone} ${random.pick(LASTS)} ${random.pick(MALE)}`).sort());
}

function jsonOf(random: Random): Value {
  return random.pick<Value>(['x', '10', 3, true, { a: 1, b: ['x'] }, ['x', 'y'], '2020-01-31']);
}
