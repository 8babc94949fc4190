import type { Json, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { checkWire, isEmpty, isObject } from '../shared/records.ts';
import type { VirtualposSettings } from './settings.ts';
import { bonusWire, cardWire, clientWire, flatten, isKey, listOf, scalar } from './wire.ts';

/** Cards that have no inner id are known by their number. */
const UID_KEY = 'uid:';

/** Records gathered from the rows of one answer, by stream. */
export class Gathered {
  readonly clients: VendorRecord[] = [];
  readonly cards: VendorRecord[] = [];
  readonly bonuses: VendorRecord[] = [];
  readonly rejected: RejectedRecord[] = [];
  /** Something was refused whose key is unknown, so that a record may be there and yet not be counted. */
  nameless = false;

  /** The records as a batch has them. */
  byStream(): Map<string, readonly VendorRecord[]> {
    return new Map([
      ['clients', this.clients],
      ['cards', this.cards],
      ['bonuses', this.bonuses],
    ]);
  }

  reject(rejected: RejectedRecord): void {
    this.rejected.push(rejected);
    if (rejected.key === null) this.nameless = true;
  }
}

/** The customer's id, or null when the row has none that can be a key. */
export function idOf(row: Json): string | null {
  if (!isObject(row)) return null;
  const id = scalar(row['id'] ?? null);
  return isKey(id) ? id : null;
}

/**
 * A customer's row as its client, cards and bonuses. Empty values come as empty elements: of a name that is absent an answer says
 * nothing, and not every installation shows all names. `digest` is kept where all of it could be read, so that it recognises all of it.
 */
export function gather(into: Gathered, row: Json, id: string | null, elements: VirtualposSettings['elements'], digest?: string): void {
  if (id === null || !isObject(row)) {
    into.reject({ stream: 'clients', key: null, body: row, field: 'id', rule: 'expected a customer with an id' });
    return;
  }
  const refused = into.rejected.length;
  gatherCards(into, row[elements.cards], id, elements);
  gatherBonuses(into, row[elements.bonuses], id, elements);
  const { body, plain } = flatten(row, elements.cards, elements.bonuses);
  const checked = plain ? { ok: body } : checkWire(clientWire, 'clients', id, body);
  if ('rejected' in checked) into.reject(checked.rejected);
  else into.clients.push({ key: id, body: checked.ok, covers: 'body', ...(digest === undefined || into.rejected.length > refused ? {} : { digest }) });
}

function gatherCards(into: Gathered, value: Json | undefined, owner: string, elements: VirtualposSettings['elements']): void {
  for (const card of itemsOf(into, 'cards', value, elements.cards, elements.card)) {
    const { body, plain } = flatten(card, '', '');
    body['customer_id'] = owner;
    // The write call's name for the inner id.
    if (isEmpty(body['id']) && isKey(body['card_id'])) body['id'] = body['card_id'];
    const { id, uid } = body;
    const key = isKey(id) ? id : isKey(uid) ? UID_KEY + uid : null;
    add(into, into.cards, 'cards', key, body, plain && key !== null, owner);
  }
}

function gatherBonuses(into: Gathered, value: Json | undefined, owner: string, elements: VirtualposSettings['elements']): void {
  for (const bonus of itemsOf(into, 'bonuses', value, elements.bonuses, elements.bonus)) {
    const { body, plain } = flatten(bonus, '', '');
    body['customer_id'] = owner;
    // No sample shows the names: those of the write call, else the likeliest others.
    if (isEmpty(body['bonus_id']) && isKey(body['id'])) body['bonus_id'] = body['id'];
    for (const name of ['balance', 'sum', 'value']) {
      if (isEmpty(body['amount']) && !isEmpty(body[name])) body['amount'] = body[name] as Json;
    }
    const programme = body['bonus_id'];
    const key = isKey(programme) ? bonusKey(owner, programme) : null;
    const amount = body['amount'];
    add(into, into.bonuses, 'bonuses', key, body, plain && key !== null && typeof amount === 'string' && amount !== '', owner);
  }
}

const SCHEMAS = { cards: cardWire, bonuses: bonusWire };

function add(
  into: Gathered,
  list: VendorRecord[],
  stream: 'cards' | 'bonuses',
  key: string | null,
  body: Record<string, Json>,
  plain: boolean,
  owner: string,
): void {
  const checked = plain ? { ok: body } : checkWire(SCHEMAS[stream], stream, key, body);
  if ('rejected' in checked) into.reject(checked.rejected);
  else if (key !== null) list.push({ key, body: checked.ok, covers: 'body', parent: { stream: 'clients', key: owner } });
}

const NONE: readonly { readonly [name: string]: Json }[] = [];

function itemsOf(into: Gathered, stream: string, value: Json | undefined, list: string, item: string): readonly { readonly [name: string]: Json }[] {
  if (value === undefined || value === '') return NONE;
  const items = listOf(value, item);
  if (items === null) {
    into.reject({ stream, key: null, body: value ?? null, field: list, rule: `expected a list of ${item}` });
    return NONE;
  }
  return items.filter((row): row is { readonly [name: string]: Json } => {
    if (isObject(row)) return true;
    into.reject({ stream, key: null, body: row, field: item, rule: 'expected an object' });
    return false;
  });
}

/** The key of a customer's savings in a programme. */
export function bonusKey(customer: string, programme: string): string {
  return `${customer}:${programme}`;
}

/** Customer and programme of such a key; null when it is none. */
export function splitBonusKey(key: string): { readonly customer: string; readonly programme: string } | null {
  const colon = key.lastIndexOf(':');
  return colon <= 0 ? null : { customer: key.slice(0, colon), programme: key.slice(colon + 1) };
}

/** The "get only" parameter that names a card by its key. */
export function cardParameter(key: string): Record<string, string> {
  return key.startsWith(UID_KEY) ? { uid: key.slice(UID_KEY.length) } : { card_id: key };
}
