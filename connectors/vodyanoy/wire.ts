/**
 * The wire schema of Vodyanoy: a client under lower-case names ("Клиенты - работа со списками и записями"). Lists and the answer
 * by code write the names in capitals, the answer by phone in small letters; "the set of fields may differ", so objects are loose.
 */
import * as z from 'zod';

/** A code: opaque, of any length. */
const id = z.string().min(1);
const scalar = z.union([z.string(), z.number(), z.null()]).optional();

const shape = {
  id,
  naimenovanie: scalar,
  /** Free text: maybe several phones with the names of their owners. */
  telefon: scalar,
  /** A comment; a creation calls it `dop_sv`. */
  dop_sc: scalar,
  email: scalar,
  /** Created, `dd.mm.yyyy H:MM:SS` of the server's zone. */
  dszd: scalar,
  /** Last changed, in the same form. */
  dataizm: scalar,
  /** Code of the responsible employee. */
  disp: scalar,
};

/** Fields of a list and of the answer by code. */
export const LIST_FIELDS: readonly string[] = Object.keys(shape);

/** Fields that only the answer by phone has: of the client and of the delivery address that the phone belongs to. */
export const PHONE_FIELDS: readonly string[] = [
  'vidpom',
  'pod',
  'kodpod',
  'et',
  'dsvpln',
  'fam',
  'imja',
  'otchestvo',
  'chast',
  'posldst',
  'pslknt',
  'katdst',
  'klvof',
  'ochered',
  'shirota',
  'dolgota',
  'poslnakl',
  'pervnakl',
  'adrsvodnakl',
  'autor',
  'redakt',
  'eto_gruppa',
  'vidkontr',
  'tipcen',
  'rekkam',
  'frmras',
  'firma',
  'polnoenaimenovanie',
  'adresur',
  'adresfakt',
  'nomer_karty',
  'idu4sed',
  'datapech',
  'osnt12',
  'pchkubut',
  'katptrb',
  'segmentptr',
  'statuskl',
  'pchtupdbezprosl',
];

/** Added by the reader: the name of the employee whose code `disp` is. */
export const EMPLOYEE_FIELD = 'disp_naimenovanie';

/** The answer to `/balance`: what the client owed this morning, in roubles; negative: paid ahead. */
export const BALANCE_FIELD = 'balance';

/** Fields that a creation takes and no answer shows: the main address, and the office flag. */
const createShape = {
  /** Code of the street. */
  ulica: scalar,
  dom: scalar,
  korpus: scalar,
  kv: scalar,
  /** 1: an office. */
  etoof: scalar,
  /** For the driver. */
  commvod: scalar,
  /** For the dispatcher. */
  commdisp: scalar,
};

/** Fields of a creation under our names. */
export const CREATE_FIELDS: readonly string[] = ['naimenovanie', 'dop_sc', 'telefon', 'email', ...Object.keys(createShape)];

/** A client. */
export const clientWire = z.looseObject({
  ...shape,
  ...Object.fromEntries(PHONE_FIELDS.map((name) => [name, scalar])),
  ...createShape,
  [EMPLOYEE_FIELD]: scalar,
  [BALANCE_FIELD]: scalar,
});

/** The wire schema of every stream. */
export const vodyanoyWire = { clients: clientWire } as const;
