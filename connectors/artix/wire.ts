/**
 * The wire schemas of Artix: what the vendor's objects look like, in every form its documents show. Objects are loose: columns of
 * the cash server that are not named here pass through untouched, so that replacing an object loses nothing.
 */
import * as z from 'zod';
import { secretFields } from '../shared/secrets.ts';

/** An identifier: the cash server writes numbers in its examples and strings in its tables; here it is a string already. */
const id = z.union([z.string().min(1), z.number().int()]);

const optional = <T extends z.ZodType>(schema: T) => schema.nullish();

const maybeId = optional(z.union([z.string(), z.number().int()]));
const text = optional(z.union([z.string(), z.number()]));
/** Known to the client alone: never kept. */
const secret = optional(z.union([z.string(), z.number()])).meta({ secret: true });
const integer = optional(z.union([z.number().int(), z.string().regex(/^-?\d*$/, 'a whole number')]));
const decimal = optional(z.union([z.number(), z.string().regex(/^(-?\d+([.,]\d*)?)?$/, 'a decimal number')]));
const flag = optional(z.union([z.boolean(), z.literal(0), z.literal(1), z.string().regex(/^(0|1|true|false)?$/i, 'a flag')]));
const date = optional(z.string().regex(/^(\d{4}-\d{2}-\d{2})?$/, 'a date YYYY-MM-DD, or empty'));

/** Options of a client as an object; the table of the document spells the members with capitals, its example without. */
const optionMembers = z.looseObject({
  sendchecktoemail: flag,
  emailconfirmed: flag,
  sendCheckToEmail: flag,
  emailConfirmed: flag,
});

const communicationMembers = z.looseObject({ call: flag, telegram: flag, email: flag, sms: flag });

/** A client: ArtixInterchange, "Клиенты", properties of the parameter `client`; CSrest `dictionaries/clients`. */
export const clientWire = z.looseObject({
  idclient: id,
  name: text,
  lastname: text,
  patronymic: text,
  text,
  /** 0 male, 1 female. */
  sex: integer,
  birthday: date,
  specialdate1: date,
  specialdate2: date,
  specialdate3: date,
  specialdate1name: text,
  specialdate2name: text,
  specialdate3name: text,
  zipcode: text,
  address: text,
  email: text,
  webpage: text,
  /** The examples and the cash server's table. */
  phonenumber: text,
  /** The same field as the document's tables spell it. */
  phonenumbr: text,
  inn: text,
  document: text,
  okpo: text,
  okpd: text,
  occupation: text,
  childrencount: integer,
  /** A text in the document; a JSON value in files seen in the field. */
  extendedoptions: z.json().optional(),
  organizationcode: text,
  subscriptionadj: flag,
  /** Bit mask (1 send the cheque by e-mail, 2 e-mail confirmed) or the object of its members. */
  options: z.union([integer, optionMembers]),
  /** Bit mask (1 call, 2 Telegram, 4 e-mail, 8 SMS) or the object of its members. */
  communications: z.union([integer, communicationMembers]),
  // Columns of the cash server's client table beyond the document.
  codeword: secret,
  userid: text,
  createdate: text,
  update_time: text,
  crc: text,
  ownerStoreid: text,
});

/** A card group: `addCardGroup`, CSrest `dictionaries/cardGroups`. */
const cardTypeWire = z.looseObject({
  idcardgroup: id,
  name: text,
  text,
  /** 0 discount, 1 Artix Bonus, 6 social card. */
  cardmode: integer,
  notaddemptycard: flag,
  /** The pattern of card numbers in a file. */
  pattern: text,
  /** The pattern of card numbers over REST. */
  regexpattern: text,
  inputmask: integer,
});

/** A card: `addCard`, CSrest `dictionaries/cards`. */
export const cardWire = z.looseObject({
  idcard: id,
  idcardgroup: maybeId,
  idclient: maybeId,
  number: maybeId,
  validitydatebeg: date,
  validitydateend: date,
  /** Roubles. */
  cardSum: decimal,
  blocked: flag,
  discountpercent: decimal,
  /** 0 anonymous, 1 registered, 2 blocked; not the status of the bonus account. */
  cardstatus: integer,
  // Columns of the cash server's card table beyond the commands.
  lastKnownBonusBalance: decimal,
  lastKnownBonusBalanceDate: text,
  pincode: secret,
  purchases: decimal,
  shopcode: text,
  update_time: text,
  crc: text,
  ownerStoreId: text,
});

/** An additional card: `addAdditionalCard`. It belongs to a card, or else to a client; the card wins where both are named. */
const additionalCardWire = z.looseObject({
  additionalnumber: id,
  idcardgroup: maybeId,
  cardnumber: maybeId,
  idclient: maybeId,
  /** 0 or nothing: not active. */
  isactive: flag,
});

/** A bonus account as its first card shows it: ACC `cards/{number}`. Amounts are integers of kopecks. */
export const bonusWire = z.looseObject({
  accountNumber: id,
  cardNumber: id,
  /** EARN_ONLY, EARN_PAY, PAY_ONLY, NO_OPERATION. */
  status: text,
  balance: z.number().int(),
  balanceInactive: z.number().int().nullish(),
});

/** The wire schema of every stream. */
export const artixWire = {
  clients: clientWire,
  'card-types': cardTypeWire,
  cards: cardWire,
  'additional-cards': additionalCardWire,
  bonuses: bonusWire,
} as const;

export type ArtixStream = keyof typeof artixWire;

/** Fields in whose place a digest is kept: it must never be sent. */
export const SECRET_FIELDS: readonly string[] = Object.values(artixWire).flatMap(secretFields);

/** The field that is the record's key. */
export const KEY_FIELDS: Readonly<Record<ArtixStream, string>> = {
  clients: 'idclient',
  'card-types': 'idcardgroup',
  cards: 'idcard',
  'additional-cards': 'additionalnumber',
  bonuses: 'accountNumber',
};

/** Fields that are ids, given as strings whatever the vendor sent. */
export const ID_FIELDS: Readonly<Record<ArtixStream, readonly string[]>> = {
  clients: ['idclient'],
  'card-types': ['idcardgroup'],
  cards: ['idcard', 'idclient', 'number'],
  'additional-cards': ['additionalnumber', 'cardnumber', 'idclient'],
  bonuses: ['accountNumber', 'cardNumber'],
};
