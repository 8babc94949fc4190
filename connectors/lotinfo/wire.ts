/**
 * The wire schema of Lotinfo: a client as the vendor's field objects spell it, unwrapped to plain values ("Добавление клиентов"
 * for the names; the page on reading for the forms). Objects are loose: what is not named here passes through untouched.
 */
import * as z from 'zod';

/** An identifier; a string by the time it is here. */
const id = z.string().regex(/^\d+$/, 'digits');
/** Inserts take integers and their spelling alike, readings give strings; empty is `''` or null. */
const scalar = z.union([z.string(), z.number(), z.null()]).optional();
const member = z.union([z.string(), z.number(), z.null()]).optional();

const contact = z.looseObject({
  id: member,
  /** mobile, city, email, other. */
  type: member,
  /** A mobile phone begins with 7, a city phone with 8. */
  value: member,
  /** 1: the main contact of its type; mobile and city are one type here. */
  general: member,
  comment: member,
  /** 1: activity is tracked. Readings write `sky`. */
  spy: member,
});

const comment = z.looseObject({ id: member, value: member, date: member, userId: member });

const passport = z.looseObject({
  serial: member,
  number: member,
  sended: member,
  dateSended: member,
  codePod: member,
  placeBirth: member,
  propiska: member,
  placeHome: member,
  snils: member,
});

const share = z.looseObject({ id: member, name: member, lpr: member, doled: member });
const order = z.looseObject({ id: member, name: member });

/** A client. */
export const clientWire = z.looseObject({
  id,
  userId: scalar,
  /** The client's id in another system; an integer. */
  apiIdExchange: scalar,
  fioF: scalar,
  fioI: scalar,
  fioO: scalar,
  fioDesc: scalar,
  /** male, female. */
  sex: scalar,
  /** dd.mm.yyyy; readings may give Unix seconds. */
  birthday: scalar,
  deeps: scalar,
  deepon: scalar,
  clientc: scalar,
  family: scalar,
  address: scalar,
  regionId: scalar,
  cityId: scalar,
  regionName: scalar,
  cityName: scalar,
  userCategory: z.array(z.union([z.string(), z.number()])).optional(),
  clientType: scalar,
  agency: scalar,
  contacts: z.array(contact).optional(),
  comments: z.array(comment).optional(),
  passport: passport.nullish(),
  objects: z.array(share).optional(),
  orders: z.array(order).optional(),
  /** Unix seconds. */
  addDate: scalar,
  /** Unix seconds. */
  editDate: scalar,
  /** 1 actual, 2 archive, 3 deleted, 4 in advertising. */
  delclient: scalar,
});

/** The wire schema of every stream. */
export const lotinfoWire = { clients: clientWire } as const;

/** Fields whose value is a list. */
export const LIST_FIELDS: ReadonlySet<string> = new Set(['userCategory', 'contacts', 'comments', 'objects', 'orders']);

/** Fields of a passport; a reading may give them inside `passport` or beside the other fields. */
export const PASSPORT_FIELDS: readonly string[] = Object.keys(passport.shape);

/** Fields with one value. */
export const SCALAR_FIELDS: ReadonlySet<string> = new Set(Object.keys(clientWire.shape).filter((name) => !LIST_FIELDS.has(name) && name !== 'passport'));

/** Fields that a reading may leave out although they are filled: the vendor's page on reading does not show them. */
export const UNSURE_FIELDS: ReadonlySet<string> = new Set(['passport', 'orders', 'delclient']);
