/** Paths of the calls. Only the first two are documented; the others are likely, hence settable. */
export interface VirtualPosPaths {
  read: string;
  update: string;
  updateCard: string;
  insertCard: string;
  deleteCard: string;
  updateBonus: string;
}

/** Every behaviour that the vendor's document leaves open, as a switch. */
export interface VirtualPosOptions {
  apikey: string;
  /** Answer to a wrong key: an error in the body at HTTP 200, or HTTP 403 with an empty body. */
  wrongKey: 'success-0' | '403';
  /** Format when the request names none. */
  defaultFormat: 'xml' | 'json';
  /** Lists in JSON: a plain array; `{customer:[…]}`; the same with a bare object for a single row. */
  jsonShape: 'array' | 'object-array' | 'object-single-when-one';
  /** How JSON shows an empty value (and, outside the shape `array`, an empty list). */
  emptyAs: '""' | 'null' | '[]' | '{}';
  /** `strings`: text in records, numbers in the envelope. `all-strings`: text everywhere. `numbers`: numbers wherever a field is numeric. */
  scalars: 'strings' | 'all-strings' | 'numbers';
  /** Whether a customer shows its `external_id`; the sample answer does not. */
  returnsExternalId: boolean;
  /** Largest and default `page_size`. */
  pageCap: number;
  /** Reading a customer that does not exist: an empty list or an error. */
  missing: 'empty' | 'error';
  /** How the `phone` filter compares: by the last ten digits, or letter by letter. */
  phoneMatch: 'digits' | 'exact';
  bonusTouchesUpdateDate: boolean;
  cardTouchesUpdateDate: boolean;
  /** Whether an update that changes nothing moves `last_update_date`. */
  idleUpdateTouchesDate: boolean;
  /** A write-off below zero. */
  overdraft: 'refuse' | 'allow';
  /** Whether an empty parameter clears the field; otherwise it is ignored. */
  clearByEmpty: boolean;
  /** Whether `update` and `updateCard` keep the fields that are not sent; otherwise they are emptied. */
  partialUpdate: boolean;
  /** Whether parameters marked "get only" are ignored in the form body. */
  strictGetOnly: boolean;
  /** `send_push`, `send_email`, `send_sms` of a customer created without them. */
  defaultSendFlags: '1' | '0' | '';
  /** Whether names lose outer spaces. */
  trimNames: boolean;
  /** Names are cut silently to so many characters. */
  maxName: number;
  /** What happens to a forbidden `age` parameter. */
  ageSent: 'refuse' | 'ignore';
  /** Whether a search key of updateCard that did not find the card (uid, external_id) is written into it. */
  searchKeysSetValues: boolean;
  /** Whether BLOCKED and ACTIVE without a date set `block_date` and `activate_date` to now. */
  statusSetsDates: boolean;
  /** IANA zone of all date-times. */
  zone: string;
  /** Bonus programmes, id to name. */
  programmes: Record<string, string>;
  paths: VirtualPosPaths;
}

/** The defaults: the documented sample where there is one, else the plainest reading. */
export const defaultVirtualPosOptions: VirtualPosOptions = {
  apikey: 'sandbox-virtualpos-key',
  wrongKey: 'success-0',
  defaultFormat: 'xml',
  jsonShape: 'array',
  emptyAs: '""',
  scalars: 'strings',
  returnsExternalId: false,
  pageCap: 200,
  missing: 'empty',
  phoneMatch: 'digits',
  bonusTouchesUpdateDate: false,
  cardTouchesUpdateDate: false,
  idleUpdateTouchesDate: true,
  overdraft: 'refuse',
  clearByEmpty: true,
  partialUpdate: true,
  strictGetOnly: true,
  defaultSendFlags: '1',
  trimNames: false,
  maxName: Number.POSITIVE_INFINITY,
  ageSent: 'refuse',
  searchKeysSetValues: true,
  statusSetsDates: false,
  zone: 'Europe/Moscow',
  programmes: { '1': 'Бонусы' },
  paths: {
    read: '/api/customer',
    update: '/api/customer/update',
    updateCard: '/api/customer/updateCard',
    insertCard: '/api/customer/insertCard',
    deleteCard: '/api/customer/deleteCard',
    updateBonus: '/api/customer/updateBonus',
  },
};
