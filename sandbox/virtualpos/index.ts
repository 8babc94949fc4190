import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxAnswer } from '../shared/answers.ts';
import { type Fault, Faults, hasFault } from '../shared/faults.ts';
import { type Clock, type LoggedRequest, type Machine, type SandboxRequest, SandboxServer } from '../shared/server.ts';
import { renderJson } from './json-render.ts';
import type { VposCard, VposCustomer } from './model.ts';
import { defaultVirtualPosOptions, type VirtualPosOptions, type VirtualPosPaths } from './options.ts';
import { CallError, Params } from './params.ts';
import { readCustomers } from './read.ts';
import { VposState } from './state.ts';
import type { BranchNode } from './tree.ts';
import { updateBonus } from './write-bonus.ts';
import { deleteCard, ean13, insertCard, updateCard } from './write-card.ts';
import { updateCustomer } from './write-customer.ts';
import { renderXml } from './xml-render.ts';

export type { VposCard, VposCustomer } from './model.ts';
export type { VirtualPosOptions } from './options.ts';

/** One successful call with an effect. `params` is all but the key; `id` is the record the answer named. */
export interface VposWrite {
  call: Exclude<keyof VirtualPosPaths, 'read'>;
  at: number;
  params: Record<string, string>;
  id: string;
}

type Call = (state: VposState, params: Params) => BranchNode;

const WRITES: Record<VposWrite['call'], Call> = {
  update: updateCustomer,
  updateCard,
  insertCard,
  deleteCard,
  updateBonus,
};

/** What a test may set of the machine; paths may be given in part. */
export type VirtualPosSetup = Partial<Omit<VirtualPosOptions, 'paths'>> & { paths?: Partial<VirtualPosPaths> };

/** VirtualPOS as a state machine and a server: API :: Customer, with every open behaviour a switch. */
export class VirtualPosSandbox implements Machine {
  readonly options: VirtualPosOptions;
  readonly faults = new Faults();
  readonly state: VposState;
  /** Every successful call with an effect, oldest first; changes made at the till are not here. */
  readonly writes: VposWrite[] = [];
  private readonly clock: Clock;
  private readonly server: SandboxServer;

  constructor(setup: VirtualPosSetup = {}, clock: Clock = Date.now) {
    const paths = { ...defaultVirtualPosOptions.paths, ...setup.paths };
    this.options = { ...defaultVirtualPosOptions, ...setup, paths };
    this.clock = clock;
    this.state = new VposState(this.options, clock);
    this.server = new SandboxServer(this, this.faults, clock);
  }

  /** A listener for `http.createServer`. */
  handler(): (request: IncomingMessage, response: ServerResponse) => void {
    return this.server.handler();
  }

  /** Listens on 127.0.0.1; without a port on a free one. */
  start(port = 0): Promise<{ url: string; port: number }> {
    return this.server.start(port);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** The log of requests, without secrets. */
  get requests(): LoggedRequest[] {
    return this.server.requests;
  }

  /** Customers by id; change them by {@link editCustomer} only. */
  get customers(): ReadonlyMap<string, Readonly<VposCustomer>> {
    return this.state.customers;
  }

  /** Cards by id; change them by {@link editCard} only. */
  get cards(): ReadonlyMap<string, Readonly<VposCard>> {
    return this.state.cards;
  }

  /** Answers one call. */
  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer {
    const call = (Object.keys(this.options.paths) as (keyof VirtualPosPaths)[]).find((name) => this.options.paths[name] === request.path);
    if (call === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' };
    const params = new Params(request, this.options.strictGetOnly);
    const format = params.getOnly('format') === 'json' ? 'json' : (params.getOnly('format') ?? this.options.defaultFormat);
    if (params.any('apikey') !== this.options.apikey) {
      if (this.options.wrongKey === '403') return { status: 403, body: '' };
      return this.render(format, { success: '0', info: 'Неверный apikey' });
    }
    try {
      if (hasFault(faults, 'silent-error')) throw new CallError('Внутренняя ошибка');
      return this.render(format, this.perform(call, params, faults));
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      return this.render(format, { success: '0', info: error.message });
    }
  }

  /** Seeds a customer as a till operator would; fields not given are empty, `id` is given out when absent. */
  addCustomer(fields: Partial<VposCustomer> & { group_name?: string } = {}): VposCustomer {
    const { group_name, ...own } = fields;
    if (own.id !== undefined && this.state.customers.has(own.id)) throw new Error(`customer ${own.id} exists`);
    if (group_name !== undefined) own.group_id = this.state.entryByName('group', group_name);
    return this.state.createCustomer(own, 'till');
  }

  /** Changes a customer at the till: moves `last_update_date`. */
  editCustomer(id: string, patch: Partial<Omit<VposCustomer, 'id'>>): void {
    this.state.changeCustomer(this.customer(id), patch, 'till');
  }

  /** Removes a customer in the vendor's own program; its cards lose their owner. */
  removeCustomer(id: string): boolean {
    return this.state.removeCustomer(id);
  }

  /** Seeds a card; what is not given is generated as the vendor would. */
  addCard(fields: Partial<VposCard> & { uid: string }): VposCard {
    const { id, ...own } = fields;
    const generated = { uid_ean13: ean13(own.uid), barcode: own.uid.replace(/\D/g, '').padStart(12, '0') };
    const empty = { external_id: '', block_date: '', activate_date: '', type_id: '', customer_id: '' };
    return this.state.createCard({ ...empty, ...generated, medium: 'PLASTIC', status: 'ACTIVE', ...own }, id);
  }

  /** Changes a card at the till. */
  editCard(id: string, patch: Partial<Omit<VposCard, 'id'>>): void {
    const card = this.state.cards.get(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    this.state.setCard(card, patch);
  }

  /** Removes a card at the till. */
  removeCard(id: string): boolean {
    return this.state.removeCard(id);
  }

  /** Accrues (or, negative, writes off) bonuses at the till, in minor units; may go below zero only with `overdraft: allow`. */
  earn(customerId: string, bonusId: string, amountMinor: number): void {
    const customer = this.customer(customerId);
    const next = this.state.balance(customerId, bonusId) + amountMinor;
    if (next < 0 && this.options.overdraft === 'refuse') throw new Error('below zero');
    this.state.setBalance(customerId, bonusId, next);
    if (this.options.bonusTouchesUpdateDate) this.state.touch(customer, 'till');
  }

  /** Bonuses of a customer in minor units, 0 when it has none. */
  balance(customerId: string, bonusId: string): number {
    return this.state.balance(customerId, bonusId);
  }

  private customer(id: string): VposCustomer {
    const customer = this.state.customers.get(id);
    if (customer === undefined) throw new Error(`no customer ${id}`);
    return customer;
  }

  private perform(call: keyof VirtualPosPaths, params: Params, faults: readonly Fault[]): BranchNode {
    if (call === 'read') return readCustomers(this.state, params, faults);
    const answer = WRITES[call](this.state, params);
    const named = typeof answer.id === 'string' ? answer.id : (params.any('customer_id') ?? '');
    this.writes.push({ call, at: this.clock(), params: params.all(), id: named });
    return answer;
  }

  private render(format: string, root: BranchNode): SandboxAnswer {
    if (format === 'json')
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: renderJson(root, this.options),
      };
    return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: renderXml(root) };
  }
}
