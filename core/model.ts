/**
 * The canonical model: every field that Sverka keeps of a client, a card, a card type and a bonus account, in its own words.
 * Mappings translate wire fields to these names; the pipeline folds and compares values of these kinds and no others.
 */

export type EntityKind = 'client' | 'card' | 'cardType' | 'account';

/**
 * What a value is, once decoded:
 * `text` non-empty string; `phone` `+` and 8–15 digits; `email` lower-cased address; `date` `YYYY-MM-DD`, or partial `--MM-DD`, `YYYY`, `YYYY-MM`;
 * `instant` UTC milliseconds; `integer`; `minor` integer minor units (1/100); `flag` boolean; `code` one of `codes`;
 * `consent` see `ConsentValue`; `texts`, `phones`, `emails` sorted lists without repetition; `ref` the vendor key of the
 * client or card type it belongs to in the same system; `json` anything (attributes only).
 */
export type ValueKind =
  | 'text'
  | 'phone'
  | 'email'
  | 'date'
  | 'instant'
  | 'integer'
  | 'minor'
  | 'flag'
  | 'code'
  | 'consent'
  | 'texts'
  | 'phones'
  | 'emails'
  | 'ref'
  | 'json';

/**
 * `granted`; `withheld`: the vendor's 0, which is *not asked* when first seen and a refusal when it was seen to change;
 * `refused`: an explicit refusal. *Not asked* is the absence of a value.
 */
export const CONSENTS = ['granted', 'withheld', 'refused'] as const;
export type ConsentValue = (typeof CONSENTS)[number];

/** A decoded value. `null` is *empty* (the vendor says there is none); an absent field is *not said*. */
export type Value = string | number | boolean | readonly string[] | { readonly [name: string]: unknown } | null;

/** Values by canonical field name. */
export type FieldValues = Readonly<Record<string, Value>>;

export interface FieldSpec {
  readonly name: string;
  readonly entity: EntityKind;
  readonly kind: ValueKind;
  /** Meaning, for docs and column comments. */
  readonly doc: string;
  /** Fields of one group win or lose together: a name, an address, a document. */
  readonly group?: string;
  readonly codes?: readonly string[];
  /** A value of a person: masked or left out wherever a text is made. Default true for clients. */
  readonly personal: boolean;
  /** Vendors fill it by themselves in a new record, so its first value after our create is no one's edit. */
  readonly vendorDefault?: boolean;
  /** Belongs to an identity document: to be encrypted and erased apart. */
  readonly document?: boolean;
  /**
   * How values of several systems are folded when the configuration is silent. `local`: each is its own system's affair. `sum`: amounts
   * that stand beside one another, whatever the configuration says. Neither of these two is ever sent to another system.
   */
  readonly policy?: 'union' | 'oldest' | 'local' | 'sum';
}

type Extra = Partial<Omit<FieldSpec, 'name' | 'entity' | 'kind' | 'doc'>>;

const client = (name: string, kind: ValueKind, doc: string, extra: Extra = {}): FieldSpec => ({ name, entity: 'client', kind, doc, personal: true, ...extra });
const plain = (name: string, kind: ValueKind, doc: string, extra: Extra = {}): FieldSpec => client(name, kind, doc, { personal: false, ...extra });
const card = (name: string, kind: ValueKind, doc: string, extra: Extra = {}): FieldSpec => ({ name, entity: 'card', kind, doc, personal: false, ...extra });
const cardType = (name: string, kind: ValueKind, doc: string): FieldSpec => ({ name, entity: 'cardType', kind, doc, personal: false });
const account = (name: string, kind: ValueKind, doc: string): FieldSpec => ({ name, entity: 'account', kind, doc, personal: false });
const consent = (channel: string): FieldSpec => plain(`consents.${channel}`, 'consent', `Consent to be contacted by ${channel}.`, { vendorDefault: true });
const specialDate = (n: number): FieldSpec[] => [
  client(`specialDates.${n}.date`, 'date', `Special date number ${n}.`, { group: `specialDates.${n}` }),
  client(`specialDates.${n}.name`, 'text', `What special date number ${n} is.`, { group: `specialDates.${n}` }),
];
const documentField = (name: string, kind: ValueKind, doc: string): FieldSpec => client(`document.${name}`, kind, doc, { group: 'document', document: true });

