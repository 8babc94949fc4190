import type { ArtixOptions } from './options.ts';
import { type ArtixValue, type FieldRule, type JsonObject, stored } from './values.ts';

const text = (max: number): FieldRule => ({ kind: 'text', max });
const int: FieldRule = { kind: 'int' };
const date: FieldRule = { kind: 'date', after1900: false };
const decimal: FieldRule = { kind: 'decimal' };
const flag: FieldRule = { kind: 'flag' };

/** Fields of a client with the lengths of the clients document, and the columns only REST knows (codeword, userid). */
export const clientRules: Record<string, FieldRule> = {
  idclient: text(100),
  name: text(200),
  lastname: text(255),
  patronymic: text(255),
  text: text(200),
  sex: int,
  birthday: { kind: 'date', after1900: true },
  specialdate1: date,
  specialdate2: date,
  specialdate3: date,
  specialdate1name: text(200),
  specialdate2name: text(200),
  specialdate3name: text(200),
  zipcode: text(200),
  address: text(200),
  email: text(200),
  webpage: text(200),
  phonenumber: text(200),
  inn: text(200),
  document: text(200),
  okpo: text(200),
  okpd: text(200),
  occupation: text(200),
  childrencount: int,
  extendedoptions: { kind: 'any' },
  organizationcode: text(255),
  subscriptionadj: int,
  options: { kind: 'mask', bits: { sendCheckToEmail: 1, emailConfirmed: 2 } },
  communications: { kind: 'mask', bits: { call: 1, telegram: 2, email: 4, sms: 8 } },
  codeword: text(100),
  userid: text(100),
};

/** Fields of a card: the integrators' files and the columns of the card table. */
export const cardRules: Record<string, FieldRule> = {
  idcard: text(100),
  idcardgroup: int,
  idclient: text(100),
  number: text(200),
  validitydatebeg: date,
  validitydateend: date,
  cardSum: decimal,
  blocked: flag,
  discountpercent: decimal,
  cardstatus: int,
  pincode: text(200),
  lastKnownBonusBalance: decimal,
};

/** Fields of a card group; the file route says `pattern`, REST says `regexpattern`. */
export const cardGroupRules: Record<string, FieldRule> = {
  idcardgroup: int,
  name: text(200),
  text: text(200),
  cardmode: int,
  notaddemptycard: flag,
  pattern: text(200),
  regexpattern: text(200),
  inputmask: int,
};

/** Fields of an additional card. */
export const additionalCardRules: Record<string, FieldRule> = {
  additionalnumber: text(200),
  idcardgroup: int,
  cardnumber: text(200),
  idclient: text(200),
  isactive: flag,
};

/** What one message says of an object: fields with a value, and fields it empties. */
export interface Said {
  values: Record<string, ArtixValue>;
  cleared: string[];
}

/** How keys are looked up: lowered by the loader (file route below version 2) or exactly. */
export interface Reading {
  lowered: boolean;
  optionKeys: ArtixOptions['optionKeys'];
}

/** Checks the documented fields of an object; other keys are ignored. */
export function readFields(raw: JsonObject, rules: Record<string, FieldRule>, reading: Reading): Said {
  const said: Said = { values: {}, cleared: [] };
  for (const [name, rule] of Object.entries(rules)) {
    const value = raw[reading.lowered ? name.toLowerCase() : name];
    if (value === undefined) continue;
    const kept = stored(name, value, rule, reading.optionKeys);
    if (kept === undefined) said.cleared.push(name);
    else said.values[name] = kept;
  }
  return said;
}

/** A client; the table's spelling `phonenumbr` is taken as `phonenumber`. */
export function readClient(raw: JsonObject, reading: Reading): Said {
  const spelled = raw.phonenumber === undefined ? { ...raw, phonenumber: raw.phonenumbr } : raw;
  return readFields(spelled, clientRules, reading);
}
