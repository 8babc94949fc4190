/** The canonical base: clients with everything that hangs on them, cards, card types, groups. */
import { FIELDS, type FieldSpec, type ValueKind } from '../../../core/model.ts';
import { big, type ColumnSpec, flag, instant, int, json, key, minor, short, type TableSpec, table, text } from '../table.ts';

/** Column of a canonical field: `name.last` → `name_last`, `registeredAt` → `registered_at`. */
export function columnOf(field: string): string {
  return field.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const COLUMN_KINDS: Partial<Record<ValueKind, (doc: string) => ColumnSpec>> = {
  instant: (doc) => instant(doc, { nullable: true }),
  integer: (doc) => int(doc, { nullable: true }),
  minor: (doc) => minor(doc, { nullable: true }),
  flag: (doc) => flag(doc, { nullable: true }),
  code: (doc) => short(doc, 16, { nullable: true }),
  consent: (doc) => short(doc, 10, { nullable: true }),
  date: (doc) => short(doc, 10, { nullable: true }),
};

function columnsOf(fields: readonly FieldSpec[]): Record<string, ColumnSpec> {
  return Object.fromEntries(
    fields.map((field) => {
      const doc = field.codes === undefined ? field.doc : `${field.doc} One of: ${field.codes.join(', ')}.`;
      return [columnOf(field.name), (COLUMN_KINDS[field.kind] ?? ((said: string) => text(said, { nullable: true })))(doc)];
    }),
  );
}

/** Client fields that have tables of their own. */
const CHILD = /^(phone|phones|landline|email|emails|otherContacts|address\.|specialDates\.|document\.|snils|group|cardNumber|reference|attributes)/;
/** Client fields kept as columns of `clients`, in this order. */
export const CLIENT_COLUMN_FIELDS = FIELDS.filter((field) => field.entity === 'client' && !CHILD.test(field.name));
export const CARD_COLUMN_FIELDS = FIELDS.filter((field) => field.entity === 'card' && field.name !== 'owner' && field.policy !== 'local');
export const CARD_TYPE_COLUMN_FIELDS = FIELDS.filter((field) => field.entity === 'cardType');
export const DOCUMENT_FIELDS = FIELDS.filter((field) => field.document === true);

const kept = {
  digest: short('Digest of all folded values: an equal digest is an unchanged entity.', 22),
  provenance: json('Where each value comes from: {field: {record, rule, losers}}; "*" stands for every field of an entity with one source.'),
  attributes: json('Vendor fields without a canonical home: {"vendor.field": value}.', { nullable: true }),
  touched_seq: big('Position in the order of changes at which it, or a record of it, last changed; planning goes on from there.'),
  created_run: big('Run that made it.'),
  changed_run: big('Run that last changed it.'),
};

const clients = table(
  'clients',
  'The person or organisation that buys: one row for all their records in all systems.',
  { id: big('Number given by us; also our reference in systems that keep one.'), ...columnsOf(CLIENT_COLUMN_FIELDS), ...kept },
  { primary: ['id'], indexes: [['touched_seq']] },
);

const contacts = table(
  'contacts',
  'Phones, e-mail addresses and other contacts of a client.',
  {
    client_id: big('The client.'),
    kind: short('phone, landline, email, other.', 10),
    value: key('Phone with + and digits; address in lower case; other text cut to the key length.'),
    main: flag('The main one of its kind.'),
    note: text('Words beside a phone, such as whose it is.', { nullable: true }),
  },
  { primary: ['client_id', 'kind', 'value'] },
);

const addresses = table(
  'addresses',
  'Addresses of a client.',
  {
    client_id: big('The client.'),
    kind: short('main, registered, residence, legal.', 12),
    text: text('The address as one text.', { nullable: true }),
    postcode: text('Postcode.', { nullable: true }),
    street: text('Street with its kind.', { nullable: true }),
    house: text('House.', { nullable: true }),
    building: text('Building of the house.', { nullable: true }),
    flat: text('Flat or office.', { nullable: true }),
    region: text('Region.', { nullable: true }),
    city: text('City.', { nullable: true }),
  },
  { primary: ['client_id', 'kind'] },
);

const specialDates = table(
  'special_dates',
  "Special dates of a client: a wedding, a child's birthday.",
  {
    client_id: big('The client.'),
    position: int('1, 2 or 3.'),
    date: short('YYYY-MM-DD, or partial.', 10, { nullable: true }),
    name: text('What it is.', { nullable: true }),
  },
  { primary: ['client_id', 'position'] },
);

const identityDocuments = table(
  'identity_documents',
  'Identity documents of a client; a class of its own, so that it can be encrypted and erased apart.',
  { client_id: big('The client.'), ...columnsOf(DOCUMENT_FIELDS) },
  { primary: ['client_id'] },
);

const groups = table('groups', 'Client groups by name.', { id: big('Number given by us.'), name: key('Name.') }, { primary: ['id'], unique: [['name']] });

const clientGroups = table(
  'client_groups',
  'Which clients are in which group.',
  { client_id: big('The client.'), group_id: big('The group.') },
  { primary: ['client_id', 'group_id'], indexes: [['group_id']] },
);

const cards = table(
  'cards',
  'Loyalty cards: one row for a card number in all systems.',
  {
    id: big('Number given by us.'),
    client_id: big('The owner.', { nullable: true }),
    ...columnsOf(CARD_COLUMN_FIELDS),
    ...kept,
  },
  { primary: ['id'], indexes: [['touched_seq'], ['client_id']] },
);

const cardTypes = table(
  'card_types',
  'Kinds of cards: discount, bonus.',
  { id: big('Number given by us.'), ...columnsOf(CARD_TYPE_COLUMN_FIELDS), ...kept },
  { primary: ['id'], indexes: [['touched_seq']] },
);

export const ENTITY_TABLES: readonly TableSpec[] = [clients, contacts, addresses, specialDates, identityDocuments, groups, clientGroups, cards, cardTypes];