export const FIELDS: readonly FieldSpec[] = [
  client('name.last', 'text', 'Surname.', { group: 'name' }),
  client('name.first', 'text', 'Given name.', { group: 'name' }),
  client('name.middle', 'text', 'Patronymic.', { group: 'name' }),
  client('name.display', 'text', "The name as one text, where it is not a person's name in parts: an organisation, an address used as a name.", {
    group: 'name',
  }),
  plain('sex', 'code', 'Sex.', { codes: ['male', 'female'], vendorDefault: true }),
  client('birthDate', 'date', 'Date of birth; partial where only a part is known.'),
  client('phone', 'phone', 'Main mobile phone.'),
  client('phones', 'phones', 'Further phones.', { policy: 'union' }),
  client('phoneNotes', 'texts', 'What is written beside a phone, such as whose it is: the number, a blank, the words.'),
  client('landline', 'phone', 'Landline phone.'),
  client('email', 'email', 'Main e-mail address.'),
  client('emails', 'emails', 'Further e-mail addresses.', { policy: 'union' }),
  client('otherContacts', 'texts', 'Contacts of other kinds.', { policy: 'union' }),
  client('webPage', 'text', 'Web page.'),
  client('address.text', 'text', 'Main address as one text.', { group: 'address' }),
  client('address.postcode', 'text', 'Postcode of the main address.', { group: 'address' }),
  client('address.street', 'text', 'Street of the main address, with its kind (ул, пр-т).', { group: 'address' }),
  client('address.house', 'text', 'House of the main address.', { group: 'address' }),
  client('address.building', 'text', 'Building of the house.', { group: 'address' }),
  client('address.flat', 'text', 'Flat or office of the main address.', { group: 'address' }),
  client('address.region', 'text', 'Region of the main address.', { group: 'address' }),
  client('address.city', 'text', 'City of the main address.', { group: 'address' }),
  client('address.registered', 'text', 'Registered address.'),
  client('address.residence', 'text', 'Actual place of residence.'),
  client('address.legal', 'text', 'Legal address of an organisation.'),
  client('taxId', 'text', 'INN: tax number.'),
  client('okpo', 'text', 'OKPO code.'),
  client('okpd', 'text', 'OKPD code.'),
  client('occupation', 'text', 'Occupation.'),
  client('childrenCount', 'integer', 'Number of children.', { vendorDefault: true }),
  plain('organisation.code', 'text', 'Code of the organisation the client belongs to.'),
  client('organisation.name', 'text', 'Name of the agency or organisation.'),
  plain('majority', 'code', 'Age class in law.', { codes: ['infant', 'minor', 'adult'], vendorDefault: true }),
  plain('legalCapacity', 'code', 'Legal capacity.', { codes: ['capable', 'partly', 'incapable'], vendorDefault: true }),
  plain('familyState', 'code', 'Family state.', { codes: ['single', 'married'], vendorDefault: true }),
  plain('type', 'code', 'What the client is.', { codes: ['person', 'agent', 'developer', 'contractor', 'other'], vendorDefault: true }),
  plain('role', 'code', 'What the client is to the retailer.', { codes: ['client', 'counterparty', 'lead'], vendorDefault: true }),
  ...['call', 'telegram', 'email', 'sms', 'push', 'mailing', 'receipts'].map(consent),
  client('notes', 'text', 'Free notes about the client.'),
  client('comments', 'texts', 'Remarks about the client that were made one by one.', { policy: 'union' }),
  plain('group', 'text', 'Name of the client group.', { vendorDefault: true }),
  plain('registeredAt', 'instant', 'When the client was first registered anywhere.', { policy: 'oldest', vendorDefault: true }),
  plain('turnover', 'minor', 'Accumulated purchases.', { vendorDefault: true }),
  client('debt', 'minor', 'Money owed to the retailer, over all systems; negative: paid ahead. Money and never points.', { policy: 'sum' }),
  client('responsible', 'text', "Name of the retailer's employee who looks after the client.", { policy: 'local' }),
  ...[1, 2, 3].flatMap(specialDate),
  documentField('text', 'text', 'Identity document as one text.'),
  documentField('series', 'text', 'Passport series.'),
  documentField('number', 'text', 'Passport number.'),
  documentField('issuedBy', 'text', 'Issuing authority.'),
  documentField('issuedAt', 'date', 'Date of issue.'),
  documentField('divisionCode', 'text', 'Code of the issuing division.'),
  documentField('birthPlace', 'text', 'Place of birth.'),
  client('snils', 'text', 'SNILS: insurance number.', { document: true }),
  client('cardNumber', 'text', "Card number noted in the client's record; evidence of identity, not a card.", { policy: 'local' }),
  plain('reference', 'text', 'Our own reference, where a system keeps it.', { policy: 'local', vendorDefault: true }),

  card('number', 'text', 'Card number as printed, without blanks.'),
  card('owner', 'ref', 'Key of the owning client in the same system.'),
  card('type', 'text', 'Name of the card type.'),
  card('status', 'code', 'State of the card.', { codes: ['new', 'active', 'blocked'], vendorDefault: true }),
  card('medium', 'code', 'What carries the card.', { codes: ['plastic', 'magnet', 'app'], vendorDefault: true }),
  card('mainNumber', 'text', 'Number of the card that it goes along with, where it is an additional one.', { vendorDefault: true }),
  card('barcode', 'text', 'Bar code, where it is not the number.', { policy: 'local', vendorDefault: true }),
  card('activatedAt', 'instant', 'When it was handed out.', { vendorDefault: true }),
  card('blockedAt', 'instant', 'When it was blocked.', { vendorDefault: true }),
  card('validFrom', 'date', 'First day of validity.', { vendorDefault: true }),
  card('validTo', 'date', 'Last day of validity.', { vendorDefault: true }),
  card('discountPercent', 'minor', 'Discount in hundredths of a percent.', { vendorDefault: true }),
  card('turnover', 'minor', 'Accumulated purchases on the card.', { policy: 'local' }),

  cardType('name', 'text', 'Name of the card type; card types of several systems are the same when their names are.'),
  cardType('mode', 'code', 'What its cards do.'),
  cardType('notes', 'text', 'Free text.'),
  cardType('pattern', 'text', 'Pattern of its card numbers.'),
  cardType('inputMask', 'integer', 'How its cards may be entered at the till (bit mask).'),

  account('owner', 'ref', 'Key of the client or card it belongs to in the same system.'),
  account('programme', 'text', 'Bonus programme, by its name in the configuration.'),
  account('balance', 'minor', 'Points that can be spent now, in hundredths.'),
  account('inactive', 'minor', 'Points that are not active yet, in hundredths; shown, never reconciled.'),
  account('cardNumber', 'text', 'Card through which the account is used.'),
];

/** Prefix of values without a canonical home: `attributes.<vendor>.<wire field>`, kind `json`, kept for their own system alone. */
export const ATTRIBUTES = 'attributes.';

const specs: Readonly<Record<EntityKind, Map<string, FieldSpec>>> = { client: new Map(), card: new Map(), cardType: new Map(), account: new Map() };
for (const field of FIELDS) specs[field.entity].set(field.name, field);

/** The field's declaration; attributes are made up on the spot; undefined for a name the model does not know. */
export function fieldSpec(entity: EntityKind, name: string): FieldSpec | undefined {
  const known = specs[entity].get(name);
  if (known !== undefined) return known;
  if (!/^attributes\.[a-z][a-z0-9-]*\.[A-Za-z0-9_.-]+$/.test(name)) return undefined;
  const made: FieldSpec = { name, entity, kind: 'json', doc: 'A vendor field without a canonical home.', personal: true, policy: 'local', vendorDefault: true };
  specs[entity].set(name, made);
  return made;
}
