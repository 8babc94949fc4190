/** The closed list of codecs. What cannot be said with them is a new codec here, never a formula in a file. */
import type { ValueKind } from '../../core/model.ts';
import type { Codec } from './codec.ts';
import { addressParts } from './codecs/address-parts.ts';
import { bits } from './codecs/bits.ts';
import { code, lookup } from './codecs/code.ts';
import { constant, firstOf } from './codecs/combine.ts';
import { date } from './codecs/date.ts';
import { dateParts } from './codecs/date-parts.ts';
import { datetime } from './codecs/datetime.ts';
import { consent, flag } from './codecs/flag.ts';
import { freePhones } from './codecs/free-phones.ts';
import { fullName } from './codecs/full-name.ts';
import { has } from './codecs/has.ts';
import { listItem } from './codecs/list-item.ts';
import { listRest } from './codecs/list-rest.ts';
import { nameParts } from './codecs/name-parts.ts';
import { decimal, integer, minor } from './codecs/number.ts';
import { phone } from './codecs/phone.ts';
import { phoneNotes } from './codecs/phone-notes.ts';
import { collect, joined } from './codecs/several.ts';
import { email, raw, ref, text } from './codecs/text.ts';
import { texts } from './codecs/texts.ts';

export const CODECS: readonly Codec[] = [
  text,
  phone,
  email,
  date,
  dateParts,
  datetime,
  code,
  lookup,
  flag,
  consent,
  bits,
  has,
  integer,
  decimal,
  minor,
  fullName,
  nameParts,
  listItem,
  listRest,
  texts,
  freePhones,
  phoneNotes,
  addressParts,
  firstOf,
  collect,
  joined,
  constant,
  ref,
  raw,
];

/** Codecs for lines that name no codec: only where there is one plain way. */
export const PLAIN_CODEC: Readonly<Partial<Record<ValueKind, string>>> = {
  text: 'text',
  phone: 'phone',
  email: 'email',
  integer: 'integer',
  ref: 'ref',
  json: 'raw',
};

const byName = new Map(CODECS.map((codec) => [codec.name, codec]));

export function codecOf(name: string): Codec | undefined {
  return byName.get(name);
}
