/** A client as an insert wants it (Lotinfo API, adding clients): absent values are left out, texts stay texts. */
import type { Json, PushOperation, WireBody } from '../../core/contract.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import type { LotinfoSettings } from './settings.ts';
import { PASSPORT_FIELDS } from './wire.ts';

const INTEGERS = ['userId', 'apiIdExchange', 'deeps', 'deepon', 'clientc', 'family', 'regionId', 'cityId', 'clientType'];
const TEXTS = ['fioF', 'fioI', 'fioO', 'fioDesc', 'sex', 'birthday', 'address', 'regionName', 'cityName', 'agency'];
const PHONES: ReadonlySet<string> = new Set(['mobile', 'city']);
/** What fits an integer exactly and comes back the same: no leading zeros. */
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;

type Row = { readonly [name: string]: Json };

/** Fields of a place; a city is found by its id, or by its name within a region. */
export const PLACE_FIELDS: ReadonlySet<string> = new Set(['regionId', 'regionName', 'cityId', 'cityName']);

/** The member of `data` for a new client; without its place where the vendor does not know that. */
export function insertRow(operation: PushOperation, settings: LotinfoSettings, withPlace: boolean): Row {
  const fields: WireBody = {
    ...settings.clientDefaults,
    ...(settings.userId === undefined ? {} : { userId: settings.userId }),
    ...filled(operation.fields),
    apiIdExchange: settings.useReference ? referenceOf(operation) : null,
  };
  return filled({
    ...pick(fields, INTEGERS, integer),
    ...pick(fields, TEXTS, text),
    ...Object.fromEntries([...PLACE_FIELDS].map((name) => [name, null])),
    ...(withPlace ? placeOf(fields, settings) : {}),
    userCategory: list(fields.userCategory).map((id) => integer(id)),
    contacts: objects(fields.contacts).map(contact),
    // A comment's id, date and author are the vendor's.
    comments: objects(fields.comments).map((comment) => pick(comment, ['value'], text)),
    passport: passport(fields.passport),
    objects: objects(fields.objects).map((one) => ({
      ...pick(one, ['id', 'lpr'], integer),
      ...pick(one, ['name', 'doled'], text),
    })),
    orders: objects(fields.orders).map((one) => ({ ...pick(one, ['id'], integer), ...pick(one, ['name'], text) })),
  });
}

/** By ids where they are known: names need not be spelt as the vendor does. A city's name alone finds nothing. */
function placeOf(fields: WireBody, { regions, cities }: LotinfoSettings): Row {
  const [region, city] = [text(fields.regionName), text(fields.cityName)];
  const cityId = text(fields.cityId) || String(cities[city] ?? '');
  if (cityId !== '') return { cityId: integer(cityId) };
  const regionId = text(fields.regionId) || String(regions[region] ?? '');
  const within = regionId === '' ? (region === '' ? null : { regionName: region }) : { regionId: integer(regionId) };
  return within === null ? {} : { ...within, ...(city === '' ? {} : { cityName: city }) };
}

/** `apiIdExchange` is an integer: another reference has no place here. */
function referenceOf({ reference, fields }: PushOperation): Json {
  const wanted = reference ?? text(fields.apiIdExchange);
  return INTEGER.test(wanted) ? wanted : null;
}

/** The value is sent as text, since the example's number is at odds with the table; `spy` is for phones only. */
function contact(one: Row): Row {
  const flags = PHONES.has(text(one.type)) ? ['general', 'spy'] : ['general'];
  return { ...pick(one, ['type', 'value', 'comment'], text), ...pick(one, flags, integer) };
}

/** Series and number as texts: as integers they would lose leading zeros. */
function passport(value: Json | undefined): Row {
  return isObject(value) ? pick(value, PASSPORT_FIELDS, text) : {};
}

function pick(from: Row, names: readonly string[], form: (value: Json | undefined) => Json): Row {
  return Object.fromEntries(names.filter((name) => !isEmpty(from[name])).map((name) => [name, form(from[name])]));
}

function filled(from: Row): Row {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => !isEmpty(value)));
}

/** A number where it is one; what is none is sent as it is, for the vendor to refuse. */
function integer(value: Json | undefined): Json {
  const written = text(value);
  return INTEGER.test(written) ? Number(written) : written;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value.filter((entry) => !isEmpty(entry)) : [];
}

function objects(value: Json | undefined): readonly Row[] {
  return list(value).filter(isObject);
}
