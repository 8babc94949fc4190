import { pageWindow } from '../shared/answers.ts';
import type { Fault } from '../shared/faults.ts';
import type { VposCard, VposCustomer } from './model.ts';
import { CallError, type Params } from './params.ts';
import type { VposState } from './state.ts';
import type { BranchNode } from './tree.ts';

const positive = (text: string | undefined, fallback: number): number => {
  const value = Number(text ?? fallback);
  return Number.isInteger(value) && value > 0 ? value : fallback;
};

/** Full years on a day, empty unless the birthday is a whole date. */
const ageOn = (today: string, customer: VposCustomer): string => {
  const [year, month, day] = [customer.birth_year, customer.birth_month, customer.birth_day].map(Number);
  if (!year || !month || !day) return '';
  const [thisYear = 0, thisMonth = 0, thisDay = 0] = today.split('-').map(Number);
  const before = thisMonth < month || (thisMonth === month && thisDay < day);
  return String(thisYear - year - (before ? 1 : 0));
};

/** Minor units as a decimal text with two places. */
export function decimal(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const CARD_FIELDS = ['id', 'external_id', 'uid', 'uid_ean13', 'barcode', 'medium', 'status', 'block_date', 'activate_date', 'type_id'] as const;

const cardRow = (state: VposState, card: VposCard): BranchNode => {
  const row: BranchNode = {};
  for (const name of CARD_FIELDS) row[name] = card[name];
  row.type_name = state.types.get(card.type_id) ?? '';
  return row;
};

const cardList = (state: VposState, id: string): BranchNode[] => state.cardsOf(id).map((card) => cardRow(state, card));

const bonusList = (state: VposState, id: string): BranchNode[] =>
  [...(state.bonuses.get(id) ?? [])].map(([programme, minor]) => ({
    bonus_id: programme,
    name: state.options.programmes[programme] ?? '',
    amount: decimal(minor),
  }));

const row = (state: VposState, customer: VposCustomer, today: string, params: Params): BranchNode => {
  const { id, external_id, fname, lname, mname, group_id, created_date, created_by, last_update_date, last_update_by, ...rest } = customer;
  const { email, phone, ...details } = rest;
  return {
    id,
    ...(state.options.returnsExternalId ? { external_id } : {}),
    fname,
    lname,
    mname,
    age: ageOn(today, customer),
    email,
    phone,
    ...details,
    group_id,
    group_name: state.groups.get(group_id) ?? '',
    created_date,
    created_by,
    last_update_date,
    last_update_by,
    ...(params.any('cards') === 'true' ? { cards: { item: 'card', items: cardList(state, id) } } : {}),
    ...(params.any('bonuses') === 'true' ? { bonuses: { item: 'bonus', items: bonusList(state, id) } } : {}),
  };
};

/** The narrowest set of ids the key filters leave, in the order of ids. */
const candidates = (state: VposState, params: Params): string[] => {
  const keyed: [string | undefined, (value: string) => string[]][] = [
    [params.getOnly('id'), (id) => (state.customers.has(id) ? [id] : [])],
    [params.getOnly('external_id'), (value) => state.idsByExternalId(value)],
    [params.any('phone') || undefined, (value) => state.idsByPhone(value)],
    [params.any('email') || undefined, (value) => state.idsByEmail(value)],
  ];
  let ids: string[] | undefined;
  for (const [value, find] of keyed) {
    if (value === undefined) continue;
    const found = new Set(find(value));
    ids = (ids ?? [...found]).filter((id) => found.has(id));
  }
  return ids === undefined ? state.ids() : ids.sort((a, b) => Number(a) - Number(b));
};

const filtered = (state: VposState, params: Params): string[] => {
  let ids = candidates(state, params);
  for (const [name, field] of [
    ['with_phone', 'phone'],
    ['with_email', 'email'],
  ] as const) {
    const wanted = params.any(name);
    if (wanted !== 'true' && wanted !== 'false') continue;
    ids = ids.filter((id) => ((state.customers.get(id)?.[field] ?? '') !== '') === (wanted === 'true'));
  }
  return ids;
};

/** `GET /api/customer`: the customers that the filters leave, paged when a page is asked for. */
export function readCustomers(state: VposState, params: Params, faults: readonly Fault[]): BranchNode {
  const ids = filtered(state, params);
  const keyed = params.getOnly('id') ?? params.getOnly('external_id');
  if (ids.length === 0 && keyed !== undefined && state.options.missing === 'error') throw new CallError('Клиент не найден');
  const today = state.today();
  const rows = (part: string[]): BranchNode[] =>
    part.flatMap((id) => {
      const customer = state.customers.get(id);
      return customer === undefined ? [] : [row(state, customer, today, params)];
    });
  const envelope = (items: BranchNode[]): BranchNode => ({
    success: '1',
    type: 'customer',
    count: String(items.length),
    customers: { item: 'customer', items },
  });
  if (params.any('page') === undefined && params.any('page_size') === undefined) return envelope(rows(ids));
  const page = positive(params.any('page'), 1);
  const size = Math.min(positive(params.any('page_size'), state.options.pageCap), state.options.pageCap);
  const { start, totalDelta } = pageWindow(faults, (page - 1) * size, size);
  return {
    ...envelope(rows(ids.slice(start, start + size))),
    page: String(page),
    page_size: String(size),
    total_count: String(ids.length + totalDelta),
  };
}
