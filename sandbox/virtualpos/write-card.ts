import type { VposCard } from './model.ts';
import { CallError, type Params } from './params.ts';
import type { VposState } from './state.ts';
import type { BranchNode } from './tree.ts';
import { namedCustomer } from './write-customer.ts';

type CardFields = Partial<Omit<VposCard, 'id'>>;

const MEDIUMS = ['PLASTIC', 'MAGNET', 'APP'];
const STATUSES = ['NEW', 'ACTIVE', 'BLOCKED'];

/** A unique number as an EAN-13: leading zeros before it, the check digit after it; thirteen digits and more stay. */
export function ean13(uid: string): string {
  const digits = uid.replace(/\D/g, '').padStart(12, '0');
  if (digits.length > 12) return digits;
  let sum = 0;
  for (let place = 0; place < 12; place += 1) sum += Number(digits[place]) * (place % 2 === 0 ? 1 : 3);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const choice = (params: Params, name: string, allowed: string[]): string | undefined => {
  const value = params.any(name);
  if (value === undefined || value === '') return undefined;
  if (!allowed.includes(value)) throw new CallError(`Недопустимое значение параметра ${name}`);
  return value;
};

const typeOf = (state: VposState, params: Params): string | undefined => {
  const id = params.any('type_id');
  if (id !== undefined && id !== '') {
    if (!state.types.has(id)) throw new CallError('Тип карты не найден');
    return id;
  }
  const name = params.any('type_name');
  return name === undefined || name === '' ? undefined : state.entryByName('type', name);
};

const owner = (state: VposState, params: Params): string | undefined => {
  const cleared = params.any('customer_id') === '' && state.options.clearByEmpty;
  return namedCustomer(state, params)?.id ?? (cleared ? '' : undefined);
};

const dates = (state: VposState, params: Params, status: string | undefined): CardFields => {
  const fields: CardFields = {};
  for (const name of ['block_date', 'activate_date'] as const) {
    const value = params.any(name);
    if (value !== undefined && (value !== '' || state.options.clearByEmpty)) fields[name] = value;
  }
  if (!state.options.statusSetsDates) return fields;
  if (status === 'BLOCKED') fields.block_date ??= state.now();
  if (status === 'ACTIVE') fields.activate_date ??= state.now();
  return fields;
};

const sent = (state: VposState, params: Params): CardFields => {
  const status = choice(params, 'status', STATUSES);
  const given = {
    uid_ean13: params.any('uid_ean13') || undefined,
    barcode: params.any('barcode') || undefined,
    medium: choice(params, 'medium', MEDIUMS),
    status,
    type_id: typeOf(state, params),
    customer_id: owner(state, params),
  };
  const fields: CardFields = dates(state, params, status);
  for (const [name, value] of Object.entries(given)) if (value !== undefined) fields[name as keyof CardFields] = value;
  return fields;
};

/** The documented search: `card_id`, then `uid`, then `external_id`, then `card_barcode`. */
const found = (state: VposState, params: Params): VposCard | undefined => {
  const id = params.getOnly('card_id');
  const byId = id === undefined ? undefined : state.cards.get(id);
  if (byId !== undefined) return byId;
  for (const [name, key] of [
    ['uid', 'uid'],
    ['external_id', 'external_id'],
    ['card_barcode', 'barcode'],
  ] as const) {
    const value = params.getOnly(name);
    const [card] = value === undefined ? [] : state.cardsBy(key, value);
    if (card !== undefined) return card;
  }
  return undefined;
};

/** Lays the search keys that did not find the card over it; a number of another card is refused. */
const withKeys = (state: VposState, params: Params, card: VposCard | undefined): CardFields => {
  const fields: CardFields = {};
  if (card !== undefined && !state.options.searchKeysSetValues) return fields;
  for (const key of ['uid', 'external_id'] as const) {
    const value = params.getOnly(key);
    if (value === undefined) continue;
    if (state.cardsBy(key, value).some((other) => other.id !== card?.id)) throw new CallError(`Карта с таким ${key} уже есть`);
    fields[key] = value;
  }
  return fields;
};

const touchOwners = (state: VposState, ids: Iterable<string>): void => {
  if (!state.options.cardTouchesUpdateDate) return;
  for (const id of new Set(ids)) {
    const customer = state.customers.get(id);
    if (customer !== undefined) state.touch(customer, 'api');
  }
};

const create = (state: VposState, params: Params): BranchNode => {
  const keys = withKeys(state, params, undefined);
  const fields = sent(state, params);
  const uid = keys.uid ?? nextUid(state);
  const card = state.createCard({
    external_id: '',
    ...unsent(uid),
    ...keys,
    ...fields,
    uid,
  });
  touchOwners(state, [card.customer_id]);
  return { success: '1', id: card.id, isnew: '1' };
};

const nextUid = (state: VposState): string => {
  let number = 100_000 + state.cards.size;
  while (state.cardsBy('uid', String(number)).length > 0) number += 1;
  return String(number);
};

/** What a new card is where nothing is said of it; a change that is no partial one makes it so again. */
const unsent = (uid: string): Omit<VposCard, 'id' | 'external_id' | 'uid'> => ({
  uid_ean13: ean13(uid),
  barcode: uid.replace(/\D/g, '').padStart(12, '0'),
  medium: 'PLASTIC',
  status: 'NEW',
  block_date: '',
  activate_date: '',
  type_id: '',
  customer_id: '',
});

/** `updateCard`: changes the card found, or adds one with `create_if_not_exist=1`. */
export function updateCard(state: VposState, params: Params): BranchNode {
  const card = found(state, params);
  if (card === undefined) {
    if (params.getOnly('create_if_not_exist') !== '1') throw new CallError('Карта не найдена');
    return create(state, params);
  }
  const fields = { ...(state.options.partialUpdate ? {} : unsent(card.uid)), ...withKeys(state, params, card), ...sent(state, params) };
  const before = card.customer_id;
  state.setCard(card, fields);
  touchOwners(state, [before, card.customer_id]);
  return { success: '1', id: card.id, isnew: '0' };
}

/** `insertCard`: adds a card; a known `uid` or `external_id` is refused. */
export function insertCard(state: VposState, params: Params): BranchNode {
  return create(state, params);
}

/** `deleteCard`: removes the card found by the keys in the query. */
export function deleteCard(state: VposState, params: Params): BranchNode {
  const card = found(state, params);
  if (card === undefined) throw new CallError('Карта не найдена');
  const before = card.customer_id;
  state.removeCard(card.id);
  touchOwners(state, [before]);
  return { success: '1', id: card.id };
}
