import * as z from 'zod';

const path = z.string().startsWith('/');

/** Paths of the calls. Only the first two are shown by the vendor's document; the others follow their pattern. */
const paths = z.strictObject({
  read: path.default('/api/customer'),
  update: path.default('/api/customer/update'),
  updateCard: path.default('/api/customer/updateCard'),
  insertCard: path.default('/api/customer/insertCard'),
  deleteCard: path.default('/api/customer/deleteCard'),
  updateBonus: path.default('/api/customer/updateBonus'),
});

/** Names of the nested lists and their items, which no sample of the vendor shows. */
const elements = z.strictObject({
  cards: z.string().min(1).default('cards'),
  card: z.string().min(1).default('card'),
  bonuses: z.string().min(1).default('bonuses'),
  bonus: z.string().min(1).default('bonus'),
});

/** What the vendor's document leaves open is a setting here, with the plainest reading as its default. */
export const virtualposSettings = z.strictObject({
  /** `https://company.myvirtualpos.ru`, without a path, a query or a login. */
  url: z.url({ protocol: /^https?$/, abort: true }).refine((url) => {
    const { username, password, search, hash } = new URL(url);
    return username + password + search + hash === '';
  }, 'expected an address without login, query and fragment'),
  apikey: z.string().min(1).meta({ secret: true }),
  format: z.enum(['json', 'xml']).default('json'),
  /** Customers asked for at once; the vendor's sample has 200. */
  pageSize: z.int().min(1).max(10_000).default(200),
  /** Where the key travels in a POST. "get or post": the body keeps it out of access logs. */
  keyIn: z.enum(['query', 'body']).default('body'),
  /** `POST` keeps the key out of access logs in readings too; the vendor's examples read by GET. */
  readMethod: z.enum(['GET', 'POST']).default('GET'),
  paths: paths.prefault({}),
  elements: elements.prefault({}),
  /** Whether cards and bonuses are asked for. */
  cards: z.boolean().default(true),
  bonuses: z.boolean().default(true),
  /** Spelling of booleans in `cards`, `bonuses`, `with_phone`, `with_email` and `overwrite`. */
  booleans: z.enum(['true', '1']).default('true'),
  /** By how much `count` may differ from the rows of a page before the reading is no longer called whole. */
  countTolerance: z.int().min(0).default(0),
  /**
   * What proves a reading whole: one pass whose ids are as many as the total, or two passes in a row that agree. One pass is
   * fooled when, while it runs, as many customers are deleted in the vendor's own program as are added.
   */
  proof: z.enum(['one-pass', 'two-passes']).default('one-pass'),
  /** Form of the number in the `phone` filter, which is "free-form". */
  phoneFilter: z.enum(['international', 'digits', 'national']).default('international'),
  /** `updateBonus` by difference, or by `overwrite`, which erases what the till did meanwhile. */
  balanceBy: z.enum(['delta', 'value']).default('delta'),
  /** The bonus programme an adjustment goes to when the operation names none; the vendor has no list of them. */
  bonusId: z.string().regex(/^\d+$/).default('1'),
  /**
   * `whole`: a change sends all fields of the customer or card as they are at that moment, read just before (one call more for each).
   * `changed`: only the fields that differ; only where it was tried that the vendor keeps what is not sent.
   */
  update: z.enum(['whole', 'changed']).default('whole'),
  /** `updateCard` with `create_if_not_exist=1`, or `insertCard`. */
  createCardBy: z.enum(['updateCard', 'insertCard']).default('updateCard'),
  /**
   * Whether a group (`group_name`) or a card type (`type_name`) that is not there may be made by sending its name. Without leave a
   * name is sent only where some customer or card has it, or where it is listed below.
   */
  createGroups: z.boolean().default(false),
  createCardTypes: z.boolean().default(false),
  /** Names that are there although nobody has them yet. */
  knownGroups: z.array(z.string().min(1)).default([]),
  knownCardTypes: z.array(z.string().min(1)).default([]),
  /** What a new card has unless the operation says otherwise. */
  cardDefaults: z.record(z.string(), z.string()).default({ status: 'ACTIVE', medium: 'PLASTIC' }),
  /** What a new customer has unless the operation says otherwise. */
  clientDefaults: z.record(z.string(), z.string()).default({}),
  /** `deleteCard` takes its key in the query; POST keeps proxies from repeating it. */
  deleteMethod: z.enum(['POST', 'GET']).default('POST'),
  /** An empty parameter clears the field; the document does not say. */
  clearByEmpty: z.boolean().default(true),
  /** Parts of `info`, in lower case, by which a refused key and a record that is not there are told from other errors. */
  refusedInfo: z.array(z.string().min(3)).default(['apikey', 'api key', 'api-key', 'ключ', 'доступ', 'access']),
  notFoundInfo: z.array(z.string().min(3)).default(['не найден', 'not found']),
});

export type VirtualposSettings = z.infer<typeof virtualposSettings>;
