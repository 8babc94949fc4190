import { localText } from '../shared/local-time.ts';
import type { Clock } from '../shared/server.ts';
import { Index, phoneKey } from './id-index.ts';
import type { Actor, VposCard, VposCustomer } from './model.ts';
import type { VirtualPosOptions } from './options.ts';

const ACTOR_ID: Record<Actor, string> = { api: '2', till: '5' };

/** Customers, cards, bonuses and dictionaries of one company. */
export class VposState {
  readonly customers = new Map<string, VposCustomer>();
  readonly cards = new Map<string, VposCard>();
  /** Customer id, then programme id, to minor units. */
  readonly bonuses = new Map<string, Map<string, number>>();
  /** Group id to name. */
  readonly groups = new Map<string, string>();
  /** Card type id to name. */
  readonly types = new Map<string, string>();
  readonly options: VirtualPosOptions;
  private readonly clock: Clock;
  private readonly byExternalId = new Index();
  private readonly byPhone = new Index();
  private readonly byEmail = new Index();
  private readonly cardsByOwner = new Index();
  private readonly cardsByUid = new Index();
  private readonly cardsByExternalId = new Index();
  private readonly cardsByBarcode = new Index();
  private sorted: string[] | undefined;
  private last = { customer: 0, card: 0, group: 0, type: 0 };

  constructor(options: VirtualPosOptions, clock: Clock) {
    this.options = options;
    this.clock = clock;
  }

  /** Vendor time now as the vendor writes it. */
  now(): string {
    return localText(this.clock(), this.options.zone);
  }

  /** Today's date in the vendor's zone, `YYYY-MM-DD`. */
  today(): string {
    return this.now().slice(0, 10);
  }

  /** A new customer; a given `id` must be free. */
  createCustomer(fields: Partial<VposCustomer>, by: Actor): VposCustomer {
    const now = this.now();
    const flag = this.options.defaultSendFlags;
    const customer: VposCustomer = {
      id: this.nextId('customer', fields.id),
      external_id: '',
      fname: '',
      lname: '',
      mname: '',
      email: '',
      phone: '',
      gender: '',
      custom_information: '',
      birth_day: '',
      birth_month: '',
      birth_year: '',
      register_date: now,
      accumulated_sales: '0',
      send_push: flag,
      send_email: flag,
      send_sms: flag,
      group_id: '',
      created_date: now,
      created_by: ACTOR_ID[by],
      last_update_date: now,
      last_update_by: ACTOR_ID[by],
    };
    this.customers.set(customer.id, customer);
    if (fields.id === undefined) this.sorted?.push(customer.id);
    else this.sorted = undefined;
    const { id: _id, ...rest } = fields;
    this.assign(customer, rest);
    return customer;
  }

  /** Lays fields over a customer and moves its update date; returns whether anything differed. */
  changeCustomer(customer: VposCustomer, fields: Partial<VposCustomer>, by: Actor): boolean {
    const differs = Object.entries(fields).some(([name, value]) => customer[name as keyof VposCustomer] !== value);
    this.assign(customer, fields);
    if (differs || this.options.idleUpdateTouchesDate) this.touch(customer, by);
    return differs;
  }

  /** Moves `last_update_date` and `last_update_by`. */
  touch(customer: VposCustomer, by: Actor): void {
    customer.last_update_date = this.now();
    customer.last_update_by = ACTOR_ID[by];
  }

  /** Removes a customer; its cards stay without an owner, its bonuses vanish. */
  removeCustomer(id: string): boolean {
    const customer = this.customers.get(id);
    if (customer === undefined) return false;
    this.assign(customer, { external_id: '', phone: '', email: '' });
    for (const card of this.cardsOf(id)) this.setCard(card, { customer_id: '' });
    this.bonuses.delete(id);
    this.customers.delete(id);
    this.sorted = undefined;
    return true;
  }

  /** All ids in the order of the numbers. */
  ids(): string[] {
    this.sorted ??= [...this.customers.keys()].sort((a, b) => Number(a) - Number(b));
    return this.sorted;
  }

  idsByExternalId(externalId: string): string[] {
    return this.byExternalId.get(externalId);
  }

  idsByPhone(phone: string): string[] {
    const ids = this.byPhone.get(phoneKey(phone));
    return this.options.phoneMatch === 'digits' ? ids : ids.filter((id) => this.customers.get(id)?.phone === phone);
  }

  idsByEmail(email: string): string[] {
    return this.byEmail.get(email.trim().toLowerCase());
  }

  /** A new card with all fields. */
  createCard(fields: Omit<VposCard, 'id'>, id?: string): VposCard {
    const empty = { uid: '', external_id: '', barcode: '', customer_id: '' };
    const card: VposCard = { ...fields, ...empty, id: this.nextId('card', id) };
    this.cards.set(card.id, card);
    this.setCard(card, fields);
    return card;
  }

  /** Lays fields over a card. */
  setCard(card: VposCard, fields: Partial<Omit<VposCard, 'id'>>): void {
    const next = { ...card, ...fields };
    this.cardsByOwner.move(card.id, card.customer_id, next.customer_id);
    this.cardsByUid.move(card.id, card.uid, next.uid);
    this.cardsByExternalId.move(card.id, card.external_id, next.external_id);
    this.cardsByBarcode.move(card.id, card.barcode, next.barcode);
    Object.assign(card, fields);
  }

  removeCard(id: string): boolean {
    const card = this.cards.get(id);
    if (card === undefined) return false;
    this.setCard(card, { uid: '', external_id: '', barcode: '', customer_id: '' });
    return this.cards.delete(id);
  }

  cardsOf(customerId: string): VposCard[] {
    return this.pickCards(this.cardsByOwner.get(customerId));
  }

  /** Cards by one search key, the oldest first. */
  cardsBy(key: 'uid' | 'external_id' | 'barcode', value: string): VposCard[] {
    const index = key === 'uid' ? this.cardsByUid : key === 'external_id' ? this.cardsByExternalId : this.cardsByBarcode;
    return this.pickCards(index.get(value));
  }

  /** The id of a dictionary entry by its name, made when it is missing. */
  entryByName(dictionary: 'group' | 'type', name: string): string {
    const entries = dictionary === 'group' ? this.groups : this.types;
    for (const [id, known] of entries) if (known === name) return id;
    const id = this.nextId(dictionary, undefined);
    entries.set(id, name);
    return id;
  }

  balance(customerId: string, programme: string): number {
    return this.bonuses.get(customerId)?.get(programme) ?? 0;
  }

  setBalance(customerId: string, programme: string, minor: number): void {
    const own = this.bonuses.get(customerId) ?? new Map<string, number>();
    own.set(programme, minor);
    this.bonuses.set(customerId, own);
  }

  private assign(customer: VposCustomer, fields: Partial<VposCustomer>): void {
    const next = { ...customer, ...fields };
    this.byExternalId.move(customer.id, customer.external_id, next.external_id);
    this.byPhone.move(customer.id, phoneKey(customer.phone), phoneKey(next.phone));
    this.byEmail.move(customer.id, customer.email.trim().toLowerCase(), next.email.trim().toLowerCase());
    Object.assign(customer, fields);
  }

  private pickCards(ids: readonly string[]): VposCard[] {
    return ids.flatMap((id) => this.cards.get(id) ?? []).sort((a, b) => Number(a.id) - Number(b.id));
  }

  private nextId(kind: keyof VposState['last'], wanted: string | undefined): string {
    const number = wanted === undefined ? this.last[kind] + 1 : Number(wanted);
    this.last[kind] = Math.max(this.last[kind], number);
    return wanted ?? String(number);
  }
}
