import { type ContactType, isObject, type LotinfoError, type LotinfoField, type LotinfoRow } from './model.ts';
import { findPlace } from './places.ts';

/** A refusal found while a row is read; caught by `readRow`. */
class RowError extends Error {
  readonly field: string;

  constructor(field: string, text: string) {
    super(text);
    this.field = field;
  }
}

/** Ranges of the integer fields; `undefined` leaves the value free. */
const integers: Partial<Record<LotinfoField, readonly number[] | undefined>> = {
  userId: undefined,
  apiIdExchange: undefined,
  deeps: [1, 2, 3],
  deepon: [1, 2, 3],
  clientc: [1, 2, 3],
  family: [0, 1],
  regionId: undefined,
  cityId: undefined,
  clientType: [0, 1, 2, 3, 4],
};
const texts: readonly LotinfoField[] = ['fioF', 'fioI', 'fioO', 'fioDesc', 'sex', 'birthday', 'address', 'regionName', 'cityName', 'agency'];
const nested = ['userCategory', 'contacts', 'comments', 'passport', 'objects', 'orders'];
const known = new Set<string>([...Object.keys(integers), ...texts, ...nested]);

/** The vendor's examples write integers both bare and quoted. */
const integer = (field: string, value: unknown): number => {
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new RowError(field, 'Ожидается целое число');
  return number;
};

const text = (field: string, value: unknown): string => {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return `${value}`;
  throw new RowError(field, 'Ожидается строка');
};

const list = (field: string, value: unknown): Record<string, unknown>[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isObject)) throw new RowError(field, 'Ожидается массив объектов');
  return value;
};

const bit = (field: string, value: unknown): boolean | undefined => {
  if (value === undefined) return undefined;
  const number = integer(field, value);
  if (number !== 0 && number !== 1) throw new RowError(field, 'Ожидается 0 или 1');
  return number === 1;
};

/** `dd.mm.yyyy` of a day that exists, padded; the vendor's example also writes `5.9.2010`. */
const date = (field: string, value: unknown): string => {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text(field, value)) ?? [];
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== iso) throw new RowError(field, 'Ожидается дата дд.мм.гггг');
  return iso.split('-').reverse().join('.');
};

const scalars = (row: Record<string, unknown>): LotinfoRow['fields'] => {
  const fields: Record<string, string> = {};
  for (const [field, range] of Object.entries(integers)) {
    if (row[field] === undefined) continue;
    const value = integer(field, row[field]);
    if (range !== undefined && !range.includes(value)) throw new RowError(field, 'Недопустимое значение');
    fields[field] = `${value}`;
  }
  for (const field of texts) {
    if (row[field] === undefined) continue;
    const value = field === 'birthday' ? date(field, row[field]) : text(field, row[field]);
    if (field === 'sex' && value !== 'male' && value !== 'female') throw new RowError(field, 'Недопустимое значение');
    if (value !== '') fields[field] = value;
  }
  const place = findPlace(fields);
  if ('field' in place && 'text' in place) throw new RowError(`${place.field}`, `${place.text}`);
  return { ...fields, ...place };
};

const forms: Record<ContactType, RegExp> = { mobile: /^7\d+$/, city: /^8\d+$/, email: /^[^@\s]+@[^@\s]+$/, other: /./ };
const isContactType = (type: string): type is ContactType => Object.hasOwn(forms, type);
/** `mobile` and `city` count as one type where the main contact is concerned. */
const mainGroup = (type: ContactType): string => (type === 'city' ? 'mobile' : type);

const contacts = (value: unknown): LotinfoRow['contacts'] => {
  const mains = new Set<string>();
  const read = list('contacts', value).map((entry) => {
    const type = text('type', entry.type);
    if (!isContactType(type)) throw new RowError('type', 'Неизвестный тип контакта');
    const contact = text('value', entry.value);
    if (!forms[type].test(contact)) throw new RowError('value', 'Неверное значение контакта');
    const spy = bit('spy', entry.spy);
    if (spy !== undefined && mainGroup(type) !== 'mobile') throw new RowError('spy', 'Только для телефонов');
    const general = bit('general', entry.general) ?? false;
    if (general && mains.has(mainGroup(type))) throw new RowError('general', 'Главный контакт уже указан');
    if (general) mains.add(mainGroup(type));
    return { type, value: contact, general, comment: text('comment', entry.comment ?? ''), spy: spy ?? false };
  });
  for (const contact of read) {
    if (mains.has(mainGroup(contact.type))) continue;
    mains.add(mainGroup(contact.type));
    contact.general = true;
  }
  return read;
};

const passportForms: Record<string, RegExp> = {
  serial: /^\d{4}$/,
  number: /^\d{6}$/,
  codePod: /^\d{3}-\d{3}$/,
  snils: /^\d{3}-\d{3}-\d{3} \d{2}$/,
};

const passport = (value: unknown): Record<string, string> | undefined => {
  if (value === undefined) return undefined;
  if (!isObject(value)) throw new RowError('passport', 'Ожидается объект');
  const read: Record<string, string> = {};
  for (const field of ['serial', 'number', 'sended', 'dateSended', 'codePod', 'placeBirth', 'propiska', 'placeHome', 'snils']) {
    if (value[field] === undefined) continue;
    const one = field === 'dateSended' ? date(field, value[field]) : text(field, value[field]);
    if (passportForms[field]?.test(one) === false) throw new RowError(field, 'Неверный формат');
    read[field] = one;
  }
  return read;
};

const nonEmpty = (field: string, value: unknown): string => {
  const read = text(field, value);
  if (read === '') throw new RowError(field, 'Пустое значение');
  return read;
};

/** Checks one row of `PUT /v1/CLIENTS` by the vendor's table; unknown fields are refused so that a misspelling shows. */
export function readRow(row: unknown, index: number): LotinfoRow | LotinfoError {
  try {
    if (!isObject(row)) throw new RowError('data', 'Ожидается объект');
    for (const field of Object.keys(row)) if (!known.has(field)) throw new RowError(field, 'Неизвестный параметр');
    const { userCategory = [] } = row;
    if (!Array.isArray(userCategory)) throw new RowError('userCategory', 'Ожидается массив');
    return {
      fields: scalars(row),
      userCategory: userCategory.map((id) => `${integer('userCategory', id)}`),
      contacts: contacts(row.contacts),
      comments: list('comments', row.comments).map((entry) => nonEmpty('value', entry.value)),
      passport: passport(row.passport),
      objects: list('objects', row.objects).map((entry) => ({
        id: integer('id', entry.id),
        name: text('name', entry.name ?? ''),
        lpr: bit('lpr', entry.lpr),
        doled: text('doled', entry.doled ?? ''),
      })),
      orders: list('orders', row.orders).map((entry) => ({
        id: integer('id', entry.id),
        name: text('name', entry.name ?? ''),
      })),
    };
  } catch (error) {
    if (error instanceof RowError) return { field: error.field, text: error.message, index };
    throw error;
  }
}

/** Whether `readRow` refused. */
export function isRefused(read: LotinfoRow | LotinfoError): read is LotinfoError {
  return 'text' in read;
}
